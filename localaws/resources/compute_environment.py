"""Compute environments (terraform-provider-aws: internal/service/batch/compute_environment.go)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.batch_names import from_api, to_api
from localaws.resources.batch_status import wait_valid
from localaws.resources.calls import Describe
from localaws.resources.clients import Clients, settle
from localaws.resources.compute_environment_changes import (
    FIXED,
    UNORDERED,
    replacements,
    same_resources,
)
from localaws.resources.reading import REGIONAL, Description, Properties, changes, present
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import BATCH

ENABLED, DISABLED = "ENABLED", "DISABLED"
STRATEGIES = (
    "BEST_FIT",
    "BEST_FIT_PROGRESSIVE",
    "BEST_FIT_PROGRESSIVE_ORDERED",
    "SPOT_CAPACITY_OPTIMIZED",
    "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED",
    "SPOT_PRICE_CAPACITY_OPTIMIZED",
)
MOVED_BY_BATCH = "desiredVcpus"
"""Batch moves it with the load: what it is now is no input."""
EMPTY = {
    "allocationStrategy": "",
    "bidPercentage": 0,
    "desiredVcpus": 0,
    "ec2KeyPair": "",
    "imageId": "",
    "instanceRole": "",
    "instanceTypes": [],
    "minVcpus": 0,
    "securityGroupIds": [],
    "tags": {},
}
"""What UpdateComputeEnvironment is sent for an input that was taken out."""
UPDATABLE = (*EMPTY, "launchTemplate", "subnets", "type")


_describe = Describe(
    "batch",
    "describe_compute_environments",
    by="computeEnvironments",
    under="computeEnvironments",
    status="status",
    gone=("DELETED",),
)


def _create(clients: Clients, inputs: Properties, tagged: Properties) -> str:
    """Create a compute environment; its id is its name."""
    resources = dict(inputs.get("computeResources") or {})
    if resources.get("type", "").upper() in ("EC2", "SPOT"):
        resources.setdefault("minVcpus", 0)
    optional = {
        "computeResources": to_api(resources),
        "serviceRole": inputs.get("serviceRole"),
    }
    created = clients("batch").create_compute_environment(
        computeEnvironmentName=inputs["name"],
        type=inputs["type"],
        state=inputs["state"],
        **present(optional),
        **tagged,
    )
    return str(created["computeEnvironmentName"])


def _complete(clients: Clients, identifier: str, inputs: Properties) -> None:
    """Wait until the environment is VALID, and give it its update policy."""
    _wait_valid(clients, identifier)
    if inputs.get("updatePolicy"):  # CreateComputeEnvironment does not take it
        clients("batch").update_compute_environment(
            computeEnvironment=identifier, updatePolicy=inputs["updatePolicy"]
        )
        _wait_valid(clients, identifier)


def _state(_: Clients, detail: Description) -> Properties:
    resources = from_api(present(detail.get("computeResources") or {}))
    resources.pop(MOVED_BY_BATCH, None)
    return {
        "ecsClusterArn": detail.get("ecsClusterArn", ""),
        "statusReason": detail.get("statusReason", ""),
        **present({"computeResources": resources}),
    }


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    """Change a compute environment in place and wait until it is VALID again."""
    changed = {
        key: inputs[key]
        for key in ("serviceRole", "state", "updatePolicy")
        if key in inputs and changes(state, inputs, key)
    }
    before, after = state.get("computeResources") or {}, inputs.get("computeResources") or {}
    if not same_resources(before, after):
        # "At least one compute-resources attribute must be specified": maxVcpus always is.
        changed["computeResources"] = {
            "maxvCpus": after["maxVcpus"],
            **to_api(_resource_changes(before, after)),
        }
    if changed:
        clients("batch").update_compute_environment(computeEnvironment=identifier, **changed)
        _wait_valid(clients, identifier)


def _delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Disable, wait, delete, and wait until it is gone.

    AWS refuses while a job queue has it: ``Cannot delete, found existing JobQueue relationship``.
    """
    batch = clients("batch")
    detail = _describe(clients, identifier)
    if detail is None:
        return
    if detail["status"] != "DELETING":  # an earlier deletion that was cut off goes on
        batch.update_compute_environment(computeEnvironment=identifier, state=DISABLED)
        settle(
            f"compute environment {identifier}",
            lambda: (_describe(clients, identifier) or {}).get("status") != "UPDATING",
        )
        batch.delete_compute_environment(computeEnvironment=identifier)
    settle(f"compute environment {identifier}", lambda: _is_gone(clients, identifier))


def _is_gone(clients: Clients, identifier: str) -> bool:
    """Tell whether a deleted environment is there no more.

    Raises:
        RuntimeError: it is INVALID, and stays so until its roles are mended.
    """
    detail = _describe(clients, identifier)
    if detail is not None and detail["status"] == "INVALID":
        reason = detail.get("statusReason", "")
        raise RuntimeError(f"compute environment {identifier} is INVALID: {reason}")
    return detail is None


def _wait_valid(clients: Clients, identifier: str) -> None:
    wait_valid(
        f"compute environment {identifier}",
        identifier,
        lambda: _describe(clients, identifier),
        lambda detail: COMPUTE_ENVIRONMENT.as_state(clients, identifier, detail),
    )


def unchanged(key: str, old: Any, new: Any) -> bool:
    """Compare lists that have no order without it."""
    return key == "computeResources" and same_resources(old, new)


def _resource_changes(before: Properties, after: Properties) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for key in UPDATABLE:
        old: Any = before.get(key) or EMPTY.get(key)
        new: Any = after.get(key) or EMPTY.get(key)
        if key in UNORDERED and set(old or ()) == set(new or ()):
            continue
        if old != new and not (key == MOVED_BY_BATCH and key not in after):
            changed[key] = new
    images = after.get("ec2Configurations")
    if images and images != before.get("ec2Configurations"):
        changed["ec2Configurations"] = images
    return changed


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    """Hold the rules of the schema and of resourceComputeEnvironmentCustomizeDiff."""
    yield from checks.batch_name(inputs)
    yield from checks.one_of(inputs, "type", ["MANAGED", "UNMANAGED"])
    yield from checks.one_of(inputs, "state", [ENABLED, DISABLED])
    yield from checks.one_of(
        inputs, "computeResources.type", ["EC2", "SPOT", "FARGATE", "FARGATE_SPOT"]
    )
    yield from checks.one_of(inputs, "computeResources.allocationStrategy", STRATEGIES)
    yield from checks.between(inputs, "updatePolicy.jobExecutionTimeoutMinutes", 1, 360)
    if str(inputs.get("type")).upper() == "UNMANAGED" and inputs.get("computeResources"):
        reason = 'no computeResources can be specified when type is "UNMANAGED"'
        yield Refusal("computeResources", reason)


COMPUTE_ENVIRONMENT = ResourceType(
    arguments=aws.batch.ComputeEnvironmentArgs,
    creation=_create,
    completion=_complete,
    description=_describe,
    names={
        "arn": "computeEnvironmentArn",
        "name": "computeEnvironmentName",
        "serviceRole": "serviceRole",
        "state": "state",
        "status": "status",
        "type": "type",
        "updatePolicy": "updatePolicy",
    },
    state=_state,
    change=_change,
    tagging=BATCH,
    deletion=_delete,
    replace_on=frozenset(FIXED),
    replaces=replacements,
    not_carried=frozenset({"eksConfiguration", "namePrefix"}),
    update_on=frozenset({"computeResources", "serviceRole", "state", "updatePolicy"}),
    computed=REGIONAL
    | {
        "computeResources",
        "computeResources.desiredVcpus",
        "computeResources.ec2Configurations",
        "computeResources.ec2Configurations.imageIdOverride",
        "computeResources.launchTemplate.version",
        "name",
        "serviceRole",
        "updatePolicy",
    },
    unchanged=unchanged,
    autonamed=True,
    defaults={"state": ENABLED},
    refusals=_refusals,
)
