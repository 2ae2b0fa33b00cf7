"""The result as a table, as JSON and as a page, and what strangers' words can do in them: nothing."""

from __future__ import annotations

import html.parser
import io
import json
import re
from pathlib import Path

import pytest
from audited_set import Tables, the_index
from index_server import IndexServer
from rich.console import Console

from pipeline.audit.command import audit as command
from pipeline.audit.conditions import CONDITIONS
from pipeline.audit.dependencies import REASONS
from pipeline.audit.formats.html import render
from pipeline.audit.formats.terminal import show
from pipeline.audit.inputs import FORMATS
from pipeline.audit.result import Account, Audit, AuditedDependency, SkippedEntry, Summary
from pipeline.cli import main

DOCS = Path(__file__).parent.parent.parent / "docs" / "audit.md"
EVIL = "\x1b]0;owned\x07\x1b[2J<script>alert(1)</script>[red]=cmd|\u202e\n"


@pytest.fixture
def hostile(tmp_path, audit):
    tables = Tables()
    tables.project("fine", [("1.0", "2025-01-01", True)], roles=[(EVIL, "Owner")], organization=EVIL, status=EVIL)
    tables.rows["publishers"][0] |= {"publisher_kind": EVIL, "publisher_repository": EVIL}
    name = json.dumps(EVIL)
    text = f'[[package]]\nname = "fine"\nversion = {name}\n[[package]]\nname = {name}\nversion = "1"\n'
    (tmp_path / "poetry.lock").write_text(text + '[metadata]\nlock-version = "2.0"\n')
    with IndexServer(tables.tables()) as server:
        return audit(server, tmp_path / "poetry.lock", shows_accounts=True)


def printed(audited, *, is_terminal, width=80) -> str:
    stream = io.StringIO()
    show(audited, Console(file=stream, force_terminal=is_terminal, width=width, color_system=None))
    return stream.getvalue()


def test_lines_for_another_program(found):
    lines = printed(found, is_terminal=False).splitlines()
    assert lines[0].split("\t")[:3] == ["project", "reached through", "2FA evidence"]
    assert lines[2].split("\t") == [
        "deep",
        "webby > old-one",
        "2FA enforced",
        "not attested",
        "2025-03-01",
        "GitHub acme/deep",
        "1; carl (Owner)",
        "yes",
        "active; earlier releases were attested",
    ]
    assert "organization acme" in lines[1]
    rest = "\n".join(lines[6:])
    assert "4 of 5 dependencies could be reached through one stolen account: 4 accounts" in rest
    assert "old-one, tiny-lib (2 dependencies, 2 accounts)" in rest
    assert "does not list and that were not audited: elsewhere" in rest


def test_below_simple_api_1_3_nothing_is_said_of_accounts_that_could_not_be_shown(lists, audit):
    with IndexServer(the_index(api_version="1.1")) as server:
        text = printed(audit(server, lists / "uv.lock"), is_terminal=False)
    assert "Shown to have a second factor" not in text
    assert "The index does not say of 5 dependencies whether releases are attested" in text


def test_a_table_on_a_narrow_terminal(found):
    lines = printed(found, is_terminal=True).splitlines()
    assert max(len(line) for line in lines if "│" in line) <= 80
    assert any("by webby" in line for line in lines)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_words_of_strangers_do_not_steer_the_terminal(hostile, is_terminal):
    text = printed(hostile, is_terminal=is_terminal, width=2000)
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert r"\u001b]0;owned" in text
    assert "[red]" in text
    if not is_terminal:
        assert text.splitlines()[1].count("\t") == text.splitlines()[0].count("\t")


class Page(html.parser.HTMLParser):
    """Collects what a page would run or load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.loads += [value for name, value in attrs if name in ("src", "href") and value and value[0] not in "#d"]
        assert not any(name.startswith("on") for name, _ in attrs)


def test_the_page_runs_and_loads_nothing_and_holds_words_of_strangers_as_text(hostile):
    text = render(hostile)
    page = Page(text)
    assert "script" not in page.tags
    assert page.loads == []
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert "&lt;script&gt;alert(1)" in text
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert "default-src &#39;none&#39;" in policy[1]
    assert "script-src" not in policy[1]


def test_the_page_tells_the_same(found):
    text = render(found)
    assert "4 of 5 dependencies could be reached through one stolen account" in text
    assert "webby &gt; old-one" in text
    assert "carl (Owner)" in text
    assert text.count('<th scope="row">') == 5


def test_a_page_about_nothing(found):
    empty = found.model_copy(
        update={"dependencies": [], "summary": found.summary.model_copy(update={"dependency_count": 0})}
    )
    assert "No dependency could be audited." in render(empty)


def test_every_field_condition_reason_and_format_is_documented():
    text = DOCS.read_text()
    for model in (Audit, Summary, AuditedDependency, Account, SkippedEntry):
        for name, field in model.model_fields.items():
            assert f"| `{name}` | {' '.join(field.description.split())} |" in text
    for reason, words in REASONS.items():
        assert f"| `{reason}` | {words} |" in text
    for name in [*CONDITIONS, *FORMATS]:
        assert f"`{name}`" in text
    for option in command.params:
        assert not option.opts[0].startswith("--") or f"`{option.opts[0]}" in text


def run(capsys, *words) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(["audit", *words])
    out, err = capsys.readouterr()
    return end.value.code, out, err


def options(server, tmp_path):
    return "--index-url", server.simple, "--contact", "test@example.org", "--cache", str(tmp_path / "cache")


def test_the_command_prints_json_writes_the_page_and_exits_with_3(capsys, lists, tmp_path):
    page = tmp_path / "audit.html"
    with IndexServer(the_index()) as server:
        main_options = [*options(server, tmp_path), "--json", "--html", str(page), "--fail-on", "none"]
        code, out, err = run(capsys, str(lists / "pdm.lock"), *main_options)
        assert "test@example.org" in server.asked[0].user_agent
    assert code == 3
    assert Audit.model_validate_json(out).audited == "pdm.lock"
    assert err.splitlines()[-1] == "pypi-adoption: The audit fails on none: tiny-lib."
    assert page.read_text().startswith("<!doctype html>")


def test_the_command_exits_with_0_where_no_condition_is_met(capsys, lists, tmp_path):
    with IndexServer(the_index()) as server:
        main(["audit", str(lists / "bom.cdx.json"), *options(server, tmp_path), "--fail-on", "quarantined"])
    assert "tiny-lib" in capsys.readouterr().out


def test_a_list_of_nothing_says_that_nothing_was_audited(capsys, tmp_path):
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    with IndexServer(the_index()) as server:
        main(["audit", str(tmp_path / "requirements.txt"), *options(server, tmp_path), "--fail-on", "unknown"])
    assert "lists no project of the index: nothing is audited." in " ".join(capsys.readouterr().err.split())


def test_the_command_wants_a_contact(capsys, lists, monkeypatch):
    monkeypatch.delenv("PYPI_ADOPTION_CONTACT", raising=False)
    code, out, err = run(capsys, str(lists / "uv.lock"))
    assert (code, out) == (2, "")
    assert err == (
        "pypi-adoption: The index wants to know who asks. Add --contact with an e-mail or web address of yours.\n"
    )


def test_the_command_says_where_a_file_is_wrong(capsys, lists, tmp_path):
    (lists / "uv.lock").write_text("version = 1\n[[package]]\nname = 3\nsource = {}\n")
    with IndexServer(the_index()) as server:
        code, out, err = run(capsys, str(lists / "uv.lock"), *options(server, tmp_path))
        assert server.asked == []
    assert (code, out) == (1, "")
    assert err == f"pypi-adoption: {lists / 'uv.lock'}: package.0.name: input should be a valid string.\n"


def test_the_format_can_be_said(capsys, lists, tmp_path):
    (lists / "uv.lock").rename(lists / "locked")
    with IndexServer(the_index()) as server:
        main(["audit", str(lists / "locked"), "--format", "uv_lock", *options(server, tmp_path)])
    assert "tiny-lib" in capsys.readouterr().out
