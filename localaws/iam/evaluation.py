"""Decides whether the policies of an identity allow a request.

Source: IAM user guide, "Policy evaluation logic": without an Allow a request is denied, a Deny
overrides every Allow, and a permissions boundary must allow what the identity's policies allow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from localaws.iam.documents import Patterns, Policy, Statement
from localaws.iam.patterns import Context, arn_matches, matches, variables_in


class Decision(StrEnum):
    """As ``EvalDecision`` has it."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes:
        action: e.g. ``ecs:Poll``.
        resource: an ARN, or ``*``.
        context: values by key in lower case.
    """

    action: str
    resource: str
    context: Context


@dataclass(frozen=True)
class Verdict:
    """What was decided, and why.

    Attributes:
        matched: the statements of the identity's policies that decided, each with its policy.
        missing: keys, as the identity's policies spell them, that the context lacks.
        is_within_boundary: whether the permissions boundary allows it; ``None`` without one.
    """

    decision: Decision
    matched: tuple[tuple[Policy, Statement], ...]
    missing: tuple[str, ...]
    is_within_boundary: bool | None


def evaluate(request: Request, policies: Sequence[Policy], boundary: Policy | None) -> Verdict:
    """Decide a request.

    Args:
        request: what is asked for.
        policies: of the identity.
        boundary: its permissions boundary.
    """
    decision, matched = decide(request, policies)
    is_within = None
    if boundary is not None:
        of_boundary, _ = decide(request, [boundary])
        is_within = of_boundary is Decision.ALLOWED
        if of_boundary is Decision.EXPLICIT_DENY and decision is not Decision.EXPLICIT_DENY:
            decision, matched = of_boundary, ()
        elif not is_within and decision is Decision.ALLOWED:
            decision, matched = Decision.IMPLICIT_DENY, ()
    return Verdict(decision, matched, tuple(_missing(request, policies)), is_within)


def decide(
    request: Request, policies: Iterable[Policy]
) -> tuple[Decision, tuple[tuple[Policy, Statement], ...]]:
    """Decide a request by some policies alone; return what was decided, and which statements did.

    Whom a statement is about is not looked at.
    """
    applying = [
        (policy, each)
        for policy in policies
        for each in policy.statements
        if applies(each, request)
    ]
    denying = tuple(pair for pair in applying if not pair[1].allows)
    if denying:
        return Decision.EXPLICIT_DENY, denying
    return (Decision.ALLOWED if applying else Decision.IMPLICIT_DENY), tuple(applying)


def applies(statement: Statement, request: Request) -> bool:
    """Tell whether a statement is about a request, whoever sends it."""
    variables = request.context if statement.has_variables else None
    return (
        _names_action(statement, request.action)
        and _among(statement.resources, lambda one: _is_resource(one, request.resource, variables))
        and all(each.holds(request.context, variables) for each in statement.conditions)
    )


def _names_action(statement: Statement, action: str) -> bool:
    return _among(statement.actions, lambda one: matches(one, action, None, ignores_case=True))


def _is_resource(pattern: str, resource: str, variables: Context | None) -> bool:
    return pattern == "*" or arn_matches(pattern, resource, variables)


def _among(patterns: Patterns, is_it: Callable[[str], bool]) -> bool:
    return any(map(is_it, patterns.values)) is not patterns.is_negated


def _missing(request: Request, policies: Iterable[Policy]) -> Iterator[str]:
    """Yield the keys on which a statement about the action depends and which are not known."""
    seen = set(request.context)
    for policy in policies:
        for statement in policy.statements:
            if _names_action(statement, request.action):
                for key in _keys(statement):
                    if key.lower() not in seen:
                        seen.add(key.lower())
                        yield key


def _keys(statement: Statement) -> Iterator[str]:
    for condition in statement.conditions:
        yield condition.key
    if statement.has_variables:
        values = (value for condition in statement.conditions for value in condition.values)
        for pattern in (*statement.resources.values, *values):
            yield from variables_in(pattern)
