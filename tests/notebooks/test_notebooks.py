"""The notebooks, run from top to bottom in a real kernel, on a snapshot of little and on a simulated index."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from pipeline.charts.theme import MAX_ROWS

FOLDER = Path(__file__).parents[2] / "notebooks"
NAMES = [
    "01_tour",
    "02_two_factor_mandate",
    "03_trusted_publishing",
    "04_critical_risk",
    "05_accounts",
    "06_dependencies",
    "07_cookbook",
]
PICTURES = {
    "simulated": {"01": 2, "02": 9, "03": 18, "04": 7, "05": 7, "06": 3, "07": 0},
    "snapshot": {"01": 2, "02": 6, "03": 3, "04": 4, "05": 0, "06": 0, "07": 0},
}
"""Charts that each notebook draws; the others are sentences."""
PUBLISHED = {"02": 1, "03": 3}
"""Those of them that show what others published, which is real beside simulated data too."""


def stored(name: str) -> nbformat.NotebookNode:
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def code_of(name: str) -> list[str]:
    return [cell.source for cell in stored(name).cells if cell.cell_type == "code"]


def executed(database: Path, folder: Path) -> dict[str, list[str]]:
    """Run every notebook in one kernel, which forgets all names in between; give what the cells show, as HTML."""
    together = nbformat.v4.new_notebook()
    for name in NAMES:
        together.cells += [nbformat.v4.new_code_cell("%reset -f", id=f"reset-{name}"), *stored(name).cells]
    places = {
        name: str(folder / name.lower())
        for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")
    }
    with pytest.MonkeyPatch.context() as patch:
        for variable, place in (places | {"PYPI_ADOPTION_DB": str(database)}).items():
            patch.setenv(variable, place)
        resources = {"metadata": {"path": str(folder)}}
        NotebookClient(together, timeout=100, kernel_name="python3", resources=resources).execute()
    shown: dict[str, list[str]] = {}
    for cell in together.cells:
        outputs = cell.get("outputs", [])
        assert not [output for output in outputs if output.output_type in ("error", "stream")], outputs
        name = next((one for one in NAMES if one[:2] == cell.id[:2]), None)
        if name is not None:
            shown.setdefault(name, []).extend(output.data["text/html"] for output in outputs)
    return shown


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kind", ["simulated", "snapshot"])
def test_notebooks_run_from_top_to_bottom(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    before = digests()
    shown = executed(request.getfixturevalue(f"{kind}_database"), tmp_path)
    assert list(shown) == NAMES
    for name, outputs in shown.items():
        assert_shows_what_was_observed(name, kind, outputs)
    assert digests() == before


def digests() -> dict[str, str]:
    """What lies in the folder of the notebooks, so that a run is seen to leave nothing there."""
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.rglob("*") if path.is_file()}


def assert_shows_what_was_observed(name: str, kind: str, outputs: list[str]) -> None:
    banner, answers = outputs[0], outputs[1:]
    assert f"made from the source <code>{kind}</code> for 2026-10" in banner
    assert ("SIMULATED" in banner) == (kind == "simulated")
    assert banner.count("window.vegaEmbed") == 1
    specs = [json.loads(text) for one in answers for text in re.findall(r'data-chart="[^"]+">(.*?)</script>', one)]
    pictures = [one for one in answers if "<figure" in one]
    assert len(specs) == len(pictures) == PICTURES[kind][name[:2]], name
    for spec, picture in zip(specs, pictures, strict=True):
        assert all(len(rows) <= MAX_ROWS for rows in spec["datasets"].values())
        assert any(spec["datasets"].values())
        assert ("<b>SIMULATED · " in picture) == ('{"word": "SIMULATED"}' in picture)
    marked = sum("<b>SIMULATED · " in picture for picture in pictures)
    assert marked == (len(pictures) - PUBLISHED.get(name[:2], 0) if kind == "simulated" else 0), name
    gaps = [one for one in answers if 'class="adoption gap"' in one]
    commands = [one for one in gaps if "<code>pypi-adoption run" in one]
    assert bool(commands) == (kind == "snapshot" and name != "01_tour"), name


@pytest.mark.parametrize("name", NAMES)
def test_stored_notebook_has_no_output_and_says_nothing_about_who_ran_it(name: str) -> None:
    notebook = stored(name)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not [cell for cell in code if cell.outputs or cell.execution_count is not None]
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert not [cell for cell in notebook.cells if set(cell.metadata) - {"tags"}]


@pytest.mark.parametrize("name", NAMES)
def test_notebook_holds_prose_and_calls_only(name: str) -> None:
    for source in code_of(name):
        tree = ast.parse(source)
        made = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try)
        assert not [node for node in ast.walk(tree) if isinstance(node, made)], source
        if name != "07_cookbook":
            assert "select " not in source.lower(), source


def test_every_notebook_is_in_the_list() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == NAMES


@pytest.mark.parametrize("name", NAMES[1:6])
def test_notebook_has_a_question_a_definition_and_a_limit(name: str) -> None:
    prose = "\n".join(cell.source for cell in stored(name).cells if cell.cell_type == "markdown")
    assert prose.splitlines()[0].endswith("?")
    for part in ("**Definition.**", "**What it says.**", "**What it does not say.**"):
        assert part in prose
