"""Rules of escalation as plain data: ``{SPOT_RECLAIM: {queue: on-demand, after: 2}}``. Pure."""

from __future__ import annotations

import dataclasses
from typing import Any

from batchsdk.arguments import as_mebibytes, as_seconds
from batchsdk.names import camel_case
from batchsdk.submit.escalation import CAP_FAULTS, Escalate, Rules, read_rules
from batchsdk.workflow import plain
from batchsdk.workflow.plain import Faults, at


def write_rules(rules: Rules) -> dict[str, Any]:
    """Return what :func:`read` takes, with only what is given."""
    return {str(kind): _written(each) for kind, each in rules.items()}


def read(value: Any, path: str, faults: Faults) -> Rules:
    """Read a mapping of kinds of failure to what differs after them."""
    given = {}
    for kind, each in plain.mapping(value, path, faults).items():
        before = len(faults.found)
        fields = plain.fields(each, at(path, kind), _KEYS, faults)
        if len(faults.found) == before:  # else the other rules would miss what could not be read
            given[kind] = Escalate(**fields)
    rules, problems = read_rules(given)
    parent = path.removesuffix("onFailure").removesuffix(".")
    faults.found += [each.within(parent) if parent else each for each in problems]
    return {} if problems else rules


def _written(rule: Escalate) -> dict[str, Any]:
    return {
        camel_case(each.name): value
        for each in dataclasses.fields(rule)
        if (value := getattr(rule, each.name)) != each.default
    }


_KEYS = {
    "memoryFactor": plain.number,
    "memoryCap": plain.quantity(as_mebibytes, CAP_FAULTS["memory"]),
    "timeoutFactor": plain.number,
    "timeoutCap": plain.quantity(as_seconds, CAP_FAULTS["timeout"]),
    "queue": plain.text,
    "after": plain.whole,
}
