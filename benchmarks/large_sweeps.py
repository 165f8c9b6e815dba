"""Sweeps of up to a million UUIDs: ``python -m benchmarks.large_sweeps``; half a minute; Linux.

Prints what the client needs from the call to the last result, in a process of its own for each
sweep, and exits with 1 if a target is missed. AWS is an answer at once in the same process, so
that the figures are the client's alone: on AWS each call takes its time as well. A busy machine
does not change seconds of CPU.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import batchsdk
from batchsdk import contract

ACCOUNT, REGION = "123456789012", "us-east-1"
STORAGE = "s3://bucket/prefix"
KIB = 1024


@dataclass(frozen=True)
class Case:
    """One sweep, and what is laid down for it."""

    points: int
    through: str
    storage: str | None = None
    seconds: float | None = None
    mebibytes: float | None = None
    calls: int | None = None


CASES = (
    Case(10_000, "shell"),
    Case(10_000, "task"),
    Case(10_000, "shell", STORAGE, calls=3),
    Case(100_000, "task", STORAGE, seconds=15, mebibytes=200),
    Case(1_000_000, "task", STORAGE, mebibytes=700, calls=300),
)


class Answers:
    """Takes every job, which has SUCCEEDED at once, and counts the calls."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self._sizes: dict[str, int] = {}

    def submit_job(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer SubmitJob."""
        self.calls["SubmitJob"] += 1
        job_id = str(uuid.uuid4())
        self._sizes[job_id] = request["arrayProperties"]["size"]
        return {"jobId": job_id}

    def put_object(self, _bucket: str, _key: str, _body: bytes) -> None:
        """Answer PutObject."""
        self.calls["PutObject"] += 1

    def describe_jobs(self, job_ids: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """Answer DescribeJobs."""
        self.calls["DescribeJobs"] += 1
        return [
            {
                "jobId": each,
                "status": "SUCCEEDED",
                "arrayProperties": {
                    "size": self._sizes[each],
                    "statusSummary": {"SUCCEEDED": self._sizes[each]},
                },
            }
            for each in job_ids
        ]

    def __getattr__(self, name: str) -> Any:
        raise NotImplementedError(name)


def main() -> int:
    """Measure every case; return the exit code."""
    missed = False
    for number, case in enumerate(CASES):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.large_sweeps", str(number)],
            capture_output=True,
            check=True,
            text=True,
        )
        found = json.loads(done.stdout)
        calls = ", ".join(f"{name} {count:,}" for name, count in found["calls"].items())
        total = sum(found["calls"].values())
        stored = ", with storage" if case.storage else ""
        print(f"{case.points:,} UUIDs by {case.through}{stored}: {calls}")
        for name, value, most in (
            ("seconds of CPU", found["seconds"], case.seconds),
            ("MiB, all of the process", found["mebibytes"], case.mebibytes),
            ("calls", total, case.calls),
        ):
            is_missed = most is not None and value > most
            missed |= is_missed
            verdict = f"target <= {most:g}  {'MISSED' if is_missed else 'ok'}" if most else ""
            print(f"  {name:<30}{value:>10.1f}  {verdict}".rstrip())
    return int(missed)


def measured(case: Case) -> dict[str, Any]:
    """Run one sweep to its results in this process."""
    chance = random.Random(1)
    values = [str(uuid.UUID(int=chance.getrandbits(128))) for _ in range(case.points)]
    answers = Answers()
    batch = batchsdk.connect(
        outputs=_outputs().to_mapping(),
        transport=lambda _region: answers,
        calls_per_second=1_000_000,
    )
    command = ["sh", "-c", "echo $id"] if case.through == "shell" else None
    began = time.process_time()
    sweep = batch.sweep(
        "hello", over={"id": values}, command=command, storage=case.storage, name="large"
    )
    results = sweep.wait()
    seconds = time.process_time() - began
    if len(results) != case.points or sweep.found_by != case.through:
        raise AssertionError(case)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB
    return {"seconds": seconds, "mebibytes": most, "calls": answers.calls}


def _outputs() -> contract.StackOutputs:
    def arn(kind: str) -> str:
        return f"arn:aws:batch:{REGION}:{ACCOUNT}:{kind}/x"

    role = contract.Role(name="x", arn=f"arn:aws:iam::{ACCOUNT}:role/x")
    return contract.StackOutputs(
        environment="dev",
        region=REGION,
        account_id=ACCOUNT,
        network=contract.Network(
            mode="endpoints", vpc_id="vpc-1", subnet_ids=("subnet-1",), security_group_ids=("sg-1",)
        ),
        roles=contract.Roles(execution=role, job=role),
        compute_environments={},
        job_queues={
            "default": contract.JobQueue(
                name="x", arn=arn("job-queue"), priority=1, compute_environments=()
            )
        },
        job_definitions={
            "hello": contract.JobDefinition(name="x", arn=arn("job-definition"), revision=1)
        },
        log_group=contract.LogGroup(name="/aws/batch/job", arn="arn:aws:logs:::"),
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measured(CASES[int(sys.argv[1])])))
    else:
        sys.exit(main())
