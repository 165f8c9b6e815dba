"""Opening a run: which ledger, and the run in it."""

from __future__ import annotations

import contextlib
import dataclasses
import shlex
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from batchsdk.contract.storage import LEDGER, below
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


STACK = "stack"
"""As a ledger: the one below the stack's storage."""


@contextlib.contextmanager
def open_ledger(
    session: Session, given: Ledger | str | Path | None, *, run: str
) -> Iterator[Ledger]:
    """Open the ledger that is meant (see ``Batch.run``), and close it at the end.

    A ledger that the caller opened stays open.

    Args:
        session: the connection.
        given: a file, ``s3://bucket/prefix``, ``stack``, an open ledger; None is the default.
        run: its name; the default is the ledger in which it began.

    Raises:
        InvalidArgumentError: it begins with ``s3:`` and is not the address of a bucket; or it is
            ``stack``, and the stack has no storage.
        LedgerError: it cannot be opened.
    """
    first, *others = _places(session, given)
    with contextlib.ExitStack() as held:
        opened = held.enter_context(_opened(session, first))
        if others and run not in {each.name for each in opened.runs(scope_of(session))}:
            held.close()
            (second,) = others
            opened = held.enter_context(_opened(session, second))
        yield opened


@contextlib.contextmanager
def open_runs(
    session: Session, given: Ledger | str | Path | None
) -> Iterator[list[tuple[Ledger, RunRecord]]]:
    """Open every ledger that may be meant, and return the runs of this environment, oldest first.

    Raises:
        As for :func:`open_ledger`.
    """
    scope = scope_of(session)
    found: dict[str, tuple[Ledger, RunRecord]] = {}
    with contextlib.ExitStack() as held:
        for place in _places(session, given):
            ledger = held.enter_context(_opened(session, place))
            for run in ledger.runs(scope):
                found.setdefault(run.name, (ledger, run))  # as open_ledger chooses
        yield sorted(found.values(), key=lambda each: each[1].created_at)


def has_ledger(session: Session) -> bool:
    """Tell whether a ledger by default is there already, or is in S3: reading it makes none."""
    places = _places(session, None)
    return any(_is_in_s3(each) or Path(str(each)).expanduser().exists() for each in places)


def _places(session: Session, given: Ledger | str | Path | None) -> list[Ledger | str | Path]:
    """Return the ledgers that may be meant, the one that is looked at first in front.

    A run stays in the ledger in which it began. So a stack that gets storage makes no run forget
    its jobs: those that the user's own ledger has go on there, new ones begin in the stack's.
    """
    if given is None:
        given = session.environ.get("BATCHSDK_LEDGER") or None
    if given == STACK:
        return [_of_stack(session)]
    if given is not None:
        return [given]
    own = default_path(session.environ)
    if session.outputs.storage is None:
        return [own]
    return [*([own] if own.exists() else []), _of_stack(session)]


def _of_stack(session: Session) -> str:
    storage = session.outputs.storage
    if storage is None:
        rule = f"the stack {session.outputs.environment} has no storage, where its ledger would be"
        fix = "write `storage: {enabled: true}` in its config, or name a file or s3://bucket/prefix"
        raise InvalidArgumentError(Problem("ledger", STACK, rule, fix))
    return below(storage, LEDGER)


def _is_in_s3(place: object) -> bool:
    return isinstance(place, str) and place.startswith("s3:")


@contextlib.contextmanager
def _opened(session: Session, place: Ledger | str | Path) -> Iterator[Ledger]:
    if isinstance(place, str | Path):
        opened: Ledger = (
            S3Ledger(str(place), session.transport) if _is_in_s3(place) else SqliteLedger(place)
        )
        with contextlib.closing(opened):
            yield opened
    elif hasattr(place, "open_run"):
        yield place
    else:
        rule = (
            "must be a file, s3://bucket/prefix, stack or a Ledger, not of type "
            f"{type(place).__name__}"
        )
        raise InvalidArgumentError(Problem("ledger", place, rule, "leave it out, or name a file"))


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
        opened = held.enter_context(open_ledger(session, ledger, run=name))
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


def _option_for(session: Session, ledger: Ledger) -> str:
    """Return the option by which the command line finds the ledger, if it needs one."""
    if ledger.location in map(str, _places(session, None)):
        return ""
    return f" --ledger {shlex.quote(ledger.location)}"
