"""Resolve the dependencies of pyproject.toml into hash-locked files that name no download address.

Run by `make lock`. `dev.txt` is resolved first, for all of Python 3.11 to 3.14; the others are parts of it, so that
every environment has the same versions.
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


def lock(name: str, extras: list[str], constraint: Path | None) -> None:
    """Write `<name>.txt`."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    command += ["--no-emit-index-url", "--no-header", "--python-version", "3.11", "--upgrade"]
    command += [word for extra in extras for word in ("--extra", extra)]
    command += ["--constraint", str(constraint)] if constraint else []
    subprocess.run([*command, str(PROJECT), str(BUILD), "-o", str(FOLDER / f"{name}.txt")], check=True)  # noqa: S603


for name, extras in EXTRAS.items():
    lock(name, extras, FOLDER / "dev.txt" if name != "dev" else None)

for name, python in EMULATORS.items():
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--upgrade"]
    command += ["--no-emit-index-url", "--no-header", "--python-version", python]
    source = FOLDER / f"emulator-{name}.in"
    subprocess.run([*command, str(source), "-o", str(source.with_suffix(".txt"))], check=True)  # noqa: S603 - fixed words
