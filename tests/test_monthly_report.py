"""The workflow that publishes every month: its commands exist, and what it needs is kept from one month to the next."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from pipeline.cli import cli

ROOT = Path(__file__).parent.parent
WORKFLOW = ROOT / ".github" / "workflows" / "monthly-report.yml"
DOCUMENT = ROOT / "docs" / "publishing.md"


@pytest.fixture(scope="module")
def workflow() -> dict:
    return yaml.safe_load(WORKFLOW.read_text())


def commands() -> list[str]:
    in_workflow = re.findall(r"^\s*\.venv/bin/(pypi-adoption .*)$", WORKFLOW.read_text(), re.MULTILINE)
    in_document = re.findall(r"^\$ (pypi-adoption .*?)\s*(?:#.*)?$", DOCUMENT.read_text(), re.MULTILINE)
    return [*in_workflow, *in_document]


@pytest.mark.parametrize("command", commands())
def test_each_command_is_one_that_exists(command):
    words = shlex.split(command.replace('"$TOP"', "1000"))[1:]
    result = CliRunner().invoke(cli, [*words, "--help"])
    assert result.exit_code == 0, result.output
    parsed = cli.commands[words[0]].make_context(words[0], words[1:])
    assert parsed.params["source"] in {"pypi", "snapshot"}


def test_it_runs_on_a_schedule_and_only_where_it_was_switched_on(workflow):
    # YAML 1.1 reads the key `on` as true.
    assert re.fullmatch(r"\d+ \d+ \d+ \* \*", workflow[True]["schedule"][0]["cron"])
    assert workflow["jobs"]["report"]["if"] == "vars.PYPI_ADOPTION_CONTACT != ''"
    assert workflow["concurrency"]["cancel-in-progress"] is False


def test_rights_are_the_least(workflow):
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["report"]["permissions"] == {"contents": "read", "actions": "read"}
    assert workflow["jobs"]["publish"]["permissions"] == {"pages": "write", "id-token": "write"}


def test_what_is_kept_is_what_is_brought_back(workflow):
    steps = {
        step.get("name", step.get("uses", "").partition("@")[0]): step for step in workflow["jobs"]["report"]["steps"]
    }
    kept = steps["Keep the months for the next one"]["with"]
    assert {"data/landing", "data/adoption.duckdb", "reports"} <= set(kept["path"].split())
    assert f"--name {kept['name']}" in steps["Bring back the months before"]["run"]
    assert steps["actions/upload-pages-artifact"]["with"]["path"] == "reports"


def test_actions_are_named_by_commit_which_no_tag_can_move(workflow):
    used = [step["uses"] for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", one) for one in used)


def test_words_of_others_reach_no_shell(workflow):
    for step in workflow["jobs"]["report"]["steps"]:
        assert "${{" not in step.get("run", ""), "expressions go through the environment"
