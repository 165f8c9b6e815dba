"""The several containers of a submitted job (API: EcsPropertiesOverride)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from localaws.batch.errors import ClientException
from localaws.batch.models import JobDefinition
from localaws.batch.operations import fargate
from localaws.batch.operations.job_shapes import is_essential
from localaws.batch.operations.resources import Resources, required_resources

Overridden = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]
"""A container and what the request says of it -> the container of the job."""


def task_containers(definition: JobDefinition) -> Sequence[Mapping[str, Any]]:
    """Return the containers of a definition with ``ecsProperties``; none of any other."""
    return () if definition.ecs_properties is None else containers_in(definition.ecs_properties)


def containers_in(ecs_properties: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the containers of the one task that ``ecsProperties`` have."""
    containers: Sequence[Mapping[str, Any]] = ecs_properties["taskProperties"][0]["containers"]
    return containers


def overridden_tasks(request: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return what a request overrides of the one task that a job has.

    Raises:
        ClientException: it has several (API: EcsPropertiesOverride.taskProperties).
    """
    tasks: Sequence[Mapping[str, Any]] = request.get("ecsPropertiesOverride", {}).get(
        "taskProperties", ()
    )
    if len(tasks) > 1:
        raise ClientException(f"ecsPropertiesOverride must have one task, got {len(tasks)}")
    return tasks


def overrides_by_name(
    request: Mapping[str, Any], containers: Sequence[Mapping[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """Return what a request says of each container, by its name.

    Raises:
        ClientException: it names one that the task has not, or names none of several.
    """
    known = [each["name"] for each in containers if "name" in each]
    found: dict[str, Mapping[str, Any]] = {}
    for task in overridden_tasks(request):
        for container in task.get("containers", ()):
            if (name := container.get("name")) not in known:
                raise ClientException(f"The task has no container named {name}")
            found[name] = {key: value for key, value in container.items() if key != "name"}
    return found


def overrides_of_one(request: Mapping[str, Any], container: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a request says of the only container of a task.

    Raises:
        ClientException: it names another one.
    """
    name = container.get("name")
    for task in overridden_tasks(request):
        for each in task.get("containers", ()):
            if each.get("name", name) != name:
                raise ClientException(f"The task has no container named {each['name']}")
            return {key: value for key, value in each.items() if key != "name"}
    return {}


def submitted_containers(
    definition: JobDefinition,
    containers: Sequence[Mapping[str, Any]],
    overrides: Mapping[str, Mapping[str, Any]],
    overridden: Overridden,
) -> list[tuple[dict[str, Any], Resources]]:
    """Return the containers of a job, each with what it needs; one without a name gets one.

    Raises:
        ClientException: an override is not allowed, or Fargate has not the size of all together.
    """
    made = []
    for number, container in enumerate(containers):
        own = overrides.get(container.get("name", ""), {})
        needed = required_resources(container, own, definition.platform)
        named = {"name": f"container-{number}", **container}
        made.append((overridden(named, own), needed))
    if definition.platform == "FARGATE":
        fargate.check_size(
            sum(needed.vcpus for _, needed in made), sum(needed.memory for _, needed in made)
        )
    return made


def deciding_container(containers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the first essential container, which stands for the job."""
    return next(each for each in containers if is_essential(each))
