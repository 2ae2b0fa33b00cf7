"""Programs of this folder in processes of their own, with what the system says that they used.

This module and what starts processes with it import nothing large: a new process counts the memory of the one that
started it as its own peak until it has outgrown it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEAK_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes of the unit in which the system tells the peak of the resident memory."""


class ProgramError(Exception):
    """A program of the benchmark failed; it has said why on stderr."""


def measure(program: str, *words: object) -> dict[str, Any]:
    """Run a program of this folder to its end.

    Returns:
        What it wrote as JSON; and `process_seconds`, `cpu_seconds` and `peak_bytes` (resident) of the whole process.

    Raises:
        ProgramError: it did not exit with 0.
    """
    command = [sys.executable, str(HERE / program), *map(str, words)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        written = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise ProgramError(f"{program} exited with {process.returncode}")
    return json.loads(written) | {
        "process_seconds": time.monotonic() - started,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_bytes": usage.ru_maxrss * PEAK_UNIT,
    }
