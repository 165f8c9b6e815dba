"""How a rule is written: a function from a resource, or all of them, to what is wrong."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from pulumi_policy import (
    EnforcementLevel,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

Properties = Mapping[str, Any]
P = TypeVar("P", ResourceValidationPolicy, StackValidationPolicy)
OfResource = Callable[[ResourceValidationArgs], Iterator[str]]
OfStack = Callable[[list[PolicyResource]], Iterator[tuple[PolicyResource, str]]]

UNKNOWN = "the value is known only when the resource is created"


def resource_rule(
    name: str, types: Iterable[str] | None, *, fix: str, advisory: bool = False
) -> Callable[[OfResource], ResourceValidationPolicy]:
    """Make a function that yields the faults of one resource a policy; its docstring is the rule.

    Args:
        name: of the policy, by which it can be switched off.
        types: type tokens of the resources that it is asked about; None for all.
        fix: what to do about a violation.
        advisory: whether a violation only warns.
    """
    asked = None if types is None else frozenset(types)

    def decorate(faults: OfResource) -> ResourceValidationPolicy:
        def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
            if asked is not None and args.resource_type not in asked:
                return
            try:
                for fault in faults(args):
                    report(f"{fault}; fix: {fix}", None)
            except UnknownValueError:  # in a preview
                args.not_applicable(UNKNOWN)

        return _policy(ResourceValidationPolicy, name, faults, validate, fix=fix, advisory=advisory)

    return decorate


def stack_rule(
    name: str, *, fix: str, advisory: bool = False
) -> Callable[[OfStack], StackValidationPolicy]:
    """Make a function that yields resources with their faults a policy about a whole stack.

    Args:
        name: of the policy, by which it can be switched off.
        fix: what to do about a violation.
        advisory: whether a violation only warns.
    """

    def decorate(faults: OfStack) -> StackValidationPolicy:
        def validate(args: StackValidationArgs, report: ReportViolation) -> None:
            try:
                for resource, fault in faults(args.resources):
                    report(f"{fault}; fix: {fix}", resource.urn)
            except UnknownValueError:  # in a preview
                args.not_applicable(UNKNOWN)

        return _policy(StackValidationPolicy, name, faults, validate, fix=fix, advisory=advisory)

    return decorate


def known(properties: Properties, key: str) -> Any:
    """Return a property, or None where a preview does not know it yet."""
    try:
        return properties.get(key)
    except UnknownValueError:
        return None


def _policy(
    kind: type[P],
    name: str,
    faults: Callable[..., Any],
    validate: Callable[..., None],
    *,
    fix: str,
    advisory: bool,
) -> P:
    """Make the policy of a rule; the first line of the rule's docstring describes it."""
    return kind(
        name,
        (faults.__doc__ or "").strip().splitlines()[0],
        functools.wraps(faults)(validate),
        enforcement_level=EnforcementLevel.ADVISORY if advisory else EnforcementLevel.MANDATORY,
        remediation_steps=fix,
    )
