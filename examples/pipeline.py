"""A pipeline as a workflow, in Python; examples/pipeline.yaml is the same as a file.

Run it in a stack that has the job definition `hello`, e.g. on the local AWS (see the README):

    BATCHSDK_OUTPUTS=outputs.json python -m examples.pipeline 2026-01-31

Run again with the same day it does again what did not succeed, and nothing else.
"""

from __future__ import annotations

import sys

import batchsdk
from batchsdk import Retry


def build(batch: batchsdk.Batch) -> batchsdk.Workflow:
    """Return the workflow; nothing is sent."""
    parameters = {"day": None, "greeting": "Hello"}
    with batch.workflow("pipeline", parameters=parameters) as wf:
        extract = wf.submit(
            "hello",
            name="extract",
            memory=100,
            command=["echo", "extracting ${parameters.day}"],
        )
        transform = wf.sweep(
            "hello",
            name="transform",
            memory=100,
            command=["echo", "Ref::model", "Ref::size"],
            over={"model": ["linear", "trees"], "size": ["small", "large"]},
            after=[extract],
            retry=Retry.spot(attempts=3),
            timeout=3600,
        )
        load = wf.submit(
            "hello",
            name="load",
            memory=100,
            command=["echo", "${parameters.greeting}, loading run ${run.name}"],
            after=[transform],
        )
        repair = wf.submit(
            "hello",
            name="repair",
            memory=100,
            command=["echo", "repairing"],
            when=batchsdk.failed(load),
        )
        wf.submit(
            "hello",
            name="report",
            memory=100,
            command=["echo", "reporting"],
            after_any=[load, repair],
        )
    return wf


def main(day: str) -> None:
    """Run the workflow for a day, or go on with the run of that day."""
    workflow = build(batchsdk.connect())
    run = workflow.run(f"pipeline-{day}", parameters={"day": day})
    for step, status in run.wait(progress=True).items():
        print(step, status)


if __name__ == "__main__":
    main(sys.argv[1])
