"""Answers SimulatePrincipalPolicy and SimulateCustomPolicy (IAM API reference).

An action has one result, whatever the number of resources, with the most restrictive decision;
``ResourceSpecificResults`` tells of each resource.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from localaws.iam.documents import Policy, Position, Statement
from localaws.iam.evaluation import Decision, Request, Verdict, evaluate
from localaws.iam.patterns import Context

ANY_RESOURCE = "*"
_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+")
_ARN = re.compile(r"arn:[^:]*:[^:]*:[^:]*:[^:]*:.+", re.DOTALL)
_SEVERITY = (Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY, Decision.ALLOWED)
_SOURCE_TYPE = "IAM Policy"
"""What AWS answers for every policy of an identity, although its model has a list of others."""


def simulate(
    *,
    actions: Sequence[str],
    resources: Sequence[str],
    entries: Iterable[Mapping[str, Any]],
    policies: Sequence[Policy],
    boundary: Policy | None,
) -> list[dict[str, Any]]:
    """Return ``EvaluationResults``, one for each action.

    Args:
        actions: ``ActionNames``.
        resources: ``ResourceArns``; none is ``*``.
        entries: ``ContextEntries``.
        policies: of the identity.
        boundary: its permissions boundary.

    Raises:
        ValueError: an action or a resource is none, or a context entry has no name.
    """
    _check(actions, resources)
    context = _context(entries)
    judged = list(dict.fromkeys(resources)) or [ANY_RESOURCE]
    return [
        _result(
            action,
            {each: evaluate(Request(action, each, context), policies, boundary) for each in judged},
        )
        for action in actions
    ]


def _check(actions: Iterable[str], resources: Iterable[str]) -> None:
    for action in actions:
        if not _ACTION.fullmatch(action):
            raise ValueError(
                f"Invalid action {action}: an action is a service and an operation without "
                "wildcards, such as ecs:Poll"
            )
    for resource in resources:
        if resource != ANY_RESOURCE and not _ARN.fullmatch(resource):
            raise ValueError(f"Invalid resource {resource}: a resource is an ARN, or *")


def _context(entries: Iterable[Mapping[str, Any]]) -> Context:
    context: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        if not entry.get("ContextKeyName") or not entry.get("ContextKeyType"):
            raise ValueError("Invalid context entry: it needs ContextKeyName and ContextKeyType")
        context[entry["ContextKeyName"].lower()] = tuple(entry.get("ContextKeyValues") or ())
    return context


def _result(action: str, verdicts: Mapping[str, Verdict]) -> dict[str, Any]:
    decision = min((each.decision for each in verdicts.values()), key=_SEVERITY.index)
    matched = [
        pair for each in verdicts.values() if each.decision is decision for pair in each.matched
    ]
    within = [each.is_within_boundary for each in verdicts.values()]
    missing = [key for each in verdicts.values() for key in each.missing]
    result = {
        "EvalActionName": action,
        # AWS tells the form of the resource's ARN here, which only its services know.
        "EvalResourceName": ANY_RESOURCE,
        "EvalDecision": decision.value,
        "MatchedStatements": _statements(matched),
        "MissingContextValues": list(dict.fromkeys(missing)),
        **_boundary(None if None in within else all(within)),
    }
    if list(verdicts) != [ANY_RESOURCE]:
        result["EvalDecisionDetails"] = {}  # of several accounts; here there is one
        result["ResourceSpecificResults"] = [
            {
                "EvalResourceName": resource,
                "EvalResourceDecision": each.decision.value,
                "MatchedStatements": _statements(each.matched),
                "MissingContextValues": list(each.missing),
                **_boundary(each.is_within_boundary),
            }
            for resource, each in verdicts.items()
        ]
    return result


def _boundary(is_within: bool | None) -> dict[str, Any]:
    if is_within is None:
        return {}
    return {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": is_within}}


def _statements(matched: Iterable[tuple[Policy, Statement]]) -> list[dict[str, Any]]:
    return [
        {
            "SourcePolicyId": policy.name,
            "SourcePolicyType": _SOURCE_TYPE,
            "StartPosition": _place(statement.start),
            "EndPosition": _place(statement.end),
        }
        for policy, statement in dict.fromkeys(matched)
    ]


def _place(position: Position) -> dict[str, int]:
    return {"Line": position.line, "Column": position.column}
