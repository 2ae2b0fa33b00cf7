"""Resolve the dependencies of pyproject.toml into hash-locked files that name no download address.

`make lock` keeps the versions that are locked and adds what is new; `make upgrade` (`--upgrade`) takes the newest.
`dev.txt` is resolved first, for all of Python 3.11 to 3.14; the others are parts of it, so that every environment has
the same versions.
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
PROJECT = FOLDER.parent / "pyproject.toml"
BUILD = FOLDER / "build.in"
EXTRAS = {
    "dev": ["dev", "notebooks", "bigquery"],
    "run": [],
    "notebooks": ["notebooks"],
    "bigquery": ["bigquery"],
    "verify": ["verify"],
}
EMULATORS = {"bqemulator": "3.11", "local-bigquery": "3.13"}
"""The emulators for `make test-bigquery`, each with the oldest Python that it runs on; nothing of them is shared."""


def lock(name: str, *wanted: str, python: str = "3.11") -> None:
    """Write `<name>.txt` out of the files and options that are wanted."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    command += ["--no-emit-index-url", "--no-header", "--python-version", python, *sys.argv[1:]]
    subprocess.run([*command, *wanted, "-o", str(FOLDER / f"{name}.txt")], check=True)  # noqa: S603 - fixed words


for name, extras in EXTRAS.items():
    options = [word for extra in extras for word in ("--extra", extra)]
    options += [] if name == "dev" else ["--constraint", str(FOLDER / "dev.txt")]
    lock(name, *options, str(PROJECT), str(BUILD))

for name, python in EMULATORS.items():
    lock(f"emulator-{name}", str(FOLDER / f"emulator-{name}.in"), python=python)
