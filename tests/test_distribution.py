"""The distribution: what is in the wheel, what an extra brings, and what is said without it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from email import message_from_string
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import batchsdk
from tools.release import release

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PYPROJECT["project"]["optional-dependencies"]
BASE = PYPROJECT["project"]["dependencies"]
LOCKED = {
    "requirements.txt": [*BASE, *EXTRAS["functions"], *EXTRAS["pulumi"], *EXTRAS["yaml"]],
    "requirements-local.txt": [*BASE, *EXTRAS["local"]],
}
WITHOUT = """\
import sys
for name in {absent}:
    sys.modules[name] = None
{code}
"""


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """A local AWS that somebody runs on this machine is not that of these tests."""
    monkeypatch.setenv("LOCALAWS_HOME", str(tmp_path))


def python(code: str, absent: list[str]) -> subprocess.CompletedProcess[str]:
    """Run code where some packages are not installed."""
    return subprocess.run(
        [sys.executable, "-c", WITHOUT.format(absent=absent, code=code)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("command", "absent", "extras"),
    [
        ("localaws.cli:main start --detach", "moto", "local"),
        ("localaws.cli:main deploy", "pulumi", "local,pulumi"),
        ("batch_platform.__main__:main check --stack dev", "pydantic", "pulumi"),
        (
            "batch_platform.__main__:main plan --stack dev --against Pulumi.local.yaml",
            "pulumi",
            "pulumi",
        ),
    ],
)
def test_a_command_names_the_extra_that_it_needs(command, absent, extras):
    entry, verb, *arguments = command.split()
    module, function = entry.split(":")
    done = python(
        f"from {module} import {function}; sys.exit({function}({[verb, *arguments]}))", [absent]
    )
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    ends = f"needs {absent}, which is not installed: pip install 'batchsdk[{extras}]'"
    assert line.lower().startswith("error: ")
    assert line.endswith(ends)


def test_the_local_aws_in_python_names_its_extra():
    done = python("import localaws; localaws.LocalAws", ["moto"])
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: localaws.LocalAws needs moto, which is not installed: "
        "pip install 'batchsdk[local]'"
    )


def test_what_is_missing_of_the_distribution_itself_is_no_matter_of_extras():
    done = python("import localaws; localaws.LocalAws", ["localaws.server"])
    assert "pip install" not in done.stderr
    assert "localaws.server" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", LOCKED)
def test_the_locked_versions_are_those_that_the_extras_allow(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    versions = dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))
    assert len(versions) > len(LOCKED[name])
    for requirement in map(Requirement, LOCKED[name]):
        assert requirement.specifier.contains(versions[requirement.name]), requirement


def test_what_is_told_to_install_exists():
    told: dict[str, list[str]] = {}
    for path in release.tracked("*.md", "*.py", "*.txt", "*.toml"):
        for extras in re.findall(r"batchsdk\[([\w,]+)\]", (ROOT / path).read_text("utf-8")):
            for extra in extras.split(","):
                told.setdefault(extra, []).append(path)
    assert set(told) == set(EXTRAS), told


def test_every_file_of_the_packages_is_package_data_or_python():
    data = PYPROJECT["tool"]["setuptools"]["package-data"]
    packed = {
        str(each.relative_to(ROOT))
        for package, patterns in data.items()
        for pattern in patterns
        for each in (ROOT / package).glob(pattern)
    }
    others = {each for each in release.tracked(*release.PACKAGES) if not each.endswith(".py")}
    assert others == packed


def test_the_page_of_the_package_index_has_no_link_that_is_dead_there():
    page = (ROOT / PYPROJECT["project"]["readme"]).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)]+)\)", page)
    assert links
    assert [each for each in links if not each.startswith("https://")] == []


@pytest.mark.distribution
@pytest.mark.timeout(600)
def test_the_wheel_has_the_packages_and_nothing_else(tmp_path):
    address = "https://example.com/owner/batch-platform"
    wheel = release.build(tmp_path, "wheel", isolated=False, address=address)
    release.check(wheel)  # against what git has, and by twine
    assert wheel.name == f"batchsdk-{batchsdk.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        (notes,) = [each for each in archive.namelist() if each.endswith("/METADATA")]
        metadata = message_from_string(archive.read(notes).decode())
        scripts = archive.read(notes.replace("METADATA", "entry_points.txt")).decode()
    assert metadata["Version"] == batchsdk.__version__
    assert set(metadata.get_all("Provides-Extra")) == set(EXTRAS)
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_payload() == (ROOT / "docs" / "pypi.md").read_text(encoding="utf-8")
    assert f"Source, {address}" in metadata.get_all("Project-URL")
    assert f"Issues, {address}/issues" in metadata.get_all("Project-URL")
    for command in ("batch-platform", "batchsdk", "localaws"):
        assert f"\n{command} = " in scripts


@pytest.mark.parametrize(
    ("more", "less", "complaint"),
    [
        ("tests/conftest.py", "", "has what is of no package: tests/conftest.py"),
        ("", "batchsdk/py.typed", "lacks batchsdk/py.typed: name it under"),
    ],
)
def test_a_wheel_with_something_foreign_or_missing_is_refused(tmp_path, more, less, complaint):
    wheel = tmp_path / "batchsdk-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in {*release.tracked(*release.PACKAGES), more} - {less, ""}:
            archive.writestr(name, "")
    with pytest.raises(release.ReleaseError, match=complaint):
        release.check(wheel)
