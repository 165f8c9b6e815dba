"""Wildcards, policy variables and ARNs in the values of a policy.

Source: IAM user guide, "IAM JSON policy elements: Resource" and "Variables and tags".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

Context = Mapping[str, tuple[str, ...]]
"""Values of the keys of a request's context; keys in lower case, as IAM compares them."""

_TOKEN = re.compile(r"\$\{(?P<variable>[^}]*)\}|[*?]|[^*?$]+|\$")
_VARIABLE = re.compile(r"\s*(?P<key>[^,\s]*)\s*(?:,\s*'(?P<default>[^']*)'\s*)?")
_ARN_COLON = re.compile(r":(?![^{}]*\})")
"""A colon that is not in the name of a variable."""
_ARN_PARTS = 6
_LITERALS = frozenset({"*", "?", "$"})
"""``${*}`` is an asterisk, and so on."""


def matches(
    pattern: str,
    value: str,
    variables: Context | None,
    *,
    wildcards: bool = True,
    ignores_case: bool = False,
) -> bool:
    """Say whether a value is what a pattern describes.

    Args:
        pattern: with ``*``, ``?`` and variables such as ``${aws:username}``.
        value: of the request.
        variables: values of the variables; ``None`` where the policy has none, since its version
            is older than 2012-10-17.
        wildcards: whether ``*`` and ``?`` stand for other characters.
        ignores_case: whether ``A`` is ``a``.
    """
    expression = _expression(pattern, variables, wildcards=wildcards)
    if expression is None:
        return False
    flags = re.DOTALL | (re.IGNORECASE if ignores_case else 0)
    return re.fullmatch(expression, value, flags) is not None


def arn_matches(pattern: str, value: str, variables: Context | None) -> bool:
    """Say whether an ARN is what a pattern describes; each of the six parts by itself."""
    parts = _ARN_COLON.split(pattern, _ARN_PARTS - 1)
    given = value.split(":", _ARN_PARTS - 1)
    if len(parts) != _ARN_PARTS or len(given) != _ARN_PARTS:
        return matches(pattern, value, variables)
    return all(matches(part, one, variables) for part, one in zip(parts, given, strict=True))


def variables_in(pattern: str) -> Iterator[str]:
    """Yield the keys of the variables in a pattern that have no default."""
    for token in _TOKEN.finditer(pattern):
        if token["variable"] is not None and token["variable"] not in _LITERALS:
            found = _VARIABLE.fullmatch(token["variable"])
            if found is not None and found["default"] is None:
                yield found["key"]


def _expression(pattern: str, variables: Context | None, *, wildcards: bool) -> str | None:
    """Return a regular expression, or ``None`` if a variable has no value: nothing matches it."""
    chunks = [""]  # between asterisks
    for token in _TOKEN.finditer(pattern):
        text = token[0]
        if token["variable"] is not None and variables is not None:
            known = _value(token["variable"], variables)
            if known is None:
                return None
            chunks[-1] += re.escape(known)
        elif wildcards and text == "*":
            chunks.append("")
        else:
            chunks[-1] += "." if wildcards and text == "?" else re.escape(text)
    if len(chunks) == 1:
        return chunks[0]
    first, *middle, last = chunks
    # Each in the first place that it fits, and no other: else many asterisks take for ever.
    return f"{first}{''.join(f'(?>.*?{each})' for each in middle)}.*{last}"


def _value(variable: str, variables: Context) -> str | None:
    if variable in _LITERALS:
        return variable
    found = _VARIABLE.fullmatch(variable)
    if found is None:
        return None
    values = variables.get(found["key"].lower(), ())
    # A key of several values cannot be a variable.
    return values[0] if len(values) == 1 else found["default"]
