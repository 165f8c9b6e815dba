"""TagResource, UntagResource, ListTagsForResource."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from localaws.batch.errors import ClientException
from localaws.batch.operations.context import Context

MAX_TAGS = 50
CHILD = re.compile(r"[:#]\d+$")
"""End of the id of an array's child and of a node."""


def tag(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Add tags to whatever has an ARN, but to children of jobs."""
    tags = _tags_of(context, request["resourceArn"])
    check_count({**tags, **request["tags"]})
    tags.update(request["tags"])
    return {}


def check_count(tags: Mapping[str, str]) -> None:
    """Check that a resource may have so many tags.

    Raises:
        ClientException: there are too many.
    """
    if len(tags) > MAX_TAGS:
        raise ClientException(f"A resource can have at most {MAX_TAGS} tags")


def untag(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Take tags away; keys that are not there are ignored."""
    tags = _tags_of(context, request["resourceArn"])
    for key in request["tagKeys"]:
        tags.pop(key, None)
    return {}


def list_tags(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the resource's tags."""
    return {"tags": _tags_of(context, request["resourceArn"])}


def _tags_of(context: Context, arn: str) -> dict[str, str]:
    kind, _, name = arn.split(":", 5)[-1].partition("/")
    if kind == "job-definition":
        return context.state.job_definition(arn).tags
    if kind == "compute-environment":
        return context.state.compute_environment(arn).tags
    if kind == "consumable-resource":
        return context.state.consumable_resource(arn).tags
    if kind == "job-queue":
        return context.state.job_queue(arn).tags
    if kind == "scheduling-policy":
        return context.state.scheduling_policy(arn).tags
    if kind == "job" and CHILD.search(name):
        raise ClientException(f"Tags of child jobs are not supported: {arn}")
    if kind == "job" and name in context.state.jobs:
        return context.state.jobs[name].tags
    raise ClientException(f"Resource {arn} not found")
