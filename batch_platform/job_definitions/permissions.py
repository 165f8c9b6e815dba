"""Least-privilege policies: of a job definition's own role, and of what its agent must read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batch_platform.job_definitions import log_groups
from batch_platform.job_definitions.containers import Defaults, document
from batch_platform.job_definitions.read_only_root import is_root

if TYPE_CHECKING:
    from batch_platform.iam.policies import Document
    from batch_platform.job_definitions.log_groups import LogGroup
    from batch_platform.plan import Plan
    from batch_platform.settings.job_definitions import JobDefinition

_OWN = "the stack's"

EXEC_ACTIONS = [
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
]
"""Of a task that ``aws ecs execute-command`` looks into (ECS guide, ECS Exec, permissions)."""


@dataclass(frozen=True)
class AgentNeeds:
    """What the stack's execution role does for one definition.

    Attributes:
        images: that it pulls.
        secrets: where the secrets are that it fills in.
        credentials: of private registries, which are secrets too.
        log_groups: that it writes to.
    """

    images: tuple[str, ...]
    secrets: tuple[str, ...]
    credentials: tuple[str, ...]
    log_groups: tuple[LogGroup, ...]


def job_role(
    definition: JobDefinition,
    partition: str,
    region: str,
    account_id: str,
    *,
    hardening: Mapping[str, Any] | None = None,
    storage: Sequence[Mapping[str, Any]] = (),
) -> Document | None:
    """Return what the code of a job definition may do, or None if that is nothing.

    Args:
        definition: with ``permissions``, EFS volumes that ask IAM, or ECS Exec.
        partition: of the ARNs, e.g. ``aws``.
        region: AWS region of the stack.
        account_id: twelve digits.
        hardening: the stack's defaults of a container, e.g. its ``user``.
        storage: statements for the stack's storage.
    """
    value = document(definition, Defaults(job_role_arn=_OWN, hardening=hardening or {}))
    tasks = [unit for unit in _units(value, _ROLE_KEYS) if _OWN in map(unit.get, _ROLE_KEYS)]
    prefix = f"arn:{partition}:elasticfilesystem:{region}:{account_id}"
    statements: list[Mapping[str, Any]] = [
        each for task in tasks for each in _file_systems(task, prefix)
    ]
    if any(map(_is_looked_into, tasks)):
        statements.append(_allow("ExecuteCommands", EXEC_ACTIONS, ["*"]))  # they know no resources
    if (needs := definition.permissions) is not None:
        statements += _s3(partition, needs.s3_read, needs.s3_write, needs.s3_delete)
        statements += secrets(partition, region, account_id, needs.secrets)
        used = [
            *(["s3"] if needs.s3_read or needs.s3_write else []),
            *_services(needs.secrets),
        ]
        statements += keys(needs.kms, used, encrypt=bool(needs.s3_write))
    statements += storage
    return {"Version": "2012-10-17", "Statement": statements} if statements else None


def agent_needs(definition: JobDefinition, plan: Plan) -> AgentNeeds:
    """Return what the stack's execution role does for a definition.

    What a container with an execution role of its own needs is the business of that role.
    """
    images: list[str] = []
    references: list[str] = []
    credentials: list[str] = []
    groups: list[LogGroup] = []
    value = document(definition, log_groups.defaults(plan, execution_role_arn=_OWN))
    for unit in _units(value, ("executionRoleArn",)):
        if unit["executionRoleArn"] == _OWN:
            images += _values(unit, "image")
            references += _values(unit, "valueFrom")
            credentials += _values(unit, "credentialsParameter")
            groups += log_groups.within(unit, plan.settings.region)
    return AgentNeeds(tuple(images), tuple(references), tuple(credentials), tuple(groups))


_ROLE_KEYS = ("jobRoleArn", "taskRoleArn")


def _units(value: Any, keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the containers or tasks that name a role under one of the keys."""
    if isinstance(value, dict):
        if not value.keys().isdisjoint(keys):
            yield value
            return
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from _units(item, keys)


def _values(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get(key), str):
            yield value[key]
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from _values(item, key)


def _is_looked_into(task: Mapping[str, Any]) -> bool:
    return bool(task.get("enableExecuteCommand"))


def secrets(
    partition: str,
    region: str,
    account_id: str,
    references: Iterable[str],
    credentials: Iterable[str] = (),
) -> Iterator[dict[str, Any]]:
    """Yield the statements to read secrets, each by its own ARN.

    Args:
        partition: of the ARNs, e.g. ``aws``.
        region: of parameters that are given by name.
        account_id: likewise; twelve digits.
        references: ARNs of Secrets Manager (also of a key in a secret) or SSM, or parameter names.
        credentials: of registries: ARNs of Secrets Manager, or names of secrets there.
    """
    held: dict[str, set[str]] = {"secretsmanager": set(), "ssm": set()}
    for name in credentials:
        # Six characters that nobody knows end the ARN (Secrets Manager guide, IAM policies).
        arn = f"arn:{partition}:secretsmanager:{region}:{account_id}:secret:{name}-??????"
        held["secretsmanager"].add(name if name.startswith("arn:") else arn)
    for reference in references:
        if ":secretsmanager:" in reference:
            held["secretsmanager"].add(":".join(reference.split(":")[:7]))
        elif reference.startswith("arn:"):
            held["ssm"].add(reference)
        else:
            prefix = f"arn:{partition}:ssm:{region}:{account_id}:parameter"
            held["ssm"].add(f"{prefix}/{reference.removeprefix('/')}")
    actions = {
        "secretsmanager": ("ReadSecrets", ["secretsmanager:GetSecretValue"]),
        "ssm": ("ReadParameters", ["ssm:GetParameter", "ssm:GetParameters"]),
    }
    for service, arns in held.items():
        if arns:
            sid, action = actions[service]
            yield _allow(sid, action, sorted(arns))


def keys(
    arns: Sequence[str], services: Sequence[str], *, encrypt: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield the statements to use KMS keys, by way of ``services`` alone where there are any.

    A service uses a key of its own region alone, which a secret by its ARN, or a bucket, may have
    elsewhere than the stack: so each key may be used by way of the services of its own region.

    Args:
        arns: of the keys.
        services: ``s3``, ``secretsmanager``, ``ssm``.
        encrypt: whether objects are written with the keys.
    """
    actions = ["kms:Decrypt", *(["kms:GenerateDataKey"] if encrypt else [])]
    by_region: dict[str, list[str]] = {}
    for arn in sorted(arns):
        by_region.setdefault(arn.split(":")[3], []).append(arn)
    for region, held in by_region.items():
        statement = _allow("UseKeys" if len(by_region) == 1 else None, actions, held)
        if services:
            # amazonaws.com is right in China as well: kms:ViaService knows no other suffix.
            via = sorted({f"{service}.{region}.amazonaws.com" for service in services})
            statement["Condition"] = {"StringEquals": {"kms:ViaService": via}}
        yield statement


def _services(references: Iterable[str]) -> list[str]:
    return [
        "secretsmanager" if ":secretsmanager:" in reference else "ssm" for reference in references
    ]


def _s3(
    partition: str, read: Sequence[str], write: Sequence[str], delete: Sequence[str]
) -> Iterator[dict[str, Any]]:
    for bucket, places in sorted(_by_bucket(read).items()):
        statement = _allow(None, ["s3:ListBucket"], [f"arn:{partition}:s3:::{bucket}"])
        if "" not in places:
            statement["Condition"] = {"StringLike": {"s3:prefix": sorted(_listed(places))}}
        yield statement
    for sid, actions, where in (
        ("ReadObjects", ["s3:GetObject"], read),
        # A large object is written in parts, and those of a failed try are taken away.
        ("WriteObjects", ["s3:AbortMultipartUpload", "s3:PutObject"], write),
        ("DeleteObjects", ["s3:DeleteObject"], delete),
    ):
        if where:
            yield _allow(sid, actions, sorted(set(_objects(partition, where))))


def _by_bucket(places: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for place in places:
        bucket, _, key = place.removeprefix("s3://").partition("/")
        found.setdefault(bucket, set()).add(key)
    return found


def _listed(places: Iterable[str]) -> Iterator[str]:
    """Yield the prefixes by which what is read may be listed."""
    for place in places:
        folder = place.rstrip("/")
        yield from (folder, f"{folder}/*")


def _objects(partition: str, places: Iterable[str]) -> Iterator[str]:
    """Yield the ARNs of what a place names: ``a/b`` is that object and all below ``a/b/``.

    S3 knows no folders, and a name tells nothing of which of the two is meant; ``a/b/`` is the
    latter alone.
    """
    for bucket, keys_of_bucket in _by_bucket(places).items():
        for key in keys_of_bucket:
            prefix = f"arn:{partition}:s3:::{bucket}/"
            if key and not key.endswith("/"):
                yield f"{prefix}{key}"
            folder = key.rstrip("/")
            yield f"{prefix}{folder}/*" if folder else f"{prefix}*"


def _file_systems(task: Mapping[str, Any], prefix: str) -> Iterator[dict[str, Any]]:
    """Yield a statement for each volume of a task that asks IAM.

    Root is nobody without ClientRootAccess, and a new file system belongs to root (EFS guide,
    "Using IAM to control file system data access").
    """
    containers: Sequence[Mapping[str, Any]] = task.get("containers") or [task]
    for volume in task.get("volumes") or ():
        efs = volume.get("efsVolumeConfiguration") or {}
        authorization = efs.get("authorizationConfig") or {}
        if authorization.get("iam") != "ENABLED":
            continue
        mounts = [
            (container, mount)
            for container in containers
            for mount in container.get("mountPoints") or ()
            if mount.get("sourceVolume") == volume.get("name")
        ]
        actions = ["elasticfilesystem:ClientMount"]
        if any(is_root(container.get("user")) for container, _ in mounts):
            actions.append("elasticfilesystem:ClientRootAccess")
        if not all(mount.get("readOnly") for _, mount in mounts):
            actions.append("elasticfilesystem:ClientWrite")
        statement = _allow(None, actions, [f"{prefix}:file-system/{efs.get('fileSystemId', '*')}"])
        if point := authorization.get("accessPointId"):
            arn = f"{prefix}:access-point/{point}"
            statement["Condition"] = {"StringEquals": {"elasticfilesystem:AccessPointArn": arn}}
        yield statement


def _allow(sid: str | None, actions: list[str], resources: list[str]) -> dict[str, Any]:
    """Return a statement; one of several of its kind has no name."""
    named = {"Sid": sid} if sid else {}
    return {**named, "Effect": "Allow", "Action": actions, "Resource": resources}
