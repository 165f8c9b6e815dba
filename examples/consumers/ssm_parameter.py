"""boto3 alone, e.g. in a Lambda function that bundles nothing: reads the SSM parameter.

python examples/consumers/ssm_parameter.py dev
"""

from __future__ import annotations

import json
import sys

import boto3


def submit(stack: str) -> str:
    """Submit one job; return its id."""
    parameter = boto3.client("ssm").get_parameter(Name=f"/batch/{stack}")["Parameter"]
    outputs = json.loads(parameter["Value"])
    job = boto3.client("batch").submit_job(
        jobName="from-boto3",
        jobQueue=outputs["jobQueues"]["default"]["name"],
        jobDefinition=outputs["jobDefinitions"]["hello"]["name"],
        parameters={"Target": "from boto3"},
    )
    return str(job["jobId"])


if __name__ == "__main__":
    print(submit(sys.argv[1]))
