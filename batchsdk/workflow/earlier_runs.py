"""The runs of workflows that a ledger has, as later runs take results from them."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

from batchsdk.errors import LedgerError
from batchsdk.runs.ledger import Entry, Ledger, RunRecord
from batchsdk.runs.opening import scope_of
from batchsdk.session import Session
from batchsdk.workflow import placeholders, values
from batchsdk.workflow.record import WorkflowRecord
from batchsdk.workflow.result_keys import listed, staged
from batchsdk.workflow.steps import Step, WorkflowDefinition


class EarlierRun:
    """One run that the ledger knows."""

    def __init__(self, ledger: Ledger, run: RunRecord, record: WorkflowRecord) -> None:
        self._ledger = ledger
        self._run = run
        self.name = run.name
        self.record = record

    @functools.cached_property
    def entries(self) -> Mapping[str, Entry]:
        """Key -> what the ledger says of its newest attempt."""
        return {each.key: each for each in self._ledger.entries(self._run)}


class EarlierRuns:
    """All of them, newest first. Each is read once."""

    def __init__(self, session: Session, ledger: Ledger) -> None:
        self._found: list[EarlierRun] = []
        self._unread = self._read(session, ledger)

    def __iter__(self) -> Iterator[EarlierRun]:
        """Yield them.

        Raises:
            LedgerError: the ledger cannot be read.
        """
        yield from self._found
        for run in self._unread:
            self._found.append(run)
            yield run

    @staticmethod
    def _read(session: Session, ledger: Ledger) -> Iterator[EarlierRun]:
        for run in reversed(ledger.runs(scope_of(session))):
            record = _record(ledger, run)
            if record is not None:
                yield EarlierRun(ledger, run, record)


def _record(ledger: Ledger, run: RunRecord) -> WorkflowRecord | None:
    text = ledger.document(run)
    try:
        return None if text is None else WorkflowRecord.from_text(text, run.name)
    except LedgerError:  # of a later version, or damaged: nothing to take
        return None


def has_outputs(
    session: Session,
    definition: WorkflowDefinition,
    parameters: Mapping[str, str],
    step: Step,
    run: str,
) -> bool:
    """Tell whether what a step wrote in a run, as far as it says where, is there.

    Raises:
        ServiceError: AWS refused a call or did not answer.
    """
    outputs = _outputs(session, definition, parameters, step, run)
    return all(listed(session, uri, most=1) for uri in outputs)


def _outputs(
    session: Session,
    definition: WorkflowDefinition,
    parameters: Mapping[str, str],
    step: Step,
    run: str,
) -> Sequence[str]:
    """Return where a step wrote in a run."""
    known = {placeholders.parameter(name): value for name, value in parameters.items()}
    known[placeholders.RUN_NAME] = run
    storage = definition.storage or session.outputs.storage
    if storage is not None:
        for each in definition.steps:
            known[placeholders.prefix(each.name)] = values.prefix_of(storage, run, each.name)
    rendered = placeholders.render_step(step, known)
    return (*rendered.cache_outputs, *(staged(rendered.submission.outputs) or ()))
