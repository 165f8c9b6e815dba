"""What the result of a step depends on, as digests: results with the same ones are the same.

The *key* of a result is of all of it: the job definition, what the step asks for, the objects that
it reads, and the keys of the steps that it comes after. Two sweeps that are *alike* differ in their
points only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from batchsdk.session import Session
from batchsdk.submit.preparation import Preparation
from batchsdk.submit.targets import description_of
from batchsdk.sweeps.points import Points
from batchsdk.workflow import document, graph, placeholders
from batchsdk.workflow.record import StepResult
from batchsdk.workflow.resuming import SUCH_AS_BEFORE
from batchsdk.workflow.steps import Step, WorkflowDefinition

_VERSION = 1
"""Of keys: another one makes all earlier results others."""
_BY_DIGEST = "@sha256:"
_NOT_OF_CONTENT = ("jobDefinitionArn", "revision", "status", "tags")
"""What differs between two revisions of a job definition that do the same."""
_APART = ("jobDefinition", "over")
"""Of what a step asks for: its definition counts by its content, the points are told apart."""


def keys_of(
    session: Session,
    definition: WorkflowDefinition,
    parameters: Mapping[str, str],
    run: str,
    known: Mapping[str, StepResult] | None = None,
) -> dict[str, StepResult]:
    """Return what the results of the steps that may be cached depend on, by step; not their jobs.

    Args:
        session: the way to AWS, which is asked about job definitions and objects.
        definition: the workflow, which passed its checks.
        parameters: value of every parameter.
        run: name of the run.
        known: results that are not made anew, which stay.

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
        self._parameters = parameters
        self._run = run
        self._definitions: dict[str, str | None] = {}

    def all(self, known: Mapping[str, StepResult]) -> dict[str, StepResult]:
        keys: dict[str, StepResult] = {}
        for name in graph.topological_order(self._definition.graph):
            step = self._definition.step(name)
            if name in known:
                keys[name] = known[name]
            elif self._definition.caches(step) and all(each in keys for each in step.before):
                key = self._key(step, keys)
                keys |= {} if key is None else {name: key}
        return keys

    def _key(self, step: Step, keys: Mapping[str, StepResult]) -> StepResult | None:
        rendered = _rendered(self._definition, step, self._parameters, self._run)
        definition = self._identity(rendered)
        copied = staged(rendered.submission.inputs)
        if definition is None or copied is None:
            return None
        inputs = {uri: self._objects(uri) for uri in (*rendered.cache_inputs, *copied)}
        if not all(inputs.values()):
            return None
        asked = document.step_to_mapping(rendered)
        alike = _digest(
            {
                "version": _VERSION,
                "workflow": self._definition.name,
                "step": step.name,
                "definition": definition,
                "asked": {name: asked.get(name) for name in SUCH_AS_BEFORE if name not in _APART},
                "inputs": inputs,
                "before": {name: keys[name].key for name in step.before},
            }
        )
        return StepResult(
            key=_digest([alike, asked.get("over")]),
            alike=alike if step.over is not None else None,
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
        return {each["Key"]: each["ETag"] for each in listed(self._session, uri)}


def points_of(
    result: StepResult,
    definition: WorkflowDefinition,
    step: Step,
    parameters: Mapping[str, str],
    run: str,
) -> Points | None:
    """Return the points of a sweep whose result this is; ``None`` if it is of others.

    Args:
        result: of the step, in the run.
        definition: the workflow, as the run has it.
        step: a sweep of it.
        parameters: value of every parameter in the run.
        run: its name.
    """
    rendered = _rendered(definition, step, parameters, run)
    over = document.step_to_mapping(rendered).get("over")
    # A run that was resumed with other points may have a result of before.
    if rendered.over is None or result.key != _digest([result.alike, over]):
        return None
    return Points.over(rendered.over)


def _rendered(
    definition: WorkflowDefinition, step: Step, parameters: Mapping[str, str], run: str
) -> Step:
    known = {placeholders.parameter(name): each for name, each in parameters.items()}
    known[placeholders.RUN_NAME] = run
    # Where a step writes is another place in each run; what is there, its own key says.
    for each in definition.steps:
        prefix = placeholders.prefix(each.name)
        known[prefix] = prefix
    return placeholders.render_step(step, known)


def staged(folders: Mapping[str, str]) -> list[str] | None:
    """Return the prefixes that a job copies, but for those of steps that come before.

    ``None`` if the job itself puts one together, from variables of its environment.
    """
    if any("$" in uri for uri in folders.values()):
        return None
    return [uri for uri in folders.values() if uri.startswith("s3://")]


def listed(session: Session, uri: str, *, most: int | None = None) -> Sequence[Mapping[str, Any]]:
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
