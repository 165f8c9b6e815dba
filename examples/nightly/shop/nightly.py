"""What the schedule starts: ``python -m shop.nightly 2026-11-28T23:30:00Z``."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import batchsdk


def main(scheduled: str) -> None:
    """Run the workflow for a day.

    EventBridge Scheduler may start a night twice: the second goes on with the run of the first.
    """
    day = datetime.fromisoformat(scheduled).date().isoformat()
    workflow = batchsdk.connect().load_workflow(Path(__file__).with_name("nightly.yaml"))
    run = workflow.run(f"nightly-{day}", parameters={"day": day})
    for step, status in run.wait().items():
        print(step, f"{status}, cached" if step in run.cached else status)


if __name__ == "__main__":
    main(sys.argv[1])
