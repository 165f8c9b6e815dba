"""The roles that a call hands to a service: the caller needs iam:PassRole for each.

Source: IAM user guide, "Grant a user permissions to pass a role to an AWS service", and the API
references of the services that take roles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from localaws.iam.calls.call import Call

_EC2, _TASKS = "ec2.amazonaws.com", "ecs-tasks.amazonaws.com"
_CHAT = "chatbot.amazonaws.com"
_PARAMETERS = {
    "chatbot:CreateMicrosoftTeamsChannelConfiguration": {"IamRoleArn": _CHAT},
    "chatbot:CreateSlackChannelConfiguration": {"IamRoleArn": _CHAT},
    "chatbot:UpdateMicrosoftTeamsChannelConfiguration": {"IamRoleArn": _CHAT},
    "chatbot:UpdateSlackChannelConfiguration": {"IamRoleArn": _CHAT},
    "batch:CreateComputeEnvironment": {"serviceRole": "batch.amazonaws.com"},
    "batch:UpdateComputeEnvironment": {"serviceRole": "batch.amazonaws.com"},
    "ec2:CreateFlowLogs": {"DeliverLogsPermissionArn": "vpc-flow-logs.amazonaws.com"},
    "ecs:RegisterTaskDefinition": {"taskRoleArn": _TASKS, "executionRoleArn": _TASKS},
    "iam:AddRoleToInstanceProfile": {"RoleName": _EC2},
    "lambda:CreateFunction": {"Role": "lambda.amazonaws.com"},
    "logs:PutSubscriptionFilter": {"roleArn": "logs.amazonaws.com"},
}
"""Call -> parameter with a role -> the service that gets it."""
_PROPERTIES = ("containerProperties", "ecsProperties", "nodeProperties")


def passed_by(call: Call) -> Iterator[tuple[str, str]]:
    """Yield the ARN of each role that a call passes, and the service that it is passed to."""
    seen = set()
    for name, service in _passed(call):
        role = name if name.startswith("arn:") else call.find("role", name.rpartition("/")[2])
        role = role or f"arn:{call.partition}:iam::{call.account_id}:role/{name}"
        if (role, service) not in seen:
            seen.add((role, service))
            yield role, service


def _passed(call: Call) -> Iterator[tuple[str, str]]:
    operation = f"{call.service}:{call.operation}"
    for parameter, service in _PARAMETERS.get(operation, {}).items():
        for name in call.values(parameter):
            if ":role/aws-service-role/" not in name:  # nobody passes a service-linked role
                yield name, service
    if operation in ("batch:CreateComputeEnvironment", "batch:UpdateComputeEnvironment"):
        yield from _of_instances(call)
    if operation == "batch:RegisterJobDefinition":
        given = [call.parameters.get(each) for each in _PROPERTIES]
        yield from ((name, _TASKS) for name in _roles_in(given))
    for target in _targets(call, operation):
        if target.get("RoleArn"):
            yield target["RoleArn"], f"{call.service}.amazonaws.com"
    if operation == "ec2:RunInstances":
        profile = call.parameters.get("IamInstanceProfile") or {}
        yield from _of_profile(call, profile.get("Arn") or profile.get("Name") or "")


def _targets(call: Call, operation: str) -> list[Mapping[str, Any]]:
    """Return what an EventBridge rule or a schedule is to call."""
    match operation:
        case "events:PutTargets":
            return list(call.parameters.get("Targets") or ())
        case "scheduler:CreateSchedule" | "scheduler:UpdateSchedule":
            return [call.parameters.get("Target") or {}]
        case _:
            return []


def _of_instances(call: Call) -> Iterator[tuple[str, str]]:
    resources: Mapping[str, Any] = call.parameters.get("computeResources") or {}
    yield from _of_profile(call, str(resources.get("instanceRole") or ""))
    if resources.get("spotIamFleetRole"):
        yield str(resources["spotIamFleetRole"]), "spotfleet.amazonaws.com"


def _of_profile(call: Call, profile: str) -> Iterator[tuple[str, str]]:
    role = call.find("role of instance profile", profile.rpartition("/")[2]) if profile else None
    if role:
        yield role, _EC2


def _roles_in(given: Any) -> Iterator[str]:
    """Yield the roles of a job definition, wherever in its properties they are."""
    if isinstance(given, list):
        for each in given:
            yield from _roles_in(each)
    elif isinstance(given, Mapping):
        for name, value in given.items():
            if name in ("jobRoleArn", "executionRoleArn", "taskRoleArn") and isinstance(value, str):
                yield value
            else:
                yield from _roles_in(value)
