"""One run of jobs whose clients are started, killed and started again; and what came of it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import batchsdk
from batchsdk.runs.ledger import Entry
from tests.batchsdk.conftest import ROOT

PATIENCE = 300
"""Seconds until a client that has not ended counts as one that hangs."""


class Wire:
    """The process of the server, and what it said: how to reach it, and the outputs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        told = json.loads(self._line())
        self.environ: dict[str, str] = told["environ"]
        self.outputs: dict[str, Any] = told["outputs"]

    def be(self, state: str) -> None:
        """Have the wire be "bad" or "good"."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{state} wire\n")
        self._process.stdin.flush()
        assert self._line() == f"{state} wire\n"

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextmanager
def serving() -> Iterator[Wire]:
    """Start the server, and end it."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.batchsdk.survival.server"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Wire(process)
        assert process.stdin is not None
        process.stdin.close()


class Client:
    """The process of one client."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

    def begin(self) -> None:
        """Let it open the run."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def end(self) -> tuple[int, str]:
        """Wait for its end; return its exit code, and what it said of a ledger."""
        try:
            said, _ = self._process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGABRT)  # it prints where each thread is
            self._process.communicate()
            raise
        return self._process.returncode, said.strip()


class Trial:
    """A run's name, its ledger and how many jobs are meant."""

    def __init__(self, wire: Wire, name: str, count: int, folder: Path) -> None:
        self.name, self.count = name, count
        self.ledger = folder / "ledger.sqlite3"
        self._wire = wire
        self._outputs = folder / "outputs.json"
        self._outputs.write_text(json.dumps(wire.outputs))

    def client(self, ledger: Path | str | None = None) -> Client:
        """Start a client, and wait until it is ready to begin."""
        where = str(ledger or self.ledger)
        environ = {**os.environ, **self._wire.environ, "BATCHSDK_OUTPUTS": str(self._outputs)}
        program = ["-X", "faulthandler", "-m", "tests.batchsdk.survival.client"]
        return Client(
            subprocess.Popen(
                [sys.executable, *program, self.name, str(self.count), where],
                cwd=ROOT,
                env=environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )

    def started(self, ledger: Path | str | None = None) -> Client:
        """Start a client, and let it begin."""
        client = self.client(ledger)
        client.begin()
        return client

    def kill_at(self, far: int) -> None:
        """Start a client, and kill it when the ledger has come ``far``; see :meth:`progress`."""
        client = self.started()
        while self.progress() <= far and not client.has_ended:
            time.sleep(0.02)
        client.kill()

    def kill_after(self, seconds: float) -> None:
        """Start a client, and kill it ``seconds`` after it has begun."""
        client = self.started()
        time.sleep(seconds)
        client.kill()

    def finish(self, ledger: Path | str | None = None, starts: int = 10) -> None:
        """Start clients one after the other until one gets through.

        An error that a client cannot decide alone ends it, and the next one finds out.
        """
        assert any(self.started(ledger).end()[0] == 0 for _ in range(starts))

    def progress(self) -> int:
        """Count the jobs in the ledger, and once more those that have ended."""
        ended = "count(CASE WHEN state IN ('SUCCEEDED', 'FAILED') THEN 1 END)"
        return sum(number for (number,) in self.ask(f"SELECT count(*) + {ended} FROM entries"))

    def ask(self, question: str) -> list[Any]:
        """Read the ledger as a bystander; nothing as long as there are no tables."""
        if not self.ledger.exists():
            return []
        database = sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True, timeout=30)
        try:
            return database.execute(question).fetchall()
        except sqlite3.OperationalError:
            return []
        finally:
            database.close()

    def delete_ledger(self, *, with_folder: bool) -> None:
        """Delete its files, and what the clients left beside them as well if it is said."""
        for each in self.ledger.parent.glob(f"{self.ledger.name}*"):
            if each.is_file():
                each.unlink()
        if with_folder:
            shutil.rmtree(f"{self.ledger}-clients", ignore_errors=True)

    def check(self, ledger: Path | str | None = None) -> None:
        """Hold the service to what was meant, and the ledger to the service."""
        self._wire.be("good")
        with batchsdk.connect(outputs=self._outputs).run(
            self.name, ledger=ledger or self.ledger
        ) as run:
            run.attach()
            known = run.entries
            jobs = list(run_jobs(run, self._outputs))
        by_name = defaultdict(list)
        for job in jobs:
            by_name[job.name].append(job)
        twice = {name: found for name, found in by_name.items() if len(found) > 1}
        assert twice == {}
        self._check_keys(known, by_name)

    def _check_keys(self, known: Any, by_name: Any) -> None:
        assert set(known) == {f"task-{n}" for n in range(self.count)}
        expected: dict[str, Entry] = {}
        for entry in known.values():
            stem, _, _ = entry.job_name.rpartition("-")
            for attempt in range(1, entry.attempt + 1):
                expected[f"{stem}-{attempt}"] = entry
        assert set(by_name) == set(expected)
        for name, (job,) in by_name.items():
            entry = expected[name]
            if name == entry.job_name:
                assert (job.job_id, str(job.status)) == (entry.job_id, str(entry.state))
            else:  # another attempt only where one FAILED
                assert str(job.status) == "FAILED"


def run_jobs(run: Any, outputs: Path) -> Iterator[Any]:
    yield from batchsdk.connect(outputs=outputs).list_jobs(name=f"{run.name}*")
