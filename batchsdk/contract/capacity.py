"""What an EC2 instance type has, and whether a job can ever fit. Pure.

The one model of capacity: ``batch-platform check`` and the stack's outputs, the checks before a
submission and the diagnosis of a stuck job all decide by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

from batchsdk import limits

Architecture = Literal["x86_64", "arm64"]

_X86_64 = ("m6i", "c6i", "r6i", "c7i")
BUNDLES: Mapping[str, tuple[str, ...]] = {
    "optimal": _X86_64,
    "default_x86_64": _X86_64,
    "default_arm64": ("m6g", "c6g", "r6g", "c7g"),
}
"""Names in ``instanceTypes`` to the families from which Batch then chooses (API: ComputeResource).
"""

NVIDIA = "NVIDIA"
"""Manufacturer of the GPUs that the ECS agent registers, and part of the names of the image types
whose AMI has their driver (API: Ec2Configuration ``imageType``)."""


def name_patterns(instance_types: Iterable[str]) -> list[str]:
    """Turn ``instanceTypes`` of a compute environment into patterns of EC2 instance types.

    ``c5.large`` stays, the family ``c5`` becomes ``c5.*``, and ``optimal`` becomes the families
    that it stands for.
    """
    names = (name for given in instance_types for name in BUNDLES.get(given, (given,)))
    return list(dict.fromkeys(name if "." in name else f"{name}.*" for name in names))


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """What a job, or one node of it, asks for."""

    vcpus: float
    memory: int
    """MiB."""
    gpus: int = 0

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
    gpus: int = 0
    """NVIDIA's alone: the ECS agent registers no others."""
    architecture: Architecture = "x86_64"
    cores: int = 0
    """Cores, where each can run one thread or two; 0 where that cannot be chosen (bare metal)."""
    efa_interfaces: int = 0
    """EFA network interfaces, the most, of which the first is the instance's own."""
    in_clusters: bool = True
    """Whether it can be in a cluster placement group."""

    @classmethod
    def from_response(cls, raw: Mapping[str, Any]) -> Self:
        """Read one entry of EC2 DescribeInstanceTypes."""
        gpus = (raw.get("GpuInfo") or {}).get("Gpus") or ()
        architectures = (raw.get("ProcessorInfo") or {}).get("SupportedArchitectures") or ()
        processor = raw["VCpuInfo"]
        return cls(
            name=raw["InstanceType"],
            vcpus=processor["DefaultVCpus"],
            memory=raw["MemoryInfo"]["SizeInMiB"],
            gpus=sum(
                each.get("Count", 0)
                for each in gpus
                if each.get("Manufacturer", NVIDIA).upper() == NVIDIA
            ),
            architecture="arm64" if "arm64" in architectures else "x86_64",
            cores=selectable_cores(
                processor.get("DefaultCores", 0), processor.get("ValidThreadsPerCore", ())
            ),
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


def selectable_cores(cores: int, valid_threads_per_core: Iterable[int]) -> int:
    """Return the cores of a type whose threads can be chosen; 0 of any other type.

    Args:
        cores: ``DefaultCores`` of EC2 DescribeInstanceTypes.
        valid_threads_per_core: ``ValidThreadsPerCore``; none of bare metal.
    """
    return cores if {1, 2} <= {*valid_threads_per_core} else 0


def as_registered(
    instances: Iterable[InstanceType],
    *,
    image_type: str | None,
    own_image: bool,
    threads_per_core: int | None = None,
) -> list[InstanceType]:
    """Return the instances with the vCPUs and GPUs that the ECS agent of their AMI registers.

    The agent registers the processors that the operating system has (Go's ``runtime.NumCPU``),
    which is one for each thread of each core (EC2 user guide, rules for CPU options).

    Args:
        instances: as EC2 describes them.
        image_type: of the compute environment; None is AWS Batch's choice by the instance family.
        own_image: an AMI of the user's own, of which it is not known what GPUs it registers.
        threads_per_core: 1 where the launch template says so; None for the types' own number.
    """
    if threads_per_core == 1:
        instances = [replace(each, vcpus=each.cores or each.vcpus) for each in instances]
    if own_image or image_type is None or NVIDIA in image_type:
        return list(instances)
    return [replace(each, gpus=0) for each in instances]


@dataclass(frozen=True, kw_only=True)
class Misfit:
    """Why a job never fits in one compute environment."""

    evidence: str
    """With numbers."""
    setting: str
    """The setting that would have to change: ``instanceTypes`` or ``maxvCpus``."""
    only_memory: bool = False
    """With less memory it would fit. How much an instance has to give is known only roughly."""


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
    return _too_small(wanted, instances)


def _too_small(wanted: Requirement, instances: Sequence[InstanceType]) -> Misfit:
    """Tell what all types lack."""
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
        only_memory=any(each.fits(replace(wanted, memory=0)) for each in instances),
    )


def may_overshoot(kind: str, allocation_strategy: str) -> bool:
    """Tell whether the last instance may go beyond ``maxvCpus`` (API: ComputeResource).

    Args:
        kind: ``type`` of the compute environment.
        allocation_strategy: of the compute environment.
    """
    return kind != "EC2" or allocation_strategy != "BEST_FIT"
