"""Files that are written beside their place."""

from __future__ import annotations

from pathlib import Path

from pipeline.files import replace_file


def test_what_lies_in_the_place_of_the_unfinished_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("kept")
    (tmp_path / ".page.part").symlink_to(precious)
    replace_file(tmp_path / "page", "new")
    assert precious.read_text() == "kept"
    assert (tmp_path / "page").read_text() == "new"
    assert not (tmp_path / "page").is_symlink()
    assert not (tmp_path / ".page.part").exists()
