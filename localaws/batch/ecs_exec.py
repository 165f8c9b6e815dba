"""ECS Exec of the tasks of jobs: DescribeTasks, ExecuteCommand, and the stream of a session.

AWS's stream is a web socket of Systems Manager. Here it is a path of the server's own port, which
is asked for output and given input by plain requests. The path has a secret in it that only the
answer to ExecuteCommand, a signed request, tells. Sources: ECS API reference, ExecuteCommand and
DescribeTasks; ECS developer guide, "Monitor Amazon ECS containers with ECS Exec"; the errors' texts
are those of the service.
"""

from __future__ import annotations

import json
import secrets
import shlex
import threading
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

from localaws.batch.containers import containers_of
from localaws.batch.executors.terminals import Terminal
from localaws.batch.models import Attempt, Job
from localaws.batch.task_metadata import docker_id_of
from localaws.batch.task_roles import role_of_containers
from localaws.batch.tasks import container_ids

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from localaws.batch.agent_rights import Judge
    from localaws.batch.engine import Engine

PREFIX = "/_localaws/exec/"
"""Of the paths that are answered without a signature, to who knows the secret in them."""
MOST_BYTES = 1024 * 1024
"""Of one piece of input."""
CHANNELS = tuple(
    f"ssmmessages:{verb}{kind}Channel"
    for verb in ("Create", "Open")
    for kind in ("Control", "Data")
)
"""What the agent in the container needs of the task's role (ECS developer guide: ECS Exec)."""
_TARGET = "AmazonEC2ContainerServiceV20141113."
_POLL_SECONDS = 10.0
UNUSED_SECONDS = 60.0
"""How long a session waits for somebody to ask for its output, before it is ended."""
_SEVERAL = 2
_NOT_ENABLED = (
    "The execute command failed because execute command was not enabled when the task was run or "
    "the execute command agent isn\u2019t running. Wait and try again or run a new task with "
    "execute command enabled and try again."
)
_NOT_CONNECTED = "The execute command failed due to an internal error. Try again later."


class EcsError(Exception):
    """What ECS refuses: the code of the error, and the text."""


@dataclass(eq=False)
class _Session:
    terminal: Terminal
    asked_at: float = field(default_factory=time.monotonic)


class EcsExec:
    """Commands in the containers of running jobs; any thread may use it."""

    def __init__(self, engine: Engine, url: str) -> None:
        """Prepare.

        Args:
            engine: runs the jobs.
            url: of the server, e.g. ``http://127.0.0.1:4566``.
        """
        self._engine = engine
        self._url = url
        self._lock = threading.Lock()
        self._sessions: dict[str, _Session] = {}

    def answer(
        self,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        place: tuple[str, str],
        judge: Judge,
    ) -> Iterable[bytes] | None:
        """Answer a request to ECS about tasks of jobs; ``None``: it is about something else.

        Args:
            environ: of WSGI; its body can be read again.
            start_response: of WSGI.
            place: account and region of the caller.
            judge: tells what the roles of tasks may do.
        """
        operation = str(environ.get("HTTP_X_AMZ_TARGET", "")).removeprefix(_TARGET)
        if operation not in ("DescribeTasks", "ExecuteCommand"):
            return None
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        try:
            request = json.loads(body or b"{}")
            if operation == "ExecuteCommand":
                return _send(start_response, 200, self._execute(request, place, judge))
            described = self._describe(request, place)
        except ValueError:
            return _refuse(start_response, "SerializationException", "The request is not JSON")
        except EcsError as fault:
            return _refuse(start_response, *fault.args)
        return None if described is None else _send(start_response, 200, described)

    def _describe(
        self, request: Mapping[str, Any], place: tuple[str, str]
    ) -> dict[str, Any] | None:
        tasks = request.get("tasks") or []
        found = {each: self._running(each, request.get("cluster"), place) for each in tasks}
        if not any(found.values()):
            return None
        return {
            "tasks": [_task(*each) for each in found.values() if each],
            "failures": [
                {"arn": name, "reason": "MISSING"} for name, each in found.items() if not each
            ],
        }

    def _running(
        self, task: str, cluster: str | None, place: tuple[str, str]
    ) -> tuple[Job, Attempt] | None:
        """Return a task that runs in a cluster of this account and region."""
        found = self._engine.running(task.rpartition("/")[2])
        if found is None:
            return None
        environment = found[1].compute_environment
        name = (cluster or "default").rpartition("/")[2]
        in_it = name == environment.ecs_cluster_arn.rpartition("/")[2]
        return found if in_it and environment.account_and_region == place else None

    def _execute(
        self, request: Mapping[str, Any], place: tuple[str, str], judge: Judge
    ) -> dict[str, Any]:
        if request.get("interactive") is not True:
            text = "Interactive is the only mode supported currently."
            raise EcsError("InvalidParameterException", text)
        found = self._running(str(request.get("task")), request.get("cluster"), place)
        if found is None:
            raise EcsError("InvalidParameterException", "The task cannot be found in the cluster.")
        job, attempt = found
        if not is_enabled(job) or attempt.started_at is None:
            raise EcsError("InvalidParameterException", _NOT_ENABLED)
        name = _container_name(job, request.get("container"))
        container = dict(containers_of(job))[name]
        # The agent writes to the root, and speaks to Systems Manager as the task's role.
        connects = _may_connect(job, attempt, judge) and self._engine.reaches(
            job, attempt, "ssmmessages"
        )
        if container.get("readonlyRootFilesystem") or not connects:
            raise EcsError("TargetNotConnectedException", _NOT_CONNECTED)
        terminal = self._open(container_ids(job, attempt)[name], str(request.get("command") or ""))
        described = _task(job, attempt)
        (about,) = (each for each in described["containers"] if each["name"] == name)
        return {
            "clusterArn": described["clusterArn"],
            "containerArn": about["containerArn"],
            "containerName": name,
            "interactive": True,
            "session": self._begin(terminal),
            "taskArn": attempt.task_arn,
        }

    def _open(self, container_id: str, command: str) -> Terminal:
        try:
            words = shlex.split(command)  # as the agent does
            if not words:
                raise ValueError("no command")  # noqa: TRY301 - as shlex does
            terminal = self._engine.open_terminal(container_id, words)
        except (OSError, ValueError) as fault:
            raise EcsError("InvalidParameterException", f"Invalid command: {fault}") from None
        if terminal is None:
            raise EcsError("TargetNotConnectedException", _NOT_CONNECTED)
        return terminal

    def _begin(self, terminal: Terminal) -> dict[str, str]:
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._sessions[token] = _Session(terminal)
        self._end_if_unused(token)
        return {
            "sessionId": f"ecs-execute-command-{uuid.uuid4().hex[:25]}",
            "streamUrl": f"{self._url}{PREFIX}",
            "tokenValue": token,
        }

    def _end_if_unused(self, token: str) -> None:
        """End a session whose client is gone; look again later at one that is used."""
        session = self._sessions.get(token)
        if session is None:
            return
        left = session.asked_at + UNUSED_SECONDS - time.monotonic()
        if left <= 0:
            self._finish(token)
            return
        later = threading.Timer(left, self._end_if_unused, [token])
        later.daemon = True
        later.start()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request for the stream of a session: GET its output, POST input or a size."""
        token, _, what = environ["PATH_INFO"].removeprefix(PREFIX).partition("/")
        session = self._sessions.get(token)
        if session is None:
            return _send(start_response, 404, {"message": "there is no such session"})
        session.asked_at = time.monotonic()
        if environ["REQUEST_METHOD"] == "GET":
            return self._output(token, session, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if what == "size":
            rows, columns = (int(each) % 1000 for each in body.split()[:_SEVERAL])
            session.terminal.resize(rows, columns)
        elif what == "end":
            self._finish(token)
        else:
            session.terminal.write(body)
        return _send(start_response, 200, {})

    def _output(
        self, token: str, session: _Session, start_response: StartResponse
    ) -> Iterable[bytes]:
        written = session.terminal.read(_POLL_SECONDS)
        session.asked_at = time.monotonic()
        if written is None:
            self._finish(token)
            return _send(start_response, 410, {"message": "the command has ended"})
        start_response(
            "200 OK",
            [("Content-Type", "application/octet-stream"), ("Content-Length", str(len(written)))],
        )
        return [written]

    def _finish(self, token: str) -> None:
        with self._lock:
            session = self._sessions.pop(token, None)
        if session is not None:
            session.terminal.close()


def is_enabled(job: Job) -> bool:
    """Tell whether ECS Exec is turned on for the tasks of a job."""
    return bool(
        job.container.get("enableExecuteCommand") or (job.task or {}).get("enableExecuteCommand")
    )


def _may_connect(job: Job, attempt: Attempt, judge: Judge) -> bool:
    role = role_of_containers(job, attempt)
    if role is None:
        return not judge.is_enforced
    return not any(judge.refusal(role, action, "*") for action in CHANNELS)


def _container_name(job: Job, wanted: Any) -> str:
    names = [name for name, _ in containers_of(job)]
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted not in names:
        text = (
            f"The container {wanted} cannot be found in the task."
            if wanted
            else "The task has several containers: specify the name of one."
        )
        raise EcsError("InvalidParameterException", text)
    return str(wanted)


def _task(job: Job, attempt: Attempt) -> dict[str, Any]:
    """Describe a task (API: ECS, Task), as far as a client of ECS Exec looks."""
    status = "RUNNING" if attempt.started_at is not None else "PENDING"
    agent = {"name": "ExecuteCommandAgent", "lastStatus": status}
    enabled = is_enabled(job)
    return {
        "taskArn": attempt.task_arn,
        "clusterArn": attempt.compute_environment.ecs_cluster_arn,
        "lastStatus": status,
        "desiredStatus": "RUNNING",
        "launchType": "FARGATE" if attempt.instance is None else "EC2",
        "enableExecuteCommand": enabled,
        "containers": [
            {
                "containerArn": attempt.task_arn.replace(":task/", ":container/")
                + f"/{uuid.uuid5(uuid.UUID(attempt.task_id), name)}",
                "taskArn": attempt.task_arn,
                "name": name,
                "runtimeId": docker_id_of(attempt, name),
                "lastStatus": status,
                **({"managedAgents": [agent]} if enabled else {}),
            }
            for name, _ in containers_of(job)
        ],
    }


def _refuse(start_response: StartResponse, code: str, message: str) -> Iterable[bytes]:
    return _send(start_response, 400, {"__type": code, "message": message})


def _send(start_response: StartResponse, status: int, body: Mapping[str, Any]) -> Iterable[bytes]:
    payload = json.dumps(body).encode()
    phrases = {200: "OK", 400: "Bad Request", 404: "Not Found", 410: "Gone"}
    headers = [
        ("Content-Type", "application/x-amz-json-1.1"),
        ("Content-Length", str(len(payload))),
        ("x-amzn-RequestId", str(uuid.uuid4())),
    ]
    start_response(f"{status} {phrases[status]}", headers)
    return [payload]
