"""A local AWS of its own process, whose jobs end at once and whose wire is bad.

Prints a line of JSON when it is ready. Lines of its standard input, "bad wire" and "good wire",
bring the faults and take them back; each is answered when it is done.
"""

from __future__ import annotations

import json
import sys

import boto3

from batchsdk import contract
from localaws import LocalAws, server
from localaws.batch.executors.noop import NoopExecutor
from localaws.faults import Faults
from tests.batchsdk.fakes import stack_outputs
from tests.conftest import make_cluster

WIRE = {
    "too-many-requests": 0.025,
    "throttling": 0.025,
    "server-error": 0.01,
    "unavailable": 0.01,
    "lost-answer": 0.02,
    "reset": 0.01,
    "truncated": 0.005,
    "html": 0.005,
}
"""Kind -> how likely any call of Batch meets it."""
FAILING_JOBS = 0.02


def main() -> None:
    server.ProcessExecutor = NoopExecutor
    with LocalAws(executor="process") as local:
        cluster = make_cluster(local)
        name = cluster.register(["true"])
        queue = cluster.batch.describe_job_queues(jobQueues=[cluster.queue])["jobQueues"][0]
        arn = cluster.batch.describe_job_definitions(jobDefinitionName=name)["jobDefinitions"][0]
        outputs = stack_outputs(
            region=local.client_arguments["region_name"],
            job_queues={
                "default": contract.JobQueue(
                    name=cluster.queue,
                    arn=queue["jobQueueArn"],
                    priority=1,
                    compute_environments=("default",),
                )
            },
            job_definitions={
                "task": contract.JobDefinition(
                    name=name, arn=arn["jobDefinitionArn"], revision=1, command=("true",)
                )
            },
        )
        boto3.client("s3", **local.client_arguments).create_bucket(Bucket="ledgers")
        say(json.dumps({"environ": local.environ, "outputs": outputs.to_mapping()}))
        for line in sys.stdin:
            local.faults.clear()
            if line == "bad wire\n":
                bring_faults(local.faults)
            say(line.strip())


def bring_faults(faults: Faults) -> None:
    for seed, (kind, probability) in enumerate(WIRE.items()):
        faults.add(kind, service="batch", probability=probability, seed=seed)
    faults.add("slow", service="batch", operation="SubmitJob", probability=0.02, seconds=0.5)
    faults.add("image-pull", probability=FAILING_JOBS, seed=99)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
