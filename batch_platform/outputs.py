"""The contract's values: what is exported of what was made, and whether it fits. No I/O."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from batch_platform.fit import instances_of
from batch_platform.iam.consumers import named_policy
from batch_platform.job_definitions.containers import Defaults, document, document_key
from batch_platform.settings import Problem
from batch_platform.settings.network import MOST_SECURITY_GROUPS, MOST_SUBNETS
from batch_platform.settings.unmanaged import UnmanagedEnvironment
from batchsdk import contract
from batchsdk.contract.definition_shapes import shape_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pulumi

    from batch_platform.components.outputs import OutputsArgs
    from batch_platform.components.roles import AnyRole, Roles
    from batch_platform.plan import Plan
    from batch_platform.settings.compute_environments import ComputeEnvironment
    from batchsdk.contract.capacity import InstanceType

LARGEST_PARAMETER = 8192
"""Bytes of an SSM parameter of the advanced tier (Systems Manager quotas)."""

LONGEST_ARN_PREFIX = 72
"""Characters before the name, e.g. ``arn:aws:batch:<region>:<account>:compute-environment/``."""

NAME = "-00000000-0000-0000-0000-000000000000"
"""How much longer than its compute environment's the name of an ECS cluster is."""

COMPACT: dict[str, Any] = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False}


def too_large(plan: Plan) -> Iterator[Problem]:
    """Find outputs that may not fit into one SSM parameter: the longest names and ARNs count."""
    largest = stack_outputs(_stand_ins(plan)).to_mapping()
    size = len(json.dumps(largest, **COMPACT).encode())
    if plan.settings.outputs.ssm_parameter and size > LARGEST_PARAMETER:
        fault = (
            f"the outputs of {len(plan.settings.job_definitions)} job definitions may have "
            f"{size} bytes, and an SSM parameter holds {LARGEST_PARAMETER}"
        )
        fix = (
            "write `ssmParameter: false` and read the outputs by `pulumi stack output --json`, or "
            "split the stack"
        )
        path = ("batch-platform:outputs", "ssmParameter")
        yield Problem(path, fault, fix)


def _stand_ins(plan: Plan) -> Any:
    """Return what stands for an OutputsArgs before anything is made: texts as long as AWS's."""

    def made(key: str) -> SimpleNamespace:
        name = f"{plan.name(key)}-1234567"
        arn = "a" * (LONGEST_ARN_PREFIX + len(name))
        return SimpleNamespace(
            name=name, arn=arn, id=arn, revision=9999, ecs_cluster_arn=arn + NAME
        )

    settings = plan.settings
    role, identifier = made("spot-fleet"), "subnet-0123456789abcdef0"
    roles = ("execution", "job", "instance", "service", "spot_fleet")
    return SimpleNamespace(
        plan=plan,
        network=SimpleNamespace(
            vpc_id=identifier,
            subnet_ids=[identifier] * MOST_SUBNETS,
            security_group_ids=[identifier] * MOST_SECURITY_GROUPS,
        ),
        roles=SimpleNamespace(**dict.fromkeys(roles, role), instance_profile_arn=role.arn),
        environments=SimpleNamespace(
            by_key={key: made(key) for key in settings.compute_environments}
        ),
        queues=SimpleNamespace(
            by_key={key: made(key) for key in settings.job_queues},
            policies={
                key: made(key)
                for key, queue in settings.job_queues.items()
                if queue.fairshare_policy
            },
        ),
        definitions=SimpleNamespace(by_key={key: made(key) for key in settings.job_definitions}),
        consumers=SimpleNamespace(
            submitters={
                key: made(key) for key in settings.job_queues if settings.consumers.managed_policies
            },
            observers=made("observers") if settings.consumers.managed_policies else None,
            named={key: made(named_policy(key)) for key in settings.consumers.submitters},
        ),
        monitoring=SimpleNamespace(topic=made("trouble") if settings.monitoring.enabled else None),
        job_events=SimpleNamespace(
            queue=made("job-events") if settings.job_events.enabled else None
        ),
        observability=SimpleNamespace(log_group=made("aws/batch/job"), retention_in_days=3653),
        storage=plan.storage,
    )


def stack_outputs(args: OutputsArgs) -> contract.StackOutputs:
    """Return the contract, with Pulumi outputs in the place of values that AWS decides."""
    settings = args.plan.settings
    log_group = args.observability.log_group
    return contract.StackOutputs(
        environment=settings.environment,
        region=settings.region,
        account_id=args.plan.account_id,
        network=contract.Network(
            mode=settings.network.mode,
            vpc_id=_later(args.network.vpc_id),
            subnet_ids=tuple(map(_later, args.network.subnet_ids)),
            security_group_ids=tuple(map(_later, args.network.security_group_ids)),
        ),
        roles=_roles(args.roles),
        compute_environments=_compute_environments(args),
        job_queues={
            key: contract.JobQueue(
                name=_later(queue.name),
                arn=_later(queue.arn),
                priority=settings.job_queues[key].priority,
                compute_environments=settings.job_queues[key].compute_environments,
                scheduling_policy_arn=_optional_arn(args.queues.policies.get(key)),
                submitter_policy_arn=_optional_arn(args.consumers.submitters.get(key)),
                state=_disabled(settings.job_queues[key].state),
            )
            for key, queue in args.queues.by_key.items()
        },
        job_definitions=_job_definitions(args),
        log_group=contract.LogGroup(
            name=_later(log_group.name),
            arn=_later(log_group.arn),
            retention_in_days=args.observability.retention_in_days,
        ),
        trouble_topic_arn=_optional_arn(args.monitoring.topic),
        observer_policy_arn=_optional_arn(args.consumers.observers),
        submitter_policy_arns=(
            {key: _later(policy.arn) for key, policy in args.consumers.named.items()} or None
        ),
        job_events=_later(args.job_events.queue.id) if args.job_events.queue else None,
        storage=None if args.storage is None else _later(args.storage.address),
    )


def _roles(roles: Roles) -> contract.Roles:
    return contract.Roles(
        execution=_role(roles.execution),
        job=_role(roles.job),
        instance=_role(roles.instance) if roles.instance else None,
        instance_profile_arn=(
            None if roles.instance_profile_arn is None else _later(roles.instance_profile_arn)
        ),
        service=_role(roles.service) if roles.service else None,
        spot_fleet=_role(roles.spot_fleet) if roles.spot_fleet else None,
    )


def _role(role: AnyRole) -> contract.Role:
    return contract.Role(name=_later(role.name), arn=_later(role.arn))


def _optional_arn(resource: Any) -> Any:
    return resource.arn if resource else None


def _compute_environments(args: OutputsArgs) -> dict[str, contract.ComputeEnvironment]:
    settings = args.plan.settings
    result = {}
    for key, made in args.environments.by_key.items():
        environment, instances = settings.compute_environments[key], settings.instances.get(key)
        launched = instances_of(args.plan, key)
        unmanaged = isinstance(environment, UnmanagedEnvironment)
        result[key] = contract.ComputeEnvironment(
            name=_later(made.name),
            arn=_later(made.arn),
            type=environment.type,
            max_vcpus=_max_vcpus(environment, launched),
            instance_types=instances.instance_types if instances else (),
            architecture=instances.architecture if instances else None,
            largest_instance=_largest(launched),
            ecs_cluster_arn=_later(made.ecs_cluster_arn) if unmanaged else None,
        )
    return result


def _max_vcpus(environment: ComputeEnvironment, launched: Sequence[InstanceType]) -> int:
    """Return the limit; of an UNMANAGED environment what its group can have at the very most."""
    if not isinstance(environment, UnmanagedEnvironment):
        return environment.max_vcpus
    group = environment.auto_scaling_group
    if group is None or not launched:
        return contract.UNLIMITED_VCPUS
    return group.max_size * max(each.vcpus for each in launched)


def _largest(instances: Sequence[InstanceType]) -> contract.LargestInstance | None:
    if not instances:
        return None
    return contract.LargestInstance(
        vcpus=max(each.vcpus for each in instances),
        memory=max(each.memory for each in instances),
        gpus=max(each.gpus for each in instances),
    )


def _job_definitions(args: OutputsArgs) -> dict[str, contract.JobDefinition]:
    result = {}
    for key, made in args.definitions.by_key.items():
        definition = args.plan.settings.job_definitions[key]
        form = {document_key(definition): document(definition, Defaults())}
        result[key] = contract.JobDefinition(
            name=_later(made.name),
            arn=_later(made.arn),
            revision=_later(made.revision),
            parameters=dict(definition.parameters),
            platform=definition.platform,
            **shape_of(form),
        )
    return result


def _disabled(state: str) -> str | None:
    return state if state == "DISABLED" else None


def _later(value: pulumi.Input[str] | pulumi.Input[int]) -> Any:
    """Let a Pulumi output stand where the contract has its value: it is one after the update."""
    return value
