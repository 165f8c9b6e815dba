"""Whether a job can ever fit on what a compute environment may launch. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from batchsdk import limits
from batchsdk.jobs.detail import JobDetail

_X86_64 = ("m6i.*", "c6i.*", "r6i.*", "c7i.*")
_BUNDLES: Mapping[str, tuple[str, ...]] = {
    "optimal": _X86_64,
    "default_x86_64": _X86_64,
    "default_arm64": ("m6g.*", "c6g.*", "r6g.*", "c7g.*"),
}
"""What Batch chooses from by itself (API: ComputeResource ``instanceTypes``)."""


def name_patterns(instance_types: Iterable[str]) -> list[str]:
    """Turn ``instanceTypes`` of a compute environment into patterns of EC2 instance types.

    ``c5.large`` stays, the family ``c5`` becomes ``c5.*``, and ``optimal`` becomes the families
    that it stands for.
    """
    patterns: list[str] = []
    for given in instance_types:
        patterns += _BUNDLES.get(given, (given if "." in given else f"{given}.*",))
    return list(dict.fromkeys(patterns))


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """What a job asks for."""

    vcpus: float
    memory: int
    """MiB."""
    gpus: int

    @classmethod
    def of(cls, detail: JobDetail) -> Self:
        """Take it from a job; what the job does not say counts as nothing."""
        return cls(vcpus=detail.vcpus or 0, memory=detail.memory or 0, gpus=detail.gpus or 0)

    def __str__(self) -> str:
        gpus = f", {self.gpus} GPU(s)" if self.gpus else ""
        return f"{self.vcpus:g} vCPU(s), {self.memory} MiB{gpus}"


@dataclass(frozen=True, kw_only=True)
class InstanceType:
    """What an instance of one type has."""

    name: str
    vcpus: int
    memory: int
    """MiB, nominal."""
    gpus: int

    @classmethod
    def from_response(cls, raw: Mapping[str, Any]) -> Self:
        """Read one entry of EC2 DescribeInstanceTypes."""
        gpus = (raw.get("GpuInfo") or {}).get("Gpus") or ()
        return cls(
            name=raw["InstanceType"],
            vcpus=raw["VCpuInfo"]["DefaultVCpus"],
            memory=raw["MemoryInfo"]["SizeInMiB"],
            gpus=sum(each.get("Count", 0) for each in gpus),
        )

    @property
    def usable_memory(self) -> int:
        """MiB that a job can have at the very most; the operating system takes some more."""
        return self.memory - limits.ECS_RESERVED_MIB

    def fits(self, wanted: Requirement) -> bool:
        """Tell whether a job can be placed on an otherwise empty instance."""
        return (
            wanted.vcpus <= self.vcpus
            and wanted.memory <= self.usable_memory
            and wanted.gpus <= self.gpus
        )

    def __str__(self) -> str:
        gpus = f", {self.gpus} GPU(s)" if self.gpus else ""
        return f"{self.name} ({self.vcpus} vCPU(s), {self.memory} MiB{gpus})"


@dataclass(frozen=True, kw_only=True)
class Misfit:
    """Why a job never fits in one compute environment."""

    evidence: str
    """With numbers."""
    setting: str
    """The setting that would have to change: ``instanceTypes`` or ``maxvCpus``."""


def misfit(
    wanted: Requirement,
    *,
    max_vcpus: int | None,
    instances: Sequence[InstanceType],
    may_overshoot: bool = True,
) -> Misfit | None:
    """Tell why ``wanted`` never fits; ``None`` if it does, or if that cannot be told.

    Args:
        wanted: what the job asks for.
        max_vcpus: upper limit of the environment; ``None`` if it is not known.
        instances: every type that the environment may launch; empty for Fargate, and if unknown.
        may_overshoot: the last instance may go beyond ``max_vcpus``.
    """
    if max_vcpus is not None and wanted.vcpus > max_vcpus:
        return Misfit(
            evidence=f"the job asks for {wanted.vcpus:g} vCPU(s), and the environment may have "
            f"{max_vcpus} at most",
            setting="maxvCpus",
        )
    fitting = [instance for instance in instances if instance.fits(wanted)]
    smallest = min((each.vcpus for each in fitting), default=0)
    if max_vcpus is not None and not may_overshoot and smallest > max_vcpus:
        return Misfit(
            evidence=f"the smallest type that the job fits on has {smallest} vCPUs, and the "
            f"environment may have {max_vcpus} at most",
            setting="maxvCpus",
        )
    if not instances or fitting:
        return None
    lacks: list[str] = []
    for what, asked, most, unit in (
        ("vCPUs", wanted.vcpus, max(each.vcpus for each in instances), ""),
        ("memory", wanted.memory, max(each.usable_memory for each in instances), " MiB"),
        ("GPUs", wanted.gpus, max(each.gpus for each in instances), ""),
    ):
        if asked > most:
            lacks.append(f"{what}: asked {asked:g}{unit}, at most {most}{unit} can be had")
    largest = max(instances, key=lambda each: (each.gpus, each.memory, each.vcpus))
    return Misfit(
        evidence=f"{'; '.join(lacks) or 'no type has all of ' + str(wanted) + ' at once'}; the "
        f"largest of {len(instances)} type(s) is {largest}, of which the ECS agent keeps "
        f"{limits.ECS_RESERVED_MIB} MiB",
        setting="instanceTypes",
    )
