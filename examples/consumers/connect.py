"""A pipeline: batchsdk reads the outputs, checks the submission and follows the job.

python examples/consumers/connect.py /batch/dev
"""

from __future__ import annotations

import sys

import batchsdk


def run(parameter: str) -> str:
    """Run one job to its end; return what it printed.

    Raises:
        batchsdk.JobFailedError: with the reason, exit code and the log's tail.
    """
    # Or connect("dev") where Pulumi is at hand, or connect(outputs="outputs.json").
    batch = batchsdk.connect(ssm=parameter)
    job = batch.submit("hello", parameters={"Target": "from batchsdk"})
    job.wait()
    return job.logs().text


if __name__ == "__main__":
    print(run(sys.argv[1]))
