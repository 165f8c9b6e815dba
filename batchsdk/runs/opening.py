"""Opening a run: which ledger, and the run in it."""

from __future__ import annotations

import contextlib
import dataclasses
import shlex
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from batchsdk.errors import InvalidArgumentError, Problem
from batchsdk.names import begun_anew_at, run_id, suggestion
from batchsdk.runs.interrupts import OnInterrupt
from batchsdk.runs.ledger import Ledger, RunRecord
from batchsdk.runs.ledger_s3 import S3Ledger
from batchsdk.runs.ledger_sqlite import SqliteLedger, default_path
from batchsdk.runs.run import Run
from batchsdk.runs.submission import Prepare
from batchsdk.session import Session
from batchsdk.submit.escalation import OnFailure, rules_of

_NAME_LENGTH = 200
_MOST_NAMED = 10
"""How many runs an error names, the newest."""


@contextlib.contextmanager
def open_ledger(session: Session, given: Ledger | str | Path | None) -> Iterator[Ledger]:
    """Open the ledger that is meant (see ``Batch.run``), and close it at the end.

    A ledger that the caller opened stays open.

    Raises:
        InvalidArgumentError: it begins with ``s3:`` and is not the address of a bucket.
        LedgerError: it cannot be opened.
    """
    if given is None or isinstance(given, str | Path):
        with contextlib.closing(_opened(session, given)) as ledger:
            yield ledger
    elif hasattr(given, "open_run"):
        yield given
    else:
        rule = f"must be a file, s3://bucket/prefix or a Ledger, not of type {type(given).__name__}"
        raise InvalidArgumentError(Problem("ledger", given, rule, "leave it out, or name a file"))


def _opened(session: Session, given: str | Path | None) -> Ledger:
    if given is None:
        given = _default(session)
    if isinstance(given, str) and given.startswith("s3:"):
        return S3Ledger(given, session.transport)
    return SqliteLedger(given)


def open_run(
    session: Session,
    prepare: Prepare,
    name: str,
    *,
    ledger: Ledger | str | Path | None,
    on_interrupt: OnInterrupt,
    grace: float,
    must_exist: bool,
    new: bool = False,
    on_failure: OnFailure | None = None,
) -> Run:
    """Open or begin a run: see ``Batch.run``."""
    if not 0 < len(name) <= _NAME_LENGTH or not name.isprintable():
        raise InvalidArgumentError(
            Problem("name", name, f"must be 1-{_NAME_LENGTH} printable characters", "shorten it")
        )
    if new and must_exist:
        raise InvalidArgumentError(
            Problem("new", new, "cannot go with must_exist", "leave one of them out")
        )
    rules = rules_of(on_failure)
    scope = scope_of(session)
    wanted = RunRecord(
        id=run_id(scope, name), name=name, scope=scope, created_at=session.clock.now()
    )
    with contextlib.ExitStack() as held:
        opened = held.enter_context(open_ledger(session, ledger))
        if must_exist:
            _check_exists(opened, wanted)
        record = _begun_anew(opened, wanted) if new else opened.open_run(wanted)
        return Run(
            session,
            prepare,
            opened,
            record,
            on_interrupt=on_interrupt,
            grace=grace,
            ledger_option=_option_for(session, opened),
            rules=rules,
            let_go=held.pop_all().close,  # from here on it is the run that closes it
        )


def _begun_anew(ledger: Ledger, wanted: RunRecord) -> RunRecord:
    """Put a new run in the place of the one that the ledger has, if any."""
    moment = wanted.created_at
    old = [each for each in ledger.runs(wanted.scope) if each.name == wanted.name]
    for each in old:
        last = begun_anew_at(each.id)
        if last is not None:
            moment = max(moment, last + timedelta(seconds=1))
    fresh = dataclasses.replace(wanted, id=run_id(wanted.scope, wanted.name, moment))
    return ledger.renew(old[0] if old else wanted, fresh)


def _check_exists(ledger: Ledger, wanted: RunRecord) -> None:
    known = [each.name for each in ledger.runs(wanted.scope)]
    if wanted.name not in known:
        newest = known[-_MOST_NAMED:]
        rule = f"ledger {ledger.location} has no such run"
        raise InvalidArgumentError(
            Problem("run", wanted.name, rule, suggestion(wanted.name, newest))
        )


def scope_of(session: Session) -> str:
    """Return what run names are unique in: account, region and environment."""
    outputs = session.outputs
    return f"{outputs.account_id}/{outputs.region}/{outputs.environment}"


def _default(session: Session) -> str:
    environ = session.environ
    return environ.get("BATCHSDK_LEDGER") or str(default_path(environ))


def _option_for(session: Session, ledger: Ledger) -> str:
    """Return the option by which the command line finds the ledger, if it needs one."""
    if ledger.location == _default(session):
        return ""
    return f" --ledger {shlex.quote(ledger.location)}"
