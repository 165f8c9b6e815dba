"""A ledger that was opened for one call is closed by it; one of the caller's stays open.

An open SQLite ledger holds a lock file in the folder beside it, which goes when it is closed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest

from batchsdk import Batch, InvalidArgumentError
from batchsdk.runs.ledger_sqlite import SqliteLedger
from tests.batchsdk.fakes import FakeTransport, connect

AnyLedger = SqliteLedger | Path
SERVED: dict[str, Callable[[Batch, AnyLedger], object]] = {
    "runs": lambda batch, ledger: batch.runs(ledger=ledger),
    "prune_runs": lambda batch, ledger: batch.prune_runs(30, ledger=ledger),
    "a run": lambda batch, ledger: batch.run("r", ledger=ledger).close(),
}
REFUSED: dict[str, Callable[[Batch, AnyLedger], object]] = {
    "attach to what is not there": lambda batch, ledger: batch.attach("absent", ledger=ledger),
    "resume what is not there": lambda batch, ledger: batch.resume("absent", ledger=ledger),
    "resume what is no workflow": lambda batch, ledger: batch.resume("r", ledger=ledger),
}


@pytest.fixture(params=[*SERVED, *REFUSED])
def call(request):
    """Make the call, which may be refused."""

    def make(batch: Batch, ledger: AnyLedger) -> None:
        refused = request.param in REFUSED
        with pytest.raises(InvalidArgumentError) if refused else contextlib.nullcontext():
            (SERVED | REFUSED)[request.param](batch, ledger)

    return make


def clients(ledger: Path) -> int:
    return len(list(ledger.with_name(f"{ledger.name}-clients").glob("*.lock")))


def test_whatever_a_call_opens_it_closes(tmp_path, call):
    ledger = tmp_path / "ledger"
    batch = connect(FakeTransport())
    with batch.run("r", ledger=ledger):
        assert clients(ledger) == 1
    assert clients(ledger) == 0
    call(batch, ledger)
    assert clients(ledger) == 0


def test_the_callers_ledger_stays_open(tmp_path, call):
    ledger = SqliteLedger(tmp_path / "ledger")
    batch = connect(FakeTransport())
    batch.run("r", ledger=ledger).close()
    call(batch, ledger)
    assert [each.name for each in batch.runs(ledger=ledger)] == ["r"]
    ledger.close()
    assert clients(tmp_path / "ledger") == 0
