from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from polars.testing import assert_frame_equal

from pipeline.errors import UsageError
from pipeline.sources.simulated import REFERENCE_DAY, make_world
from pipeline.sources.simulated import model as m
from pipeline.sources.simulated.releases import INVALID, PRE_RELEASE

FINGERPRINT = """
import hashlib, io
from datetime import date
import pyarrow as pa
from pipeline.sources.simulated import make_world, observe, truth_tables
world = make_world(200, 5, date(2026, 10, 31))
for name, table in sorted((observe(world) | truth_tables(world)).items()):
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    print(name, table.num_rows, hashlib.sha256(sink.getvalue()).hexdigest())
"""

worlds = st.builds(
    make_world,
    projects=st.integers(1, 150),
    seed=st.integers(0, 2**32),
    observed_on=st.dates(date(2023, 1, 1), m.HORIZON_DAY),
    download_days=st.just(2),
)


def test_the_reference_day_has_as_many_projects_as_asked_for(world_of):
    world = world_of(300, 1)
    assert world.projects.height == 300
    assert world.projects["name"].is_unique().all()
    assert world_of(300, 1, date(2026, 9, 30)).projects.height < 300
    assert world_of(300, 1, date(2027, 6, 30)).projects.height > 300


def test_names_cannot_be_mistaken_for_real_ones(large):
    names = large.projects["name"]
    assert names.str.contains(r"^simulated-\d{6}-[a-z]+-[a-z]+$").all()
    assert [canonicalize_name(spelling) for spelling in large.projects["spelling"]] == names.to_list()
    assert [canonicalize_name(spelling) for spelling in large.projects["other_spelling"]] == names.to_list()
    assert large.accounts["account"].str.contains(r"^simulated-account-\d{5}$").all()
    # A doubled hyphen is forbidden in the owner names of both code hosts.
    repositories = large.publishers["repository"].drop_nulls()
    assert repositories.str.contains(r"^simulated--[a-z]+-\d{5}/").all()
    for url in large.links["url"]:
        assert re.match(
            r"https?://((www\.)?[a-z0-9-]+\.example/|(www\.)?(github\.com|gitlab\.com|codeberg\.org)/simulated--)",
            url,
            re.IGNORECASE,
        )


def test_the_same_arguments_give_the_same_bytes_in_any_process():
    outputs = {
        subprocess.run(
            [sys.executable, "-c", FINGERPRINT],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "POLARS_MAX_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed, threads in (("1", "1"), ("2", "2"))
    }
    assert len(outputs) == 1
    assert len(outputs.pop().splitlines()) == 14


def test_another_seed_gives_another_world(world_of):
    assert not world_of(300, 1).files.equals(world_of(300, 2).files)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((0, 1, REFERENCE_DAY), "0 projects"),
        ((2_000_000, 1, REFERENCE_DAY), "1,000,000"),
        ((10, -1, REFERENCE_DAY), "seed -1"),
        ((10, 1, date(2031, 1, 1)), "2031-01-01"),
        ((10, 1, date(2009, 1, 1)), "2009-01-01"),
    ],
)
def test_what_cannot_be_drawn_is_said(arguments, complaint):
    with pytest.raises(UsageError, match=complaint):
        make_world(*arguments)


def test_days_of_downloads_must_be_some():
    with pytest.raises(UsageError, match="0 days"):
        make_world(10, 1, REFERENCE_DAY, download_days=0)


class TestLaterDay:
    """The same world a month later is the earlier one and what happened since."""

    @pytest.fixture(params=[1, 2, 3])
    def days(self, request, world_of):
        return world_of(500, request.param, date(2026, 8, 31)), world_of(500, request.param, date(2026, 9, 30))

    def test_files_of_the_earlier_day_are_unchanged(self, days):
        earlier, later = days
        fate = ["is_deleted", "is_yanked"]
        past = later.files.filter(pl.col("uploaded_at") < earlier.end)
        assert_frame_equal(past.drop(fate), earlier.files.drop(fate))
        assert later.files.height > earlier.files.height
        for column in fate:
            assert not (earlier.files[column] & ~past[column]).any()

    def test_downloads_of_a_day_depend_on_the_day_alone(self, days):
        earlier, later = days
        shared = pl.col("day").is_between(later.downloads["day"].min(), earlier.downloads["day"].max())
        assert_frame_equal(earlier.downloads.filter(shared), later.downloads.filter(shared))

    def test_projects_and_enrolments_only_come(self, days):
        earlier, later = days
        before = earlier.projects.select("project_id", "name", "spelling", "created_at", "host", "popularity_tier")
        assert_frame_equal(before, later.projects.select(before.columns).join(before, "project_id", how="semi"))
        both = earlier.accounts.drop_nulls()
        assert_frame_equal(both, later.accounts.join(both, "account", how="semi"))


@given(world=worlds)
@settings(max_examples=60, deadline=None)
def test_no_fact_stands_before_it_was_possible(world):
    files = world.files.join(world.projects, "project_id").join(
        world.publishers, ["project_id", "filename"], how="left"
    )
    attested = files.filter("is_attested")
    assert attested["kind"].is_not_null().all()
    assert attested["is_by_publisher"].all()
    for kind, since in zip(m.PUBLISHER_KINDS, m.ATTESTATIONS_FROM, strict=True):
        assert (attested.filter(pl.col("kind") == kind)["uploaded_at"] >= since).all()
    assert (attested["uploaded_at"] >= attested["at_risk_from"]).all()
    by_publisher = files.filter("is_by_publisher")
    assert (by_publisher["uploaded_at"] >= m.PUBLISHER_FROM[0]).all()
    assert set(by_publisher["host"]) <= {"github", "gitlab", "google"}
    assert (by_publisher["uploader"] < 0).all()
    assert (files["uploaded_at"] >= files["created_at"]).all()
    assert (files["uploaded_at"] < world.end).all()
    assert files.filter(pl.col("uploaded_at") < m.CLIENT_NAME_KEPT_FROM)["upload_tool"].is_null().all()
    assert files.filter(pl.col("uploaded_at") >= m.CLIENT_NAME_KEPT_FROM)["upload_tool"].is_not_null().all()


@given(world=worlds)
@settings(max_examples=60, deadline=None)
def test_whoever_uploads_by_token_since_the_second_of_august_has_a_second_factor(world):
    accounts = world.accounts.with_columns(uploader=pl.int_range(pl.len()).cast(pl.Int32))
    uploads = world.files.filter((pl.col("uploader") >= 0) & (pl.col("uploaded_at") >= m.TOKEN_NEEDS_2FA_FROM))
    held = uploads.join(accounts, "uploader", how="left")
    assert held["enrolled_at"].is_not_null().all()
    assert (held["enrolled_at"] <= held["uploaded_at"]).all()
    enrolled = world.accounts["enrolled_at"].drop_nulls()
    assert (enrolled >= m.SECOND_FACTOR_FROM).all()
    assert (enrolled < world.end).all()


@given(world=worlds)
@settings(max_examples=40, deadline=None)
def test_keys_are_unique_and_counts_are_counts(world):
    for frame, key in (
        (world.projects, ["project_id"]),
        (world.releases, ["project_id", "version"]),
        (world.files, ["project_id", "filename"]),
        (world.roles, ["project_id", "account", "role"]),
        (world.accounts, ["account"]),
        (world.downloads, ["project_id", "day"]),
    ):
        assert not frame.select(key).is_duplicated().any()
    counts = world.downloads.drop("project_id", "day")
    assert counts.width == 5
    assert (counts.min_horizontal() >= 0).all() if len(counts) else True
    known = set(world.projects["project_id"])
    for frame in (world.files, world.roles, world.requirements, world.links, world.downloads):
        assert set(frame["project_id"]) <= known


def test_the_order_of_versions_is_that_of_pep_440(large):
    for _, releases in large.releases.sort("project_id", "version_key").group_by("project_id", maintain_order=True):
        valid = releases.filter(pl.col("kind") != INVALID)
        versions = [Version(text) for text in valid["version"]]
        assert all(one < other for one, other in pairwise(versions))
        assert [version.is_prerelease for version in versions] == (valid["kind"] == PRE_RELEASE).to_list()
        for text in releases.filter(pl.col("kind") == INVALID)["version"]:
            with pytest.raises(InvalidVersion):
                Version(text)


def test_whoever_still_releases_does_so_within_ten_months_of_the_first_provenance(large):
    released = large.files.filter(pl.col("uploaded_at").is_between(m.PROVENANCE_FROM, m.PROVENANCE_FROM + 300 * m.DAY))[
        "project_id"
    ]
    waiting = large.projects.filter(pl.col("at_risk_from") < m.PROVENANCE_FROM + 200 * m.DAY, pl.col("is_at_risk"))
    old = waiting.filter(pl.col("created_at") < m.PROVENANCE_FROM, pl.col("at_risk_from").is_in(m.ATTESTATIONS_FROM))
    assert old.height > 1_000
    assert set(old["project_id"]) <= set(released)


def test_releases_older_than_a_fortnight_reject_new_files(large):
    late = large.files.join(large.releases.select("release_id", "released_at"), "release_id").filter(
        pl.col("uploaded_at") >= m.OLD_RELEASES_CLOSED_FROM
    )
    assert (late["uploaded_at"] - late["released_at"] <= 14 * m.DAY).all()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to read the peak of memory")
def test_twenty_thousand_projects_take_seconds_and_half_a_gigabyte():
    # `ru_maxrss` of a child counts what its parent held at the fork, so the peak is read from the kernel's own page.
    script = (
        "import re, time; from pathlib import Path; from pipeline.sources.simulated import make_world, REFERENCE_DAY; "
        "begun = time.process_time(); make_world(20_000, 1, REFERENCE_DAY); took = time.process_time() - begun; "
        "print(took, int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]) / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    seconds, megabytes = map(float, done.stdout.split())
    assert seconds < 10
    assert megabytes < 500
