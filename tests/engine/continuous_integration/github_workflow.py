"""Runs a GitHub workflow's jobs on this machine: its `run` steps as they are, by bash.

nektos/act does so in general, but takes minutes to compile, and its actions come from GitHub. Here
each action has a stand-in that the test gives; what is not known here fails: an action, a key, an
expression.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.engine.continuous_integration import steps

EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")
OF_WORKFLOWS = {"name", True, "permissions", "env", "jobs"}  # `on` is a boolean to YAML 1.1
OF_JOBS = {
    *("if", "needs", "runs-on", "permissions", "steps", "environment", "concurrency"),
}
OF_STEPS = {"uses", "with", "run"}


@dataclass
class Job:
    """A job that runs: what its steps share.

    Attributes:
        workspace: its own folder.
        environ: variables of its steps.
        permissions: of its token.
    """

    workspace: Path
    environ: dict[str, str]
    permissions: Mapping[str, str]
    output: str = ""


Action = Callable[[Job, Mapping[str, str]], None]
"""The stand-in of an action: takes what it has under ``with``."""


@dataclass(frozen=True)
class Workflow:
    """A workflow, and what GitHub would know of its repository.

    Attributes:
        actions: stand-ins by what a step names under ``uses``.
        contexts: ``github``, ``vars`` and ``secrets``.
        environ: variables that the machine of each job has.
    """

    file: Path
    actions: Mapping[str, Action]
    contexts: Mapping[str, Any]
    environ: Mapping[str, str]
    folder: Path
    ran: list[Job] = field(default_factory=list)

    def run(self, event: str, branch: str, passed: Iterable[str] = ()) -> list[str]:
        """Run the jobs that the event starts, each after those that it needs; return their names.

        Args:
            event: ``pull_request`` or ``push``.
            branch: the one that is pushed, or that the pull request would be merged into.
            passed: jobs that are not run again, as those of an earlier event.
        """
        self.ran.clear()
        document = yaml.safe_load(self.file.read_text(encoding="utf-8"))
        _refuse_unknown("workflow", document, OF_WORKFLOWS)
        started_by = document[True]
        assert event in started_by, f"{event} starts nothing"
        only = started_by[event] or {}
        _refuse_unknown(event, only, {"branches"})
        assert branch in only.get("branches", [branch])
        self.contexts["github"]["event_name"] = event
        done = [*passed]
        waiting = {name: job for name, job in document["jobs"].items() if name not in done}
        while waiting:
            name = next(each for each in waiting if self._needs(waiting[each]) <= {*done})
            job = waiting.pop(name)
            if self._value(job.get("if", "true")):
                self._run(name, job, document)
            done.append(name)
        return [each.workspace.name.partition("-")[0] for each in self.ran]

    @staticmethod
    def _needs(job: Mapping[str, Any]) -> set[str]:
        needs = job.get("needs", [])
        return {needs} if isinstance(needs, str) else {*needs}

    def _run(self, name: str, job: Mapping[str, Any], document: Mapping[Any, Any]) -> None:
        _refuse_unknown(name, job, OF_JOBS)
        assert job["runs-on"] == "ubuntu-latest"
        workspace = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))
        given = {key: self._text(value) for key, value in document["env"].items()}
        permissions = job.get("permissions", document["permissions"])
        running = Job(workspace, {**self.environ, **given}, permissions)
        self.ran.append(running)
        for step in job["steps"]:
            _refuse_unknown(f"{name}: step", step, OF_STEPS)
            if "uses" in step:
                inputs = {key: self._text(value) for key, value in step.get("with", {}).items()}
                self.actions[step["uses"]](running, inputs)
            else:
                self._command(running, self._text(step["run"]))

    @staticmethod
    def _command(job: Job, text: str) -> None:
        """Run a step as GitHub does, whose shell is `bash -e` unless the step names another."""
        path = job.workspace.parent / "path"
        path.write_text("")
        environ = {**job.environ, "GITHUB_PATH": str(path), "GITHUB_WORKSPACE": str(job.workspace)}
        code, output = steps.run(["bash", "-e", "-c", text], job.workspace, environ)
        job.output += f"$ {text}\n{output}"
        assert code == 0, job.output
        added = [*reversed(path.read_text().split()), job.environ["PATH"]]
        job.environ["PATH"] = ":".join(added)

    def _text(self, value: object) -> str:
        return EXPRESSION.sub(lambda found: str(self._value(found[1])), str(value))

    def _value(self, expression: str) -> Any:
        """Return the value of an expression: names, texts, `==`, `&&`."""
        if "&&" in expression:
            return all(self._value(each.strip()) for each in expression.split("&&"))
        if "==" in expression:
            left, right = (self._value(each.strip()) for each in expression.split("=="))
            return left == right
        if literal := re.fullmatch(r"'([^']*)'", expression):
            return literal[1]
        if expression == "true":
            return True
        assert re.fullmatch(r"\w+(\.\w+)+", expression), f"not known here: {expression}"
        found: Any = self.contexts
        for part in expression.split("."):
            found = found.get(part, "")
        return found


def _refuse_unknown(where: str, given: Mapping[Any, Any], known: set[Any]) -> None:
    assert given.keys() <= known, f"{where}: not known here: {given.keys() - known}"
