"""A local AWS of its own process, whose jobs end at once and whose wire is bad.

Prints a line of JSON when it is ready; a line on its standard input takes the faults back.
"""

from __future__ import annotations

import json
import sys

from batchsdk import contract
from localaws import LocalAws, server
from localaws.batch.executors.noop import NoopExecutor
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
        for seed, (kind, probability) in enumerate(WIRE.items()):
            local.faults.add(kind, service="batch", probability=probability, seed=seed)
        local.faults.add("image-pull", probability=FAILING_JOBS, seed=99)
        say(json.dumps({"environ": local.environ, "outputs": outputs.to_mapping()}))
        sys.stdin.readline()
        local.faults.clear()
        say("no faults")
        sys.stdin.readline()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
