"""Which edits of a job definition register a new revision, and which need a new definition.

The rules are terraform-provider-aws's, release 6: ``internal/service/batch/job_definition.go``
(``needsJobDefUpdate``, ``ForceNew``) and ``container_properties.go``, ``ecs_properties.go``,
``node_properties.go`` (``reduce``: what in the JSON means nothing).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from localaws.resources.reading import Properties

FIXED = ("name",)
"""``ForceNew: true`` in the schema."""
LATEST = "LATEST"
DOCUMENTS = ("containerProperties", "ecsProperties", "nodeProperties")
REVISED_BY = (
    *DOCUMENTS,
    "parameters",
    "platformCapabilities",
    "propagateTags",
    "retryStrategy",
    "schedulingPriority",
    "timeout",
    "type",
)


def is_new_revision(old: Properties, new: Properties) -> bool:
    """Return whether an update changes ARN and revision (``needsJobDefUpdate``)."""
    return any(
        old.get(key) != new.get(key) and not same(key, old.get(key), new.get(key))
        for key in REVISED_BY
    )


def replacements(old: Properties, new: Properties) -> dict[str, str]:
    """Return the paths of inputs whose change needs a new definition, each with the reason.

    Of ``evaluateOnExits`` it is the number (``ForceNew`` of a list): a rule that is edited
    registers a revision, one that is added or taken out replaces.
    """
    found = {key: f"{key} cannot be changed" for key in FIXED if old.get(key) != new.get(key)}
    if len(_rules(old)) != len(_rules(new)):
        path = "retryStrategy.evaluateOnExits"
        found[path] = "the number of evaluateOnExits cannot be changed"
    return found


def same(key: str, old: Any, new: Any) -> bool:
    """Return whether two values of a top-level input mean the same."""
    if key in DOCUMENTS:
        return _same_document(key, old or "{}", new or "{}")
    if key == "platformCapabilities":
        return sorted(old or ()) == sorted(new or ())
    if key == "retryStrategy":
        return _strategy(old) == _strategy(new)
    if key in ("timeout", "parameters"):
        return (old or {}) == (new or {})
    return bool(old == new)


def _same_document(key: str, old: str, new: str) -> bool:
    reduce = _REDUCE[key]
    try:
        return bool(reduce(_there(json.loads(old))) == reduce(_there(json.loads(new))))
    except (AttributeError, TypeError, ValueError):  # not JSON, or not of that shape
        return False


def _strategy(strategy: Properties | None) -> dict[str, Any]:
    """Actions are kept in lower case (``ToLowerSchemaStateFunc``)."""
    strategy = strategy or {}
    rules = [
        {**rule, "action": str(rule.get("action", "")).lower()}
        for rule in strategy.get("evaluateOnExits") or ()
    ]
    return {"attempts": strategy.get("attempts"), "evaluateOnExits": rules}


def _rules(inputs: Properties) -> list[Any]:
    return list((inputs.get("retryStrategy") or {}).get("evaluateOnExits") or ())


def _there(value: Any) -> Any:
    """Leave out nulls, as decoding into the API's types does."""
    if isinstance(value, Mapping):
        return {key: _there(inner) for key, inner in value.items() if inner is not None}
    return [_there(inner) for inner in value] if isinstance(value, list) else value


def _container(container: dict[str, Any]) -> dict[str, Any]:
    """``containerProperties.reduce``."""
    platform = container.get("fargatePlatformConfiguration") or {}
    if platform.get("platformVersion") == LATEST:
        container.pop("fargatePlatformConfiguration")
    parameters = container.get("linuxParameters") or {}
    for device in parameters.get("devices") or ():
        _drop_empty(device, "permissions")
    for mount in parameters.get("tmpfs") or ():
        _drop_empty(mount, "mountOptions")
    _drop_empty(parameters, "devices", "tmpfs")
    _drop_empty(container.get("logConfiguration") or {}, "options", "secretOptions")
    container["environment"] = _environment(container)
    _drop_empty(
        container,
        "command",
        "environment",
        "mountPoints",
        "resourceRequirements",
        "secrets",
        "ulimits",
        "volumes",
    )
    return container


def _ecs(properties: dict[str, Any]) -> dict[str, Any]:
    """``ecsProperties.reduce``."""
    for task in properties.get("taskProperties") or ():
        containers = sorted(task.get("containers") or (), key=_name)
        for container in containers:
            container.setdefault("essential", True)
            container["environment"] = _environment(container)
            container["secrets"] = sorted(container.get("secrets") or (), key=_name)
            _drop_empty(container.get("logConfiguration") or {}, "secretOptions")
            _drop_empty(
                container,
                "command",
                "dependsOn",
                "environment",
                "mountPoints",
                "secrets",
                "ulimits",
            )
        task["containers"] = containers
        task.setdefault("platformVersion", LATEST)
        _drop_empty(task, "volumes")
    return properties


def _nodes(properties: dict[str, Any]) -> dict[str, Any]:
    """``nodeProperties.reduce``."""
    for node in properties.get("nodeRangeProperties") or ():
        if "container" in node:
            _container(node["container"])
        if "ecsProperties" in node:
            _ecs(node["ecsProperties"])
    return properties


def _environment(container: Properties) -> list[Any]:
    """Return the variables by name; AWS Batch ignores empty ones."""
    variables = [each for each in container.get("environment") or () if each.get("value")]
    return sorted(variables, key=_name)


def _name(named: Properties) -> str:
    return str(named.get("name", ""))


def _drop_empty(mapping: dict[str, Any], *keys: str) -> None:
    for key in keys:
        if key in mapping and not mapping[key]:
            del mapping[key]


_REDUCE: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "containerProperties": _container,
    "ecsProperties": _ecs,
    "nodeProperties": _nodes,
}
