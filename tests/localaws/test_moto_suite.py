"""moto's own tests of Batch, from its source distribution, against the local Batch."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conftest import refuse
from tests.tool_environment import unpack

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
VERSION = importlib.metadata.version("moto")
CACHE = PROJECT / ".tools" / "moto-source"
DEADLINE_SECONDS = 800
TIMING = {"test_batch_jobs.test_list_jobs"}
"""Listed, yet they pass if the job happens to be in the state that they look for."""

pytestmark = [pytest.mark.moto_suite, pytest.mark.timeout(DEADLINE_SECONDS + 30)]


def source() -> Path:
    """The unpacked source distribution of the installed moto, downloaded once."""
    unpacked = CACHE / f"moto-{VERSION}"
    if not unpacked.exists():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--no-binary", ":all:", f"moto=={VERSION}", "--dest", str(CACHE)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            refuse(f"moto's source distribution cannot be downloaded: {done.stderr[-300:]}")
        unpack(CACHE / f"moto-{VERSION}.tar.gz", CACHE)
    return unpacked


def listed() -> dict[str, dict[str, str]]:
    """The tests that are expected to fail: what AWS does and where it says so, or the scope."""
    text = (HERE / "moto_suite" / "differences.toml").read_text()
    return {
        f"{module}.{test}": reason
        for module, tests in tomllib.loads(text).items()
        for test, reason in tests.items()
    }


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory) -> dict[str, str]:
    """What became of each of moto's tests: its name, and the failure or an empty text."""
    directory = source()
    report = tmp_path_factory.mktemp("moto") / "report.xml"
    command = [sys.executable, "-m", "pytest", "-p", "tests_of_moto", "-p", "no:cacheprovider"]
    command += ["-W", "ignore", f"--junitxml={report}", "tests/test_batch"]
    subprocess.run(
        command,
        cwd=directory,
        env=os.environ
        | {
            "TEST_SERVER_MODE": "true",
            "MOTO_CALL_RESET_API": "false",
            "PYTHONPATH": os.pathsep.join([str(PROJECT), str(HERE / "moto_suite")]),
        },
        capture_output=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.attrib['classname'].rsplit('.', 1)[-1]}.{case.attrib['name']}"
        failures = [each for each in case if each.tag in ("failure", "error")]
        found[name] = failures[0].attrib.get("message", "failed") if failures else ""
    return found


def test_all_of_motos_tests_pass_save_those_that_are_listed(outcomes):
    assert len(outcomes) > 100
    failed = {name: message for name, message in outcomes.items() if message}
    assert {name: failed[name] for name in failed.keys() - listed().keys()} == {}


def test_every_listed_test_has_a_source_or_is_out_of_scope():
    keys = {name: {*entry} for name, entry in listed().items()}
    assert {
        name for name, each in keys.items() if each not in ({"aws", "source"}, {"scope"})
    } == set()
    assert [name for name, entry in listed().items() if not all(entry.values())] == []


def test_every_listed_test_exists_and_fails(outcomes):
    assert {name for name in listed() if not outcomes.get(name)} <= TIMING & outcomes.keys()
