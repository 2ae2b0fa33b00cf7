"""The result as one page that needs nothing but itself, in the style and under the policy of the report."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from markupsafe import Markup

from pipeline.audit.formats.words import publisher, remarks, sentences, state, way
from pipeline.audit.result import Audit, AuditedDependency
from pipeline.charts import labels
from pipeline.report.document import environment, policy_for, style_sheet
from pipeline.report.words import UNKNOWN
from pipeline.text import visible


def render(audit: Audit) -> str:
    """Make the page. It asks no host for anything and runs no script."""
    own = files("pipeline.audit").joinpath("templates", "audit.css").read_text(encoding="utf-8")
    style = f"{style_sheet()}\n{own}"
    template = environment("pipeline.audit").get_template("audit.html.j2")
    return template.render(
        audit=audit,
        audited=visible(audit.audited),
        rows=[_row(one) for one in audit.dependencies],
        sentences=[visible(sentence) for sentence in sentences(audit)],
        remarks=[visible(remark) for remark in remarks(audit)],
        unknown=UNKNOWN,
        labels=labels,
        policy=policy_for([], style),
        style=Markup(style),  # noqa: S704 - this project's own text
    )


def _row(one: AuditedDependency) -> dict[str, Any]:
    """The fields of one dependency, with nothing in them that does not show."""
    fields = one.model_dump(exclude={"accounts", "reached_through", "versions"})
    return {
        **{name: visible(value) if isinstance(value, str) else value for name, value in fields.items()},
        "versions": [visible(version) for version in one.versions],
        "way": visible(way(one)),
        "publisher": visible(publisher(one)),
        "state": visible(state(one)),
        "names": [visible(f"{held.account} ({'/'.join(held.roles)})") for held in one.accounts or []],
    }
