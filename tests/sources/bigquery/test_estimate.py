"""What a month would cost: by dry runs against the fake, and as a guess without any account."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
from rest_fake import GIB, State, serving

from pipeline.cli import main
from pipeline.settings import REFERENCE_FOLDER
from pipeline.sources.bigquery.guess import guess_day
from pipeline.sources.bigquery.pricing import Prices, most_bytes, size_text

SERIES = REFERENCE_FOLDER / "bigquery_bytes_series.csv"
TIB = 2**40


@pytest.fixture
def fake(dataset_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[State]:
    with serving(dataset_folder) as (address, state):
        monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", address)
        yield state


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Run the command for October 2026 with a landing of its own; gives exit code, stdout, stderr."""

    def run(*words: str) -> tuple[int, str, str]:
        code = 0
        try:
            main([*words, "--period", "2026-10", "--landing", str(tmp_path / "landing")])
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return run


def published(tmp_path: Path) -> list[str]:
    return ["--source", "bigquery", "--db", str(tmp_path / "a.duckdb"), "--reports", str(tmp_path / "reports")]


def test_the_first_tebibyte_of_a_month_is_free() -> None:
    prices = Prices()
    assert prices.usd(TIB) == 0
    assert prices.usd(3 * TIB) == 12.5
    assert prices.usd(TIB, already_billed=TIB // 2) == 3.125
    assert prices.usd(TIB, already_billed=5 * TIB) == 6.25


def test_the_limit_is_what_was_asked_for_or_what_is_left_of_900_gib() -> None:
    assert most_bytes(10, 5 * TIB) == 10 * GIB
    assert most_bytes(None, 100 * GIB) == 800 * GIB
    assert most_bytes(None, 5 * TIB) == 0


def test_sizes_are_written_in_the_unit_that_reads_best() -> None:
    assert [size_text(size) for size in (0, 3 * 2**20, 5 * GIB, 1.5 * TIB)] == [
        "0.0 MiB",
        "3.0 MiB",
        "5.00 GiB",
        "1.50 TiB",
    ]


def test_a_dry_run_prices_exactly_what_would_run(fake: State, say) -> None:
    code, out, _ = say("estimate", "--bigquery-project", "p", "--json", "--free-tib", "0.5")
    found = json.loads(out)
    assert code == 0
    assert found["bytes_estimated"] == 604 * GIB
    assert [(line["kind"], line["pieces"], line["landed"]) for line in found["lines"]] == [
        ("clients", 30, 0),
        ("files", 1, 0),
        ("requirements", 1, 0),
    ]
    assert found["usd"] == round((604 / 1024 - 0.5) * 6.25, 2)
    assert (fake.bytes_billed, fake.jobs) == (0, {})
    sizes = {way["options"]: way["bytes_estimated"] / GIB for way in found["cheaper"]}
    assert sizes == {
        "--sample-days 14": 284,
        "--sample-days 8": 164,
        "--sample-days 4": 84,
        "--download-detail plain": 304,
        "--download-detail critical": 604,
    }
    assert all(way["loses"] for way in found["cheaper"])


def test_what_is_landed_is_free(fake: State, say, tmp_path: Path) -> None:
    code, _, err = say("run", *published(tmp_path), "--bigquery-project", "p", "--sample-days", "8")
    assert code == 0, err
    assert fake.bytes_billed == 164 * GIB
    _, out, _ = say("estimate", "--bigquery-project", "p", "--json")
    found = json.loads(out)
    assert found["bytes_estimated"] == 440 * GIB
    assert [line["landed"] for line in found["lines"]] == [8, 1, 1]
    assert found["billed_this_month"] == 164 * GIB
    assert found["bytes_limit"] == (900 - 164) * GIB
    inputs = duckdb.connect(str(tmp_path / "a.duckdb"), read_only=True).sql(
        "select name, bytes_billed from inputs where source = 'bigquery' and bytes_billed is not null order by name"
    )
    assert inputs.fetchall() == [
        ("download_totals", 160 * GIB),
        ("files", 2 * GIB),
        ("requirements", 2 * GIB),
    ]


def test_a_cheaper_way_counts_what_is_landed_in_its_own_detail(fake: State, say, tmp_path: Path) -> None:
    say("run", *published(tmp_path), "--bigquery-project", "p", "--sample-days", "8")
    _, out, _ = say("estimate", "--bigquery-project", "p", "--json")
    sizes = {way["options"]: way["bytes_estimated"] / GIB for way in json.loads(out)["cheaper"]}
    # No day of the month is landed without clients, though eight are with them.
    assert sizes["--download-detail plain"] == 30 * 10
    assert sizes["--sample-days 14"] == 6 * 20


def test_what_is_asked_for_anew_is_not_free(fake: State, say, tmp_path: Path) -> None:
    say("run", *published(tmp_path), "--bigquery-project", "p", "--sample-days", "8")
    for words, size in ((["2026-10-07", "metadata"], 24), (["metadata"], 4), ([], 0)):
        anew = [part for word in words for part in ("--refetch", word)]
        _, out, _ = say("estimate", "--bigquery-project", "p", "--sample-days", "8", "--json", *anew)
        assert json.loads(out)["bytes_estimated"] == size * GIB


def test_people_read_the_same_figures(fake: State, say) -> None:
    _, out, _ = say("estimate", "--bigquery-project", "p", "--max-gib", "100")
    assert "clients: 30 queries, 0 landed and free, 600.00 GiB" in out
    assert "In all 604.00 GiB: $0.00 beyond the free tier." in out
    assert "it would stop before it pays anything" in out


def test_without_a_project_it_is_a_guess_and_says_so(say) -> None:
    code, out, _ = say("estimate")
    assert code == 0
    assert "A GUESS from published costs" in out
    assert "--sample-days 8" in out


def test_the_guess_follows_the_published_series() -> None:
    # 1,025,047,003,136 bytes over 22 days in June 2025, 1,093,117,411,328 over 29 half a year before.
    last = guess_day(SERIES, date(2025, 6, 13))
    assert last.low == last.middle == last.high == 1_025_047_003_136 / 22
    later = guess_day(SERIES, date(2026, 6, 13))
    growth = (1_025_047_003_136 / 22 / (1_093_117_411_328 / 29)) ** (365 / 194)
    assert later.middle / last.middle == pytest.approx(growth, rel=1e-3)
    assert later.high / last.high == pytest.approx(1_376_442_646_528 / 702_742_003_712, rel=1e-3)
    assert later.low == last.low


def test_over_the_limit_the_command_fails_with_one_line(fake: State, say, tmp_path: Path) -> None:
    code, out, err = say("run", *published(tmp_path), "--bigquery-project", "p", "--max-gib", "100")
    assert (code, out) == (1, "")
    assert len(err.strip().splitlines()) == 1
    assert "BigQuery would read 604.00 GiB" in err
    assert not (tmp_path / "a.duckdb").exists()


def test_without_a_project_a_run_names_the_option(say, tmp_path: Path) -> None:
    code, _, err = say("run", *published(tmp_path))
    assert code == 1
    assert "Give --bigquery-project ID" in err


def test_files_are_asked_without_any_account(say, dataset_folder: Path, tmp_path: Path) -> None:
    code, out, err = say("run", *published(tmp_path), "--bigquery-files", str(dataset_folder))
    assert code == 0, err
    assert "simulated-2026-10" in out


@pytest.mark.parametrize("missing", ["sqlglot", "google.cloud.bigquery", "google.cloud.bigquery_storage_v1"])
def test_where_the_extra_is_missing_its_command_is_named(missing: str, tmp_path: Path) -> None:
    where = ["--bigquery-project", "p", "--landing", str(tmp_path)]
    program = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        f"from pipeline.cli import main; main(['estimate', '--period', '2026-10', *{where!r}])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 1
    (line,) = ended.stderr.strip().splitlines()
    assert "needs the extra `bigquery`" in line
    assert "pip install --require-hashes --no-deps -r requirements/bigquery.txt" in line


def test_a_guess_does_without_the_extra(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules |= dict.fromkeys(['sqlglot', 'google', 'grpc'])\n"
        f"from pipeline.cli import main; main(['estimate', '--period', '2026-10', '--landing', {str(tmp_path)!r}])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "A GUESS" in ended.stdout
