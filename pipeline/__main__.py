"""`python -m pipeline` is the same command as `pypi-adoption`."""

from pipeline.cli import main

main()
