"""The container that speaks for a job, one of several or the only one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from batchsdk.states import JobStatus

_STOPPED = frozenset({137, 143})
"""Exit codes of SIGKILL and SIGTERM, which ECS sends to the others when an essential one ends."""


def container_of(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the container; of a job described by ecsProperties, the essential one that decides."""
    if raw.get("container"):
        return raw["container"]  # type: ignore[no-any-return]  # a plain mapping of the API
    containers = task_containers(raw, "ecsProperties")
    essential = [each for each in containers if each.get("essential", True)]
    return deciding(essential, failed=raw["status"] == JobStatus.FAILED)


def deciding(containers: Sequence[Mapping[str, Any]], *, failed: bool) -> Mapping[str, Any]:
    """Return what most likely ended the task: AWS does not tell which container was the first."""

    def rank(container: Mapping[str, Any]) -> int:
        code = container.get("exitCode")
        if code is None:
            return 3
        if (code != 0) != failed:
            return 2
        return int(code in _STOPPED and "OutOfMemory" not in (container.get("reason") or ""))

    return min(containers, key=rank, default={})


def task_containers(owner: Mapping[str, Any], key: str | None) -> Iterator[Mapping[str, Any]]:
    """Yield the containers below ``key`` of a job, or of an attempt itself."""
    properties = (owner.get(key) or {}) if key else owner
    for task in properties.get("taskProperties") or ():
        yield from task.get("containers") or ()
