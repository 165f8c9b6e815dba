"""CreateSchedulingPolicy, UpdateSchedulingPolicy, Describe…, List…, DeleteSchedulingPolicy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from localaws.batch.errors import ClientException
from localaws.batch.models import SchedulingPolicy
from localaws.batch.operations.context import Context, page, require_name

MAX_SHARE_DECAY_SECONDS = 604_800
MAX_COMPUTE_RESERVATION = 99
MAX_SHARES = 500
MIN_WEIGHT, MAX_WEIGHT = 0.0001, 999.9999
MAX_DESCRIBED = 100
SHARE_IDENTIFIER = re.compile(r"[A-Za-z0-9]{1,255}\*?")


def create(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Make a fair-share policy."""
    name = require_name("SchedulingPolicy", request["name"])
    arn = context.state.arn(f"scheduling-policy/{name}")
    if arn in context.state.scheduling_policies:
        raise ClientException("Object already exists")
    context.state.scheduling_policies[arn] = SchedulingPolicy(
        name=name,
        arn=arn,
        fairshare_policy=_fairshare(request),
        tags=dict(request.get("tags", {})),
    )
    return {"name": name, "arn": arn}


def update(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Replace the fair-share policy as a whole."""
    policy = context.state.scheduling_policy(request["arn"])
    policy.fairshare_policy = _fairshare(request)
    return {}


def describe(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Describe up to 100 policies by ARN; those that are not known are left out."""
    if len(request["arns"]) > MAX_DESCRIBED:
        raise ClientException(f"arns must have at most {MAX_DESCRIBED} items")
    known = context.state.scheduling_policies
    return {"schedulingPolicies": [_detail(known[arn]) for arn in request["arns"] if arn in known]}


def list_policies(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """List the ARNs of all policies."""
    some, following = page(list(context.state.scheduling_policies), request)
    return {"schedulingPolicies": [{"arn": arn} for arn in some], **following}


def delete(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a policy that no queue uses (API: DeleteSchedulingPolicy)."""
    arn = request["arn"]
    if any(queue.scheduling_policy_arn == arn for queue in context.state.job_queues.values()):
        raise ClientException("Cannot delete, found existing JobQueue relationship")
    context.state.scheduling_policies.pop(arn, None)
    return {}


def _fairshare(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request's ``fairsharePolicy`` with every member set.

    Raises:
        ClientException: a member is out of the range of the API's FairsharePolicy.
    """
    if "quotaSharePolicy" in request:
        raise ClientException(
            "quotaSharePolicy is for queues of SageMaker training, which the local Batch does "
            "not support"
        )
    given = request.get("fairsharePolicy", {})
    decay = given.get("shareDecaySeconds", 0)
    if not 0 <= decay <= MAX_SHARE_DECAY_SECONDS:
        raise ClientException(
            f"shareDecaySeconds must be between 0 and {MAX_SHARE_DECAY_SECONDS}, got {decay}"
        )
    reservation = given.get("computeReservation", 0)
    if not 0 <= reservation <= MAX_COMPUTE_RESERVATION:
        raise ClientException(
            f"computeReservation must be between 0 and {MAX_COMPUTE_RESERVATION}, got {reservation}"
        )
    shares = [{"weightFactor": 1.0, **share} for share in given.get("shareDistribution", ())]
    _check_shares(shares)
    return {
        "shareDecaySeconds": decay,
        "computeReservation": reservation,
        "shareDistribution": shares,
    }


def _check_shares(shares: Sequence[Mapping[str, Any]]) -> None:
    if len(shares) > MAX_SHARES:
        raise ClientException(f"shareDistribution must have at most {MAX_SHARES} items")
    for share in shares:
        identifier, weight = share["shareIdentifier"], share["weightFactor"]
        if not SHARE_IDENTIFIER.fullmatch(identifier):
            raise ClientException(
                "shareIdentifier must be up to 255 letters and digits, which an asterisk may "
                f"follow; got {identifier!r}"
            )
        if not MIN_WEIGHT <= weight <= MAX_WEIGHT:
            raise ClientException(
                f"weightFactor must be between {MIN_WEIGHT} and {MAX_WEIGHT}, got {weight}"
            )
    # In this order a prefix stands right before what it overlaps.
    for one, other in pairwise(sorted(share["shareIdentifier"] for share in shares)):
        if one == other or (one.endswith("*") and other.startswith(one[:-1])):
            raise ClientException(f"shareIdentifiers {one} and {other} overlap")


def _detail(policy: SchedulingPolicy) -> dict[str, Any]:
    return {
        "name": policy.name,
        "arn": policy.arn,
        "fairsharePolicy": policy.fairshare_policy,
        "tags": policy.tags,
    }
