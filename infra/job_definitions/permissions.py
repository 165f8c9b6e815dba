"""Least-privilege policies: of a job definition's own role, and of what its agent must read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from infra.job_definitions.containers import Defaults, document

if TYPE_CHECKING:
    from infra.iam.policies import Document
    from infra.settings.job_definitions import JobDefinition

_OWN = "the stack's"


def job_role(
    definition: JobDefinition, partition: str, region: str, account_id: str
) -> Document | None:
    """Return what the code of a job definition may do, or None if that is nothing.

    Args:
        definition: with ``permissions``, or with EFS volumes that ask IAM.
        partition: of the ARNs, e.g. ``aws``.
        region: AWS region of the stack.
        account_id: twelve digits.
    """
    statements = list(_file_systems(definition, partition, region, account_id))
    if (needs := definition.permissions) is not None:
        statements += _s3(partition, needs.s3_read, needs.s3_write, needs.s3_delete)
        statements += secrets(partition, region, account_id, needs.secrets)
        used = [
            *(["s3"] if needs.s3_read or needs.s3_write else []),
            *_services(needs.secrets),
        ]
        statements += keys(needs.kms, region, used, encrypt=bool(needs.s3_write))
    return {"Version": "2012-10-17", "Statement": statements} if statements else None


def agent_reads(definition: JobDefinition) -> tuple[list[str], list[str], list[str]]:
    """Return what the stack's execution role reads for a definition.

    That is images, secrets, and the credentials of private registries, which are secrets too.
    What a container with an execution role of its own needs is the business of that role.
    """
    images: list[str] = []
    references: list[str] = []
    credentials: list[str] = []
    value = document(definition, Defaults(execution_role_arn=_OWN))
    for unit in _units(value):
        if unit["executionRoleArn"] == _OWN:
            images += _values(unit, "image")
            references += _values(unit, "valueFrom")
            credentials += _values(unit, "credentialsParameter")
    return images, references, credentials


def _units(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the containers or tasks that name an execution role."""
    if isinstance(value, dict):
        if "executionRoleArn" in value:
            yield value
            return
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from _units(item)


def _values(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get(key), str):
            yield value[key]
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from _values(item, key)


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
    arns: Sequence[str], region: str, services: Sequence[str], *, encrypt: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield the statement to use KMS keys, by way of ``services`` alone where there are any.

    Args:
        arns: of the keys.
        region: AWS region.
        services: ``s3``, ``secretsmanager``, ``ssm``.
        encrypt: whether objects are written with the keys.
    """
    if not arns:
        return
    actions = ["kms:Decrypt", *(["kms:GenerateDataKey"] if encrypt else [])]
    statement = _allow("UseKeys", actions, sorted(arns))
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
    for bucket, prefixes in sorted(_by_bucket(read).items()):
        statement = _allow(None, ["s3:ListBucket"], [f"arn:{partition}:s3:::{bucket}"])
        if "" not in prefixes:
            listed = sorted(form for prefix in prefixes for form in (prefix, f"{prefix}/*"))
            statement["Condition"] = {"StringLike": {"s3:prefix": listed}}
        yield statement
    for sid, actions, where in (
        ("ReadObjects", ["s3:GetObject"], read),
        # A large object is written in parts, and those of a failed try are taken away.
        ("WriteObjects", ["s3:AbortMultipartUpload", "s3:PutObject"], write),
        ("DeleteObjects", ["s3:DeleteObject"], delete),
    ):
        if where:
            yield _allow(sid, actions, sorted(_objects(partition, where)))


def _by_bucket(places: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for place in places:
        bucket, _, prefix = place.removeprefix("s3://").partition("/")
        found.setdefault(bucket, set()).add(prefix.rstrip("/"))
    return found


def _objects(partition: str, places: Iterable[str]) -> Iterator[str]:
    for bucket, prefixes in _by_bucket(places).items():
        for prefix in prefixes:
            below = f"{prefix}/*" if prefix else "*"
            yield f"arn:{partition}:s3:::{bucket}/{below}"


def _file_systems(
    definition: JobDefinition, partition: str, region: str, account_id: str
) -> Iterator[dict[str, Any]]:
    prefix = f"arn:{partition}:elasticfilesystem:{region}:{account_id}"
    for volume in definition.volumes.values():
        if (efs := volume.efs) is None or not efs.iam:
            continue
        mount = "elasticfilesystem:ClientMount"
        actions = [mount] if volume.read_only else [mount, "elasticfilesystem:ClientWrite"]
        statement = _allow(None, actions, [f"{prefix}:file-system/{efs.file_system_id}"])
        if efs.access_point_id:
            arn = f"{prefix}:access-point/{efs.access_point_id}"
            statement["Condition"] = {"StringEquals": {"elasticfilesystem:AccessPointArn": arn}}
        yield statement


def _allow(sid: str | None, actions: list[str], resources: list[str]) -> dict[str, Any]:
    """Return a statement; one of several of its kind has no name."""
    named = {"Sid": sid} if sid else {}
    return {**named, "Effect": "Allow", "Action": actions, "Resource": resources}
