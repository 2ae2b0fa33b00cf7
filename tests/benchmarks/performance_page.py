"""The page and the picture out of the figures: `python performance_page.py docs/performance.json`."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import performance_chart

HERE = Path(__file__).parent
GB = 1e9
MONTH = (
    "staging.spellings",
    "staging.downloads_daily",
    "signals.download_days",
    "signals.downloads",
    "signals.ranks",
    "signals.adoption_counts",
    "main.adoption_monthly",
)
"""What follows from the downloads of a month alone."""


@dataclass(frozen=True)
class Bound:
    """What was promised of full size, and what was measured."""

    what: str
    most: float
    measured: float
    form: str
    """How both are written, as a format of `%`."""

    @property
    def is_met(self) -> bool:
        return self.measured <= self.most

    def written(self, value: float) -> str:
        return self.form % value


def slope(builds: list[dict[str, Any]]) -> float:
    """The slope of log(seconds) on log(size) by least squares; 1 is growth in proportion."""
    sizes = [build["rows"]["files"] for build in builds]
    seconds = [build["build_seconds"] for build in builds]
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def bounds(figures: dict[str, Any]) -> list[Bound]:
    """All bounds of full size."""
    core = {name: part["seconds"] for name, part in figures["core"].items()}
    build, limited, replaced = figures["builds"][-1], figures["limited"], figures["replacement"]
    questions = figures["questions"]
    return [
        Bound("core, beside polars", 1.0, core["duckdb"] / core["polars"], "%.2f times"),
        Bound("core, beside pandas", 0.35, core["duckdb"] / core["pandas"], "%.2f times"),
        Bound(
            f"core with {figures['core_limit']} for DuckDB, beside no limit",
            1.5,
            core["duckdb_limited"] / core["duckdb"],
            "%.2f times",
        ),
        Bound("core, beside reading the same columns to Arrow", 5, core["duckdb"] / core["arrow_scan"], "%.1f times"),
        Bound("core, beside DuckDB's own bare scan", 5, core["duckdb"] / core["scan"], "%.1f times"),
        Bound("build: time of the whole process", 90, build["process_seconds"], "%.1f s"),
        Bound("build: peak memory of the whole process", 2, build["peak_bytes"] / GB, "%.2f GB"),
        Bound(
            f"build with {limited['memory_limit']} for DuckDB, beside {build['memory_limit']}: time",
            1.5,
            limited["process_seconds"] / build["process_seconds"],
            "%.2f times",
        ),
        *(
            Bound(f"history of {history['of']}, {kind}", 20, history[name], "%.1f ms")
            for history in questions["histories"]
            for kind, name in (("first run", "first_ms"), ("median of 9", "median_ms"))
        ),
        Bound("slowest of the five questions", 1, max(query["seconds"] for query in questions["queries"]), "%.2f s"),
        Bound("month replaced: its downloads, ranks, tiers and monthly series", 10, of_the_month(replaced), "%.1f s"),
        Bound("month replaced: all tables, statistics and checks anew", 10, without_report(replaced), "%.1f s"),
        Bound("growth: slope over all sizes", 1.05, slope(figures["builds"]), "%.2f"),
        Bound("growth: slope over the upper three sizes", 1.05, slope(figures["builds"][-3:]), "%.2f"),
    ]


def of_the_month(build: dict[str, Any]) -> float:
    """Seconds of the tables that hold a month of downloads and what is counted by it, copying the file included."""
    return build["stages"].get("opening", 0.0) + sum(build["tables"].get(table, 0.0) for table in MONTH)


def without_report(build: dict[str, Any]) -> float:
    """Seconds of the whole process but for the report."""
    return build["process_seconds"] - build["stages"]["report"]


def slowest(tables: dict[str, float], count: int) -> list[tuple[str, float]]:
    """The tables that took longest."""
    return sorted(tables.items(), key=lambda item: -item[1])[:count]


def page(figures: dict[str, Any]) -> str:
    """The page as Markdown."""
    loader = jinja2.FileSystemLoader(HERE)
    # Markdown, out of our own words and numbers: nothing to escape.
    environment = jinja2.Environment(
        loader=loader,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=jinja2.select_autoescape(),
    )
    environment.globals |= {
        "bounds": bounds(figures),
        "slowest": slowest,
        "without_report": without_report,
        "of_the_month": of_the_month,
    }
    environment.filters |= {"gb": lambda value: f"{value / GB:.2f}", "mb": lambda value: f"{value / 1e6:,.0f}"}
    return environment.get_template("performance.md.jinja").render(figures)


def main(path: Path) -> None:
    """Write page and picture beside the figures, and tell where the page is."""
    figures = json.loads(path.read_text(encoding="utf-8"))
    path.with_suffix(".svg").write_text(performance_chart.draw(figures), encoding="utf-8")
    path.with_suffix(".md").write_text(page(figures), encoding="utf-8")
    sys.stdout.write(json.dumps({"page": str(path.with_suffix(".md"))}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
