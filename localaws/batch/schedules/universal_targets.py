"""What the target of a schedule calls: any API of AWS, with its ``Input`` as the request.

Sources: EventBridge Scheduler user guide, "Using universal targets" (the ARN, actions that only
read) and "Adding context attributes". The names of the request's members begin with a capital
letter, as in the guide's examples.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from localaws.batch.role_clients import TargetError

UNIVERSAL = re.compile(
    r"arn:aws[a-z-]*:scheduler:::aws-sdk:(?P<service>[a-z0-9]+):(?P<action>[A-Za-z0-9]+)"
)
READS = re.compile(r"(get|describe|list|poll|receive|search|scan|query|select|read|lookup)[A-Z]")


class Target(NamedTuple):
    """A universal target.

    Attributes:
        service: botocore's name, e.g. ``batch``.
        action: e.g. ``submitJob``.
    """

    service: str
    action: str


def target_of(arn: str) -> Target:
    """Read the ARN of a target.

    Raises:
        TargetError: the local AWS does not carry it, or AWS has no such target.
    """
    found = UNIVERSAL.fullmatch(arn)
    if found is None:
        raise TargetError("UnsupportedTarget", f"the local AWS calls universal targets, not {arn}")
    if READS.match(found["action"]):
        raise TargetError("ValidationException", f"{found['action']} only reads: {arn}")
    return Target(found["service"], found["action"])


def filled(text: str, attributes: Mapping[str, str]) -> str:
    """Return an input with the context attributes filled in, e.g. ``scheduled-time``."""
    for name, value in attributes.items():
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text


def call(client: Any, target: Target, text: str) -> dict[str, Any]:
    """Call the API of a target.

    Args:
        client: boto3's, of the target's service, with the credentials of the schedule's role.
        target: what is called.
        text: the input, with the context attributes filled in.

    Returns:
        What the API answers, without boto3's metadata.

    Raises:
        TargetError: the service has no such action, or the input is not its request.
        botocore.exceptions.BotoCoreError: the call could not be made.
        botocore.exceptions.ClientError: the API refuses.
    """
    operation = target.action[0].upper() + target.action[1:]
    names = {api: method for method, api in client.meta.method_to_api_mapping.items()}
    if operation not in names:
        raise TargetError("ValidationException", f"{target.service} has no {target.action}")
    try:
        given = json.loads(text or "{}")
    except ValueError as error:
        raise TargetError("ValidationException", f"the input is not JSON: {error}") from None
    shape = client.meta.service_model.operation_model(operation).input_shape
    answer = getattr(client, names[operation])(**_members(shape, given))
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def _members(shape: Any, value: Any) -> Any:
    """Rename the members of structures, whose names AWS's SDKs begin with a capital letter."""
    if shape.type_name == "structure" and isinstance(value, Mapping):
        names = {name[0].upper() + name[1:]: name for name in shape.members}
        for key in value:
            if key not in names:
                raise TargetError("ValidationException", f"{shape.name} has no member {key}")
        return {
            names[key]: _members(shape.members[names[key]], each) for key, each in value.items()
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [_members(shape.member, each) for each in value]
    if shape.type_name == "map" and isinstance(value, Mapping):
        return {key: _members(shape.value, each) for key, each in value.items()}
    return value
