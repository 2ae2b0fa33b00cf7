"""The command `pypi-adoption`, which `python -m pipeline` is too."""

from __future__ import annotations

import signal


def main() -> None:
    """Import what the command needs, which takes a moment in which Ctrl-C just ends it, and run it."""
    handler = signal.signal(signal.SIGINT, signal.SIG_DFL)
    import polars as _  # noqa: F401, ICN001, PLC0415 - it puts a handler of its own into that place

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from pipeline.cli import main as command  # noqa: PLC0415 - see above

    signal.signal(signal.SIGINT, handler)
    command()


if __name__ == "__main__":
    main()
