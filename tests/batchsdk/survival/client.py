"""A pipeline that means to run COUNT jobs, whenever and however often it is started."""

from __future__ import annotations

import sys

import batchsdk


def main(count: int, ledger: str) -> None:
    batch = batchsdk.connect(calls_per_second=100_000)  # the wire shall be the limit
    with batch.run("survival", ledger=ledger, on_interrupt="detach", grace=1.0) as run:
        run.submit_many(
            {f"task-{n}": batchsdk.Submission(job_definition="task") for n in range(count)}
        )
        run.wait(check=False, polling=batchsdk.Polling(shortest=0.2, longest=1))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
