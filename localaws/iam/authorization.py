"""Decides whether a caller may do what it asks for, by every kind of policy that has a say.

Source: IAM user guide, "Policy evaluation logic" (explicit denies; permissions boundaries and
session policies, and which allowances of a resource's policy they do not limit; access from another
account) and "Troubleshoot access denied error messages" (the texts).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from localaws.iam.documents import Policy, Principals
from localaws.iam.evaluation import Decision, Request, applies, decide


@dataclass(frozen=True)
class Caller:
    """Who asks.

    Attributes:
        arn: of the user, or of the session of a role.
        account_id: twelve digits.
        role_arn: of the role, where it is a session of one.
        is_root: it is the account itself, to which no policy of an identity applies.
        policies: of the user and its groups, or of the role.
        boundary: the permissions boundary of the user or the role.
        session_policies: what the session was narrowed to when the role was assumed.
        context: values of the condition keys that are about the caller; keys in lower case.
    """

    arn: str
    account_id: str
    role_arn: str = ""
    is_root: bool = False
    policies: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session_policies: tuple[Policy, ...] = ()
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Guard:
    """The policy of the resource that is asked for.

    Attributes:
        policy: ``None`` where the resource has none.
        account_id: whose resource it is.
        kind: as AWS names it in its texts.
        must_allow: whether the policies of an identity are not enough: a key of KMS, a role.
    """

    policy: Policy | None
    account_id: str
    kind: str = "resource-based policy"
    must_allow: bool = False


class _Grant(IntEnum):
    """How a resource's policy names who it allows."""

    NONE = 0
    ACCOUNT = 1
    """By the account, which leaves it to the account's own policies."""
    ROLE = 2
    """By the role: whatever limits the role limits this."""
    EVERYBODY = 3
    """With all others: only what narrows a session limits this."""
    CALLER = 4
    """By the user or the session itself: no allowance that is missing elsewhere limits this."""


def denial(request: Request, caller: Caller, guard: Guard | None = None) -> str | None:
    """Say why a request is denied: the end of AWS's sentence; ``None`` if it is allowed.

    Args:
        request: an action on a resource, with its context.
        caller: who asks.
        guard: the policy of the resource, for resources that can have one.
    """
    if caller.is_root and (guard is None or guard.account_id == caller.account_id):
        return None
    of_session = _every(request, caller.session_policies)
    limits = {
        "identity-based policy": decide(request, caller.policies)[0],
        "permissions boundary": _every(request, [caller.boundary] if caller.boundary else []),
        "session policy": of_session,
    }
    for kind, decision in limits.items():
        if decision is Decision.EXPLICIT_DENY:
            return f"with an explicit deny in {_article(kind)}"
    grant = _granted(request, caller, guard)
    if guard is not None and grant is None:
        return f"with an explicit deny in {_article(guard.kind)}"
    return _not_allowed(request, caller, guard, grant or _Grant.NONE, limits)


def _not_allowed(
    request: Request,
    caller: Caller,
    guard: Guard | None,
    grant: _Grant,
    limits: Mapping[str, Decision],
) -> str | None:
    """Say which kind of policy allows too little, once it is known that none denies."""
    is_own = guard is None or guard.account_id == caller.account_id
    if guard is not None and grant is _Grant.NONE and (guard.must_allow or not is_own):
        return _because(request, guard.kind)
    if is_own and grant is _Grant.CALLER:
        return None
    if is_own and grant is _Grant.EVERYBODY:
        kind = "session policy"
        return None if limits[kind] is Decision.ALLOWED else _because(request, kind)
    needed = [
        kind for kind in limits if not (is_own and grant is _Grant.ROLE and "identity" in kind)
    ]
    for kind in needed:
        if limits[kind] is not Decision.ALLOWED and not (caller.is_root and "identity" in kind):
            return _because(request, kind)
    return None


def _because(request: Request, kind: str) -> str:
    return f"because no {kind} allows the {request.action} action"


def _article(kind: str) -> str:
    if kind == "role trust policy":
        return f"the {kind}"
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _every(request: Request, policies: Iterable[Policy]) -> Decision:
    """Decide by policies that limit: without any, nothing is limited."""
    given = list(policies)
    return decide(request, given)[0] if given else Decision.ALLOWED


def _granted(request: Request, caller: Caller, guard: Guard | None) -> _Grant | None:
    """Tell how the policy of the resource allows the caller; ``None`` where it denies."""
    found = _Grant.NONE
    for statement in guard.policy.statements if guard is not None and guard.policy else ():
        if not applies(statement, request) or statement.principals is None:
            continue
        named = _named(statement.principals, caller)
        if not statement.allows and named is not _Grant.NONE:
            return None
        if statement.allows:
            found = max(found, named)
    return found


def _named(principals: Principals, caller: Caller) -> _Grant:
    grants = [_is_caller(kind, name, caller) for kind, name in principals.values]
    found = max(grants, default=_Grant.NONE)
    if principals.is_negated:
        return _Grant.NONE if found is not _Grant.NONE else _Grant.EVERYBODY
    return found


def _is_caller(kind: str, name: str, caller: Caller) -> _Grant:
    if kind != "AWS":
        return _Grant.CALLER if (kind, name) == _service_of(caller) else _Grant.NONE
    if name == caller.arn:
        return _Grant.CALLER
    if name == "*":
        return _Grant.EVERYBODY
    if name == caller.role_arn:
        return _Grant.ROLE
    is_account = name == caller.account_id or name.endswith(f":iam::{caller.account_id}:root")
    return _Grant.ACCOUNT if is_account else _Grant.NONE


def _service_of(caller: Caller) -> tuple[str, str]:
    """Return the service of AWS that asks for itself, as a policy would name it."""
    return ("Service", caller.arn)
