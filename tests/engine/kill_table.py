"""`python -m tests.engine.kill_table [--single] [PHASE ...]`: the engine killed after every change.

Every request to AWS that changes something is a point at which it is killed.

Prints a table of the kills of a first up, of a replacement and of a destroy, and fails where a
recovery leaves anything behind, or where the stack does not converge. One kill is after several
requests, as many as the engine makes before it gets no further; with `--single` the engine works
at one resource at a time, and each kill is after one request. The phases are `up`, `replacement`
and `destroy`; all of them run, and those that are named have kills.
"""

from __future__ import annotations

import argparse
import os
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path

from localaws import LocalAws
from tests.engine.kills import EachOnce, Kill, life, replace

PHASES = ("up", "replacement", "destroy")
COLUMNS = "| command | kill | AWS had done, unheard | recovery said | orphans, missing |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, and print each kill as it comes."""
    parser = argparse.ArgumentParser(prog="python -m tests.engine.kill_table", description=__doc__)
    parser.add_argument("phases", nargs="*", metavar="PHASE", type=_phase)
    parser.add_argument("--single", action="store_true", help="a kill for each single request")
    chosen = parser.parse_args(arguments)
    phases = chosen.phases or PHASES
    options = ("--parallel=1",) if chosen.single else ()
    os.environ["PATH"] = os.pathsep.join((sysconfig.get_path("scripts"), os.environ["PATH"]))
    sys.stdout.write(f"{COLUMNS}\n|---|---|---|---|---|\n")
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalAws(executor="noop") as local,
        life(local, Path(folder), *options) as whole,
    ):
        whole.on_kill = lambda kill: print_row(len(whole.kills), kill)
        for phase in PHASES:
            if phase == "replacement":
                replace(whole.stack)
            command = "destroy" if phase == "destroy" else "up"
            whole.run(command, EachOnce(), most=1000 if phase in phases else 0)
            if command == "up":
                again = whole.once("up")
                assert again.changes == [], again.changes
            end = f"came to its end; {whole.differences()}"
            sys.stdout.write(f"| {phase} | | | {end} | |\n")
        assert whole.inventory() == {}
    return 0


def _phase(name: str) -> str:
    if name not in PHASES:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(PHASES)}")
    return name


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
