"""A file that is wrong gives one clear line that names the file, the place and the cause."""

from __future__ import annotations

import os
import string

import pytest
from audited_set import FILES, LISTS
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.audit.dependencies import Indexes
from pipeline.audit.inputs import FORMATS, documents, format_of, read_dependencies, requirements_txt
from pipeline.errors import SourceError

INDEXES = Indexes("https://index.example.org/simple/")


def complaint(path, format_name=None) -> str:
    """What is said of a file, without the folder that it lies in."""
    with pytest.raises(SourceError) as error:
        read_dependencies(path, INDEXES, format_name)
    message = str(error.value)
    assert "\n" not in message
    assert all(letter.isprintable() for letter in message)
    return message.removeprefix(f"{path.parent}/")


WRONG_PLACES = {
    "requirements.txt": ("webby[fast]==2.0", "webby[fast]=2.0", "requirements.txt:5: "),
    "pylock.toml": ('name = "old-one"\nversion', 'name = "Old_One"\nversion', "pylock.toml: packages[3].name: "),
    "uv.lock": (
        'version = "4.2"\nsource = { registry',
        "version = 4.2\nsource = { registry",
        "uv.lock: package.5.version",
    ),
    "poetry.lock": ('name = "deep"', "name = 4", "poetry.lock: package.4.name: "),
    "pdm.lock": ('"old.one"]', '"old one"]', "pdm.lock: package.0.dependencies: no requirement (PEP 508): "),
    "Pipfile.lock": ('"==4.2"', "4.2", "Pipfile.lock: default.deep.version: "),
    "bom.cdx.json": ("pkg:pypi/tiny-lib@0.3", "tiny-lib", "bom.cdx.json: components.0.components.0.purl: "),
    "app.spdx.json": ("pkg:pypi/old-one@1.0", "pkg:pypi", "app.spdx.json: packages.4.externalRefs: "),
    "app.spdx3.json": ("pkg:pypi/old-one@1.0", "nothing", "app.spdx3.json: @graph.6: "),
}


@pytest.mark.parametrize(("file", "change"), WRONG_PLACES.items())
def test_a_wrong_value_is_named_with_its_place(lists, file, change):
    right, wrong, said = change
    text = (lists / file).read_text()
    assert right in text
    (lists / file).write_text(text.replace(right, wrong, 1))
    assert complaint(lists / file).startswith(said)


@pytest.mark.parametrize("file", [file for file in FILES.values() if file != "requirements.txt"])
def test_a_torn_file_is_named_with_its_line(lists, file):
    text = (lists / file).read_text()
    half = text[: text.rindex("deep")]
    (lists / file).write_text(half)
    line = half.count("\n") + 1
    assert f"{file}:{line}: no " in complaint(lists / file, next(name for name, one in FILES.items() if one == file))


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("uv.lock", "version = 1\n", "version = 2\n"),
        ("poetry.lock", 'lock-version = "2.1"', 'lock-version = "3.0"'),
        ("pdm.lock", 'lock_version = "4.5.0"', 'lock_version = "5.0"'),
        ("Pipfile.lock", '"pipfile-spec": 6', '"pipfile-spec": 7'),
        ("pylock.toml", 'lock-version = "1.0"', 'lock-version = "2.0"'),
        ("bom.cdx.json", '"specVersion": "1.6"', '"specVersion": "2.0"'),
        ("app.spdx.json", '"spdxVersion": "SPDX-2.3"', '"spdxVersion": "SPDX-4.0"'),
    ],
)
def test_a_version_of_a_format_that_is_not_known_is_refused(lists, file, right, wrong):
    text = (lists / file).read_text()
    assert right in text
    (lists / file).write_text(text.replace(right, wrong, 1))
    assert "ersion" in complaint(lists / file) or "spec" in complaint(lists / file)


def test_an_included_file_is_named_with_its_own_line(lists):
    (lists / "more.txt").write_text("tiny-lib\n\n???\n")
    assert complaint(lists / "requirements.txt").startswith("more.txt:3: ")


def test_a_missing_include_is_named_where_it_is_asked_for(lists):
    (lists / "constraints.txt").unlink()
    assert complaint(lists / "requirements.txt") == "requirements.txt:3: there is no file 'constraints.txt'."


def test_what_an_included_file_holds_is_not_told(lists):
    (lists / "secret").write_text("root:hunter2:0:0\n")
    (lists / "requirements.txt").write_text("-r secret\n")
    assert "hunter2" not in complaint(lists / "requirements.txt")


def test_a_file_that_is_not_there(tmp_path):
    assert complaint(tmp_path / "uv.lock") == "uv.lock cannot be read: No such file or directory."


def test_a_folder_is_no_list(tmp_path):
    assert complaint(tmp_path).endswith("cannot be read: Is a directory.")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bom.xml", "<bom/>", "CycloneDX in XML is not read."),
        ("app.spdx", "SPDXVersion: SPDX-2.3", "SPDX in tag-value form is not read."),
        ("what.bin", "??", "what.bin is in no format that is known by its name or content."),
    ],
)
def test_a_format_that_is_not_read_is_told_with_what_is(tmp_path, name, content, said):
    (tmp_path / name).write_text(content)
    message = complaint(tmp_path / name)
    assert message.startswith(said)
    assert "--format" in message


def test_a_file_beyond_the_limit_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "MOST_BYTES", 2**20)
    (tmp_path / "uv.lock").write_bytes(b"#" * (2**20 + 1))
    assert complaint(tmp_path / "uv.lock") == "uv.lock cannot be read: it is longer than 1 MiB."


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"requirements_txt"}))
def test_deep_nesting_is_one_line_and_no_crash(tmp_path, name):
    is_json = FILES[name].endswith((".json", "Pipfile.lock"))
    text = '{"a": ' + "[" * 200_000 if is_json else "a = " + "[" * 200_000
    (tmp_path / FILES[name]).write_text(text)
    assert FILES[name] in complaint(tmp_path / FILES[name], name)


def test_nested_markers_are_one_line_and_no_crash(lists):
    text = (lists / "pdm.lock").read_text()
    (lists / "pdm.lock").write_text(text.replace("tiny-lib>=0.1", "tiny-lib; " + "(" * 9000))
    assert complaint(lists / "pdm.lock").startswith("pdm.lock: package.0.dependencies: no requirement")
    (lists / "requirements.txt").write_text("tiny-lib; " + "(" * 9000)
    assert complaint(lists / "requirements.txt").startswith("requirements.txt:1: ")
    text = (lists / "pylock.toml").read_text()
    (lists / "pylock.toml").write_text(text.replace('marker = "sys_platform', 'marker = "' + "(" * 9000))
    assert complaint(lists / "pylock.toml").startswith("pylock.toml: packages[4].marker: ")


@pytest.mark.parametrize("key", ["a.", "a . ", '"a".', "a.\t"])
def test_a_key_of_very_many_parts_is_one_line(tmp_path, key):
    for line in (f"{key * 20_000}b = 1", f"[{key * 20_000}b]", f"x = {{y = 1, {key * 20_000}b = 1}}"):
        (tmp_path / "uv.lock").write_text(line)
        assert complaint(tmp_path / "uv.lock") == "uv.lock: its parts are nested too deeply."


def test_a_pipe_is_no_list(tmp_path):
    os.mkfifo(tmp_path / "uv.lock")
    assert complaint(tmp_path / "uv.lock").startswith("uv.lock cannot be read: it is no regular file. Write what ")


def test_nested_components_are_bounded(tmp_path):
    inner = '{"name": "x", "components": [' * 5000 + "]}" * 5000
    (tmp_path / "bom.json").write_text(f'{{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{inner}]}}')
    assert complaint(tmp_path / "bom.json") == "bom.json:1: no JSON: recursion limit exceeded."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a" * 70_000, "requirements.txt:1: the line is too long, or has too many blanks in a row."),
        ("a==1\nb " + " " * 300 + "x", "requirements.txt:2: the line is too long, or has too many blanks in a row."),
        ("a==1 \\\n" + "--hash=x \\\n" * 10_000, "requirements.txt:1: the line is too long"),
        ("a\x00b", "requirements.txt:1: "),
        ("--no-such-option", "requirements.txt:1: "),
        ('--hash="unclosed', "requirements.txt:1: "),
        ("-r\x00/etc", "requirements.txt:1: "),
        ("--always-unzip", "requirements.txt:1: "),
    ],
)
def test_lines_of_requirements_that_are_no_use(tmp_path, text, said):
    (tmp_path / "requirements.txt").write_text(text)
    assert complaint(tmp_path / "requirements.txt").startswith(said)


@pytest.mark.parametrize("coding", ["utf-16", "utf-8-sig"])
def test_bounds_hold_in_every_coding_that_pip_reads(tmp_path, coding):
    (tmp_path / "requirements.txt").write_text("a==1\nb " + " " * 300 + "x", encoding=coding)
    assert complaint(tmp_path / "requirements.txt").startswith("requirements.txt:2: the line is too long, or has")
    (tmp_path / "requirements.txt").write_text("a==1\n", encoding=coding)
    found = read_dependencies(tmp_path / "requirements.txt", INDEXES)
    assert [one.project for one in found.dependencies] == ["a"]


@pytest.mark.parametrize("file", [file for file in FILES.values() if file != "requirements.txt"])
def test_a_mark_of_utf_8_at_the_beginning_is_no_mistake(lists, file):
    found = read_dependencies(lists / file, INDEXES)
    (lists / file).write_bytes(b"\xef\xbb\xbf" + (lists / file).read_bytes())
    assert read_dependencies(lists / file, INDEXES) == found


def test_what_a_parser_writes_in_capitals_stays(tmp_path):
    (tmp_path / "bom.json").write_text('{"bomFormat": "CycloneDX",')
    assert complaint(tmp_path / "bom.json") == "bom.json:1: no JSON: EOF while parsing a value."


def test_includes_and_entries_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(requirements_txt, "MOST_FILES", 3)
    monkeypatch.setattr(requirements_txt, "MOST_ENTRIES", 4)
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text(f"-r {number + 1}.txt")
    assert "more than 3 files" in complaint(tmp_path / "0.txt")
    (tmp_path / "long.txt").write_text("a\nb\nc\nd\ne\n")
    assert complaint(tmp_path / "long.txt") == "long.txt has more than 4 entries."


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=400), name=st.sampled_from(sorted(FORMATS)))
def test_any_text_is_read_or_refused_with_one_line(tmp_path_factory, text, name):
    path = tmp_path_factory.mktemp("any") / "file.txt"
    path.write_text(text, encoding="utf-8", errors="replace")
    try:
        format_of(name).read(path, INDEXES)
    except SourceError as error:
        assert "\n" not in str(error)  # noqa: PT017 - that it is raised is not the point


@settings(max_examples=80, deadline=None)
@given(
    place=st.integers(0, 2000),
    letters=st.text(string.printable, max_size=3),
    length=st.integers(0, 5),
    name=st.sampled_from(sorted(FORMATS)),
)
def test_any_small_damage_is_read_or_refused_with_one_line(tmp_path_factory, place, letters, length, name):
    text = (LISTS / FILES[name]).read_text()
    path = tmp_path_factory.mktemp("damage") / FILES[name]
    path.write_text(text[:place] + letters + text[place + length :])
    try:
        format_of(name).read(path, INDEXES)
    except SourceError as error:
        assert "\n" not in str(error)  # noqa: PT017


def test_a_pipe_is_refused_since_it_can_be_read_once_only(tmp_path):
    os.mkfifo(tmp_path / "requirements.txt")
    assert "is no regular file" in complaint(tmp_path / "requirements.txt")
