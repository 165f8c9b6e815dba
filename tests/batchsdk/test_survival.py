"""Runs survive a bad wire and the death of their client: every intended job exists once."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict

import pytest

import batchsdk
from tests.batchsdk.conftest import ROOT


@pytest.fixture
def wire():
    """The server's process, and what it said: how to reach it, and the outputs."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.batchsdk.survival.server"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process, json.loads(process.stdout.readline())
        process.stdin.close()


def pipeline(count, ledger, told, outputs_file):
    environ = {**os.environ, **told["environ"], "BATCHSDK_OUTPUTS": str(outputs_file)}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.batchsdk.survival.client", str(count), str(ledger)],
        cwd=ROOT,
        env=environ,
    )


def ask(ledger, question):
    """Read the ledger as a bystander; nothing as long as there are no tables."""
    if not ledger.exists():
        return []
    database = sqlite3.connect(f"file:{ledger}?mode=ro", uri=True, timeout=30)
    try:
        return database.execute(question).fetchall()
    except sqlite3.OperationalError:
        return []
    finally:
        database.close()


def progress(ledger):
    """How many jobs are in the ledger, and again how many of them have ended."""
    ended = "count(CASE WHEN state IN ('SUCCEEDED', 'FAILED') THEN 1 END)"
    return sum(number for (number,) in ask(ledger, f"SELECT count(*) + {ended} FROM entries"))


def attempts(ledger):
    """(key, attempt) -> (state, job id)."""
    found = ask(ledger, "SELECT key, attempt, state, job_id FROM entries")
    return {(key, attempt): (state, job_id) for key, attempt, state, job_id in found}


def survive(count, deaths, wire, folder, monkeypatch):
    """Start the pipeline again and again until it gets through; hold the ledger to the service."""
    process, told = wire
    ledger, outputs_file = folder / "ledger.sqlite3", folder / "outputs.json"
    outputs_file.write_text(json.dumps(told["outputs"]))
    # It dies when it has come so far, whatever it is doing then: submitting or waiting.
    for far in sorted(random.Random(count).sample(range(2 * count), deaths)):
        client = pipeline(count, ledger, told, outputs_file)
        while progress(ledger) <= far and client.poll() is None:
            time.sleep(0.01)
        client.kill()
        client.wait()
    # An error that it cannot decide alone ends it as well, and the next start finds out.
    assert any(pipeline(count, ledger, told, outputs_file).wait() == 0 for _ in range(deaths))

    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.readline() == "no faults\n"
    for name, value in told["environ"].items():
        monkeypatch.setenv(name, value)
    batch = batchsdk.connect(outputs=outputs_file)
    by_name = defaultdict(list)
    with batch.run("survival", ledger=ledger) as run:
        for job in batch.list_jobs(name=f"{run.job_name_prefix}*"):
            by_name[job.name].append(job)
        everything = list(batch.list_jobs())
        names = {(each.key, each.attempt): each.job_name for each in run.entries.values()}
    return everything, by_name, attempts(ledger), names


def check(count, everything, by_name, entries, names):
    # Each job exists once, and there are no others.
    assert {len(jobs) for jobs in by_name.values()} == {1}
    assert len(everything) == len(by_name) == len(entries)
    jobs = {job.job_id: job for (job,) in by_name.values()}
    # The ledger equals the service.
    assert {job_id for _, job_id in entries.values()} == set(jobs)
    assert all(str(jobs[job_id].status) == state for state, job_id in entries.values())
    assert all(by_name[name][0].job_id == entries[at][1] for at, name in names.items())
    # Every key has its job, and another attempt only where one FAILED.
    assert {key for key, _ in entries} == {f"task-{n}" for n in range(count)}
    for key, attempt in entries:
        assert attempt == 1 or entries[key, attempt - 1][0] == "FAILED"


def test_a_hundred_jobs_and_three_deaths(wire, tmp_path, monkeypatch):
    check(100, *survive(100, 3, wire, tmp_path, monkeypatch))


@pytest.mark.survival
@pytest.mark.timeout(600)
def test_ten_thousand_jobs_and_ten_deaths(wire, tmp_path, monkeypatch):
    check(10_000, *survive(10_000, 10, wire, tmp_path, monkeypatch))
