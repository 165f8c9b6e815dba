"""Two nights of `examples/nightly`, by the commands of its README."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import pytest

import batchsdk
from examples.nightly.shop import demand, sample
from localaws.credentials.connection import Connection
from tests.conftest import PROJECT
from tests.forked_python import forked_python
from tests.pages.conftest import PRELOADED, Shell
from tests.pages.shell_blocks import NIGHTLY, commands

pytestmark = pytest.mark.deployments

EXAMPLE = PROJECT / "examples" / "nightly"
INSTALL, STOP = "pip install -e examples/nightly", "localaws stop"
"""Commands of the README: in place of the first see below, the last is for the end."""


def python_with_shop(folder: Path) -> Path:
    """Make what `pip install -e examples/nightly` makes of an environment, with no download."""
    venv.create(folder, symlinks=True)
    (packages,) = (folder / "lib").glob("python3.*/site-packages")
    paths = [sysconfig.get_path("purelib"), str(PROJECT), str(EXAMPLE)]
    (packages / "shop.pth").write_text("\n".join(paths))
    return folder / "bin"


class Nights:
    """What the README's commands printed, and what there is after them."""

    def __init__(self, shell: Shell) -> None:
        written = commands(NIGHTLY)
        assert (written[0], written[-1]) == (INSTALL, STOP)
        shell.be_a_checkout()
        script = "\n".join(written[1:-1]).replace("localaws start", "localaws start --port 0")
        done = shell.run(script)
        assert done.returncode == 0, done.stdout
        self.said = done.stdout
        self.due = re.findall(r"next (\S+T23:30:00Z)", self.said)
        self.logs = re.findall(r"^(?:\w+ SUCCEEDED(?:, cached)?\n){3}", self.said, re.MULTILINE)
        self.told = re.findall(r"^\S+(?: of nightly)?: [A-Z]+ - .*$", self.said, re.MULTILINE)
        local = Connection.load(shell.home / ".localaws" / "connection.json")
        session = boto3.Session(local.access_key_id, local.secret_access_key, None, local.region)
        self._clients = {
            name: session.client(name, endpoint_url=local.endpoint_url) for name in ("batch", "s3")
        }
        environ = {**os.environ, **local.environ}
        self.batch = batchsdk.connect(ssm="/batch/nightly", environ=environ)
        self.jobs = [self.raw(each.job_id) for each in self.batch.list_jobs()]
        self.fired = sorted(self.named("nightly"), key=lambda job: job["parameters"]["at"])
        self.days = [job["parameters"]["at"][:10] for job in self.fired]

    def raw(self, job_id: str) -> dict[str, Any]:
        """Return a job as AWS Batch describes it."""
        (job,) = self._clients["batch"].describe_jobs(jobs=[job_id])["jobs"]
        return job

    def named(self, pattern: str) -> list[dict[str, Any]]:
        """Return the jobs of a name, the oldest first."""
        found = [job for job in self.jobs if re.fullmatch(pattern, job["jobName"])]
        return sorted(found, key=lambda job: job["createdAt"])

    def stored(self, night: int, step: str) -> dict[str, Any]:
        """Return what a step stored in a night, or nothing."""
        bucket = self.batch.outputs.storage.removeprefix("s3://")
        key = f"runs/nightly-{self.days[night]}/{step}/"
        s3 = self._clients["s3"]
        found = s3.list_objects_v2(Bucket=bucket, Prefix=key).get("Contents", [])
        bodies = [s3.get_object(Bucket=bucket, Key=each["Key"])["Body"] for each in found]
        return {key: value for body in bodies for key, value in json.loads(body.read()).items()}


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    home = tmp_path_factory.mktemp("team")
    with forked_python(tmp_path_factory.mktemp("forked"), PRELOADED) as forked:
        path = os.pathsep.join([str(python_with_shop(home / "venv")), forked])
        shell = Shell(home, path)
        try:
            yield Nights(shell)
        finally:
            shell.run(STOP)


def memory(job: dict[str, Any]) -> str:
    (found,) = [
        each["value"]
        for each in job["container"]["resourceRequirements"]
        if each["type"] == "MEMORY"
    ]
    return found


def test_the_schedule_fires_at_its_time_and_each_step_runs(nights: Nights) -> None:
    assert [job["status"] for job in nights.fired] == ["SUCCEEDED", "SUCCEEDED"]
    assert nights.fired[0]["parameters"]["at"] == nights.due[0]
    steps = ["forecast", "orders", "reorder"]
    assert nights.logs[0].splitlines() == [f"{each} SUCCEEDED" for each in steps]


def test_ten_thousand_calls_are_one_array_and_their_results_are_stored(nights: Nights) -> None:
    rows = [line.split(",") for line in sample.sales().splitlines()]
    articles = [demand.Article(row[0], int(row[1]), tuple(map(int, row[2:]))) for row in rows]
    array = nights.named("forecast-articles.*")[0]

    assert len(articles) == 10_000
    assert array["arrayProperties"]["size"] == 10
    assert nights.stored(0, "forecast") == {
        each.number: [each.stock, demand.expected(each)] for each in articles
    }
    for night, day in enumerate(nights.days):
        ordered: Counter[str] = Counter()
        for line in sample.orders(date.fromisoformat(day)).splitlines():
            ordered[line.split(",")[0]] += int(line.split(",")[1])
        missing = {
            each.number: demand.missing(each.stock, ordered[each.number], demand.expected(each))
            for each in articles
        }
        assert nights.stored(night, "orders") == ordered
        assert nights.stored(night, "reorder") == {key: n for key, n in missing.items() if n}


def test_what_ran_out_of_memory_is_done_again_with_twice_the_memory(nights: Nights) -> None:
    array, again = nights.named("forecast-articles.*")
    summary = array["arrayProperties"]["statusSummary"]
    (failed,) = [
        nights.batch.job(each.job_id).describe()
        for each in nights.batch.job(array["jobId"]).children()
        if each.status is batchsdk.JobStatus.FAILED
    ]
    assert (summary["SUCCEEDED"], summary["FAILED"]) == (9, 1)
    assert failed.failure is not None
    assert failed.failure.kind is batchsdk.FailureKind.OUT_OF_MEMORY
    assert (memory(array), memory(again), again["status"]) == ("512", "1024", "SUCCEEDED")
    assert "arrayProperties" not in again


def test_the_team_is_told_of_what_failed_and_of_each_night(nights: Nights) -> None:
    (array, _) = nights.named("forecast-articles.*")
    first, second = (
        f"nightly-{day} of nightly: SUCCEEDED - {how}"
        for day, how in zip(nights.days, ("All steps ended.", "Cached: forecast"), strict=True)
    )
    failed = f"{array['jobName']}: FAILED - Array Child Job failed"
    assert sorted(nights.told[:-1]) == sorted([failed, first])
    assert nights.told[-1] == second


def test_the_second_night_runs_only_what_has_changed(nights: Nights) -> None:
    first, second = map(date.fromisoformat, nights.days)
    of_the_second = nights.named(f"nightly-{second}-.*")

    assert (second - first).days == 1
    assert nights.logs[1].splitlines() == [
        "forecast SUCCEEDED, cached",
        "orders SUCCEEDED",
        "reorder SUCCEEDED",
    ]
    assert len(nights.named(f"nightly-{first}-.*")) == 3
    assert len(of_the_second) == 2
    assert len(nights.named("forecast-articles.*")) == 2
    assert not nights.stored(1, "forecast")


def test_the_teams_own_test_passes() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", EXAMPLE, EXAMPLE],
        env={**os.environ, "PYTHONPATH": str(EXAMPLE), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=EXAMPLE,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
