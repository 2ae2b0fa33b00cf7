"""A headless Chromium with the network off, and reports to open in it.

Where no Chromium is found the tests are skipped, and the summary says how many and why.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "report"))

from report_marts import HOSTILE, HOSTILE_OBSERVED, OBSERVED, SIMULATED, make_marts

from pipeline.report.page import make_report
from pipeline.report.publishing import prepare_report, publish_report

PLAYWRIGHT = importlib.util.find_spec("playwright")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NO_CHROMIUM = "no Chromium (chromium, chromium-browser, google-chrome) on the PATH"
NO_PLAYWRIGHT = "the package playwright is not installed"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
VARIANTS = {
    "plain": (),
    "observed": OBSERVED,
    "simulated": (*OBSERVED, SIMULATED),
    "hostile": (*OBSERVED, HOSTILE, HOSTILE_OBSERVED),
}


@dataclass
class Opened:
    """A page, and what it did while it was open."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if PLAYWRIGHT is None or CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM if PLAYWRIGHT else NO_PLAYWRIGHT))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = [one for one in terminalreporter.stats.get("skipped", []) if "tests/browser/" in one.nodeid]
    if skipped:
        reasons = sorted({one.longrepr[2].removeprefix("Skipped: ") for one in skipped})
        terminalreporter.write_line(f"{len(skipped)} browser tests skipped: {'; '.join(reasons)}", yellow=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Open only while a file of tests runs: Playwright keeps an event loop running, beside which no other can."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - where it is missing the tests are skipped

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def report_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports of the marts written by hand: what every source sees, all that any sees, simulated, with hostile names.

    And the list of two of them.
    """
    folder = tmp_path_factory.mktemp("reports")
    files = {}
    for name, changes in VARIANTS.items():
        with make_marts(*changes) as connection:
            files[name] = folder / f"{name}.html"
            files[name].write_text(make_report(connection, shows_accounts=name == "hostile")[0], encoding="utf-8")
            if name in {"plain", "simulated"}:
                publish_report(prepare_report(connection, folder))
    return files | {"periods": folder / "index.html"}


@pytest.fixture
def open_report(browser: Any, report_files: dict[str, Path]) -> Iterator[Callable[..., Opened]]:
    """Open a variant of the report from its file, offline, and wait until its charts are drawn."""
    contexts: list[Any] = []
    yield partial(_open, browser, report_files, contexts)
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def shared_report(browser: Any, report_files: dict[str, Path]) -> Iterator[Callable[..., Opened]]:
    """The same for tests that leave a page as it was: each variant, width and scheme is opened once."""
    contexts: list[Any] = []
    opened: dict[tuple[Any, ...], Opened] = {}

    def give(variant: str = "observed", width: int = 1280, color_scheme: str = "light") -> Opened:
        key = (variant, width, color_scheme)
        if key not in opened:
            opened[key] = _open(browser, report_files, contexts, variant, width, color_scheme=color_scheme)
        return opened[key]

    yield give
    for context in contexts:
        context.close()


def _open(
    browser: Any,
    report_files: dict[str, Path],
    contexts: list[Any],
    variant: str = "observed",
    width: int = 1280,
    **options: Any,
) -> Opened:
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True, **options)
    contexts.append(context)
    opened = Opened(context.new_page())
    opened.page.on("request", lambda request: opened.requests.append(request.url))
    opened.page.on("console", lambda message: opened.complaints.append(f"{message.type}: {message.text}"))
    opened.page.on("pageerror", lambda error: opened.complaints.append(f"error: {error}"))
    opened.page.on("dialog", lambda dialog: opened.complaints.append(f"dialog: {dialog.message}"))
    opened.page.goto(report_files[variant].as_uri())
    if variant != "periods":
        opened.page.wait_for_selector("html[data-charts=done]")
    return opened
