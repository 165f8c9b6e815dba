"""Condition operators.

Source: IAM user guide, "IAM JSON policy elements: Condition operators" and "Set operators for
multivalued context keys".
"""

from __future__ import annotations

import operator
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from ipaddress import ip_address, ip_network
from typing import Any

from localaws.iam.patterns import Context, arn_matches, matches

Comparison = Callable[[str, str, Context | None], bool]
"""Compares a value of the request, one of the policy, and the values of variables."""

_OPERATOR = re.compile(
    r"(?:(?P<set>ForAnyValue|ForAllValues):)?(?P<name>\w+?)(?P<exists>IfExists)?"
)
_ANY, _ALL = "ForAnyValue", "ForAllValues"
_NULL = "Null"


def _text(
    given: str,
    wanted: str,
    variables: Context | None,
    *,
    wildcards: bool,
    ignores_case: bool = False,
) -> bool:
    return matches(wanted, given, variables, wildcards=wildcards, ignores_case=ignores_case)


def _arn(given: str, wanted: str, variables: Context | None) -> bool:
    return arn_matches(wanted, given, variables)


def _bool(given: str, wanted: str, variables: Context | None) -> bool:
    return matches(wanted, given, variables, wildcards=False, ignores_case=True)


def _binary(given: str, wanted: str, _variables: Context | None) -> bool:
    try:
        return b64decode(given, validate=True) == b64decode(wanted, validate=True)
    except ValueError:
        return False


def _ip(given: str, wanted: str, _variables: Context | None) -> bool:
    try:
        return ip_address(given) in ip_network(wanted, strict=False)
    except ValueError:
        return False


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text} is not a number") from None
    if not number.is_finite():
        raise ValueError(f"{text} is not a number")
    return number


def _date(text: str) -> datetime:
    """Return a date of ISO 8601, or of seconds since 1970."""
    if re.fullmatch(r"-?\d+(\.\d+)?", text) and not re.fullmatch(r"\d{4}", text):
        return datetime.fromtimestamp(float(text), UTC)
    found = datetime.fromisoformat(f"{text}-01-01" if re.fullmatch(r"\d{4}", text) else text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _ordered(
    given: str,
    wanted: str,
    _variables: Context | None,
    *,
    parse: Callable[[str], Any],
    compare: Callable[[Any, Any], bool],
) -> bool:
    try:
        return compare(parse(given), parse(wanted))
    except (ValueError, OverflowError, OSError):
        return False


_ORDERS = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
_COMPARISONS: dict[str, Comparison] = {
    "StringEquals": partial(_text, wildcards=False),
    "StringEqualsIgnoreCase": partial(_text, wildcards=False, ignores_case=True),
    "StringLike": partial(_text, wildcards=True),
    "ArnEquals": _arn,
    "ArnLike": _arn,
    "Bool": _bool,
    "BinaryEquals": _binary,
    "IpAddress": _ip,
    **{
        f"{kind}{name}": partial(_ordered, parse=parse, compare=compare)
        for kind, parse in (("Numeric", _number), ("Date", _date))
        for name, compare in _ORDERS.items()
    },
}
_NEGATIONS = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}


@dataclass(frozen=True)
class Condition:
    """One key under one operator.

    Attributes:
        operator: without its prefix and suffix, e.g. ``StringLike``.
        of_set: ``ForAnyValue`` or ``ForAllValues``, or none.
        if_exists: the operator ends in ``IfExists``.
        key: of the context, e.g. ``aws:SourceIp``.
        values: one of them must match; of a negated operator, none may.
    """

    operator: str
    of_set: str | None
    if_exists: bool
    key: str
    values: tuple[str, ...]

    def holds(self, context: Context, variables: Context | None) -> bool:
        """Say whether the condition is met.

        Args:
            context: of the request.
            variables: as in :func:`localaws.iam.patterns.matches`.
        """
        given = context.get(self.key.lower(), ())
        if self.operator == _NULL:
            return any((wanted.lower() == "true") is not bool(given) for wanted in self.values)
        is_negated = self.operator in _NEGATIONS
        if not given:
            return self.if_exists or self.of_set == _ALL or (is_negated and self.of_set != _ANY)
        compare = _COMPARISONS[_NEGATIONS.get(self.operator, self.operator)]
        passed = (
            any(compare(one, wanted, variables) for wanted in self.values) is not is_negated
            for one in given
        )
        needs_all = self.of_set == _ALL or (is_negated and self.of_set is None)
        return all(passed) if needs_all else any(passed)


def read_condition(operator: str, key: str, values: tuple[str, ...]) -> Condition:
    """Return a condition of a policy.

    Args:
        operator: e.g. ``ForAnyValue:StringLikeIfExists``.
        key: of the context.
        values: of the policy.

    Raises:
        ValueError: IAM has no such operator.
    """
    found = _OPERATOR.fullmatch(operator)
    name = found["name"] if found else ""
    if (
        found is None
        or name not in {_NULL, *_COMPARISONS, *_NEGATIONS}
        or (name == _NULL and (found["set"] or found["exists"]))
    ):
        raise ValueError(f"{operator} is not a condition operator of IAM")
    return Condition(name, found["set"], bool(found["exists"]), key, values)
