"""A newcomer's log: ``python -m benchmarks.newcomer``, some minutes, most of them installations.

Two ways, each in an empty folder, an empty home and one shell, with the commands of README.md and
docs/ as they are: from a clone of this repository to a job of one's own, and from `pip install` of
this tree's wheel to a passing test of one's own pipeline. Prints for each command its keystrokes
(the return key with it) and seconds, and exits with 1 where it takes more than a minute after the
set-up, or from `pip install` on. Packages come from the index of pip, or from its cache.

Jobs run as processes, on any free port: the machine may have no registry, and a local AWS already.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tools.release.release import build

PROJECT = Path(__file__).parent.parent
SECONDS = 60.0
"""The most that either way may take, without what is marked as set-up."""
START = "localaws start --detach"
EDIT = "sed -i 's/memory: 5000 /memory: 100 /; s/echo, .*/date, -u]/' Pulumi.local.yaml"
OWN_TEST = """\
cat > test_hello.py
def test_hello(batch_queue):
    hello = {"image": "busybox", "command": ["echo", "hello"], "vcpus": 1, "memory": 100}
    batch = batch_queue(definitions={"hello": hello})
    job = batch.submit("hello")
    job.wait()
    assert job.logs().text == "hello\""""


class Step(NamedTuple):
    """What somebody types.

    Attributes:
        typed: the command; of `cat > FILE`, with the lines of the file.
        page: where it is written; none for what is one's own.
        is_setup: whether it is done once, and not counted among the seconds.
    """

    typed: str
    page: str = ""
    is_setup: bool = False

    @property
    def keystrokes(self) -> int:
        """One for each character, and the return key."""
        return len(self.typed) + 1

    @property
    def script(self) -> str:
        """What the shell runs."""
        first, _, rest = self.typed.partition("\n")
        if rest:
            return f"{first} <<'END'\n{rest}\nEND"
        # Any port, and no image: the machine may have a local AWS, and no registry.
        return first.replace(START, f"{START} --port 0 --executor process")


CLONE = (
    Step('git clone -q "$ORIGIN" batch-platform && cd batch-platform', "", is_setup=True),
    Step("make setup && source .venv/bin/activate", "README.md", is_setup=True),
    Step(f'{START} && eval "$(localaws env)"', "README.md"),
    Step(EDIT),
    Step("localaws deploy --output outputs.json", "README.md"),
    Step("batchsdk --outputs outputs.json submit hello --follow"),
    Step("localaws stop", "docs/pypi.md", is_setup=True),
)
WHEEL = (
    Step("python3 -m venv .venv && . .venv/bin/activate", "", is_setup=True),
    Step("pip install -q 'batchsdk[local]' pytest"),
    Step(OWN_TEST, "docs/pypi.md"),
    Step("pytest -q"),
)


class FailedError(Exception):
    """A command failed, or is not where it is said to be."""


def check(step: Step) -> None:
    """See that a page still tells a command, the last lines of it at least.

    Raises:
        FailedError: it does not.
    """
    told = step.typed.partition("\n")[2] or step.typed
    if step.page and told not in (PROJECT / step.page).read_text(encoding="utf-8"):
        raise FailedError(f"{step.page} does not tell: {told}")


def play(steps: Sequence[Step], folder: Path, variables: dict[str, str]) -> list[float]:
    """Type commands into one shell; return the seconds of each.

    Raises:
        FailedError: one failed.
    """
    home = folder / "home"
    home.mkdir()
    times = folder / "times"
    tick = f'echo "$EPOCHREALTIME" >> {times}'
    script = "\n".join(["set -e", tick, *(f"{each.script}\n{tick}" for each in steps)])
    kept = (
        "PATH",
        "PIP_",
        "UV_",
        "SSL_",
        "REQUESTS_",
        "HTTP",
        "NO_PROXY",
        "http",
        "no_proxy",
        "GO",
    )
    environ = {name: value for name, value in os.environ.items() if name.startswith(kept)}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**environ, "HOME": str(home), "LC_ALL": "C.UTF-8", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    ticks = [float(each) for each in times.read_text().split()]
    if done.returncode != 0:
        raise FailedError(f"{steps[len(ticks) - 1].typed}: {done.stdout[-3000:]}")
    return [after - before for before, after in itertools.pairwise(ticks)]


def report(title: str, steps: Sequence[Step], seconds: Sequence[float]) -> bool:
    """Print a table; return whether the way is short enough."""
    print(f"\n{title}\n{'keys':>6} {'seconds':>8}")
    for step, taken in zip(steps, seconds, strict=True):
        lines = step.typed.split("\n")
        more = f"  (and {len(lines) - 1} lines)" if len(lines) > 1 else ""
        mark = "  [set-up]" if step.is_setup else ""
        print(f"{step.keystrokes:>6} {taken:>8.1f}  {lines[0]}{more}{mark}")
    counted = [
        (step, taken) for step, taken in zip(steps, seconds, strict=True) if not step.is_setup
    ]
    total = sum(taken for _, taken in counted)
    keys = sum(step.keystrokes for step, _ in counted)
    verdict = "ok" if total <= SECONDS else "MISSED"
    print(f"{keys:>6} {total:>8.1f}  without the set-up; target <= {SECONDS:g} s  {verdict}")
    print(f"{sum(each.keystrokes for each in steps):>6} {sum(seconds):>8.1f}  with it")
    return total <= SECONDS


def main() -> int:
    """Play both ways."""
    try:
        for step in (*CLONE, *WHEEL):
            check(step)
        with tempfile.TemporaryDirectory() as name:
            seconds = play(CLONE, Path(name), {"ORIGIN": str(PROJECT)})
        cloned = report("From a clone to a job of one's own", CLONE, seconds)
        with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as wheels:
            build(Path(wheels), "wheel", isolated=False)
            seconds = play(WHEEL, Path(name), {"PIP_FIND_LINKS": wheels})
        installed = report("From pip install to a passing test", WHEEL, seconds)
    except FailedError as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if cloned and installed else 1


if __name__ == "__main__":
    sys.exit(main())
