"""Which queue and which job definition a submission means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from batchsdk import contract
from batchsdk.aws.transport import Transport
from batchsdk.contract import StackOutputs
from batchsdk.contract.definition_shapes import MULTI_CONTAINER, MULTI_NODE, definition_of
from batchsdk.errors import InvalidArgumentError, Problem
from batchsdk.names import suggestion

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
    """Its key in the stack's config; ``None`` for a queue of another stack."""
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
        return next((each for each in self.containers if each.essential is not False), None)

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


def find_queue(outputs: StackOutputs, given: str | None) -> Queue | Problem:
    """Find the queue meant by a key, a name or an ARN; ``None`` means the default one."""
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
            environments = {
                name: environment
                for name in queue.compute_environments
                if (environment := outputs.compute_environments.get(name))
            }
            types = [each.type for each in environments.values()]
            all_known = len(environments) == len(queue.compute_environments)
            return Queue(
                identifier=queue.arn if given == queue.arn else queue.name,
                key=key,
                is_fargate=bool(types) and all(kind.startswith("FARGATE") for kind in types),
                is_fair_share=queue.scheduling_policy_arn is not None,
                environments=environments if all_known else {},
            )
    if _QUEUE_ARN.fullmatch(given):
        return Queue(identifier=given)
    return Problem(
        "queue",
        given,
        "no job queue of this stack has that key or name",
        f"{suggestion(given, queues)} (a queue of another stack is given by its ARN)",
    )


def queue_identifiers(outputs: StackOutputs, given: str | None) -> list[str]:
    """Return the names or ARNs of the queue that is meant; of every queue of the stack for None.

    Raises:
        InvalidArgumentError: there is no such queue.
    """
    if given is None:
        return [each.name for each in outputs.job_queues.values()]
    found = find_queue(outputs, given)
    if isinstance(found, Problem):
        raise InvalidArgumentError(found)
    return [found.identifier]


def find_definition(outputs: StackOutputs, given: str) -> Definition | Problem:
    """Find the definition meant by a key, a name, ``name:revision`` or an ARN.

    A key or a name takes the newest ACTIVE revision. A definition that the outputs do not
    describe must be given by ``name:revision`` or by ARN, and has ``is_known`` False.
    """
    match = _DEFINITION.fullmatch(given)
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


def read_definition(transport: Transport, wanted: Definition) -> Definition | Problem:
    """Ask Batch (DescribeJobDefinitions) for what the stack's outputs do not say.

    Raises:
        ServiceError: AWS refused the call or did not answer.
    """
    match = _DEFINITION.fullmatch(wanted.identifier)
    if match is not None and match["revision"] is None:
        request: dict[str, Any] = {"jobDefinitionName": match["name"], "status": "ACTIVE"}
    else:
        request = {"jobDefinitions": [wanted.identifier]}
    found = transport.describe_job_definitions(request)
    active = [each for each in found if each.get("status", "ACTIVE") == "ACTIVE"]
    if not active:
        rule = "that revision is INACTIVE" if found else "Batch has no such job definition"
        return Problem(
            "job_definition",
            wanted.identifier,
            rule,
            "leave out the revision to take the newest ACTIVE one",
        )
    newest = max(active, key=lambda each: int(each["revision"]))
    return Definition.from_contract(wanted.identifier, wanted.label, definition_of(newest))


def _is_whole(known: contract.JobDefinition) -> bool:
    """Tell whether it says which containers or nodes there are: before contract 1.5 none does."""
    several = {MULTI_CONTAINER: known.containers, MULTI_NODE: known.node_ranges}
    return known.kind not in several or bool(several[known.kind])


def _unversioned(arn: str) -> str:
    return re.sub(r":[0-9]+$", "", arn)
