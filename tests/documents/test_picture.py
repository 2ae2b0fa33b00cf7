from __future__ import annotations

import sys
from pathlib import Path

from pipeline.documents.picture import draw_picture

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))

from report_marts import make_marts

README = Path(__file__).parents[2] / "README.md"


def test_the_picture_shows_what_the_file_holds() -> None:
    with make_marts() as connection:
        picture = draw_picture(connection)
        ((observed_on,),) = connection.execute("select observed_on from runs").fetchall()
    assert picture.startswith("<svg")
    assert f"observed on {observed_on}" in picture


def test_the_picture_of_the_readme_is_there() -> None:
    assert "docs/evidence-by-tier.svg" in README.read_text(encoding="utf-8")
    assert (README.parent / "docs" / "evidence-by-tier.svg").stat().st_size > 5_000
