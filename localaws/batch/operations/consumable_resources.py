"""Create…, Update…, Describe…, List… and DeleteConsumableResource, ListJobsByConsumableResource.

And what definitions and submissions say of consumable resources. Of references AWS's documents do
not say when they are looked up; here it is when a job is submitted, and not when its definition is
registered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from batchsdk.states import JobStatus
from localaws.batch import consumables
from localaws.batch.errors import ClientException
from localaws.batch.models import ConsumableResource, Job
from localaws.batch.operations.context import Context, page, require_name
from localaws.batch.operations.job_listing import matches
from localaws.batch.operations.tags import check_count
from localaws.batch.state import BatchState

MAX_RESOURCES = 50_000
"""Of an account in a region (user guide: Service quotas)."""
MAX_OF_A_JOB = 5
"""User guide: Specify the resources needed to run a job."""
TYPES = ("REPLENISHABLE", "NON_REPLENISHABLE")
OPERATIONS: Mapping[str, Callable[[int, int], int]] = {
    "SET": lambda _before, quantity: quantity,
    "ADD": lambda before, quantity: before + quantity,
    "REMOVE": lambda before, quantity: before - quantity,
}
TOKEN_MS = 8 * 3600 * 1000
"""How long a client token is valid (API: UpdateConsumableResource.clientToken)."""


def create(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Make a resource."""
    known = context.state.consumable_resources
    name = require_name("ConsumableResource", request["consumableResourceName"])
    if name in known:
        raise ClientException("Object already exists")
    if len(known) >= MAX_RESOURCES:
        raise ClientException(f"There are {MAX_RESOURCES} consumable resources, the most")
    if "totalQuantity" not in request:
        raise ClientException("totalQuantity is required")
    kind = request.get("resourceType", TYPES[0])
    if kind not in TYPES:
        raise ClientException(f"resourceType must be {' or '.join(TYPES)}, got {kind}")
    tags = dict(request.get("tags", {}))
    check_count(tags)
    known[name] = ConsumableResource(
        name=name,
        arn=context.state.arn(f"consumable-resource/{name}"),
        type=kind,
        quantity=_non_negative("totalQuantity", request["totalQuantity"]),
        tags=tags,
        created_at=context.now,
    )
    return _named(known[name])


def update(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Change the quantity; once, however often a request comes with its client token."""
    resource = context.state.consumable_resource(request["consumableResource"])
    operation: str = request.get("operation", "")
    if operation not in OPERATIONS:
        raise ClientException(f"operation must be {', '.join(OPERATIONS)}; got {operation}")
    if "quantity" not in request:
        raise ClientException("quantity is required")
    quantity = _non_negative("quantity", request["quantity"])
    made = (request.get("clientToken", ""), operation, quantity)
    since = context.now - TOKEN_MS
    resource.updates = {key: when for key, when in resource.updates.items() if when > since}
    if made not in resource.updates:
        total = OPERATIONS[operation](resource.quantity, quantity)
        resource.quantity = _non_negative("totalQuantity", total)
        if made[0]:
            resource.updates[made] = context.now
    return {**_named(resource), "totalQuantity": resource.total}


def describe(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Tell how much there is of a resource, and how much of it is left."""
    resource = context.state.consumable_resource(request["consumableResource"])
    return {
        **_summary(resource),
        "availableQuantity": resource.available,
        "createdAt": resource.created_at,
        "tags": resource.tags,
    }


def list_resources(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """List the resources, by name."""
    filters = _filters(request, ("CONSUMABLE_RESOURCE_NAME",))
    names = filters.get("CONSUMABLE_RESOURCE_NAME")
    known = context.state.consumable_resources
    found = [
        _summary(known[name]) for name in sorted(known) if names is None or _is_any(name, names)
    ]
    some, following = page(found, request)
    return {"consumableResources": some, **following}


def list_jobs(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """List the jobs that need a resource, newest first; children of an array, not the array."""
    resource = context.state.consumable_resource(request["consumableResource"])
    filters = _filters(request, ("JOB_STATUS", "JOB_NAME"))
    statuses, names = filters.get("JOB_STATUS"), filters.get("JOB_NAME")
    for status in statuses or ():
        if status not in list(JobStatus):
            raise ClientException(f"JOB_STATUS must be {', '.join(JobStatus)}; got {status}")
    found = [
        job
        for job in consumables.holders(context.state.jobs.values(), resource)
        if (statuses is None or job.status in statuses)
        and (names is None or _is_any(job.name, names))
    ]
    some, following = page(found, request)
    return {"jobs": [_job_summary(job, resource) for job in some], **following}


def delete(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a resource; jobs that hold it go on, and those that wait for it wait."""
    resource = context.state.consumable_resource(request["consumableResource"])
    del context.state.consumable_resources[resource.name]
    return {}


def requirements(properties: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the resources that a definition or a submission names, a quantity with each.

    Raises:
        ClientException: there are more than five, one without a name or twice, or a quantity that
            is none.
    """
    given = consumables.listed(properties)
    if len(given) > MAX_OF_A_JOB:
        raise ClientException(
            f"consumableResourceList must have at most {MAX_OF_A_JOB} items, got {len(given)}"
        )
    if not all(each.get("consumableResource") for each in given):
        raise ClientException("consumableResource is required")
    names = [consumables.name_of(each["consumableResource"]) for each in given]
    if len(set(names)) < len(names):
        raise ClientException("consumableResourceList names a consumable resource twice")
    found = [{"quantity": 1, **each} for each in given]
    for each in found:
        if each["quantity"] < 1:
            raise ClientException(
                f"quantity of {each['consumableResource']} must be at least 1, "
                f"got {each['quantity']}"
            )
    return found


def need_resources(state: BatchState, job: Job, request: Mapping[str, Any]) -> None:
    """Note what a job needs that is being submitted.

    Args:
        state: that has the resources.
        job: without nodes and children as yet.
        request: SubmitJob.

    Raises:
        ClientException: there is no such resource, or :func:`requirements`.
    """
    override = request.get("consumableResourcePropertiesOverride")
    definition = job.definition
    if definition.node_properties is None:
        merged = consumables.overridden(definition.consumable_resources, requirements(override))
        job.consumable_resources = requirements({"consumableResourceList": merged})
        job.needed_resources = dict(consumables.quantities(merged))
        _refuse_unknown(state, merged)
        return
    if override is not None:
        raise ClientException(
            "consumableResourcePropertiesOverride of a multi-node job is that of its "
            "nodeOverrides.nodePropertyOverrides"
        )
    overrides = request.get("nodeOverrides", {})
    for each in definition.node_properties["nodeRangeProperties"]:
        _refuse_unknown(state, consumables.listed(each.get("consumableResourceProperties")))
    for each in overrides.get("nodePropertyOverrides", ()):
        _refuse_unknown(state, requirements(each.get("consumableResourcePropertiesOverride")))
    job.needed_resources = dict(consumables.needed_by_nodes(definition.node_properties, overrides))


def _refuse_unknown(state: BatchState, named: consumables.Requirements) -> None:
    for each in named:
        state.consumable_resource(each["consumableResource"])


def _filters(request: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in request.get("filters", ()):
        if each.get("name") not in known:
            raise ClientException(
                f"Unknown filter {each.get('name')}; there are {', '.join(known)}"
            )
        found.setdefault(each["name"], []).extend(each.get("values", ()))
    return found


def _is_any(text: str, patterns: list[str]) -> bool:
    """Whether a name is one of those, whatever its case; an asterisk ends a prefix."""
    return any(matches(text.lower(), pattern.lower()) for pattern in patterns)


def _non_negative(member: str, quantity: int) -> int:
    if quantity < 0:
        raise ClientException(f"{member} must be non-negative, got {quantity}")
    return quantity


def _named(resource: ConsumableResource) -> dict[str, Any]:
    return {"consumableResourceName": resource.name, "consumableResourceArn": resource.arn}


def _summary(resource: ConsumableResource) -> dict[str, Any]:
    return {
        **_named(resource),
        "totalQuantity": resource.total,
        "inUseQuantity": resource.in_use,
        "resourceType": resource.type,
    }


def _job_summary(job: Job, resource: ConsumableResource) -> dict[str, Any]:
    optional = {
        "shareIdentifier": job.share_identifier,
        "statusReason": job.status_reason,
        "startedAt": job.started_at,
    }
    return {
        "jobArn": job.arn,
        "jobQueueArn": job.queue.arn,
        "jobName": job.name,
        "jobDefinitionArn": job.definition.arn,
        "jobStatus": str(job.status),
        "quantity": job.needed_resources[resource.name],
        "createdAt": job.created_at,
        "consumableResourceProperties": {
            "consumableResourceList": [
                {"consumableResource": name, "quantity": quantity}
                for name, quantity in job.needed_resources.items()
            ]
        },
        **{key: value for key, value in optional.items() if value is not None},
    }
