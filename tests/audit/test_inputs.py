"""What each format says about where things come from, and who needs whom."""

from __future__ import annotations

import json
from importlib.metadata import Distribution

import pytest
from pypi_simple import PYPI_SIMPLE_ENDPOINT

from pipeline.audit.dependencies import REASONS, Indexes, Skipped
from pipeline.audit.inputs import read_dependencies
from pipeline.audit.inputs.environment import read_environment
from pipeline.errors import SourceError

MIRROR = "https://mirror.example.org/api/public/simple/"
INDEXES = Indexes(MIRROR)


@pytest.fixture
def listed(tmp_path):
    """Read a list that is written in the test."""

    def read(name, text, indexes=INDEXES):
        (tmp_path / name).write_text(text)
        return read_dependencies(tmp_path / name, indexes)

    return read


def names(listed):
    return [one.project for one in listed.dependencies]


def skipped(listed):
    assert all(one.reason in REASONS for one in listed.skipped)
    return {one.name: one.reason for one in listed.skipped}


@pytest.mark.parametrize(
    ("address", "holds"),
    [
        (PYPI_SIMPLE_ENDPOINT, True),
        (PYPI_SIMPLE_ENDPOINT.rstrip("/"), True),
        (MIRROR, True),
        (MIRROR.rstrip("/"), True),
        ("https://token:secret@mirror.example.org/api/public/simple", True),
        ("https://mirror.example.org/api/private/simple", False),
        ("https://mirror.example.org:8443/api/public/simple", False),
        ("https://elsewhere.example.org/simple", False),
        ("../wheels", False),
        ("", False),
        ("https://[", False),
        ("${PRIVATE_INDEX}", False),
    ],
)
def test_which_index_is_meant(address, holds):
    assert INDEXES.hold(address) is holds


def test_requirements_from_elsewhere_are_skipped_with_their_reasons(listed):
    found = listed(
        "requirements.txt",
        "fine\n"
        "-e ./mine\n"
        "-e git+https://example.org/tool.git#egg=tool\n"
        "./wheels/thing-1.0-py3-none-any.whl\n"
        "named @ https://example.org/named.zip\n"
        "file:///srv/other.tar.gz\n"
        "-r https://example.org/more.txt\n",
    )
    assert names(found) == ["fine"]
    assert sorted(skipped(found).values()) == ["local", "local", "local", "not_followed", "url", "vcs"]
    assert {"tool": "vcs", "named": "url", "requirements.txt:7": "not_followed"}.items() <= skipped(found).items()


def test_another_index_for_all_requirements_and_one_besides(listed):
    elsewhere = listed("requirements.txt", "-i https://elsewhere.example.org/simple\nsecret-name\n")
    assert (names(elsewhere), skipped(elsewhere)) == ([], {"secret-name": "other_index"})
    besides = listed("requirements.txt", "--extra-index-url https://elsewhere.example.org/simple\nname\n")
    assert names(besides) == ["name"]
    assert besides.notes[0].startswith("requirements.txt:1 names another index besides")
    assert not listed("requirements.txt", f"--extra-index-url {MIRROR}\nname\n").notes


def test_a_file_that_is_named_as_constraints_first_still_brings_what_it_lists(listed, tmp_path):
    (tmp_path / "more.txt").write_text("webby==2.0\n")
    for order in ("-c more.txt\n-r more.txt\n", "-r more.txt\n-c more.txt\n"):
        assert names(listed("requirements.txt", order)) == ["webby"]
    assert names(listed("requirements.txt", "-c more.txt\n")) == []


def test_pinned_versions_of_requirements(listed):
    text = 'a==1.0; python_version < "3"\na==2.0\nb>=1\nc==1.*\nd===odd\ne\n'
    read = listed("requirements.txt", text)
    assert read.direct == {"b", "c", "e"}
    found = {one.project: one.versions for one in read.dependencies}
    assert found == {"a": ("1.0", "2.0"), "b": (), "c": (), "d": ("odd",), "e": ()}


def test_variables_of_the_environment_stay_outside(listed, monkeypatch):
    monkeypatch.setenv("SECRET", "hunter2")
    with pytest.raises(SourceError) as error:
        listed("requirements.txt", "name-${SECRET}\n")
    assert "hunter2" not in str(error.value)


def test_uv_sources(listed):
    found = listed(
        "uv.lock",
        """
        version = 1
        [manifest]
        members = ["app", "part"]
        [[package]]
        name = "app"
        source = { editable = "." }
        dependencies = [{ name = "part" }]
        [package.optional-dependencies]
        more = [{ name = "extra-one" }]
        [[package]]
        name = "part"
        source = { editable = "packages/part" }
        dependencies = [{ name = "inner" }]
        [[package]]
        name = "inner"
        version = "1"
        source = { registry = "https://mirror.example.org/api/public/simple" }
        [[package]]
        name = "extra-one"
        version = "1"
        source = { registry = "https://elsewhere.example.org/simple" }
        [[package]]
        name = "flat"
        version = "1"
        source = { registry = "../wheels" }
        [[package]]
        name = "archive"
        source = { url = "https://example.org/archive.zip" }
        [[package]]
        name = "wheel"
        source = { path = "wheel.whl" }
        [[package]]
        name = "folder"
        source = { directory = "../folder" }
        """,
    )
    assert names(found) == ["inner"]
    assert skipped(found) == {
        "part": "local",
        "extra-one": "other_index",
        "flat": "other_index",
        "archive": "url",
        "wheel": "local",
        "folder": "local",
    }
    assert found.direct == {"part", "extra-one", "inner"}
    assert found.needs["part"] == {"inner"}


def test_poetry_sources(listed):
    packages = "\n".join(
        f'[[package]]\nname = "{kind}-one"\nversion = "1"\n[package.source]\ntype = "{kind}"\nurl = "{url}"\n'
        for kind, url in [
            ("legacy", "https://elsewhere.example.org/simple"),
            ("git", "https://example.org/x.git"),
            ("url", "https://example.org/x.zip"),
            ("file", "x.whl"),
            ("directory", "../x"),
        ]
    )
    mirror = f'[[package]]\nname = "ours"\nversion = "1"\n[package.source]\ntype = "legacy"\nurl = "{MIRROR}"\n'
    found = listed("poetry.lock", f'{packages}{mirror}[metadata]\nlock-version = "2.0"\n')
    assert names(found) == ["ours"]
    assert skipped(found) == {
        "legacy-one": "other_index",
        "git-one": "vcs",
        "url-one": "url",
        "file-one": "local",
        "directory-one": "local",
    }
    assert found.direct is None


def test_pdm_and_pipfile_sources(listed):
    pdm = listed(
        "pdm.lock",
        '[metadata]\nlock_version = "4.4"\n'
        '[[package]]\nname = "a"\nurl = "https://example.org/a.zip"\n'
        '[[package]]\nname = "b"\npath = "./b"\neditable = true\n',
    )
    assert skipped(pdm) == {"a": "url", "b": "local"}
    sources = [
        {"name": "one", "url": MIRROR},
        {"name": "two", "url": "https://user:$WORD@elsewhere.example.org/simple"},
    ]
    pipfile = listed(
        "Pipfile.lock",
        json.dumps(
            {
                "_meta": {"pipfile-spec": 6, "sources": sources},
                "default": {
                    "from-one": {"version": "==1"},
                    "from-two": {"version": "==1", "index": "two"},
                    "from-nowhere": {"version": "==1", "index": "three"},
                    "own": {"path": ".", "editable": True},
                    "zip": {"file": "https://example.org/zip.zip"},
                },
                "docs": {"writer": {"version": ">=1"}},
            }
        ),
    )
    assert names(pipfile) == ["from-one", "writer"]
    assert skipped(pipfile) == {"from-two": "other_index", "from-nowhere": "other_index", "own": "local", "zip": "url"}


def test_pylock_sources(listed):
    found = listed(
        "pylock.dev.toml",
        """
        lock-version = "1.0"
        created-by = "a test"
        [[packages]]
        name = "here"
        directory = { path = "." }
        [[packages]]
        name = "zip"
        archive = { url = "https://example.org/zip.zip", hashes = { sha256 = "00" } }
        [[packages]]
        name = "zipped"
        archive = { path = "zip.zip", hashes = { sha256 = "00" } }
        [[packages]]
        name = "private"
        version = "1"
        index = "https://elsewhere.example.org/simple"
        sdist = { path = "private-1.tar.gz", hashes = { sha256 = "00" } }
        """,
    )
    assert skipped(found) == {"here": "local", "zip": "url", "zipped": "local", "private": "other_index"}
    assert found.needs is None


@pytest.mark.parametrize(
    ("purl", "expected"),
    [
        ("pkg:npm/left-pad@1.0", ("left-pad", "not_python")),
        ("pkg:pypi/Some_Thing@1.0?repository_url=https://elsewhere.example.org/simple", ("some-thing", "other_index")),
        ("pkg:pypi/thing@1.0?download_url=https://example.org/thing.zip", ("thing", "url")),
        ("", ("left-pad", "no_package_url")),
    ],
)
def test_components_of_an_sbom_that_are_skipped(listed, purl, expected):
    component = {"name": "left-pad", "type": "library", "purl": purl}
    found = listed("bom.json", json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [component]}))
    assert found.skipped == (Skipped(*expected),)
    assert (found.direct, found.needs) == (None, None)


@pytest.mark.parametrize("count", [1, 2])
def test_of_several_things_that_a_document_describes_each_is_told_to_be_left_out(listed, count):
    roots = ["app", "tool"][:count]
    packages = [
        {
            "SPDXID": name,
            "name": name,
            "externalRefs": [{"referenceType": "purl", "referenceLocator": f"pkg:pypi/{name}@1"}],
        }
        for name in (*roots, "webby")
    ]
    relationships = [
        {"spdxElementId": root, "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "webby"} for root in roots
    ]
    document = {"documentDescribes": roots, "packages": packages, "relationships": relationships}
    two = listed("two.json", json.dumps({"spdxVersion": "SPDX-2.3", **document}))
    graph = [
        {"type": "SpdxDocument", "rootElement": roots},
        *(
            {"type": "software_Package", "spdxId": name, "name": name, "software_packageUrl": f"pkg:pypi/{name}@1"}
            for name in (*roots, "webby")
        ),
        *({"type": "Relationship", "relationshipType": "dependsOn", "from": root, "to": ["webby"]} for root in roots),
    ]
    three = listed("three.json", json.dumps({"@context": "x", "@graph": graph}))
    for found in (two, three):
        assert names(found) == ["webby"]
        assert skipped(found) == (dict.fromkeys(roots, "described") if count > 1 else {})


def test_parts_of_what_an_sbom_describes_are_listed(listed):
    part = {"name": "webby", "type": "library", "purl": "pkg:pypi/webby@2.0"}
    described = {"name": "app", "type": "application", "components": [part]}
    bom = {"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"component": described}}
    assert names(listed("bom.json", json.dumps(bom))) == ["webby"]


def test_an_sbom_in_a_file_of_any_name(listed):
    found = listed("dependencies.json", '{"spdxVersion": "SPDX-2.2", "packages": []}')
    assert found.dependencies == ()
    graph = listed("export.json", '{"@context": [], "@graph": [{"type": "SpdxDocument"}]}')
    assert graph.dependencies == ()


def test_names_that_no_project_can_have_are_skipped_and_never_asked_about(listed):
    hostile = ["../../etc/passwd", "a b", "<script>alert(1)</script>", "\x1b]0;x\x07", ""]
    components = [
        {"name": "x", "purl": "pkg:pypi/" + json.dumps(name)[1:-1].replace("/", "%2F")} for name in hostile[:3]
    ]
    bom = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components}
    assert set(skipped(listed("bom.json", json.dumps(bom))).values()) == {"no_project_name"}
    packages = [f"[[package]]\nname = {json.dumps(name)}\nversion = '1'\n" for name in hostile]
    found = listed("poetry.lock", "".join(packages) + "[metadata]\nlock-version = '2.0'\n")
    assert names(found) == []
    assert skipped(found) == dict.fromkeys(hostile, "no_project_name")


def test_the_environment_by_what_is_installed(tmp_path):
    def install(name, *lines, origin=None):
        info = tmp_path / f"{name}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", "Version: 1", *lines, ""]))
        if origin:
            (info / "direct_url.json").write_text(origin)

    install("app", "Name: app", "Requires-Dist: a", origin='{"url": "file:///app", "dir_info": {"editable": true}}')
    install(
        "a",
        "Name: a",
        "Requires-Dist: b; python_version > '3'",
        "Requires-Dist: not a requirement ?",
        f"Requires-Dist: c; {'(' * 9000}",
        f"Requires-Dist: d; python_version > '{'9' * 5000}'",
    )
    install("b", "Name: b", "Requires-Dist: a")
    install("zip", "Name: zip", origin='{"url": "https://example.org/zip.zip", "archive_info": {}}')
    install("odd", "Name: odd", origin="not JSON")
    install("nameless", "Summary: no name")
    install("torn", "Name: torn")
    (tmp_path / "torn.dist-info" / "METADATA").write_bytes(b"Name: torn\xff\n")
    install("blind", "Name: blind")
    (tmp_path / "blind.dist-info" / "direct_url.json").write_bytes(b"\xff")
    found = read_environment(INDEXES, Distribution.discover(path=[str(tmp_path)]))
    assert names(found) == ["a", "b"]
    assert skipped(found) == {
        "app": "local",
        "zip": "url",
        "odd": "url",
        "a distribution without a name": "no_project_name",
        "torn.dist-info": "unreadable",
        "blind.dist-info": "unreadable",
    }
    assert found.direct == {"a"}
    assert found.needs["a"] == {"b"}


def test_the_environment_of_the_tests_can_be_read():
    assert "click" in names(read_environment(INDEXES))
