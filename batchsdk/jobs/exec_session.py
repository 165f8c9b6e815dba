"""A command in the container of a job that runs, by ECS Exec.

AWS Batch names the ECS task of a job; ECS opens the session (ExecuteCommand), and the Session
Manager plugin shows it, as it does for the AWS CLI. Sources: ECS developer guide, "Monitor Amazon
ECS containers with ECS Exec"; API: ECS ExecuteCommand, Batch EcsTaskDetails.
"""

from __future__ import annotations

import json
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batchsdk.errors import InvalidArgumentError, JobLostError, Problem, UsageError
from batchsdk.jobs.detail import JobDetail, task_arns
from batchsdk.names import suggestion
from batchsdk.states import JobStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchsdk.session import Session

PLUGIN = "session-manager-plugin"
INSTALL = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/"
    "session-manager-working-with-install-plugin.html"
)
_LOCAL_PLUGIN = ("-m", "localaws.control.session_plugin")
"""What shows a session of the local AWS, whose stream no web socket is."""
_OF_AWS = "aws-"
"""How the names of containers begin that AWS adds to a task (GuardDuty guide: Fargate)."""
_MOST_CHARACTERS = 8192
"""Of a command here. AWS names no limit, and the plugin's arguments have one."""


@dataclass(frozen=True, kw_only=True)
class ExecSession:
    """An open session, for the plugin to show."""

    session: Mapping[str, str] = field(repr=False)
    """``sessionId``, ``streamUrl`` and ``tokenValue``, which is a secret."""
    region: str
    target: str
    """``ecs:<cluster>_<task>_<runtime id>``."""

    @property
    def is_local(self) -> bool:
        """It is of a local AWS: Systems Manager's stream is a web socket (``wss``)."""
        return self.session["streamUrl"].startswith("http://127.0.0.1:")

    def plugin(self) -> list[str]:
        """Return the command line of the plugin, as the AWS CLI gives it.

        Raises:
            UsageError: the plugin is not installed.
        """
        found = shutil.which(PLUGIN)
        if self.is_local:
            program = [sys.executable, *_LOCAL_PLUGIN]
        elif found is None:
            raise _not_installed()
        else:
            program = [found]
        request = json.dumps({"Target": self.target})
        domain = "amazonaws.com.cn" if self.region.startswith("cn-") else "amazonaws.com"
        endpoint = f"https://ecs.{self.region}.{domain}"
        session = json.dumps(dict(self.session))
        # The profile stays empty: the plugin would only sign with it when it resumes a session.
        return [*program, session, self.region, "StartSession", "", request, endpoint]

    def show(self) -> int:
        """Connect this process's terminal to the command, until it has ended.

        Returns:
            The exit code of the plugin: what code the command had, AWS does not tell.

        Raises:
            UsageError: the plugin is not installed.
        """
        with _interrupts_for_the_plugin():
            return subprocess.run(self.plugin(), check=False).returncode  # noqa: S603 - no shell


def open_session(
    session: Session, job_id: str, command: Sequence[str], container: str | None = None
) -> ExecSession:
    """Begin a command in a job that is RUNNING.

    Args:
        session: the connection.
        job_id: of a job, a child ``ID:0`` of an array, or a node ``ID#0``.
        command: to run, word by word.
        container: name of one of several containers.

    Raises:
        InvalidArgumentError: no command can run in that job; why not, and what to do.
        JobLostError: Batch does not know the job.
        ServiceError: AWS refused a call or did not answer.
    """
    line = _command_line(command)
    detail = session.describe_one(job_id)
    if detail is None:
        hint = "Batch forgets finished jobs after seven days or more."
        raise JobLostError(job_id, f"Batch does not know job {job_id}", hint=hint)
    task_arn = _task_of(detail)
    cluster = task_arn.rpartition(":")[2].split("/")[1]
    answer = session.transport.read(
        "ecs", "DescribeTasks", {"cluster": cluster, "tasks": [task_arn]}
    )
    task = next(iter(answer.get("tasks") or ()), None)
    if task is None:
        raise _refused(job_id, "its ECS task is gone", "the job is ending: look at its log")
    chosen = _container(job_id, task.get("containers") or (), container)
    opened = session.transport.execute_command(
        {
            "cluster": cluster,
            "task": task_arn,
            "container": chosen["name"],
            "command": line,
            "interactive": True,  # AWS knows no other
        }
    )
    task_id = task_arn.rpartition("/")[2]
    return ExecSession(
        session=dict(opened["session"]),
        region=session.outputs.region,
        target=f"ecs:{cluster}_{task_id}_{chosen.get('runtimeId', '')}",
    )


def check_plugin(session: Session) -> None:
    """Refuse before anything is begun where nothing could show a session.

    Raises:
        UsageError: the plugin is not installed, and AWS is the real one.
    """
    if shutil.which(PLUGIN) is None and not session.environ.get("AWS_ENDPOINT_URL"):
        raise _not_installed()


def _not_installed() -> UsageError:
    return UsageError(
        f"{PLUGIN} is not installed: AWS's program that shows a session of ECS Exec",
        hint=f"Install it: {INSTALL}",
    )


def _command_line(command: Sequence[str]) -> str:
    if isinstance(command, str) or not command or not all(isinstance(it, str) for it in command):
        rule = "must be a list of at least one word"
        raise InvalidArgumentError(Problem("command", None, rule, 'give e.g. ["sh"]'))
    line = shlex.join(command)
    if len(line) > _MOST_CHARACTERS or "\0" in line:
        rule = f"must have at most {_MOST_CHARACTERS} characters, none of them NUL"
        raise InvalidArgumentError(Problem("command", None, rule, "put it into a file of the job"))
    return line


def _task_of(detail: JobDetail) -> str:
    """Return the ARN of the task of a job that a command can run in.

    Raises:
        InvalidArgumentError: none can.
    """
    job_id = detail.job_id
    if detail.is_array_parent:
        raise _refused(
            job_id, "is an array, which runs nothing itself", f"name a child: {job_id}:0"
        )
    if detail.node_count is not None:
        rule = "has several nodes"
        raise _refused(job_id, rule, f"name one: '{job_id}#0'")
    if detail.status is not JobStatus.RUNNING:
        fix = (
            "submit it again, and look while it runs"
            if detail.status.is_terminal
            else "wait until it runs"
        )
        raise _refused(job_id, f"is {detail.status}, not RUNNING", fix)
    if detail.raw.get("eksProperties"):
        raise _refused(job_id, "runs on EKS, not on ECS", "use kubectl exec")
    tasks = (detail.raw.get("ecsProperties") or {}).get("taskProperties") or ()
    owner = task_arns(detail.raw, tasks)
    if not (owner.get("enableExecuteCommand") or (tasks and tasks[0].get("enableExecuteCommand"))):
        raise _refused(
            job_id,
            "was submitted with a job definition without ECS Exec",
            "set containerProperties: {enableExecuteCommand: true} in the job definition (of "
            "ecsProperties: in its task), and submit it again",
        )
    arn = str(owner.get("taskArn") or (tasks and tasks[0].get("taskArn")) or "")
    if arn.count("/") != 2:  # noqa: PLR2004 - …:task/CLUSTER/ID
        raise _refused(job_id, "has no ECS task yet", "try again in a few seconds")
    return arn


def _container(
    job_id: str, containers: Sequence[Mapping[str, Any]], wanted: str | None
) -> Mapping[str, Any]:
    named = {str(each["name"]): each for each in containers}
    own = [name for name in named if not name.startswith(_OF_AWS)]
    if wanted is None and len(own) == 1:
        return named[own[0]]
    if wanted not in named:
        names = ", ".join(own)
        if wanted is None:
            fault = Problem(
                "container", None, f"{job_id} has several containers", f"one of {names}"
            )
        else:
            fix = suggestion(wanted, own)
            fault = Problem("container", wanted, f"is no container of {job_id}: {names}", fix)
        raise InvalidArgumentError(fault)
    return named[wanted]


def _refused(job_id: str, rule: str, fix: str) -> InvalidArgumentError:
    return InvalidArgumentError(Problem("job_id", job_id, rule, fix))


@contextmanager
def _interrupts_for_the_plugin() -> Iterator[None]:
    """Leave the keys that interrupt, quit and stop to the command in the job."""
    names = [each for each in ("SIGINT", "SIGQUIT", "SIGTSTP") if hasattr(signal, each)]
    try:
        before = {name: signal.signal(getattr(signal, name), signal.SIG_IGN) for name in names}
    except ValueError:  # not the main thread: there they do not come
        yield
        return
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
