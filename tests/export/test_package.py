"""The package: valid, whole, and in every format the same rows to the last cell."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import pyarrow as pa
import pytest
import yaml
from pyarrow import csv

from pipeline.errors import BuildError, ExportError, PublishError
from pipeline.export import package
from pipeline.export.package import FORMATS, export_package
from pipeline.settings import PROJECT_ROOT, Settings
from pipeline.warehouse.plain import plain, quoted
from pipeline.warehouse.published import SCHEMA_VERSION

CITATION = PROJECT_ROOT / "CITATION.cff"
Rows = list[tuple[Any, ...]]


def export(database: Path, folder: Path, *formats: str, shows_accounts: bool = True) -> Path:
    settings = Settings(database=database, shows_accounts=shows_accounts)
    return export_package(folder, formats or FORMATS, settings, CITATION, lambda _: None)


@pytest.fixture(scope="module")
def exported(simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(simulated, tmp_path_factory.mktemp("exported") / "package")


@pytest.fixture(scope="module")
def hostile_export(hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(hostile, tmp_path_factory.mktemp("hostile-exported") / "package")


def file(folder: Path, name: str) -> Path:
    """A file of a package, whose name says whether the data are simulated."""
    descriptor = json.loads((folder / "datapackage.json").read_text())
    return folder / f"{'SIMULATED-' if descriptor['isSimulated'] else ''}{name}"


def tables(database: Path) -> dict[str, list[tuple[str, str]]]:
    """The columns of each mart with their types."""
    with duckdb.connect(str(database), read_only=True) as connection:
        names = connection.execute("select table_name from duckdb_tables() where schema_name = 'main'").fetchall()
        return {
            name: [(row[0], row[1]) for row in connection.execute(f"describe main.{name}").fetchall()]
            for (name,) in names
        }


def published_rows(relation: str, columns: list[tuple[str, str]], connection: duckdb.DuckDBPyConnection) -> Rows:
    """The rows as numbers, booleans and texts."""
    return connection.execute(
        f"select {', '.join(plain(quoted(name), kind) for name, kind in columns)} from {relation}"
    ).fetchall()


def csv_rows(path: Path, columns: list[tuple[str, str]]) -> Rows:
    """The rows of a CSV file, read as the README of the package says: one leading apostrophe dropped from a text."""
    options = csv.ConvertOptions(
        column_types={name: pa.string() for name, _ in columns},
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
    )
    table = csv.read_csv(path, parse_options=csv.ParseOptions(newlines_in_values=True), convert_options=options)
    assert table.column_names == [name for name, _ in columns]
    return [
        tuple(_read_cell(value, kind) for value, (_, kind) in zip(row.values(), columns, strict=True))
        for row in table.to_pylist()
    ]


def _read_cell(text: str | None, kind: str) -> object:
    if text is None:
        return None
    if kind == "BOOLEAN":
        return {"true": True, "false": False}[text]
    if kind in {"BIGINT", "INTEGER"}:
        return int(text)
    if kind == "DOUBLE":
        return float(text)
    return text.removeprefix("'")


@pytest.mark.parametrize("kind", ["simulated", "hostile"])
def test_every_format_holds_the_same_rows_to_the_last_cell(kind: str, request: pytest.FixtureRequest) -> None:
    database = request.getfixturevalue(kind)
    folder = request.getfixturevalue({"simulated": "exported", "hostile": "hostile_export"}[kind])
    with (
        duckdb.connect(str(database), read_only=True) as connection,
        closing(sqlite3.connect(file(folder, "adoption.sqlite"))) as lite,
    ):
        found = tables(database)
        assert len(found) >= 20
        for name, columns in found.items():
            expected = published_rows(f"main.{name}", columns, connection)
            assert csv_rows(file(folder, f"{name}.csv"), columns) == expected, name
            assert lite.execute(f"select * from {name}").fetchall() == expected, name
            assert published_rows(f"'{file(folder, name)}.parquet'", columns, connection) == expected, name
        assert sum(len(published_rows(f"main.{name}", columns, connection)) for name, columns in found.items()) > 2000


def test_the_types_of_parquet_are_those_of_the_database(simulated: Path, exported: Path) -> None:
    for name, columns in tables(simulated).items():
        described = duckdb.sql(f"describe from '{file(exported, name)}.parquet'").fetchall()
        assert [(row[0], row[1]) for row in described] == columns


def test_no_text_of_a_csv_file_is_a_formula_and_numbers_stay_numbers(hostile_export: Path, hostile: Path) -> None:
    found = tables(hostile)
    told = 0
    for name, columns in found.items():
        options = csv.ConvertOptions(column_types={column: pa.string() for column, _ in columns})
        parse = csv.ParseOptions(newlines_in_values=True)
        table = csv.read_csv(file(hostile_export, f"{name}.csv"), parse_options=parse, convert_options=options)
        for column, kind in columns:
            cells = [cell for cell in table[column].to_pylist() if cell]
            if kind in {"BIGINT", "INTEGER", "DOUBLE"}:
                assert all(float(cell) is not None for cell in cells)
                told += sum(cell.startswith("-") for cell in cells)
            else:
                assert not [c for c in cells if c.lstrip(" \u200b")[:1] in set("=+-@＝\t\r\n")]  # noqa: RUF001
    assert told, "there are numbers below zero, and they have no apostrophe"


@pytest.mark.parametrize("folder", ["exported", "hostile_export"])
def test_the_package_is_valid(folder: str, request: pytest.FixtureRequest) -> None:
    descriptor = request.getfixturevalue(folder) / "datapackage.json"
    report = frictionless.validate(str(descriptor))
    assert report.valid, report.flatten(["taskNumber", "rowNumber", "fieldName", "type", "message"])[:5]
    assert report.stats["tasks"] == len(json.loads(descriptor.read_text())["resources"])


def test_frictionless_sees_a_changed_byte(exported: Path, tmp_path: Path) -> None:
    for path in exported.iterdir():
        os.link(path, tmp_path / path.name)
    for name in ("SIMULATED-accounts.csv", "SIMULATED-accounts.parquet"):
        content = (exported / name).read_bytes()
        (tmp_path / name).unlink()
        (tmp_path / name).write_bytes(content[:-1] + b"x")
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    wrong = [task.place for task in report.tasks if not task.valid]
    assert wrong == ["SIMULATED-accounts.parquet", "SIMULATED-accounts.csv"]


def test_the_descriptor_tells_types_keys_and_accepted_values(exported: Path) -> None:
    descriptor = json.loads((exported / "datapackage.json").read_text(encoding="utf-8"))
    resources = {resource["name"]: resource for resource in descriptor["resources"]}
    schema = resources["projects"]["schema"]
    fields = {field["name"]: field for field in schema["fields"]}
    assert schema["primaryKey"] == ["project"]
    assert schema["missingValues"] == [""]
    assert {name: fields[name]["type"] for name in ("project", "pagerank", "download_rank", "critical_by")} == {
        "project": "string",
        "pagerank": "number",
        "download_rank": "integer",
        "critical_by": "array",
    }
    assert fields["newest_upload_at"]["type"] == "datetime"
    assert fields["project"]["constraints"] == {"required": True}
    assert all(
        field["description"]
        for resource in resources.values()
        for field in resource.get("schema", {}).get("fields", ())
    )
    assert fields["tier"]["constraints"] == {"enum": ["top_100", "top_1000", "top_1pct", "top_15000", "long_tail"]}
    assert "unknown" in fields["two_factor_evidence"]["constraints"]["enum"]
    assert descriptor["licenses"][0]["name"] == "CC0-1.0"
    assert descriptor["contributors"] == [{"title": "The pypi-adoption contributors", "role": "author"}]
    assert descriptor["schemaVersion"] == SCHEMA_VERSION
    assert descriptor["created"] == "2026-11-01T12:30:15Z"
    content = (file(exported, "projects.csv")).read_bytes()
    assert resources["projects"]["bytes"] == len(content)
    assert resources["projects"]["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_the_package_is_cited_as_data_and_names_what_made_them(exported: Path) -> None:
    text = (exported / "CITATION.cff").read_text()
    assert "&" not in text
    cited = yaml.safe_load(text)
    descriptor = json.loads((exported / "datapackage.json").read_text())
    assert (cited["type"], cited["license"]) == ("dataset", descriptor["licenses"][0]["name"])
    assert (cited["title"], cited["abstract"]) == (descriptor["title"], descriptor["description"])
    assert str(cited["date-released"]) == descriptor["created"][:10]
    ours = yaml.safe_load(CITATION.read_text())
    assert cited["authors"] == ours["authors"]
    (software,) = cited["references"]
    assert {name: software[name] for name in ("type", "title", "license")} == {
        name: ours[name] for name in ("type", "title", "license")
    }


def test_what_holds_an_empty_text_is_not_called_required(exported: Path, hostile_export: Path) -> None:
    constraints = []
    for folder in (exported, hostile_export):
        descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        (schema,) = (one["schema"] for one in descriptor["resources"] if one["name"] == "role_history")
        (field,) = (one for one in schema["fields"] if one["name"] == "account")
        constraints.append(field.get("constraints"))
    assert constraints == [{"required": True}, None]


def test_checksums_hold_and_name_every_file(exported: Path) -> None:
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=exported, check=True)
    named = {line.split("  ", 1)[1] for line in (exported / "SHA256SUMS").read_text().splitlines()}
    assert named | {"SHA256SUMS"} == {path.name for path in exported.iterdir()}


def test_simulated_is_said_everywhere(exported: Path) -> None:
    descriptor = json.loads((exported / "datapackage.json").read_text())
    assert descriptor["title"].startswith("SIMULATED DATA")
    assert descriptor["description"].startswith("SIMULATED")
    assert descriptor["isSimulated"] is True
    assert "simulated" in descriptor["name"]
    readme = (exported / "README.md").read_text()
    assert readme.startswith("# SIMULATED DATA")
    assert "nothing about projects and accounts is real" in readme
    with closing(sqlite3.connect(file(exported, "adoption.sqlite"))) as lite:
        about = dict(lite.execute("select name, value from about").fetchall())
        assert about["is_simulated"] == "true"
        assert about["title"].startswith("SIMULATED DATA")
    noted = duckdb.sql(f"from parquet_kv_metadata('{file(exported, 'accounts.parquet')}')").fetchall()
    assert {(row[1], row[2]) for row in noted} >= {(b"is_simulated", b"true")}
    described = {"datapackage.json", "README.md", "CITATION.cff", "SHA256SUMS"}
    assert {path.name for path in exported.iterdir() if not path.name.startswith("SIMULATED-")} == described


def test_sqlite_has_types_keys_and_a_dictionary(exported: Path) -> None:
    with closing(sqlite3.connect(file(exported, "adoption.sqlite"))) as lite:
        columns = {row[1]: (row[2], row[3], row[5]) for row in lite.execute("pragma table_info(projects)").fetchall()}
        assert columns["project"] == ("TEXT", 1, 1)
        assert columns["download_rank"] == ("INTEGER", 0, 0)
        assert columns["pagerank"] == ("REAL", 0, 0)
        assert columns["has_single_owner"] == ("BOOLEAN", 0, 0)
        ((text,),) = lite.execute(
            "select description from dictionary where column_name = 'pagerank' and table_name = 'projects'"
        )
        assert text
        assert lite.execute("pragma integrity_check").fetchall() == [("ok",)]


def test_two_packages_of_one_file_are_the_same(simulated: Path, exported: Path, tmp_path: Path) -> None:
    again = export(simulated, tmp_path / "again")
    assert (again / "SHA256SUMS").read_text() == (exported / "SHA256SUMS").read_text()


def test_accounts_stand_under_one_number_each_unless_asked_otherwise(
    simulated: Path, exported: Path, tmp_path: Path
) -> None:
    folder = export(simulated, tmp_path / "package", shows_accounts=False)
    assert not [path.name for path in folder.iterdir() if b"simulated-account" in path.read_bytes()]
    columns = tables(simulated)
    pairs = set()
    for name, place in (("accounts", 0), ("role_history", 3)):
        named, numbered = (csv_rows(file(one, f"{name}.csv"), columns[name]) for one in (exported, folder))
        pairs |= {(a[place], b[place]) for a, b in zip(named, numbered, strict=True)}
        assert [row[:place] + row[place + 1 :] for row in named] == [row[:place] + row[place + 1 :] for row in numbered]
    assert len(pairs) == len({name for name, _ in pairs}) == len({number for _, number in pairs})
    assert {number for _, number in pairs} == {f"account {n}" for n in range(1, len(pairs) + 1)}
    assert "Accounts stand under numbers" in (folder / "README.md").read_text()
    assert frictionless.validate(str(folder / "datapackage.json")).valid


def test_accounts_that_gained_or_lost_a_role_have_no_names_either(simulated: Path, tmp_path: Path) -> None:
    database = tmp_path / "changed.duckdb"
    shutil.copyfile(simulated, database)
    with duckdb.connect(str(database)) as connection:
        connection.execute("""
            insert into changes (source, period, previous_period, project, what, before, after) values
                ('simulated', '2026-10', '2026-09', 'p', 'Owner', 'mallory', null),
                ('simulated', '2026-10', '2026-09', 'p', 'Maintainer', null, 'trudy'),
                ('simulated', '2026-10', '2026-09', 'p', 'organization', null, 'mallory')
        """)
    columns = tables(database)["changes"]
    rows = csv_rows(file(export(database, tmp_path / "package", "csv", shows_accounts=False), "changes.csv"), columns)
    told = {what: (before, after) for *_, what, before, after in rows if what}
    assert told["organization"] == (None, "mallory")
    assert str(told["Owner"][0]).startswith("account ")
    assert str(told["Maintainer"][1]).startswith("account ")


def test_one_format_alone(simulated: Path, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    export(simulated, folder, "parquet")
    assert {path.suffix for path in folder.iterdir()} == {".parquet", ".json", ".md", ".cff", ""}


def test_a_folder_with_something_in_it_is_left_alone(simulated: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    with pytest.raises(ExportError, match="full exists and is not an empty folder"):
        export(simulated, tmp_path / "full")
    assert [path.name for path in tmp_path.rglob("*")] == ["full", "mine"]


def test_a_failure_leaves_nothing_and_what_a_killed_export_left_is_removed(
    simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(package, "render", fail)
        with pytest.raises(OSError, match="No space left"):
            export(simulated, tmp_path / "package", "csv")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / ".package.part").mkdir()
    (tmp_path / ".package.part" / "half.csv").write_text("half")
    assert not (export(simulated, tmp_path / "package", "csv") / "half.csv").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["package"]


def test_two_exports_into_one_folder_do_not_get_into_each_others_way(
    simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = []
    write = package.render

    def export_again(*values: object, **options: object) -> str:
        with pytest.raises(PublishError, match="Another run is at work") as caught:
            export(simulated, tmp_path / "package", "csv")
        refused.append(caught.value)
        return write(*values, **options)

    with monkeypatch.context() as patch:
        patch.setattr(package, "render", export_again)
        folder = export(simulated, tmp_path / "package", "csv")
    assert len(refused) == 1
    assert (folder / "SHA256SUMS").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["package"]


def test_a_disk_that_is_full_is_said_to_be(simulated: Path, tmp_path: Path) -> None:
    for form in ("parquet", "csv", "sqlite"):
        code = (
            "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
            "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000)); "
            "from pipeline.cli import main; "
            f"main(['export', {str(tmp_path / form)!r}, '--format', {form!r}, '--db', {str(simulated)!r}])"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 1
        assert re.search(r"cannot be written: .*Make room on the disk", done.stderr), done.stderr
        assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_foreign_file_is_said_to_be_one(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "foreign.duckdb")) as connection:
        connection.execute("create table x as select 1 as y")
    with pytest.raises(BuildError, match="is not a database of this project"):
        export(tmp_path / "foreign.duckdb", tmp_path / "package")
    assert not (tmp_path / "package").exists()


def test_a_column_whose_name_a_spreadsheet_could_run_is_refused(simulated: Path, tmp_path: Path) -> None:
    odd = tmp_path / "odd.duckdb"
    shutil.copy(simulated, odd)
    with duckdb.connect(str(odd)) as connection:
        connection.execute('alter table changes add column "=cmd()" integer')
    with pytest.raises(ExportError, match=r"A column of changes is called '=cmd\(\)'"):
        export(odd, tmp_path / "package")
    assert not (tmp_path / "package").exists()
