"""vCPUs, MiB and GPUs in the API's form (ResourceRequirement)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from batch_platform.settings.errors import refusal, shown
from batch_platform.settings.fargate import refuse_size

SMALLEST_MEMORY = 4
"""MiB (RegisterJobDefinition, ResourceRequirement)."""

DEFAULT_VCPUS = 1.0

REQUIREMENTS = {"vcpus": "VCPU", "memory": "MEMORY", "gpus": "GPU"}
"""Short key to the type of the API's ResourceRequirement."""


_WHOLE = re.compile(r"[0-9]{1,9}")
"""Nobody has so much; of more digits Python makes infinity, or no number at all."""
_FRACTION = re.compile(r"[0-9]{1,9}(\.[0-9]+)?")
_AMOUNTS = {"VCPU": _FRACTION, "MEMORY": _WHOLE}
"""As text, on Fargate."""


def requirements(container_properties: Mapping[str, Any]) -> dict[str, str]:
    """Return ``resourceRequirements`` by type, e.g. ``{"MEMORY": "512"}``; odd entries are left."""
    entries = container_properties.get("resourceRequirements", [])
    return {
        str(entry["type"]): str(entry["value"])
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict) and {"type", "value"} <= entry.keys()
    }


def refuse_faulty_requirements(
    container: Mapping[str, Any], platform: str, *below: str | int
) -> None:
    """Refuse ``resourceRequirements`` that are no whole numbers, too small, or given twice.

    Args:
        container: in the API's form, of the API's shape.
        platform: on Fargate vCPUs may have a fraction.
        below: where the container is.
    """
    kinds: list[str] = []
    for index, entry in enumerate(container.get("resourceRequirements", [])):
        _check_requirement(entry, platform, *below, "resourceRequirements", index)
        if entry["type"] in kinds:
            fault = f"{entry['type']} is in the list twice, and one of the values would be dropped"
            raise refusal(fault, "keep it once", *below, "resourceRequirements", index, "type")
        kinds.append(entry["type"])


def refuse_sizeless(container: Mapping[str, Any], *below: str | int) -> None:
    """Refuse a container in the API's form that lacks vCPUs or memory."""
    missing = [kind for kind in ("VCPU", "MEMORY") if kind not in requirements(container)]
    if missing:
        fault = f"it has no {' and no '.join(missing)}, which every container has"
        fix = "add e.g. {type: VCPU, value: '1'} and {type: MEMORY, value: '512'}"
        raise refusal(fault, fix, *below, "resourceRequirements")


def _check_requirement(entry: Mapping[str, Any], platform: str, *below: str | int) -> None:
    kind, value = entry["type"], entry["value"]
    fraction = platform == "FARGATE" and kind == "VCPU"
    if not (_FRACTION if fraction else _WHOLE).fullmatch(value):
        kinds = "a number" if fraction else "a whole number"
        fix = "write e.g. {type: GPU, value: '1'}, with one of GPU, MEMORY, VCPU"
        raise refusal(f"{shown(value)} is not {kinds} in quotes", fix, *below, "value")
    refuse_too_little(kind, float(value), platform, *below, "value")


def refuse_too_little(kind: str, amount: float, platform: str, *below: str | int) -> None:
    """Refuse an amount that is below AWS Batch's least on ``platform``."""
    if kind == "MEMORY" and amount < SMALLEST_MEMORY:
        raise refusal(
            f"{amount:g} is below {SMALLEST_MEMORY} MiB, the least that AWS Batch has",
            f"write MiB, at least {SMALLEST_MEMORY}",
            *below,
        )
    if kind == "GPU" and platform == "FARGATE":
        raise refusal("Fargate has no GPUs", "drop it, or use `platform: EC2`", *below)
    if kind == "MEMORY" or platform == "FARGATE":
        return  # Fargate has a table of vCPUs with memory
    unit = "vCPU" if kind == "VCPU" else "GPU"
    if amount < 1:
        raise refusal(
            f"{amount:g} is below 1 {unit}, the least for a job on EC2", "write 1", *below
        )
    if amount != int(amount):
        raise refusal(f"{amount:g} is not a whole number of {unit}s", "write e.g. 1", *below)


def refuse_size_of(
    needs: Mapping[str, str], vcpus: float | None, memory: int | None, *below: str | int
) -> None:
    """Refuse a pair of vCPUs and memory that Fargate does not offer.

    Args:
        needs: by :func:`requirements`, for what is None here.
        vcpus: vCPUs.
        memory: MiB.
        below: where the fault is.
    """
    if not all(
        _AMOUNTS[kind].fullmatch(value) for kind, value in needs.items() if kind in _AMOUNTS
    ):
        return  # refused where it is written
    whole = vcpus if vcpus is not None else float(needs.get("VCPU", DEFAULT_VCPUS))
    refuse_size(whole, memory if memory is not None else int(needs["MEMORY"]), *below)
