"""Who has which policies, by moto's IAM and STS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moto.iam.models import Group, IAMBackend, ManagedPolicy, Role, User, iam_backends
from moto.sts.models import AssumedRole, sts_backends

from localaws.iam.authorization import Caller
from localaws.iam.documents import Policy, read_policy


def policies_of(backend: IAMBackend, entity: User | Group | Role) -> Iterator[Policy]:
    """Yield the inline and attached policies of an entity, and of the groups of a user.

    Raises:
        ValueError: a document cannot be read.
    """
    kind = type(entity).__name__.lower()
    for name, text in entity.policies.items():
        yield read_policy(f"{kind}_{entity.name}_{name}", text)
    for managed in entity.managed_policies.values():
        yield _managed(backend, managed)
    if isinstance(entity, User):
        for group in backend.get_groups_for_user(entity.name):
            yield from policies_of(backend, group)


def boundary_of(backend: IAMBackend, entity: User | Group | Role) -> Policy | None:
    """Return the permissions boundary of an entity.

    Raises:
        ValueError: its document cannot be read.
    """
    # moto's users and groups have none.
    arn = entity.permissions_boundary_arn if isinstance(entity, Role) else None
    return _managed(backend, backend.get_policy(arn)) if arn else None


def role_of(account_id: str, partition: str, arn: str) -> Role | None:
    """Return the role of that ARN, if there is one."""
    roles = list(iam_backends[account_id][partition].roles.values())
    return next((role for role in roles if role.arn == arn), None)


def session_of(account_id: str, partition: str, key_id: str) -> AssumedRole | None:
    """Return the session of a role whose access key that is, if it is one's."""
    sessions = list(sts_backends[account_id][partition].assumed_roles)
    return next((each for each in reversed(sessions) if each.access_key_id == key_id), None)


def caller_of(account_id: str, partition: str, key_id: str) -> Caller:
    """Return who has an access key that IAM or STS gave out.

    Raises:
        ValueError: one of its policies cannot be read.
    """
    session = session_of(account_id, partition, key_id)
    if session is not None:
        return caller_in(session)
    backend = iam_backends[account_id][partition]
    user = backend.get_user_from_access_key_id(key_id)
    if user is None:
        arn = f"arn:{partition}:iam::{account_id}:user/unknown"
        return Caller(arn, account_id)
    context = {
        "aws:principalarn": (user.arn,),
        "aws:principaltype": ("User",),
        "aws:userid": (user.id,),
        "aws:username": (user.name,),
        **_tags(backend.list_user_tags(user.name)),
    }
    return _caller(backend, user, user.arn, account_id, context=context)


def caller_in(session: AssumedRole) -> Caller:
    """Return who calls in a session of a role."""
    backend = iam_backends[session.account_id][session.partition]
    role = role_of(session.account_id, session.partition, session.role_arn)
    context: dict[str, tuple[str, ...]] = {
        "aws:principalarn": (session.role_arn,),
        "aws:principaltype": ("AssumedRole",),
        "aws:userid": (session.user_id,),
        "aws:multifactorauthpresent": ("false",),
        **_tags(role.tags if role is not None else ()),
        **_tags(getattr(session, "tags", ())),
    }
    if role is None:  # deleted since: nobody allows anything
        return Caller(session.arn, session.account_id, session.role_arn, context=context)
    given = [session.policy] if session.policy else []
    arns = [each["arn"] for each in getattr(session, "policy_arns", ())]
    narrowed = [
        *(read_policy("session", text) for text in given),
        *(_managed(backend, backend.get_policy(arn)) for arn in arns),
    ]
    return _caller(
        backend,
        role,
        session.arn,
        session.account_id,
        role_arn=role.arn,
        session_policies=tuple(narrowed),
        context=context,
    )


def caller_as_role(account_id: str, partition: str, role: Role, session_name: str) -> Caller:
    """Return who calls when a service of AWS has assumed a role."""
    arn = f"arn:{partition}:sts::{account_id}:assumed-role/{role.name}/{session_name}"
    context = {"aws:principalarn": (role.arn,), "aws:principaltype": ("AssumedRole",)}
    backend = iam_backends[account_id][partition]
    return _caller(backend, role, arn, account_id, role_arn=role.arn, context=context)


def _caller(
    backend: IAMBackend,
    entity: User | Role,
    arn: str,
    account_id: str,
    *,
    role_arn: str = "",
    session_policies: tuple[Policy, ...] = (),
    context: Mapping[str, tuple[str, ...]],
) -> Caller:
    return Caller(
        arn=arn,
        account_id=account_id,
        role_arn=role_arn,
        policies=tuple(policies_of(backend, entity)),
        boundary=boundary_of(backend, entity),
        session_policies=session_policies,
        context={**context, "aws:principalaccount": (account_id,)},
    )


def _tags(given: Any) -> dict[str, tuple[str, ...]]:
    return {f"aws:principaltag/{each['Key'].lower()}": (each["Value"],) for each in given}


def _managed(backend: IAMBackend, policy: ManagedPolicy) -> Policy:
    version = backend.get_policy_version(policy.arn, policy.default_version_id)
    return read_policy(policy.name, version.document)
