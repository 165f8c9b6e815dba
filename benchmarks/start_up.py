"""What starting costs: ``python -m benchmarks.start_up``; two minutes with the Pulumi engine.

Prints a line per figure, with the target of the project beside it, and exits with 1 if one is
missed. Each is the least of many runs of a process, as anything else on the machine only adds.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

RUNS = 15
RUNS_OF_SECONDS = 3
"""Of what takes seconds."""
BIN = Path(sys.executable).parent
PROJECT = Path(__file__).parent.parent

IMPORT_MILLISECONDS = 30
SHARE_OF_AWS = 0.5
QUESTION_MILLISECONDS = 400
COMMAND_MILLISECONDS = 2500
BEYOND_PULUMI_MILLISECONDS = 5000


class Row(NamedTuple):
    """One figure.

    Attributes:
        name: what was measured.
        value: in ``unit``.
        unit: e.g. ``ms``; none for a ratio.
        target: the most that it may be; ``None`` if it is only told.
    """

    name: str
    value: float
    unit: str = "ms"
    target: float | None = None

    @property
    def is_missed(self) -> bool:
        """Whether the value is beyond the target."""
        return self.target is not None and self.value > self.target

    def __str__(self) -> str:
        verdict = ""
        if self.target is not None:
            verdict = f"target <= {self.target:g}  {'MISSED' if self.is_missed else 'ok'}"
        return f"{self.name:<52} {self.value:8.2f} {self.unit:<3} {verdict}".rstrip()


def least(
    command: Sequence[str | Path], runs: int = RUNS, environ: Mapping[str, str] = os.environ
) -> float:
    """Return the least milliseconds that a process takes."""
    return min(once(command, environ)[0] for _ in range(runs))


def once(command: Sequence[str | Path], environ: Mapping[str, str]) -> tuple[float, str]:
    """Return the milliseconds that a process takes, and what it prints."""
    start = time.perf_counter()
    done = subprocess.run(
        command, env=environ, cwd=PROJECT, check=True, stdout=subprocess.PIPE, text=True
    )
    return (time.perf_counter() - start) * 1000, done.stdout


def python(code: str) -> float:
    """Return the least milliseconds that the interpreter takes with some code."""
    return least([sys.executable, "-c", code])


def of_batchsdk() -> Iterator[Row]:
    """Measure the client and its command line."""
    start = python("pass")
    yield Row("the interpreter alone", start)
    imported = python("import batchsdk") - start
    yield Row("import batchsdk, beyond it", imported, target=IMPORT_MILLISECONDS)
    used = python("import batchsdk; batchsdk.connect, batchsdk.Batch, batchsdk.Job") - start
    yield Row("the whole client imported, beyond it", used)
    skeleton = ["batch", "list-jobs", "--generate-cli-skeleton"]
    for verb, theirs in ((["--version"], ["--version"]), (["list", "--help"], skeleton)):
        ours, aws = least([BIN / "batchsdk", *verb]), least([BIN / "aws", *theirs])
        yield Row(f"batchsdk {' '.join(verb)}", ours)
        yield Row(f"aws {' '.join(theirs)}", aws)
        yield Row("  share of it", ours / aws, unit="", target=SHARE_OF_AWS)


def of_localaws() -> Iterator[Row]:
    """Measure the commands of a local AWS that runs, and ``make up`` where there is an engine."""
    with tempfile.TemporaryDirectory() as home:
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "LOCALAWS_HOME": home,
        }
        localaws = [sys.executable, "-m", "localaws"]
        start = [*localaws, "start", "--detach", "--port", "0", "--executor", "process"]
        yield Row("python -m localaws start --detach", once(start, environ)[0])
        try:
            for verb in ("env", "status", "logs"):
                taken = least([*localaws, verb], environ=environ)
                yield Row(f"python -m localaws {verb}", taken, target=QUESTION_MILLISECONDS)
            taken = least([*localaws, "run", "--", "true"], RUNS_OF_SECONDS, environ)
            yield Row("python -m localaws run -- true", taken, target=COMMAND_MILLISECONDS)
            yield from of_make_up(environ)
        finally:
            stopped = once([*localaws, "stop"], environ)[0]
        yield Row("python -m localaws stop", stopped, target=QUESTION_MILLISECONDS)


def of_make_up(environ: Mapping[str, str]) -> Iterator[Row]:
    """Measure an update that changes nothing, beside what Pulumi says that it took."""
    programs = os.pathsep.join((str(BIN), environ["PATH"]))
    if shutil.which("pulumi", path=programs) is None:
        print("make up is not measured: `make pulumi` gets the engine", file=sys.stderr)
        return
    command = ["make", "--no-print-directory", "up", "STACK=dev"]
    once(command, environ)
    runs = [once(command, environ) for _ in range(RUNS_OF_SECONDS)]
    whole, beyond = min(runs)[0], min(taken - reported(text) for taken, text in runs)
    yield Row("make up, nothing to change", whole)
    yield Row("  beyond Pulumi's own duration", beyond, target=BEYOND_PULUMI_MILLISECONDS)


def reported(text: str) -> float:
    """Return the milliseconds that ``pulumi up`` says that it took: it prints whole seconds."""
    found = re.search(r"^Duration: (?:(\d+)m)?(\d+)s$", text, re.MULTILINE)
    if found is None:
        raise ValueError(f"pulumi up has not told its duration: {text}")
    minutes, seconds = found.groups(default="0")
    return (60 * int(minutes) + int(seconds)) * 1000


def main() -> int:
    """Measure, print, and return 1 if a target is missed."""
    if hasattr(signal, "SIGCHLD"):  # make waits for no child where its parent ignores this
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # Installed packages have their bytecode; without it every start would compile them.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    is_missed = False
    for measure in (of_batchsdk, of_localaws):
        for row in measure():
            print(row, flush=True)
            is_missed = is_missed or row.is_missed
    return int(is_missed)


if __name__ == "__main__":
    sys.exit(main())
