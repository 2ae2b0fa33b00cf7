"""The result as one page that needs nothing but itself, in the style and under the policy of the report."""

from __future__ import annotations

from markupsafe import Markup

from pipeline.audit.formats.words import publisher, remarks, sentences, state, way
from pipeline.audit.result import Audit
from pipeline.charts import labels
from pipeline.report.document import environment, policy_for, style_sheet
from pipeline.report.reading import visible


def render(audit: Audit) -> str:
    """Make the page. It asks no host for anything and runs no script."""
    style = style_sheet()
    rows = [
        {
            **{name: visible(value) if isinstance(value, str) else value for name, value in one.model_dump().items()},
            "way": visible(way(one)),
            "publisher": visible(publisher(one)),
            "state": visible(state(one)),
            "names": [visible(f"{held.account} ({'/'.join(held.roles)})") for held in one.accounts or []],
        }
        for one in audit.dependencies
    ]
    return (
        environment("pipeline.audit")
        .get_template("audit.html.j2")
        .render(
            audit=audit,
            audited=visible(audit.audited),
            rows=rows,
            exposed=[row for row in rows if row["project"] in audit.summary.exposed],
            sentences=[visible(sentence) for sentence in sentences(audit)],
            remarks=[visible(remark) for remark in remarks(audit)],
            run={"is_simulated": False},
            labels=labels,
            policy=policy_for([], style),
            style=Markup(style),  # noqa: S704 - this project's own text
        )
    )
