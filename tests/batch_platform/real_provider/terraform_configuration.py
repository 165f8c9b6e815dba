"""Recorded resources as a Terraform configuration, which the real ``hashicorp/aws`` carries out.

Pulumi's AWS provider is a bridge to that provider: the properties that the program sends it are
arguments here. What a recorded run invents (ids, ARNs, versions) becomes a reference to the
resource that has it, and what the engine would order is ordered by ``depends_on``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import IPv6Network
from typing import Any

from batch_platform.recovery.interrupted import SPECIAL
from tests.batch_platform.recorded_run import Registered
from tests.batch_platform.terraform_plan import MAPS, SINGULAR, TYPES, snake

SOURCE, VERSION = "hashicorp/aws", "5.100.0"
NAMES = {
    ("aws_batch_compute_environment", "name"): "compute_environment_name",  # `name` since 6.0
    ("aws_cloudwatch_metric_alarm", "name"): "alarm_name",
    ("aws_sns_topic_subscription", "topic"): "topic_arn",
}
"""Arguments that the bridge, or a later version of the provider, has another name for."""
INVENTED = "1a2b3c4"
"""Suffix of the names that a recorded run gives to resources without one."""
NAMELESS = {
    "aws_cloudwatch_dashboard",
    "aws_default_security_group",
    "aws_egress_only_internet_gateway",
    "aws_ecr_lifecycle_policy",
    "aws_eip",
    "aws_flow_log",
    "aws_internet_gateway",
    "aws_nat_gateway",
    "aws_route",
    "aws_route_table",
    "aws_route_table_association",
    "aws_iam_role_policy_attachment",
    "aws_cloudwatch_event_target",
    "aws_s3_bucket",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
    "aws_sns_topic_policy",
    "aws_sns_topic_subscription",
    "aws_sqs_queue_policy",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_endpoint",
    "aws_vpc_ipv4_cidr_block_association",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
}
"""Types that have no name in AWS, or another argument for it."""


def configuration(
    resources: Iterable[Registered], region: str, suffixes: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the configuration, as ``main.tf.json`` has it.

    Args:
        resources: of a recorded run.
        region: of the provider.
        suffixes: of names that the engine would make up, by address, for replacements.

    Raises:
        KeyError: a resource's type has no row in :data:`terraform_plan.TYPES`.
    """
    made = [each for each in resources if each.typ.startswith("aws:")]
    addresses = {each.urn: _address(each) for each in made}
    told = _references(made)
    found: dict[str, Any] = {}
    triggers: dict[str, Any] = {}
    for each in made:
        address = addresses[each.urn]
        kind, label = address.split(".")
        body = _body(kind, each, told, (suffixes or {}).get(address, INVENTED))
        depends_on = {addresses[urn] for urn in each.dependencies if urn in addresses} - {address}
        body["depends_on"] = sorted(depends_on)
        lifecycle: dict[str, Any] = {"create_before_destroy": not each.delete_before_replace}
        if each.ignore_changes:
            lifecycle["ignore_changes"] = [snake(name) for name in each.ignore_changes]
        if each.replacement_trigger:
            trigger = f"{kind}-{label}"
            triggers[trigger] = {"input": json.dumps(each.replacement_trigger)}
            lifecycle["replace_triggered_by"] = [f"terraform_data.{trigger}"]
        body["lifecycle"] = lifecycle
        found.setdefault(kind, {})[label] = body
    if triggers:
        found["terraform_data"] = triggers
    return {
        "terraform": {"required_providers": {"aws": {"source": SOURCE, "version": VERSION}}},
        "provider": {"aws": {"region": region, "max_retries": 2}},
        "resource": found,
    }


def together(configurations: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return one configuration of the resources of several, whose addresses all differ."""
    first, *others = configurations
    resources = {kind: dict(bodies) for kind, bodies in first["resource"].items()}
    for each in others:
        for kind, bodies in each["resource"].items():
            of_kind = resources.setdefault(kind, {})
            assert not of_kind.keys() & bodies.keys(), kind
            of_kind.update(bodies)
    return {**first, "resource": resources}


def _address(resource: Registered) -> str:
    label = re.sub(r"[^A-Za-z0-9_-]", "-", resource.name)
    return f"{TYPES[resource.typ]}.{label}"


def _references(made: Sequence[Registered]) -> Callable[[str], str]:
    """Return what replaces each invented id and ARN in a text by a reference."""
    found: dict[str, str] = {}
    for each in made:
        kind, address = each.typ.rpartition(":")[2], _address(each)
        name = each.inputs.get("name", f"{each.name}-{INVENTED}")
        revision = ":1" if kind == "JobDefinition" else ""
        found[f"arn:{kind}/{name}{revision}"] = f"${{{address}.arn}}"
        found[f"{kind}/{each.name}"] = f"${{{address}.id}}"
        if kind == "VpcEndpoint" and each.inputs["vpcEndpointType"] == "Gateway":
            found["pl-s3"] = f"${{{address}.prefix_list_id}}"
        if kind == "Subnet" and (block := each.inputs.get("ipv6CidrBlock")):
            (vpc,) = (_address(one) for one in made if one.typ == "aws:ec2/vpc:Vpc")
            part = int(IPv6Network(block).network_address) >> 64 & 0xFF
            found[block] = f"${{cidrsubnet({vpc}.ipv6_cidr_block, 8, {part})}}"
    # The longest first: an ARN has an id within it, and a name may begin with another.
    words = "|".join(map(re.escape, sorted(found, key=len, reverse=True)))
    pattern = re.compile(rf"(?<![\w/-])(?:{words})(?![\w/-])")

    def told(text: str) -> str:
        escaped = text.replace("${", "$${").replace("%{", "%%{")
        return pattern.sub(lambda match: found[match[0]], escaped)

    return told


def _body(
    kind: str, resource: Registered, told: Callable[[str], str], suffix: str
) -> dict[str, Any]:
    inputs = dict(resource.inputs)
    if kind not in NAMELESS and "name" not in inputs:
        inputs["name"] = f"{resource.name}-{suffix}"
    body = _arguments(inputs, told)
    for (of, name), argument in NAMES.items():
        if of == kind and name in body:
            body[argument] = body.pop(name)
    return body


def _arguments(inputs: Mapping[str, Any], told: Callable[[str], str]) -> dict[str, Any]:
    return {
        SINGULAR.get(key, snake(key)): _value(key, each, told)
        for key, each in inputs.items()
        if each is not None
    }


def _value(key: str, value: Any, told: Callable[[str], str]) -> Any:
    if isinstance(value, dict) and SPECIAL in value:
        value = value["value"]  # a secret
    if isinstance(value, str):
        return told(value)
    if isinstance(value, dict) and key in MAPS:
        return {told(name): _value("", each, told) for name, each in value.items()}
    if isinstance(value, dict):
        return [_arguments(value, told)]
    if isinstance(value, list):
        return [
            _arguments(each, told) if isinstance(each, dict) else _value("", each, told)
            for each in value
        ]
    return int(value) if isinstance(value, float) and value.is_integer() else value
