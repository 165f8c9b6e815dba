"""A plain script: extract, transform many days, load; and a page about it.

Run it against any stack that has the job definition ``hello``::

    export BATCHSDK_OUTPUTS=outputs.json
    python examples/script.py 2026-01-31
"""

from __future__ import annotations

import sys
from datetime import date, timedelta

import batchsdk


def main(last_day: str) -> int:
    """Run the pipeline for the week that ends with ``last_day``; return the exit code."""
    end = date.fromisoformat(last_day)
    days = [str(end - timedelta(days=before)) for before in range(6, -1, -1)]
    batch = batchsdk.connect()
    name = f"week-{end}"

    extract = batch.submit("hello", name=f"{name}-extract", parameters={"Target": name})
    transform = batch.sweep("hello", over={"Target": days}, name=f"{name}-transform", after=extract)
    load = batch.submit("hello", name=f"{name}-load", depends_on=transform.jobs)

    try:
        load.wait(timeout=3600)
    except batchsdk.JobError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        batch.report(name).write(f"{name}.html")
    for result in transform.results():
        print(result.parameters["Target"], result.status)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
