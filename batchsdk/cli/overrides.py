"""``--container`` and ``--node``: what a job changes of one container, or of some nodes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from batchsdk.cli.numbers import FieldNumber
from batchsdk.submit.overrides import OVERRIDE_FIELDS, Override

_SHORT = {"env": "environment"}
_FIELDS = tuple(
    next((short for short, long in _SHORT.items() if long == name), name)
    for name in OVERRIDE_FIELDS
    if name != "containers"
)
_HELP = f"FIELD is one of {', '.join(_FIELDS)}"
HELP = {
    "containers": f"{_HELP}: main:memory=512, main:env=LEVEL=debug, main:command='sh -c date'.",
    "nodes": f"{_HELP}: 0:memory=512, 1::env=LEVEL=debug; of one of several containers "
    "NODES:CONTAINER:FIELD=VALUE.",
}
_NODES = re.compile(r"(?P<nodes>[0-9]*:?[0-9]*)(?::(?P<container>[^:]+))?")

_Fields = dict[str, Any]


def containers(
    _context: click.Context, parameter: click.Parameter, given: Sequence[str]
) -> Mapping[str, Override]:
    """Click callback: turn ``NAME:FIELD=VALUE`` options into overrides by name.

    Raises:
        click.BadParameter: an option has another form, or a field is given twice.
    """
    found: dict[str, _Fields] = {}
    for each in given:
        name, field, value = _parts(each, parameter)
        _put(found.setdefault(name, {}), name, field, value, parameter)
    return _overrides(found)


def nodes(
    _context: click.Context, parameter: click.Parameter, given: Sequence[str]
) -> Mapping[str, Override]:
    """Click callback: turn ``NODES:FIELD=VALUE`` and ``NODES:CONTAINER:FIELD=VALUE`` options.

    Raises:
        click.BadParameter: an option has another form, or a field is given twice.
    """
    found: dict[str, _Fields] = {}
    inner: dict[str, dict[str, _Fields]] = {}
    for each in given:
        place, field, value = _parts(each, parameter)
        match = _NODES.fullmatch(place)
        if match is None or not match["nodes"]:
            fault = f"{place!r} is not a node such as 0, or a range such as 1:3 or 2:"
            raise click.BadParameter(fault, param=parameter)
        fields = found.setdefault(match["nodes"], {})
        if match["container"]:
            of_nodes = inner.setdefault(match["nodes"], {})
            fields = of_nodes.setdefault(match["container"], {})
        _put(fields, place, field, value, parameter)
    return {
        name: Override(**fields, containers=_overrides(inner.get(name, {})))
        for name, fields in found.items()
    }


def _overrides(found: Mapping[str, _Fields]) -> dict[str, Override]:
    return {name: Override(**fields) for name, fields in found.items()}


def _parts(given: str, parameter: click.Parameter) -> tuple[str, str, str]:
    """Return the place, the field and the value of an option; a value may have any character."""
    head, equals, value = given.partition("=")
    place, colon, field = head.rpartition(":")
    if not (equals and colon and place):
        # Not the text itself: of a variable it may be the value alone, and a secret.
        form = parameter.metavar or "NAME:FIELD=VALUE"
        raise click.BadParameter(
            f"a text of {len(given)} characters is not {form}", param=parameter
        )
    if field not in _FIELDS:
        fault = f"{field!r} is no field: give one of {', '.join(_FIELDS)}"
        raise click.BadParameter(fault, param=parameter)
    return place, field, value


def _put(fields: _Fields, place: str, field: str, value: str, parameter: click.Parameter) -> None:
    if field == "env":
        name, equals, text = value.partition("=")
        if not equals or not name:
            fault = f"{place}:env: a text of {len(value)} characters is not NAME=VALUE"
            raise click.BadParameter(fault, param=parameter)
        variables: dict[str, str] = fields.setdefault("environment", {})
        _once(variables, name, f"{place}:env={name}", parameter)
        variables[name] = text
        return
    _once(fields, field, f"{place}:{field}", parameter)
    fields[field] = _read(field, value, f"{place}:{field}", parameter)


def _read(field: str, value: str, place: str, parameter: click.Parameter) -> Any:
    if field != "command":
        try:
            return FieldNumber(OVERRIDE_FIELDS[field]).convert(value, parameter, None)
        except click.BadParameter as fault:
            raise click.BadParameter(f"{place}: {fault.message}", param=parameter) from None
    try:
        return shlex.split(value)
    except ValueError as fault:
        rule = f"{place}: must be a command as a shell writes it: {fault}"
        raise click.BadParameter(rule, param=parameter) from None


def _once(known: Iterable[str], name: str, shown: str, parameter: click.Parameter) -> None:
    if name in known:
        raise click.BadParameter(f"{shown} is given twice", param=parameter)
