"""Start a worker process for each GPU of this node, as ``torchrun`` does, and wait for all of them.

Usage: ``launch.py PROGRAM [ARGUMENT...]``, as the command of a multi-node parallel job. Each worker
gets the variables that ``torch.distributed`` reads (``RANK``, ``LOCAL_RANK``, ``WORLD_SIZE``,
``MASTER_ADDR``, ``MASTER_PORT``), worked out from those that AWS Batch gives to each node. The
first worker that fails ends the others of its node, and its exit code is the node's.

Standard library only. In an image with PyTorch, ``torchrun`` takes the place of this file: see
docs/distributed.md.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Mapping


def workers_of_this_node(environment: Mapping[str, str]) -> int:
    """Return how many GPUs this container has, by the ECS agent; 1 where it has none."""
    devices = environment.get("NVIDIA_VISIBLE_DEVICES", "")
    return len([each for each in devices.split(",") if each]) or 1


def rendezvous(environment: Mapping[str, str]) -> dict[str, str]:
    """Return where the workers of all nodes meet: at the first worker of the main node."""
    job = environment["AWS_BATCH_JOB_ID"].partition("#")[0]
    return {
        # AWS Batch tells the address to all nodes but the main one, which has it.
        "MASTER_ADDR": environment.get("AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS", "127.0.0.1"),
        # On AWS each node has an address of its own. On one machine, jobs would meet each other.
        "MASTER_PORT": str(29500 + zlib.crc32(job.encode()) % 1000),
    }


def ranks(environment: Mapping[str, str], workers: int) -> list[dict[str, str]]:
    """Return the variables of each worker of this node; the main node has the first ranks."""
    nodes = int(environment["AWS_BATCH_JOB_NUM_NODES"])
    index = int(environment["AWS_BATCH_JOB_NODE_INDEX"])
    node = (index - int(environment["AWS_BATCH_JOB_MAIN_NODE_INDEX"])) % nodes
    return [
        {
            "RANK": str(node * workers + local),
            "LOCAL_RANK": str(local),
            "WORLD_SIZE": str(nodes * workers),
        }
        for local in range(workers)
    ]


def main() -> int:
    """Run the workers; return 0, or the exit code of the first that failed."""
    environment = dict(os.environ)
    shared = environment | rendezvous(environment)
    workers = [
        subprocess.Popen([sys.executable, *sys.argv[1:]], env=shared | each)  # noqa: S603
        for each in ranks(environment, workers_of_this_node(environment))
    ]
    # AWS Batch stops process 1 alone, at a timeout and where the main node has ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        running = workers
        while running:
            time.sleep(0.05)
            if failed := [each.returncode for each in running if each.poll()]:
                return failed[0] if failed[0] > 0 else 128 - failed[0]
            running = [each for each in running if each.returncode is None]
    finally:
        for each in workers:
            each.terminate()
    return 0


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit("usage: launch.py PROGRAM [ARGUMENT...]")
    sys.exit(main())
