"""Writes batch_platform/instances/sizes.json from moto's DescribeInstanceTypes: ``make docs``.

The table serves where AWS is not asked: ``python -m batch_platform check`` and ``plan``.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from importlib import metadata, resources
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent
TABLE = PROJECT / "batch_platform" / "instances" / "sizes.json"
DATA = "ec2/resources/instance_types.json.gz"

COLUMNS = ("size", "vCPUs", "MiB", "NVIDIA GPUs", "cores with optional threads", "EFA interfaces")
"""Of a size. The cores are 0 where the number of threads cannot be chosen (bare metal, one thread);
the interfaces are 0 where the first network card takes none."""

_ARCHITECTURES = {"x86_64", "arm64"}
"""Those of Batch: it has no Macs."""


def source() -> Mapping[str, Any]:
    """Return moto's data: instance type to its entry in DescribeInstanceTypes."""
    packed = resources.files("moto").joinpath(DATA).read_bytes()
    types: Mapping[str, Any] = json.loads(gzip.decompress(packed))
    return types


def table(types: Mapping[str, Any], version: str) -> str:
    """Return the text of the table: one line for each family.

    Args:
        types: as of :func:`source`.
        version: of moto.
    """
    lines = [f'  "source": {json.dumps(f"moto {version}, {DATA}")}']
    lines += [f'  "columns": {json.dumps(COLUMNS)}']
    families = sorted({name.partition(".")[0] for name in types})
    rows = [row for family in families for row in _family(family, types)]
    return "{\n" + ",\n".join([*lines, '  "families": {\n' + ",\n".join(rows) + "\n  }"]) + "\n}\n"


def _family(family: str, types: Mapping[str, Any]) -> Iterator[str]:
    known = [one for name, one in types.items() if name.partition(".")[0] == family]
    architecture = max(known[0]["ProcessorInfo"]["SupportedArchitectures"])
    if architecture not in _ARCHITECTURES:
        return
    sizes = sorted(map(_size, known), key=lambda size: (size[1:], size[0]))
    packs = all("cluster" in one["PlacementGroupInfo"]["SupportedStrategies"] for one in known)
    of_family = {"architecture": architecture, "cluster": packs, "sizes": sizes}
    row = json.dumps(of_family, separators=(",", ":"))
    yield f'    "{family}": {row}'


def _size(one: Mapping[str, Any]) -> list[Any]:
    gpus = one.get("GpuInfo", {}).get("Gpus", ())
    return [
        one["InstanceType"].partition(".")[2],
        one["VCpuInfo"]["DefaultVCpus"],
        one["MemoryInfo"]["SizeInMiB"],
        sum(gpu["Count"] for gpu in gpus if gpu["Manufacturer"].upper() == "NVIDIA"),
        _cores(one["VCpuInfo"]),
        _efa_interfaces(one["NetworkInfo"]),
    ]


def _cores(processor: Mapping[str, Any]) -> int:
    """Return the cores of which each can be told to run one thread in place of two."""
    threads = processor.get("ValidThreadsPerCore", ())
    return int(processor["DefaultCores"]) if {1, 2} <= {*threads} else 0


def _efa_interfaces(network: Mapping[str, Any]) -> int:
    """Return how many EFA interfaces there can be, the first one on the first network card."""
    first = network["NetworkCards"][0] if network.get("EfaSupported") else {}
    if "efa" not in first.get("InterfaceTypes", ()):
        return 0
    return int(network["EfaInfo"]["MaximumEfaInterfaces"])


def main() -> None:
    """Write the table."""
    TABLE.write_text(table(source(), metadata.version("moto")), encoding="utf-8")


if __name__ == "__main__":
    main()
