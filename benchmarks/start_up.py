"""What starting costs: ``python -m benchmarks.start_up``; half a minute.

Prints a line per figure, with the target of the project beside it, and exits with 1 if one is
missed. Each is the least of many runs of a process, as anything else on the machine only adds.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

RUNS = 15
BIN = Path(sys.executable).parent

IMPORT_MILLISECONDS = 30
SHARE_OF_AWS = 0.5


def least(command: Sequence[str | Path]) -> float:
    """Return the least milliseconds that a process takes."""
    taken: list[float] = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append((time.perf_counter() - start) * 1000)
    return min(taken)


def python(code: str) -> float:
    """Return the least milliseconds that the interpreter takes with some code."""
    return least([sys.executable, "-c", code])


def main() -> int:
    """Measure, print, and return 1 if a target is missed."""
    start = python("pass")
    imported = python("import batchsdk") - start
    used = python("import batchsdk; batchsdk.connect, batchsdk.Batch, batchsdk.Job") - start
    skeleton = ["batch", "list-jobs", "--generate-cli-skeleton"]
    rows: list[tuple[str, float, str, float | None]] = [
        ("the interpreter alone", start, "ms", None),
        ("import batchsdk, beyond it", imported, "ms", IMPORT_MILLISECONDS),
        ("the whole client imported, beyond it", used, "ms", None),
    ]
    for verb, theirs in ((["--version"], ["--version"]), (["list", "--help"], skeleton)):
        ours, aws = least([BIN / "batchsdk", *verb]), least([BIN / "aws", *theirs])
        rows += [
            (f"batchsdk {' '.join(verb)}", ours, "ms", None),
            (f"aws {' '.join(theirs)}", aws, "ms", None),
            ("  share of it", ours / aws, "", SHARE_OF_AWS),
        ]
    for name, value, unit, target in rows:
        verdict = ""
        if target is not None:
            verdict = f"target <= {target:g}  {'ok' if value <= target else 'MISSED'}"
        print(f"{name:<52} {value:8.2f} {unit:<3} {verdict}".rstrip())
    return any(target is not None and value > target for _, value, _, target in rows)


if __name__ == "__main__":
    sys.exit(main())
