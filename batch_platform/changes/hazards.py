"""Edits that hurt while they apply: one table, and the warnings that two snapshots give.

Sources: as in ``rules.py``; EC2 is the Amazon VPC user guide.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from batch_platform.changes.registrations import same
from batch_platform.changes.rules import (
    ENVIRONMENT,
    GROUP,
    REPLACED_BY,
    SUBNET,
    VPC,
    Action,
    Condition,
    Inputs,
)
from batch_platform.compute_environments.states import ONLY_ENABLED
from batch_platform.settings.update_policy import UpdatePolicy
from batch_platform.storage.access import USE_STORAGE

if TYPE_CHECKING:
    from batch_platform.changes.compare import Change
    from batch_platform.changes.snapshot import Snapshot

PROVIDER_WAITS = 20
"""Minutes for an update of a compute environment, which no config changes (TF
compute_environment.go: it has no ``timeouts`` block)."""

DRAIN = "first write `state: DISABLED` in the queues and wait until no job runs, then make the edit"


class Event(Enum):
    """What becomes of a resource beside the three that the plan lists."""

    EDITED = "edited"
    REPLACED = "replaced"
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True)
class Hazard:
    """What an edit does to jobs and clients that are at work.

    Attributes:
        kind: Pulumi type token.
        when: on the inputs before and after; after a removal there are none.
        reason: what happens.
        instead: how to be spared it.
    """

    name: str
    kind: str
    event: Event
    reason: str
    instead: str
    source: str
    when: Condition = lambda _old, _new: True


@dataclass(frozen=True, kw_only=True)
class PlanWarning:
    """One hazard of an edit.

    Attributes:
        hazard: name in :data:`HAZARDS`, or of what is told of the stack as a whole.
        concerns: what it is about, e.g. names of resources without the stack's.
    """

    hazard: str
    concerns: tuple[str, ...]
    reason: str
    instead: str
    source: str


def _keeps(key: str) -> Condition:
    return lambda old, new: same(old.get(key), new.get(key))


def _shrinks(old: Inputs, new: Inputs) -> bool:
    return any(
        int(new[key]) < int(old[key])
        for key in ("maxSize", "desiredCapacity")
        if old.get(key) is not None and new.get(key) is not None
    )


_GENERATED = "assignGeneratedIpv6CidrBlock"


def _part(subnet: Inputs) -> int | None:
    """Return which /64 of its VPC's /56 a subnet has, from 0; None where it has none."""
    block = subnet.get("ipv6CidrBlock")
    if not isinstance(block, str):
        return None
    return int(ipaddress.IPv6Network(block).network_address) >> 64 & 0xFF


def _stored(policy: Inputs) -> list[str]:
    """Return where a policy of jobs has the stack's storage; the account is not known to all."""
    text = policy.get("policy")
    statements = json.loads(text)["Statement"] if isinstance(text, str) else []
    return [
        re.sub(r"-[0-9]{12}-", "-", arn)
        for each in statements
        if each.get("Sid") == USE_STORAGE
        for arn in each["Resource"]
    ]


def _moves_storage(old: Inputs, new: Inputs) -> bool:
    before, after = _stored(old), _stored(new)
    return bool(before and after) and before != after


def _expires_sooner(old: Inputs, new: Inputs) -> bool:
    days = [
        {
            each["id"]: (each.get("expiration") or {}).get("days", float("inf"))
            for each in inputs.get("rules") or ()
        }
        for inputs in (old, new)
    ]
    return any(kept < days[0].get(rule, float("inf")) for rule, kept in days[1].items())


def _keeps_less(old: Inputs, new: Inputs) -> bool:
    days = [each.get("retentionInDays") or float("inf") for each in (old, new)]
    return bool(days[1] < days[0])


HAZARDS = (
    Hazard(
        name="default-route-removed",
        kind="aws:ec2/route:Route",
        event=Event.REMOVED,
        reason=(
            "the default route goes, and jobs that still run lose their way to whatever has no "
            "VPC endpoint"
        ),
        instead=DRAIN,
        source="EC2, Route tables; API DeleteRoute acts at once",
    ),
    Hazard(
        name="default-route-moved",
        kind="aws:ec2/route:Route",
        event=Event.EDITED,
        reason="the default route leads elsewhere: open connections of running jobs are cut, and "
        "requests come from other public addresses",
        instead=DRAIN,
        source="EC2, Route tables; API ReplaceRoute acts at once",
    ),
    Hazard(
        name="nat-gateway-removed",
        kind="aws:ec2/natGateway:NatGateway",
        event=Event.REMOVED,
        reason="the NAT gateway goes with its public address: open connections are cut, and what "
        "others allow by that address is refused",
        instead=f"{DRAIN}; tell the new addresses to those who allow them",
        source="EC2, NAT gateways: Delete a NAT gateway",
    ),
    Hazard(
        name="vpc-replaced",
        kind=VPC,
        event=Event.REPLACED,
        reason="another VPC is made, with all that is in it; peerings, attachments and rules of "
        "others that name the old one do not follow, and its deletion waits until no instance or "
        "task is in it",
        instead=f"keep cidr, or {DRAIN}",
        source="TF ec2_vpc.go cidr_block ForceNew",
    ),
    Hazard(
        name="vpc-removed",
        kind=VPC,
        event=Event.REMOVED,
        reason="the stack's VPC is deleted: AWS waits until no instance or task is in it, and "
        "refuses while something of others is, such as a mount target or a peering",
        instead=DRAIN,
        source="API DeleteVpc",
    ),
    Hazard(
        name="ipv6-removed",
        kind=VPC,
        event=Event.EDITED,
        reason="the VPC's IPv6 block would go, which AWS refuses while a subnet has a part of it, "
        "and the provider leaves the subnets' parts where they are: `pulumi up` fails",
        instead=f"keep ipv6; or {DRAIN}, take the block from each subnet (aws ec2 "
        "disassociate-subnet-cidr-block) and run `pulumi refresh` before it",
        source="API DisassociateVpcCidrBlock; TF vpc_subnet.go ipv6_cidr_block Computed",
        when=lambda old, new: bool(old.get(_GENERATED)) and not new.get(_GENERATED),
    ),
    Hazard(
        name="ipv6-moves",
        kind=SUBNET,
        event=Event.EDITED,
        reason="the subnet gets another part of the VPC's IPv6 block, and the one that has it goes "
        "only later: AWS refuses two subnets that overlap, so `pulumi up` fails",
        instead="write further blocks at the end of secondaryCidrs, and take the last one away "
        "first",
        source="batch_platform/plan.py _instance_subnets; API AssociateSubnetCidrBlock",
        when=lambda old, new: None not in (_part(old), _part(new)) and _part(old) != _part(new),
    ),
    Hazard(
        name="subnet-overlaps",
        kind=SUBNET,
        event=Event.REPLACED,
        reason="the subnet moves to another zone with the same addresses; the new one is made "
        "before the old one goes, and AWS refuses two subnets that overlap, so `pulumi up` fails",
        instead="leave the zones that are there in their places, and write a new one at the end "
        "of availabilityZones",
        source="API CreateSubnet: InvalidSubnet.Conflict",
        when=lambda old, new: _keeps("cidrBlock")(old, new) and _keeps("vpcId")(old, new),
    ),
    Hazard(
        name="subnet-removed",
        kind=SUBNET,
        event=Event.REMOVED,
        reason="the subnet is deleted, for which AWS waits until no instance or task is in it; "
        "after 20 minutes `pulumi up` fails",
        instead=DRAIN,
        source="API DeleteSubnet; TF vpc_subnet.go Timeouts Delete",
    ),
    Hazard(
        name="endpoint-removed",
        kind="aws:ec2/vpcEndpoint:VpcEndpoint",
        event=Event.REMOVED,
        reason="the VPC endpoint goes: open connections to the service are cut, and later ones "
        "take the default route or fail",
        instead=DRAIN,
        source="EC2 (AWS PrivateLink), Delete an interface endpoint",
    ),
    Hazard(
        name="egress-removed",
        kind="aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        event=Event.REMOVED,
        reason="a rule of the instances' security group goes, and running jobs can open no more "
        "connections that it let out",
        instead=DRAIN,
        source="EC2, Security group rules: changes apply at once",
    ),
    Hazard(
        name="group-removed",
        kind=GROUP,
        event=Event.REMOVED,
        reason="the Auto Scaling group is deleted with its instances, and the jobs on them are "
        "ended",
        instead=DRAIN,
        source="EC2 Auto Scaling API DeleteAutoScalingGroup",
    ),
    Hazard(
        name="group-shrinks",
        kind=GROUP,
        event=Event.EDITED,
        reason="the Auto Scaling group terminates instances until it has no more than maxSize or "
        "desiredCapacity, whatever runs on them, and those jobs are ended",
        instead=DRAIN,
        source="EC2 Auto Scaling guide, Control which instances terminate during scale in",
        when=_shrinks,
    ),
    Hazard(
        name="storage-removed",
        kind="aws:s3/bucket:Bucket",
        event=Event.REMOVED,
        reason="the stack's bucket goes, with the ledger of runs, values of steps and tables of "
        "sweeps: S3 refuses to delete a bucket with something in it, so `pulumi up` fails, unless "
        "storage.forceDestroy let it be emptied",
        instead=f"{DRAIN}; copy what is of use (aws s3 sync), empty the bucket with all versions, "
        "and then make the edit; or name it as `storage.bucket`, once `pulumi state delete` has "
        "made the stack forget it",
        source="S3 API DeleteBucket: BucketNotEmpty",
    ),
    Hazard(
        name="storage-moved",
        kind="aws:iam/rolePolicy:RolePolicy",
        event=Event.EDITED,
        reason="the storage is elsewhere from now on, and what is stored stays where it was: runs "
        "in the stack's ledger begin anew under their names, steps that are done again do not find "
        "values of earlier ones, and jobs that wait may no longer read their tables",
        instead=f"{DRAIN}; copy what is below the old address to the new one (aws s3 sync)",
        source="batch_platform/storage/access.py",
        when=_moves_storage,
    ),
    Hazard(
        name="storage-kept-shorter",
        kind="aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        event=Event.EDITED,
        reason="values of steps and tables of sweeps that are older than the new expireDays expire "
        "within a day or two, also those of jobs that wait",
        instead="copy what is of use elsewhere first",
        source="S3 user guide, Expiring objects",
        when=_expires_sooner,
    ),
    Hazard(
        name="logs-kept-shorter",
        kind="aws:cloudwatch/logGroup:LogGroup",
        event=Event.EDITED,
        reason="log events that are older than the new retention are deleted, and cannot be had "
        "back",
        instead="export them first",
        source="CloudWatch Logs API PutRetentionPolicy",
        when=_keeps_less,
    ),
    Hazard(
        name="events-removed",
        kind="aws:sqs/queue:Queue",
        event=Event.REMOVED,
        reason="the queue of job events is deleted with what is in it, and clients that wait by "
        "it poll until they read the outputs anew",
        instead="end the clients first",
        source="SQS API DeleteQueue",
    ),
    Hazard(
        name="outputs-removed",
        kind="aws:ssm/parameter:Parameter",
        event=Event.REMOVED,
        reason="the SSM parameter with the outputs is deleted, and clients that connect by it fail",
        instead="give the clients the outputs in another way first",
        source="SSM API DeleteParameter",
    ),
    Hazard(
        name="policy-removed",
        kind="aws:iam/policy:Policy",
        event=Event.REMOVED,
        reason="AWS refuses to delete a managed policy that is still attached, so `pulumi up` "
        "fails where others attached it",
        instead="have it detached first",
        source="IAM API DeletePolicy: DeleteConflict",
    ),
)
"""By resource: what the three kinds of resource that the plan lists do not tell."""

KINDS = tuple(dict.fromkeys(hazard.kind for hazard in HAZARDS))


def warnings(
    changes: Sequence[Change], old: Snapshot | None, new: Snapshot, renamed_file: str = ""
) -> tuple[PlanWarning, ...]:
    """Return what hurts while the edit from ``old`` to ``new`` applies.

    Args:
        changes: those between the two.
        old: what is there; None is nothing.
        new: what the config asks for.
        renamed_file: name of the stack file that this one seems to have been, if any.
    """
    disabled = tuple(_made_disabled(changes, new))
    if old is None:
        return (*((_renamed(renamed_file, new.environment),) if renamed_file else ()), *disabled)
    if old.renamed_from:
        return (_renamed(f"Pulumi.{old.renamed_from}.yaml", new.environment), *disabled)
    return (*_of_resources(old, new), *_long_updates(changes, old, new), *disabled)


def _of_resources(old: Snapshot, new: Snapshot) -> Iterator[PlanWarning]:
    if old.others is None or new.others is None or old.region != new.region:
        return
    for hazard in HAZARDS:
        before, after = (each.get(hazard.kind, {}) for each in (old.others, new.others))
        names = [
            name
            for name, inputs in before.items()
            if _event(hazard.kind, inputs, after.get(name)) is hazard.event
            and hazard.when(inputs, after.get(name) or {})
        ]
        if names:
            yield PlanWarning(
                hazard=hazard.name,
                concerns=tuple(names),
                reason=hazard.reason,
                instead=hazard.instead,
                source=hazard.source,
            )


def _event(kind: str, old: Inputs, new: Inputs | None) -> Event | None:
    if new is None:
        return Event.REMOVED
    if not all(_keeps(key)(old, new) for key in REPLACED_BY.get(kind, ())):
        return Event.REPLACED
    return None if same(old, new) else Event.EDITED


def _long_updates(changes: Sequence[Change], old: Snapshot, new: Snapshot) -> Iterator[PlanWarning]:
    """Yield the infrastructure updates for which the provider may not wait long enough."""
    minutes = {
        change.key: _longest_minutes(
            *(each.resources[ENVIRONMENT][change.key].inputs for each in (old, new))
        )
        for change in changes
        if change.kind == "computeEnvironments" and change.action is Action.INFRASTRUCTURE
    }
    long = {key: most for key, most in minutes.items() if most >= PROVIDER_WAITS}
    if long:
        yield PlanWarning(
            hazard="update-outlasts-provider",
            concerns=tuple(long),
            reason=(
                f"running jobs may continue for {max(long.values())} minutes "
                "(updatePolicy.jobExecutionTimeoutMinutes) before the infrastructure update ends "
                f"them, and the provider waits {PROVIDER_WAITS} minutes for the update, which no "
                "key changes: `pulumi up` may fail while AWS Batch goes on"
            ),
            instead=(
                f"{DRAIN}; or set updatePolicy to fewer minutes than {PROVIDER_WAITS}, or "
                "terminateJobsOnUpdate: true, with the same edit; where it failed, `pulumi "
                "refresh` and `pulumi up` once the environment is VALID"
            ),
            source="TF compute_environment.go: no timeouts block; API UpdatePolicy",
        )


def _made_disabled(changes: Sequence[Change], new: Snapshot) -> Iterator[PlanWarning]:
    """Yield the compute environments that are DISABLED and would be created."""
    keys = tuple(
        change.key
        for change in changes
        if change.kind == "computeEnvironments"
        and change.action in {Action.ADD, Action.REPLACE}
        and new.resources[ENVIRONMENT][change.key].inputs.get("state") == "DISABLED"
    )
    if keys:
        yield PlanWarning(
            hazard="made-disabled",
            concerns=keys,
            reason=f"{ONLY_ENABLED}, so `pulumi up` fails",
            instead="write `state: ENABLED` with this edit, and DISABLED after it",
            source="API CreateComputeEnvironment state",
        )


def _longest_minutes(old: Inputs, new: Inputs) -> int:
    """Return for how long jobs may hold an infrastructure update up; a policy stays once set."""
    default = UpdatePolicy.model_validate({}).model_dump(by_alias=True)
    policy: Mapping[str, int] = new.get("updatePolicy") or old.get("updatePolicy") or default
    if policy.get("terminateJobsOnUpdate"):
        return 0
    return int(policy.get("jobExecutionTimeoutMinutes", default["jobExecutionTimeoutMinutes"]))


def _renamed(old_file: str, environment: str) -> PlanWarning:
    before = old_file.removeprefix("Pulumi.").removesuffix(".yaml")
    return PlanWarning(
        hazard="stack-renamed",
        concerns=(before, environment),
        reason=(
            f"the stack seems to have been {before!r}: the names of all resources begin with the "
            "stack's, so under another name all of them are made anew, the old ones are deleted, "
            "the jobs in the old queues are ended, and callers by the old names fail"
        ),
        instead=(
            f"to keep it, keep its name: `pulumi stack rename {before}`, and the file {old_file}; "
            "for another name, bring up a second stack, move the callers, and destroy the old one"
        ),
        source="batch_platform/plan.py name: a name of Pulumi is an identity",
    )
