"""The set of dependencies that every example lists, and an index that shows its projects."""

from __future__ import annotations

import io
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
from pypi_simple import PYPI_SIMPLE_ENDPOINT
from rich.console import Console

from pipeline.audit.asking import Question, make_audit
from pipeline.audit.result import Audit
from pipeline.sources.contract import LANDING_TABLES

LISTS = Path(__file__).parent / "lists"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FILES = {
    "requirements_txt": "requirements.txt",
    "pylock": "pylock.toml",
    "uv_lock": "uv.lock",
    "poetry_lock": "poetry.lock",
    "pdm_lock": "pdm.lock",
    "pipfile_lock": "Pipfile.lock",
    "cyclonedx": "bom.cdx.json",
    "spdx": "app.spdx.json",
    "spdx3": "app.spdx3.json",
}
"""The example of each format."""

INSTALLED = {
    "webby": ("2.0", ["tiny-lib>=0.1", "old_one", "never; sys_platform == 'plan9'", "speed; extra == 'fast'"], None),
    "Data_Kit": ("1.5", ["tiny.lib"], None),
    "tiny-lib": ("0.3", [], None),
    "old-one": ("1.0", ["deep"], None),
    "deep": ("4.2", [], None),
    "git-thing": ("0.0.1", [], '{"url": "https://example.org/git/thing.git", "vcs_info": {"vcs": "git"}}'),
}
"""The same set as it is installed: version, requirements, and where from if from no index."""


class Tables:
    """Landing-shaped rows of the index, one project a call."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict]] = {name: [] for name in LANDING_TABLES}

    def project(self, name, uploads, *, roles=(), needs=(), organization=None, status=None, api_version="1.4"):
        """`uploads` are (version, day, whether it is attested), `roles` are (account, role)."""
        seen = {"api_version": api_version, "status": status, "organization": organization, "roles_observed": True}
        self.rows["observations"].append({"project_name": name, "observed_at": NOW, "failure": None, **seen})
        self.rows["roles"] += [{"project_name": name, "account": who, "role": role} for who, role in roles]
        for version, day, is_attested in uploads:
            file = {
                "project_name": name,
                "version": version,
                "filename": f"{name}-{version}.tar.gz",
                "uploaded_at": datetime.fromisoformat(day).replace(tzinfo=UTC),
            }
            self.rows["files"].append(
                {**file, "packagetype": "sdist", "size_bytes": 5, "is_listed": True, "is_yanked": False}
                | {"has_provenance": is_attested}
            )
            if is_attested:
                publisher = {"publisher_kind": "GitHub", "publisher_repository": f"acme/{name}"}
                self.rows["publishers"].append({**file, **publisher})
        newest = uploads[-1][0] if uploads else None
        self.rows["requirements"] += [
            {"project_name": name, "version": newest, "requirement": requirement} for requirement in needs
        ]
        return self

    def tables(self) -> dict[str, pa.Table]:
        return {name: pa.Table.from_pylist(rows, schema=LANDING_TABLES[name]) for name, rows in self.rows.items()}


def the_index(**changed) -> dict[str, pa.Table]:
    """The five projects of the examples; `changed` goes to each of them."""
    tables = Tables()
    tables.project(
        "webby",
        [("1.0", "2023-05-01", False), ("2.0", "2026-02-03", True)],
        roles=[("Ann", "Owner"), ("ben", "Maintainer")],
        needs=["tiny-lib>=0.1", "old-one", 'speed; extra == "fast"'],
        **changed,
    )
    tables.project("data-kit", [("1.5", "2025-01-01", False)], organization="acme", needs=["tiny_lib"], **changed)
    tables.project("tiny-lib", [("0.3", "2022-06-05", False)], roles=[("zoe", "Owner")], **changed)
    tables.project(
        "old-one",
        [("1.0", "2024-03-01", False)],
        roles=[("zoe", "Owner"), ("ann", "Owner")],
        needs=["deep", "elsewhere"],
        **{"status": "archived"} | changed,
    )
    tables.project(
        "deep", [("4.1", "2025-02-01", True), ("4.2", "2025-03-01", False)], roles=[("carl", "Owner")], **changed
    )
    return tables.tables()


def copy_lists(folder: Path) -> Path:
    """Copy the examples, with the address of the public index in them."""
    shutil.copytree(LISTS, folder)
    for path in folder.iterdir():
        path.write_text(path.read_text().replace("INDEX_URL", PYPI_SIMPLE_ENDPOINT))
    return folder


def audit_file(server, file: Path | None, cache: Path, **asked) -> Audit:
    """Audit a file, or the environment, against a server."""
    question = Question(file=file, contact="test@example.org", cache=cache, index_url=server.simple, **asked)
    return make_audit(question, lambda: NOW, Console(file=io.StringIO()))
