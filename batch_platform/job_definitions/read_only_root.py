"""Containers whose root cannot be written, and what they may write instead. Pure.

A read-only root is what the stack gives wherever it can also give a ``/tmp`` that the job may
write; without one most programs would fail. Sources: ECS developer guide, "Bind mounts" and "ECS
Exec"; AWS Batch API, Tmpfs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

SCRATCH = "/tmp"  # noqa: S108 - a path in the container, where programs write by default
SCRATCH_MIB = 64
"""The most that fits; what is written counts against the job's memory."""

# Docker's own options of a tmpfs have noexec, and much code loads libraries that it unpacked or
# compiled into /tmp (the JVM's native ones, Numba, PyTorch).
_OPTIONS = ("exec", "nodev", "nosuid")

_ROOT = frozenset({"root", "0"})


def hardened(
    task: Mapping[str, Any], containers: Iterable[Mapping[str, Any]], *, fargate: bool
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the containers with a read-only root and a ``/tmp``, and the volumes of their task.

    A container that says ``readonlyRootFilesystem`` itself keeps it.

    Args:
        task: in the API's form; a single container is its own task.
        containers: of the task, likewise.
        fargate: whether it runs there, where no tmpfs is.
    """
    volumes = list(task.get("volumes") or ())
    made = []
    for container in containers:
        given = {**container}
        given.setdefault("readonlyRootFilesystem", _is_possible(task, container, fargate) or None)
        if given["readonlyRootFilesystem"] and not _has_scratch(given):
            given |= _on_a_volume(given, volumes) if fargate else _in_memory(given)
        made.append(given)
    return made, volumes


def _is_possible(task: Mapping[str, Any], container: Mapping[str, Any], fargate: bool) -> bool:
    """Tell whether the job can do its work with a read-only root, as far as the config shows."""
    if task.get("enableExecuteCommand"):
        return False  # the agent of ECS Exec writes to the root
    if str(task.get("runtimePlatform", {}).get("operatingSystemFamily", "")).startswith("WINDOWS"):
        return False
    # A volume of Fargate is root's with 0755, unless the image declares it with other permissions.
    return not fargate or _has_scratch(container) or is_root(container.get("user"))


def is_root(user: str | None) -> bool:
    """Tell whether a user of the config is root; where it names none, the image is taken for it."""
    return user is None or user.partition(":")[0] in _ROOT


def _has_scratch(container: Mapping[str, Any]) -> bool:
    tmpfs = container.get("linuxParameters", {}).get("tmpfs", ())
    mounts: Sequence[Mapping[str, Any]] = [*container.get("mountPoints", ()), *tmpfs]
    return any(str(mount.get("containerPath")).rstrip("/") == SCRATCH for mount in mounts)


def _in_memory(container: Mapping[str, Any]) -> dict[str, Any]:
    linux = container.get("linuxParameters", {})
    tmpfs = {"containerPath": SCRATCH, "size": SCRATCH_MIB, "mountOptions": list(_OPTIONS)}
    return {"linuxParameters": {**linux, "tmpfs": [*linux.get("tmpfs", ()), tmpfs]}}


def _on_a_volume(container: Mapping[str, Any], volumes: list[dict[str, Any]]) -> dict[str, Any]:
    """Add a volume of the task to ``volumes``; each container has its own, as without volumes."""
    taken = {volume.get("name") for volume in volumes}
    name = next(name for name in (f"tmp-{n}" for n in count(1)) if name not in taken)
    volumes.append({"name": name})
    mount = {"sourceVolume": name, "containerPath": SCRATCH}
    return {"mountPoints": [*container.get("mountPoints", ()), mount]}
