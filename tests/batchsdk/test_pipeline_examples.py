"""The example pipelines run, and are the same."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from batchsdk.workflow import document
from batchsdk.workflow.yaml_file import read_workflow_file
from examples import pipeline
from tests.batchsdk.conftest import ROOT
from tests.batchsdk.fakes import FakeTransport, connect

FILE = ROOT / "examples" / "pipeline.yaml"
ENDS = {
    "extract": "SUCCEEDED",
    "transform": "SUCCEEDED",
    "load": "SUCCEEDED",
    "repair": "SKIPPED",
    "report": "SUCCEEDED",
}


@pytest.fixture(autouse=True)
def ledger(tmp_path, monkeypatch):
    monkeypatch.setenv("BATCHSDK_LEDGER", str(tmp_path / "ledger.sqlite3"))


def test_the_file_and_the_program_are_the_same():
    read = read_workflow_file(FILE)
    assert read.problems == ()
    built = pipeline.build(connect(FakeTransport())).definition
    assert document.to_mapping(read.definition) == document.to_mapping(built)


def test_the_program_runs_and_again_does_nothing(stack):
    def run():
        return subprocess.run(
            [sys.executable, "-m", "examples.pipeline", "2026-01-31"],
            cwd=ROOT,
            env={**os.environ, **stack.environ, "BATCHSDK_OUTPUTS": str(stack.outputs_file)},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    for _ in range(2):
        done = run()
        assert done.returncode == 0, done.stderr
        assert dict(line.split() for line in done.stdout.splitlines()) == ENDS
    assert "report: SUCCEEDED" in done.stderr
    assert len(list(stack.batch.list_jobs())) == 4


def test_the_file_runs(stack):
    done = stack.run("run", str(FILE), "-p", "day=2026-01-31", "--name", "night")
    assert done.returncode == 0, done.stderr
    assert {
        line.split("\t")[0]: line.split("\t")[1] for line in done.stdout.splitlines()[1:]
    } == ENDS
    run = stack.batch.attach("night")
    said = {step: [line for job in jobs for line in job.logs().text.splitlines()]
            for step, jobs in run.jobs.items()}  # fmt: skip
    assert said["extract"] == ["extracting 2026-01-31"]
    assert sorted(said["transform"]) == [
        "linear large",
        "linear small",
        "trees large",
        "trees small",
    ]
    assert said["load"] == ["Hello, loading run night"]
    assert said["repair"] == []
    run.close()
