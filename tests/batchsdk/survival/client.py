"""A pipeline that means to run COUNT jobs, whenever and however often it is started.

It is ready when it says so, and begins at a line of its standard input, or at its end.
"""

from __future__ import annotations

import sys

import batchsdk

REFUSED = 3
"""Exit code when the ledger is refused, or taken away."""


def main(name: str, count: int, ledger: str) -> int:
    batch = batchsdk.connect(calls_per_second=100_000)  # the wire shall be the limit
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    try:
        with batch.run(name, ledger=ledger, on_interrupt="detach", grace=1.0) as run:
            run.submit_many(
                {f"task-{n}": batchsdk.Submission(job_definition="task") for n in range(count)}
            )
            run.wait(check=False, polling=batchsdk.Polling(shortest=0.2, longest=1))
    except batchsdk.LedgerError as fault:
        sys.stdout.write(f"{fault.message}\n")
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
