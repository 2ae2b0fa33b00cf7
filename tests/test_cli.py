"""What the command says of faults that no step foresees."""

from __future__ import annotations

import errno

import pytest

from pipeline import run as steps
from pipeline.cli import main


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "reports/x"),
            "reports/x: No space left on device. Make room on the disk, or choose another place.",
        ),
        (RuntimeError("Query interrupted"), "Interrupted. What is published is whole; the same command continues."),
        (KeyboardInterrupt(), "Interrupted. What is published is whole; the same command continues."),
        (ValueError("one\ntwo"), "ValueError: one. Run again with --debug for the whole story."),
        (ZeroDivisionError(), "ZeroDivisionError: it says no more. Run again with --debug for the whole story."),
    ],
)
def test_a_fault_after_a_step_was_published_is_not_said_to_have_published_nothing(
    monkeypatch, capsys, fault: BaseException, said: str
) -> None:
    def run(_: object) -> None:
        raise fault

    monkeypatch.setattr(steps, "run", run)
    with pytest.raises(SystemExit):
        main(["run"])
    assert capsys.readouterr().err.strip() == f"pypi-adoption: {said}"
