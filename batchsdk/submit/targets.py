"""Which queue and which job definition a submission means."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from batchsdk import contract
from batchsdk.contract import StackOutputs
from batchsdk.contract.definition_shapes import MULTI_CONTAINER, MULTI_NODE, definition_of
from batchsdk.errors import AccessDeniedError, InvalidArgumentError, Problem
from batchsdk.names import suggestion
from batchsdk.session import Session

_QUEUE_ARN = re.compile(r"arn:[^:]+:batch:[^:]*:[^:]*:job-queue/(?P<name>.+)")
_DEFINITION = re.compile(
    r"(?:arn:[^:]+:batch:[^:]*:[^:]*:job-definition/)?(?P<name>[^:/]+)(?::(?P<revision>[0-9]+))?"
)


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A job queue to submit to."""

    identifier: str
    """Name or ARN, as SubmitJob takes it."""
    key: str | None = None
    """Its key in the stack's config; ``None`` for a queue of another stack, or of none."""
    is_known: bool = True
    """False: only the identifier is known; :func:`read_queue` finds the rest."""
    state: str | None = None
    """Such as ``DISABLED``; ``None`` where it takes jobs."""
    is_fargate: bool = False
    """All its compute environments are known to be Fargate ones."""
    is_fair_share: bool = False
    """It is known to have a scheduling policy."""
    environments: Mapping[str, contract.ComputeEnvironment] = field(default_factory=dict)
    """Its compute environments by their keys; empty where one is not known."""

    @property
    def label(self) -> str:
        """What errors call it."""
        return self.key or self.identifier.rpartition("/")[2]


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A job definition to submit with, as far as the checks need to know it."""

    identifier: str
    """Name, ``name:revision`` or ARN, as SubmitJob takes it."""
    label: str
    """What a default job name starts with."""
    commands: tuple[tuple[str, ...], ...] = ()
    """The command of each container."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Default values of the ``Ref::`` parameters."""
    vcpus: float | None = None
    """Of all its containers together, and of several nodes of the first range."""
    memory: int | None = None
    """MiB, likewise."""
    gpus: int | None = None
    platform: str | None = None
    """``EC2`` or ``FARGATE``; ``None`` where it is not known."""
    architecture: str | None = None
    """``x86_64`` or ``arm64``; ``None`` where the definition does not say it."""
    operating_system: str | None = None
    """E.g. ``WINDOWS_SERVER_2022_CORE``; ``None`` where the definition does not say it."""
    kind: str | None = None
    """``multiContainer`` or ``multiNode``; ``None`` for a job of one container."""
    containers: tuple[contract.Container, ...] = ()
    """Those of ``ecsProperties``, in the definition's order."""
    num_nodes: int | None = None
    main_node: int | None = None
    node_ranges: tuple[contract.NodeRange, ...] = ()
    """Those of a job of several nodes, in the definition's order."""
    tag_keys: frozenset[str] = frozenset()
    """Keys of its tags; empty where only the outputs are known, which do not tell them."""
    propagates_tags: bool = False
    """Its tags are copied to the ECS task, unless the submission says otherwise."""
    is_known: bool = True
    """False: only the identifier is known; :func:`read_definition` finds the rest."""

    @property
    def is_multi_node(self) -> bool:
        """It runs on several nodes."""
        return self.kind == MULTI_NODE

    @property
    def is_multi_container(self) -> bool:
        """It has ``ecsProperties``, be it with one container."""
        return self.kind == MULTI_CONTAINER

    @property
    def is_windows(self) -> bool:
        """It is known to run on Windows."""
        return (self.operating_system or "").startswith("WINDOWS")

    @property
    def main_container(self) -> contract.Container | None:
        """The first essential one of :attr:`containers`, which decides over the job."""
        return main_of(self.containers)

    @functools.cached_property
    def only_container(self) -> contract.Container:
        """The container of a job that has one, without a name."""
        return contract.Container(
            command=next(iter(self.commands), ()),
            vcpus=self.vcpus,
            memory=self.memory,
            gpus=self.gpus,
        )

    @classmethod
    def from_contract(cls, identifier: str, key: str, known: contract.JobDefinition) -> Self:
        """Take what the stack's outputs say, or what AWS says in their form."""
        ranges, containers = known.node_ranges or (), known.containers or ()
        several = [*containers, *(one for each in ranges for one in each.containers or (each,))]
        commands = [each.command for each in several] or [known.command]
        return cls(
            identifier=identifier,
            label=key,
            commands=tuple(each for each in commands if each),
            parameters=known.parameters,
            vcpus=known.vcpus,
            memory=known.memory,
            gpus=known.gpus,
            platform=known.platform,
            architecture=known.architecture,
            operating_system=known.operating_system,
            kind=known.kind,
            containers=containers,
            num_nodes=known.num_nodes,
            main_node=known.main_node,
            node_ranges=ranges,
        )


def main_of(containers: Iterable[contract.Container]) -> contract.Container | None:
    """Return the first essential container, which decides over its task; ``None``: none is."""
    return next((each for each in containers if each.essential is not False), None)


def find_queue(session: Session, given: str | None) -> Queue | Problem:
    """Find the queue meant by a key, a name or an ARN; ``None`` means the default one.

    A queue that the outputs do not describe has ``is_known`` False: one that is given by its ARN,
    and any of a connection to a queue alone. AWS is not asked.
    """
    if session.stack_outputs is None:
        return Queue(identifier=given or session.queue or "", is_known=False)
    outputs = session.stack_outputs
    queues = outputs.job_queues
    if given is None:
        if len(queues) == 1 or "default" in queues:
            given = "default" if "default" in queues else next(iter(queues))
        else:
            return Problem(
                "queue",
                None,
                f"the stack has {len(queues)} job queues and none is named 'default'",
                f"name one; {suggestion('', queues)}",
            )
    for key, queue in queues.items():
        if given in (key, queue.name, queue.arn):
            identifier = queue.arn if given == queue.arn else queue.name
            return _queue(outputs, key, identifier)
    if _QUEUE_ARN.fullmatch(given):
        return Queue(identifier=given, is_known=False)
    return Problem(
        "queue",
        given,
        "no job queue of this stack has that key or name",
        f"{suggestion(given, queues)} (a queue of another stack is given by its ARN)",
    )


def _queue(outputs: StackOutputs, key: str, identifier: str) -> Queue:
    queue = outputs.job_queues[key]
    environments = {
        name: environment
        for name in queue.compute_environments
        if (environment := outputs.compute_environments.get(name))
    }
    types = [each.type for each in environments.values()]
    all_known = len(environments) == len(queue.compute_environments)
    return Queue(
        identifier=identifier,
        key=key,
        state=queue.state,
        is_fargate=bool(types) and all(kind.startswith("FARGATE") for kind in types),
        is_fair_share=queue.scheduling_policy_arn is not None,
        environments=environments if all_known else {},
    )


def read_queue(session: Session, wanted: Queue) -> Queue | Problem:
    """Ask Batch (DescribeJobQueues, DescribeComputeEnvironments) for what no outputs say.

    Raises:
        ServiceError: AWS refused a call or did not answer. Beside a stack's outputs, which are
            enough to submit, a call that is denied leaves the queue unknown.
    """
    try:
        found = session.descriptions.outputs(session.transport, wanted.identifier)
    except AccessDeniedError:
        if session.stack_outputs is None:
            raise
        return wanted
    if found is None:
        rule = "there is no such job queue in this account and region"
        return Problem("queue", wanted.identifier, rule, "check its name, AWS_PROFILE, AWS_REGION")
    (key,) = found.job_queues
    return dataclasses.replace(_queue(found, key, wanted.identifier), key=None)


def with_instances(session: Session, queue: Queue) -> Queue:
    """Return a queue that :func:`read_queue` found with what its instances have.

    Asks EC2 (DescribeInstanceTypes), once; what it does not say stays unknown.
    """
    environments = {
        name: session.descriptions.with_instances(session.transport, each)
        for name, each in queue.environments.items()
    }
    return dataclasses.replace(queue, environments=environments)


def queue_identifiers(session: Session, given: str | None) -> list[str]:
    """Return the names or ARNs of the queue that is meant; of every queue of the stack for None.

    Raises:
        InvalidArgumentError: there is no such queue.
    """
    if given is None:
        return list(session.queues.values())
    found = find_queue(session, given)
    if isinstance(found, Problem):
        raise InvalidArgumentError(found)
    return [found.identifier]


def find_definition(session: Session, given: str) -> Definition | Problem:
    """Find the definition meant by a key, a name, ``name:revision`` or an ARN.

    A key or a name takes the newest ACTIVE revision. A definition that the outputs do not
    describe must be given by ``name:revision`` or by ARN, and has ``is_known`` False. A connection
    to a queue alone takes any name. AWS is not asked.
    """
    match = _DEFINITION.fullmatch(given)
    outputs = session.stack_outputs
    if match and outputs is None:
        return Definition(identifier=given, label=match["name"], is_known=False)
    if outputs is None:
        rule = "is not the name, name:revision or ARN of a job definition"
        return Problem("job_definition", given, rule, "check how it is written")
    if match:
        name, revision = match["name"], match["revision"]
        is_arn = given.startswith("arn:")
        for key, known in outputs.job_definitions.items():
            if (is_arn and _unversioned(known.arn) != _unversioned(given)) or (
                not is_arn and name not in (key, known.name)
            ):
                continue
            plain = f"{known.name}:{revision}" if revision else known.name
            identifier = given if is_arn else plain
            is_newest = revision is None or revision.lstrip("0") == str(known.revision)
            if is_newest and _is_whole(known):
                return Definition.from_contract(identifier, key, known)
            return Definition(identifier=identifier, label=key, is_known=False)
        if is_arn or revision:
            return Definition(identifier=given, label=name, is_known=False)
    return Problem(
        "job_definition",
        given,
        "no job definition of this stack has that key or name",
        f"{suggestion(given, outputs.job_definitions)} (one of another stack is given by its "
        "ARN, or as name:revision)",
    )


def description_of(identifier: str) -> dict[str, Any]:
    """Return the DescribeJobDefinitions request for what SubmitJob would take.

    Where the identifier, a name or an ARN, has no revision, that is the newest of the answer.
    """
    match = _DEFINITION.fullmatch(identifier)
    if match is not None and match["revision"] is None:
        return {"jobDefinitionName": match["name"], "status": "ACTIVE"}
    return {"jobDefinitions": [identifier]}


def read_definition(session: Session, wanted: Definition) -> Definition | Problem:
    """Ask Batch (DescribeJobDefinitions) for what the stack's outputs do not say.

    Raises:
        ServiceError: AWS refused the call or did not answer.
    """
    request = description_of(wanted.identifier)
    found = session.descriptions.definitions(session.transport, wanted.identifier, request)
    active = [each for each in found if each.get("status", "ACTIVE") == "ACTIVE"]
    if not active:
        rule = "that revision is INACTIVE" if found else "Batch has no such job definition"
        fix = "leave out the revision to take the newest ACTIVE one"
        if "jobDefinitionName" in request:
            rule, fix = f"{rule} that is ACTIVE", "check its name, AWS_PROFILE and AWS_REGION"
        return Problem("job_definition", wanted.identifier, rule, fix)
    newest = max(active, key=lambda each: int(each["revision"]))
    known = Definition.from_contract(wanted.identifier, wanted.label, definition_of(newest))
    return dataclasses.replace(
        known,
        tag_keys=frozenset(newest.get("tags") or ()),
        propagates_tags=bool(newest.get("propagateTags")),
    )


def _is_whole(known: contract.JobDefinition) -> bool:
    """Tell whether it says which containers or nodes there are: before contract 1.5 none does."""
    several = {MULTI_CONTAINER: known.containers, MULTI_NODE: known.node_ranges}
    return known.kind not in several or bool(several[known.kind])


def _unversioned(arn: str) -> str:
    return re.sub(r":[0-9]+$", "", arn)
