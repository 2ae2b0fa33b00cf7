"""PEP 440 order: every rank is worked out by hand, and the library is the law of the property test."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from pipeline.computed.versions import order_versions


def ranks(*texts):
    table = order_versions(pa.table({"version": pa.array(texts, pa.string())}))
    return dict(zip(table["version"].to_pylist(), table["version_order"].to_pylist(), strict=True))


def test_versions_rise_in_the_order_of_pep_440():
    rising = ["1.0.dev1", "1.0a1", "1.0b2", "1.0rc1", "1.0", "1.0+local", "1.0.post1", "1.9", "1.10", "1!0.1"]

    found = ranks(*reversed(rising))

    assert [found[text] for text in rising] == list(range(1, 11))


def test_equal_versions_share_a_rank_and_the_next_rank_follows_without_a_gap():
    assert ranks("1.0.0", "v1", "1.0", "1.1", "0.9") == {"0.9": 1, "1.0": 2, "1.0.0": 2, "v1": 2, "1.1": 3}


def test_the_rows_keep_the_given_order():
    table = order_versions(pa.table({"version": ["2", "bogus", "1"]}))

    assert table["version"].to_pylist() == ["2", "bogus", "1"]
    assert table["version_order"].to_pylist() == [2, None, 1]


def test_pre_and_development_releases_are_pre_releases_and_post_releases_are_not():
    table = order_versions(pa.table({"version": ["1a1", "1.dev0", "1.post1.dev2", "1.post1", "1+local"]}))

    assert table["is_prerelease"].to_pylist() == [True, True, True, False, False]


def test_text_that_is_no_version_is_invalid_and_unordered():
    hostile = ["", "latest", "1.0'; drop table files;--", "../../etc", "\x1b[31m1", "1.0\x00", "1.é", "9" * 9999]

    table = order_versions(pa.table({"version": hostile}))

    assert table["is_valid"].to_pylist() == [False] * len(hostile)
    assert table["is_prerelease"].null_count == table["version_order"].null_count == len(hostile)


def test_no_versions_and_a_missing_version_are_tolerated():
    empty = order_versions(pa.table({"version": pa.array([], pa.string())}))
    missing = order_versions(pa.table({"version": pa.array([None], pa.string())}))

    assert empty.num_rows == 0
    assert empty.schema == missing.schema
    assert missing.to_pylist() == [{"version": None, "is_valid": False, "is_prerelease": None, "version_order": None}]


pieces = st.sampled_from(["0", "1", "2", "10", ".", "a", "b", "rc", "dev", "post", "!", "+", "v", "-", " ", "x", "é"])


@given(st.lists(st.lists(pieces, max_size=8).map("".join), unique=True, max_size=12))
def test_ranks_agree_with_the_library_for_every_pair(texts):
    found = {text: rank for text, rank in ranks(*texts).items() if rank is not None}

    for one, rank in found.items():
        for other, other_rank in found.items():
            assert (rank < other_rank) == (Version(one) < Version(other))
            assert (rank == other_rank) == (Version(one) == Version(other))


@given(st.lists(st.lists(pieces, max_size=8).map("".join), unique=True, max_size=12), st.randoms())
def test_the_order_is_a_total_preorder_that_depends_on_no_other_version_and_no_row_order(texts, chance):
    found = {text: rank for text, rank in ranks(*texts).items() if rank is not None}

    assert set(found.values()) == set(range(1, len(set(found.values())) + 1)), "dense: nothing lies between"
    shuffled = chance.sample(texts, len(texts))
    assert {text: rank for text, rank in ranks(*shuffled).items() if rank is not None} == found
    some = chance.sample(texts, len(texts) // 2)
    of_some = {text: rank for text, rank in ranks(*some).items() if rank is not None}
    for one, rank in of_some.items():
        for other, other_rank in of_some.items():
            assert (rank < other_rank) == (found[one] < found[other])
    assert {text for text in texts if text in found} == {text for text in texts if _is_version(text)}


def _is_version(text):
    try:
        Version(text)
    except ValueError:
        return False
    return True
