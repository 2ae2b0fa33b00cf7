from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from pipeline.errors import BuildError
from pipeline.warehouse.catalog import LAYERS, Table, load_catalog

CONTRACT = {
    "projects": "project download_rank downloads_30d tier is_top1pct is_mass80 newest_upload_at "
    "newest_upload_precision two_factor_evidence publishing_evidence publisher_kind publisher_repository "
    "owner_count maintainer_count organization has_single_owner status dependents_direct "
    "dependents_transitive pagerank",
    "tier_summary": "tier measure unit numerator denominator share share_low share_high",
    "adoption_monthly": "month tier measure unit numerator denominator share share_low share_high",
    "accounts": "account project_count critical_project_count downloads_30d_reachable shown_two_factor",
    "dependency_exposure": "project closure_size closure_without_evidence_count closure_unobserved_count depth "
    "most_exposed_dependency",
    "risk_register": "position project reasons",
    "coverage": "measure source observed_count total_count note",
    "checks": "name severity status value bound",
    "inputs": "source name sha256",
    "runs": "run_id started_at source period code_version is_simulated",
    "milestones": "date id category title effect source",
    "official_figures": "as_of metric value unit denominator_or_definition source",
    "publisher_share_official": "month publisher_share_pct publisher_share_error_pp",
    "attested_share_published": "measured_on band_first_rank band_last_rank projects attested_projects",
    "incidents": "date id vector would_2fa_have_prevented would_trusted_publishing_have_prevented",
}


@pytest.mark.parametrize("name", CONTRACT)
def test_the_published_tables_keep_their_contract(catalog: list[Table], name: str) -> None:
    (table,) = (table for table in catalog if table.address == f"main.{name}")
    assert set(CONTRACT[name].split()) <= set(table.columns)


def test_a_table_reads_its_own_layer_or_earlier_ones_and_marts_never_read_raw(catalog: list[Table]) -> None:
    order = list(LAYERS.values())
    for table in catalog:
        for address in table.references:
            schema = address.split(".")[0]
            assert order.index(schema) <= order.index(table.schema), f"{table.address} reads {address}"
            assert table.layer in {"raw", "staging"} or schema != "raw", f"{table.address} reads {address}"


def test_tables_come_after_what_they_read(catalog: list[Table]) -> None:
    seen: set[str] = set()
    for table in catalog:
        assert table.references <= seen
        seen.add(table.address)


def test_a_sql_file_opens_with_its_grain_and_its_question(catalog: list[Table]) -> None:
    for table in catalog:
        if table.sql is not None:
            first, second = table.sql.splitlines()[:2]
            assert first.startswith("-- Grain: "), table.address
            assert second.startswith("-- Answers: "), table.address


def test_python_tables_name_functions_that_exist(catalog: list[Table]) -> None:
    for table in catalog:
        if table.card.python:
            module, _, name = table.card.python.partition(":")
            assert callable(getattr(import_module(module), name)), table.address


def test_a_description_that_could_be_inherited_is_not_written_again(catalog: list[Table]) -> None:
    by_address = {table.address: table for table in catalog}
    for table in catalog:
        for column, text in table.card.columns.items():
            inherited = {by_address[address].columns.get(column) for address in table.references}
            assert text is None or text not in inherited, f"{table.address}.{column}"


def make(folder: Path, **files: str) -> Path:
    for layer in LAYERS:
        (folder / layer).mkdir()
    for name, text in files.items():
        layer, table, kind = name.split("__")
        (folder / layer / f"{table}.{kind}").write_text(text)
    return folder


CARD = "grain: one row\ndescription: d\ncolumns:\n  x: a number\n"


def test_a_file_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"a\.yml is not the card"):
        load_catalog(make(tmp_path, raw__a__sql="select 1 as x"))


def test_a_card_needs_sql_or_python(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="not both"):
        load_catalog(make(tmp_path, raw__a__yml=CARD))


def test_reading_what_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"raw\.a reads raw\.gone, which does not exist"):
        load_catalog(make(tmp_path, raw__a__yml=CARD, raw__a__sql="select x from raw.gone"))


def test_reading_a_later_layer_is_refused(tmp_path: Path) -> None:
    files = {"raw__a__yml": CARD, "raw__a__sql": "select x from main.b", "marts__b__yml": CARD}
    with pytest.raises(BuildError, match="later layer"):
        load_catalog(make(tmp_path, **files, marts__b__sql="select 1 as x"))


def test_a_statement_that_is_no_select_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="not one SELECT"):
        load_catalog(make(tmp_path, raw__a__yml=CARD, raw__a__sql="drop table x"))


def test_descriptions_are_inherited_from_the_nearest_layer(tmp_path: Path) -> None:
    files = {
        "raw__a__yml": CARD,
        "raw__a__sql": "select 1 as x",
        "staging__b__yml": CARD.replace("a number", "a better number"),
        "staging__b__sql": "select x from raw.a",
        "marts__c__yml": CARD.replace("x: a number", "x:"),
        "marts__c__sql": "select x from staging.b join raw.a using (x)",
    }
    assert load_catalog(make(tmp_path, **files))[-1].columns == {"x": "a better number"}


def test_a_column_that_nobody_describes_is_refused(tmp_path: Path) -> None:
    files = {"raw__a__yml": CARD.replace("x: a number", "x:"), "raw__a__sql": "select 1 as x"}
    with pytest.raises(BuildError, match=r"raw\.a: the column x has no description"):
        load_catalog(make(tmp_path, **files))


def test_a_table_that_the_file_does_not_hold_is_of_the_landing_and_has_no_checks(catalog: list[Table]) -> None:
    left_out = [table for table in catalog if not table.card.kept]

    assert left_out
    for table in left_out:
        assert table.layer == "raw", table.address
        assert table.landed, table.address
        assert not table.checks(), f"{table.address}: checks run on the published file too"
