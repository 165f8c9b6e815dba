"""The keys of a config by its JSON Schema, and other values that each of them could have."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from jsonschema import Draft202012Validator

from tests.batch_platform.schema_validation import schema

Path = tuple[str | int, ...]

OWN_VPC = ("EndpointsNetwork", "NatNetwork", "PublicNetwork")

OTHER_VALUES: Mapping[str, list[Any]] = {
    "config.aws:region": ["us-east-1"],
    "ApiNodeRangeProperty.targetNodes": ["2:"],
    "ApiResourceRequirement.type": ["VCPU"],
    "ApiTaskContainerDependency.condition": ["COMPLETE"],
    "ApiTaskContainerDependency.containerName": ["third"],
    "CapacityReservation.id": ["cr-0c2d"],
    "CapacityReservation.resourceGroupArn": [
        "arn:aws:resource-groups:ap-northeast-1:123456789012:group/other"
    ],
    "DataVolume.deviceName": ["/dev/sdh"],
    "DataVolume.snapshotId": ["snap-0456abcd"],
    "Ec2Environment.instanceTypes": [["c5n.18xlarge"]],
    "EgressRule.cidr": ["10.2.0.0/16"],
    "EgressRule.cidrIpv6": ["2001:db8:1::/48"],
    "FargateEnvironment.maxVcpus": [8],
    "FailedJobs.period": [120],
    "JobDefinition.memory": [8192],
    "JobDefinition.retry.on": [["outOfMemory"]],
    "JobDefinition.vcpus": [1],
    "JobQueue.computeEnvironments": [["default", "second"]],
    "LaunchTemplate.efa": [1],
    "Monitoring.https": [["https://other.example.com"]],
    "Monitoring.notify": [["queueBlocked"]],
    "Retry.on": [["outOfMemory"]],
    "Schedule.command": [["cat", "Ref::day"]],
    "Schedule.cron": ["0 3 * * ? *"],
    "Schedule.endDate": ["2102-01-01T00:00:00Z"],
    "Schedule.at": ["2100-01-02T00:00:00"],
    "Schedule.jobDefinition": ["echo2"],
    "Schedule.jobQueue": ["room2", "fair2"],
    "Schedule.rate": ["16 minutes"],
    "Schedule.startDate": ["2100-02-01T00:00:00Z"],
    "Schedule.timezone": ["Europe/Berlin"],
    "Schedule.parameters": [{"day": "another"}],
    "Trigger.jobDefinition": ["echo2"],
    "Trigger.jobQueue": ["room2"],
    "Trigger.parameters": [{"day": "{key}"}],
    "Share.weightFactor": [2.5],
    **{f"{mode}.cidr": ["10.1.0.0/16"] for mode in OWN_VPC},
    **{f"{mode}.availabilityZones": [3, ["ap-northeast-1a"]] for mode in OWN_VPC},
    "Schedule.workflow": [str(FilePath(__file__).parent / "workflows" / "weekly.yaml")],
}
"""By the name of a key; for keys whose other values no rule below finds."""


@dataclass(frozen=True)
class Key:
    """A key that a config has.

    Attributes:
        name: the block's name in the schema, and the key: ``FlowLogs.enabled``.
        path: where it is in the config.
        schema: of its value.
        value: what the config says.
    """

    name: str
    path: Path
    schema: Mapping[str, Any]
    value: Any

    @property
    def has_one_value(self) -> bool:
        """Whether the schema has no other value for it, as ``mode`` of a network's block."""
        return "const" in self.schema or len(self.schema.get("enum", "12")) == 1

    def others(self) -> Iterator[Any]:
        """Yield other values that the schema takes; none for a block, whose keys have them."""
        valid = _validator(self.schema)
        for value in (*OTHER_VALUES.get(self.name, ()), *_others(self.schema, self.value)):
            # To Python, 1 is True.
            if json.dumps(value) != json.dumps(self.value) and valid.is_valid(value):
                yield value


def keys_of(config: Mapping[str, Any]) -> Iterator[Key]:
    """Yield every key of a config, whose own keys have their namespace."""
    root = schema()["properties"]["config"]
    yield from _keys("config", root, config, ())


def lacking_keys_of(config: Mapping[str, Any], known: Iterable[Key]) -> Iterator[Key]:
    """Yield the keys that blocks of a config lack, each with the values that others have.

    Args:
        config: with whole keys.
        known: keys of other configs.
    """
    values: dict[str, list[Key]] = {}
    for key in known:
        values.setdefault(key.name, []).append(key)
    blocks: dict[Path, tuple[str, set[str]]] = {}
    for key in keys_of(config):
        name, _, last = key.name.partition(".")
        blocks.setdefault(key.path[:-1], (name, set()))[1].add(last)
    for path, (block, there) in blocks.items():
        for last in schema()["$defs"].get(block, {"properties": {}})["properties"].keys() - there:
            for key in values[f"{block}.{last}"]:
                # A value that counts without being written changes nothing.
                if key.value != key.schema.get("default"):
                    yield replace(key, path=(*path, last))


def every_name() -> set[str]:
    """Return the names of all keys of the schema."""
    whole = schema()
    blocks = {"config": whole["properties"]["config"], **whole["$defs"]}
    return {f"{name}.{key}" for name, block in blocks.items() for key in block["properties"]}


def _keys(name: str, block: Mapping[str, Any], value: Any, path: Path) -> Iterator[Key]:
    for key, inner in value.items():
        found = _branch(block["properties"][key], inner)
        yield Key(f"{name}.{key}", (*path, key), found, inner)
        yield from _below(found, inner, (*path, key))


def _below(kind: Mapping[str, Any], value: Any, path: Path) -> Iterator[Key]:
    """Yield the keys of the blocks in a value, however they are held."""
    kind = _branch(kind, value)
    if "$ref" in kind:
        name = kind["$ref"].rpartition("/")[2]
        yield from _keys(name, schema()["$defs"][name], value, path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _below(kind.get("items", {}), item, (*path, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _below(kind.get("additionalProperties", {}), item, (*path, key))


def _branch(kind: Mapping[str, Any], value: Any) -> Mapping[str, Any]:
    """Return the member of a union that takes the value."""
    for union in ("oneOf", "anyOf"):
        if union in kind:
            return next(each for each in kind[union] if _validator(each).is_valid(value))
    return kind


@cache
def _whole() -> Draft202012Validator:
    return Draft202012Validator(schema())


def _validator(kind: Mapping[str, Any]) -> Any:
    """Return the validator of a part of the schema, whose references are to the whole."""
    return _whole().evolve(schema=kind)


def _others(kind: Mapping[str, Any], value: Any) -> Iterator[Any]:
    if "$ref" in json.dumps(kind):
        return  # of blocks, whose keys have other values
    if "enum" in kind:
        yield from (each for each in kind["enum"] if each is not None)
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1)
    elif isinstance(value, str):
        yield from (f"{value}0", f"{value}2/")
    elif isinstance(value, list):
        items = kind.get("items", {})
        yield from ([*value[:-1], other] for other in _others(items, value[-1]))
        yield value[:-1]
    elif isinstance(value, dict):
        (*_, last) = value
        inner = kind.get("additionalProperties", {})
        yield from ({**value, last: other} for other in _others(inner, value[last]))
        yield {key: each for key, each in value.items() if key != last}
