"""`python -m tests.engine.kill_table`: an engine killed after every request that changes something.

Prints a table of the kills of a first up, of a replacement and of a destroy, and fails where a
recovery leaves anything behind, or where the stack does not converge. One kill is after several
requests, as many as the engine makes before it gets no further.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
from pathlib import Path

from localaws import LocalAws
from tests.engine.kills import EachOnce, Kill, Life, life, replace

COLUMNS = "| command | kill | AWS had done, unheard | recovery said | orphans, missing |"


def main() -> int:
    """Kill, and print each kill as it comes."""
    os.environ["PATH"] = os.pathsep.join((sysconfig.get_path("scripts"), os.environ["PATH"]))
    sys.stdout.write(f"{COLUMNS}\n|---|---|---|---|---|\n")
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalAws(executor="noop") as local,
        life(local, Path(folder)) as whole,
    ):
        whole.on_kill = lambda kill: print_row(len(whole.kills), kill)
        _run(whole, "up")
        replace(whole.stack)
        _run(whole, "up")
        _run(whole, "destroy")
        assert whole.inventory() == {}
    return 0


def _run(whole: Life, command: str) -> None:
    whole.run(command, EachOnce())
    if command == "up":
        again = whole.once("up")
        assert again.changes == [], again.changes
    sys.stdout.write(f"| {command} | | came to its end | | {whole.differences()} |\n")


def print_row(number: int, kill: Kill) -> None:
    """Print a row of the table."""
    said = "; ".join(line.strip() for line in kill.said.splitlines() if line.startswith("  "))
    left = f"{kill.orphans or 'none'}, {kill.missing or 'none'}"
    said = said or kill.said.strip()
    after = ", ".join(each.operation for each in kill.after)
    cells = (kill.command, number, f"{len(kill.after)}: {after}", said, left)
    sys.stdout.write(f"| {' | '.join(map(str, cells))} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
