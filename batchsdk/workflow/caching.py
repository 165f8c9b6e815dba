"""Results of earlier runs that a run takes in the place of running a step again.

What a result depends on is one digest, its *key*: the job definition, what the step asks for, the
objects that it reads, and the keys of the steps that it comes after. The ledger keeps the keys with
each run, and knows the jobs that succeeded, so that AWS need not remember them. A step that comes
after one that runs runs too, as its values are new.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from batchsdk.errors import LedgerError
from batchsdk.runs.ledger import Entry, EntryState, Ledger, RunRecord
from batchsdk.runs.opening import scope_of
from batchsdk.session import Session
from batchsdk.states import JobStatus
from batchsdk.submit.preparation import Preparation
from batchsdk.submit.targets import description_of
from batchsdk.workflow import document, graph, placeholders, values
from batchsdk.workflow.record import CachedResult, StepResult, WorkflowRecord
from batchsdk.workflow.resuming import SUCH_AS_BEFORE
from batchsdk.workflow.steps import Step, WorkflowDefinition

_VERSION = 1
"""Of keys: another one makes all earlier results others."""
_BY_DIGEST = "@sha256:"
_NOT_OF_CONTENT = ("jobDefinitionArn", "revision", "status", "tags")
"""What differs between two revisions of a job definition that do the same."""


def keys_of(
    session: Session,
    definition: WorkflowDefinition,
    parameters: Mapping[str, str],
    run: str,
    known: Mapping[str, StepResult] | None = None,
) -> dict[str, str]:
    """Return the keys of the steps that may be cached, by step.

    Args:
        session: the way to AWS, which is asked about job definitions and objects.
        definition: the workflow, which passed its checks.
        parameters: value of every parameter.
        run: name of the run.
        known: results that are not made anew, whose keys stay.

    Raises:
        ServiceError: AWS refused a call or did not answer.
    """
    return _Keys(session, definition, parameters, run).all(known or {})


class _Keys:
    def __init__(
        self,
        session: Session,
        definition: WorkflowDefinition,
        parameters: Mapping[str, str],
        run: str,
    ) -> None:
        self._session = session
        self._definition = definition
        self._preparation = Preparation(session)
        self._known = {placeholders.parameter(name): each for name, each in parameters.items()}
        self._known[placeholders.RUN_NAME] = run
        # Where a step writes is another place in each run; what is there, its own key says.
        for step in definition.steps:
            prefix = placeholders.prefix(step.name)
            self._known[prefix] = prefix
        self._definitions: dict[str, str | None] = {}

    def all(self, known: Mapping[str, StepResult]) -> dict[str, str]:
        keys: dict[str, str] = {}
        for name in graph.topological_order(self._definition.graph):
            step = self._definition.step(name)
            if name in known:
                keys[name] = known[name].key
            elif self._definition.caches(step) and all(each in keys for each in step.before):
                key = self._key(step, keys)
                keys |= {} if key is None else {name: key}
        return keys

    def _key(self, step: Step, keys: Mapping[str, str]) -> str | None:
        rendered = placeholders.render_step(step, self._known)
        definition = self._identity(rendered)
        staged = _staged(rendered.submission.inputs)
        if definition is None or staged is None:
            return None
        inputs = {uri: self._objects(uri) for uri in (*rendered.cache_inputs, *staged)}
        if not all(inputs.values()):
            return None
        asked = document.step_to_mapping(rendered)
        return _digest(
            {
                "version": _VERSION,
                "workflow": self._definition.name,
                "step": step.name,
                "definition": definition,
                "asked": {
                    name: asked.get(name) for name in SUCH_AS_BEFORE if name != "jobDefinition"
                },
                "inputs": inputs,
                "before": {name: keys[name] for name in step.before},
            }
        )

    def _identity(self, step: Step) -> str | None:
        """Return what tells a step's job definition from others; ``None`` if there is none such."""
        found = self._preparation.definition_of(step.submission)
        if found is None:
            return None
        if found.identifier not in self._definitions:
            self._definitions[found.identifier] = self._asked_identity(found.identifier)
        return self._definitions[found.identifier]

    def _asked_identity(self, identifier: str) -> str | None:
        # The outputs may be older than the newest revision, which a job without one gets.
        request = description_of(identifier)
        found = self._session.transport.describe_job_definitions(request)
        newest = max(found, key=lambda each: int(each["revision"]), default=None)
        if newest is None:
            return None
        if all(_BY_DIGEST in image for image in _images(newest)):
            return _digest({k: v for k, v in newest.items() if k not in _NOT_OF_CONTENT})
        return str(newest["jobDefinitionArn"])

    def _objects(self, uri: str) -> dict[str, str]:
        """Return the ETag of each object below a prefix."""
        return {each["Key"]: each["ETag"] for each in _listed(self._session, uri)}


def take(
    session: Session,
    ledger: Ledger,
    definition: WorkflowDefinition,
    parameters: Mapping[str, str],
    keys: Mapping[str, str],
) -> dict[str, CachedResult]:
    """Return the steps that need not run, and where their results are from.

    Raises:
        ServiceError: AWS refused a call or did not answer.
        LedgerError: the ledger cannot be read.
    """
    found = dict(_candidates(session, ledger, definition, parameters, keys))
    taken: dict[str, CachedResult] = {}
    for name in graph.topological_order(definition.graph):
        if name in found and all(each in taken for each in definition.step(name).before):
            taken[name] = found[name]
    return taken


def _candidates(
    session: Session,
    ledger: Ledger,
    definition: WorkflowDefinition,
    parameters: Mapping[str, str],
    keys: Mapping[str, str],
) -> Iterator[tuple[str, CachedResult]]:
    """Yield for each step the newest result with its key whose outputs are there."""
    wanted = dict(keys)
    for run in reversed(ledger.runs(scope_of(session))):
        if not wanted:
            return
        record = _record(ledger, run)
        if record is None:
            continue
        same = {
            step: result
            for step, result in record.results.items()
            if wanted.get(step) == result.key
        }
        entries = {each.key: each for each in ledger.entries(run)} if same else {}
        for name, result in same.items():
            # Not what the run itself took: its maker tells whether it still is what it was.
            origin = _made(session, run, result, entries)
            if origin is None:
                continue
            step = definition.step(name)
            outputs = _outputs(session, definition, parameters, step, origin.run)
            if all(_listed(session, uri, most=1) for uri in outputs):
                del wanted[name]
                yield name, origin


def _record(ledger: Ledger, run: RunRecord) -> WorkflowRecord | None:
    text = ledger.document(run)
    try:
        return None if text is None else WorkflowRecord.from_text(text, run.name)
    except LedgerError:  # of a later version, or damaged: nothing to take
        return None


def _made(
    session: Session, run: RunRecord, result: StepResult, entries: Mapping[str, Entry]
) -> CachedResult | None:
    """Return the result of jobs that have succeeded, if all have."""
    own = [entries[key] for key in result.jobs if key in entries]
    ids = [each.job_id for each in own if each.job_id is not None]
    if not ids or len(ids) < len(result.jobs):
        return None
    # Nobody may have looked at them since they ended.
    is_open = [each.job_id for each in own if each.job_id and not each.state.is_terminal]
    if any(each.state is EntryState.FAILED for each in own):
        return None
    details = session.describe(is_open) if is_open else []
    ended = [each for each in details if each.status is JobStatus.SUCCEEDED]
    if len(ended) < len(is_open):
        return None
    return CachedResult(run=run.name, job_ids=tuple(ids))


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
    return (*rendered.cache_outputs, *(_staged(rendered.submission.outputs) or ()))


def _staged(folders: Mapping[str, str]) -> list[str] | None:
    """Return the prefixes that a job copies, but for those of steps that come before.

    ``None`` if the job itself puts one together, from variables of its environment.
    """
    if any("$" in uri for uri in folders.values()):
        return None
    return [uri for uri in folders.values() if uri.startswith("s3://")]


def _listed(session: Session, uri: str, *, most: int | None = None) -> Sequence[Mapping[str, Any]]:
    """Return what ListObjectsV2 says of the objects below an ``s3://`` prefix, at most ``most``."""
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    request: dict[str, Any] = {"Bucket": bucket, "Prefix": prefix}
    if most is not None:
        request["PaginationConfig"] = {"MaxItems": most}
    found = session.transport.read("s3", "ListObjectsV2", request)
    return list(found.get("Contents", ()))


def _images(described: Any) -> Iterator[str]:
    """Yield the images of a job definition, of whatever kind."""
    if isinstance(described, Mapping):
        for name, value in described.items():
            if name == "image" and isinstance(value, str):
                yield value
            else:
                yield from _images(value)
    elif isinstance(described, list):
        for each in described:
            yield from _images(each)


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def with_results(record: WorkflowRecord, keys: Mapping[str, str], jobs: Any) -> WorkflowRecord:
    """Return a record that later runs can take results from.

    Args:
        record: of the run.
        keys: of :func:`keys_of`.
        jobs: step -> keys in the ledger of the jobs that make its result.
    """
    results = {
        step: record.results.get(step) or StepResult(key=key, jobs=tuple(jobs.get(step, ())))
        for step, key in keys.items()
    }
    return dataclasses.replace(record, results=results)
