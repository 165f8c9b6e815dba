"""The ECS agent as the containers of running tasks meet it, over HTTP.

The id in the path says who asks, and is all that is needed to ask; once its task is over there is
no answer. Sources: ECS developer guide, "Task metadata endpoint version 4", "version 3" and "Task
scale-in protection endpoint"; the texts of errors are those of the agent's source.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localaws.batch import task_metadata
from localaws.batch.ec2_facts import where_it_runs
from localaws.batch.models import Attempt, Job
from localaws.batch.task_endpoints import PREFIX, TaskEndpoints, task_id_of
from localaws.batch.task_roles import TaskRole, role_of_containers
from localaws.batch.tasks import container_ids

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from localaws.batch.engine import Engine

METADATA = re.compile(r"v[34]/(?P<id>[^/]+)(?P<what>/.*)?")
STARTED_SECONDS = 1.0
"""How long a container may ask before it counts as one that has been started."""
CREDENTIALS = re.compile(r"v2/credentials/(?P<id>[^/]+)")
AGENT_API = re.compile(r"api/(?P<id>[^/]+)/task-protection/v1/state")


@dataclass(frozen=True)
class Caller:
    """The container that asks, and what it is of."""

    job: Job
    attempt: Attempt
    name: str
    container_id: str
    """As the executor knows it."""


@dataclass(frozen=True)
class Answer:
    """What is sent, as JSON."""

    body: Any
    status: str = "200 OK"


class EcsAgent:
    """The WSGI application for the paths under :data:`localaws.batch.task_endpoints.PREFIX`."""

    def __init__(
        self,
        engine: Engine,
        endpoints: TaskEndpoints,
        credentials: Callable[[TaskRole, str, str], Mapping[str, Any]],
    ) -> None:
        """Prepare to answer the tasks of ``engine``.

        Args:
            engine: runs them.
            endpoints: of their containers.
            credentials: makes those of a role, for an account and a region.
        """
        self._engine = engine
        self._credentials = credentials
        self._endpoints = endpoints
        self._metadata: Mapping[str, Callable[[Caller], Any]] = {
            "": self._container,
            "/task": self._task,
            "/taskWithTags": self._task_with_tags,
            "/stats": self._stats,
            "/task/stats": self._task_stats,
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path = environ["PATH_INFO"].removeprefix(PREFIX)
        answer = self._answer(environ["REQUEST_METHOD"], path)
        body = json.dumps(answer.body).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(answer.status, headers)
        return [body]

    def _answer(self, method: str, path: str) -> Answer:
        if found := AGENT_API.fullmatch(path):
            return self._protection(found["id"], method)
        if found := CREDENTIALS.fullmatch(path):
            return self._role(found["id"])
        found = METADATA.fullmatch(path)
        read = self._metadata.get((found["what"] or "").rstrip("/")) if found else None
        if found is None or read is None:
            return Answer("404 page not found", "404 Not Found")
        if method != "GET":
            return Answer("405 method not allowed", "405 Method Not Allowed")
        caller = self._find(found["id"])
        if caller is not None:
            return Answer(read(caller))
        kind = "task" if (found["what"] or "").startswith("/task") else "container"
        version = path[:2].upper()
        return Answer(
            f"{version} {kind} metadata handler: unable to get {kind} from request: unable to get "
            f"it from v3 endpoint ID: {found['id']}",
            "404 Not Found",
        )

    def _role(self, endpoint_id: str) -> Answer:
        """Answer with the credentials of the task's role, or of its instance's."""
        caller = self._find(endpoint_id)
        role = role_of_containers(caller.job, caller.attempt) if caller is not None else None
        if caller is None or role is None:
            error = {
                "code": "InvalidIdInRequest",
                "message": "CredentialsV2Request: Credentials not found",
                "HTTPErrorCode": 400,
            }
            return Answer(error, "400 Bad Request")
        place = caller.attempt.compute_environment.account_and_region
        return Answer(self._credentials(role, *place))

    def _find(self, endpoint_id: str) -> Caller | None:
        container_id = self._endpoints.container_of(endpoint_id)
        if container_id is None:
            return None
        running = self._engine.running(task_id_of(container_id))
        if running is None:
            return None
        job, attempt = running
        # Who asks has been started, and the engine is about to hear of it.
        deadline = time.monotonic() + STARTED_SECONDS
        while attempt.started_at is None and time.monotonic() < deadline:
            time.sleep(STARTED_SECONDS / 100)
        names = {each: name for name, each in container_ids(job, attempt).items()}
        return Caller(job, attempt, names[container_id], container_id)

    @staticmethod
    def _container(caller: Caller) -> dict[str, Any]:
        return task_metadata.container_metadata(caller.job, caller.attempt, caller.name)

    @staticmethod
    def _task(caller: Caller) -> dict[str, Any]:
        where = where_it_runs(caller.attempt.compute_environment)
        return task_metadata.task_metadata(caller.job, caller.attempt, where)

    @staticmethod
    def _task_with_tags(caller: Caller) -> dict[str, Any]:
        where = where_it_runs(caller.attempt.compute_environment)
        return task_metadata.task_metadata(caller.job, caller.attempt, where, with_tags=True)

    def _stats(self, caller: Caller) -> Mapping[str, Any] | None:
        return self._engine.stats(caller.container_id)

    def _task_stats(self, caller: Caller) -> dict[str, Mapping[str, Any] | None]:
        return {
            task_metadata.docker_id_of(caller.attempt, name): self._engine.stats(container_id)
            for name, container_id in container_ids(caller.job, caller.attempt).items()
        }

    def _protection(self, endpoint_id: str, method: str) -> Answer:
        """Refuse to protect a task: those of AWS Batch are of no service."""
        if method not in ("GET", "PUT"):
            return Answer("405 method not allowed", "405 Method Not Allowed")
        caller = self._find(endpoint_id)
        if caller is None:
            error = {
                "Code": "ResourceNotFoundException",
                "Message": "Failed to find a task for the request",
            }
            return Answer({"error": error}, "404 Not Found")
        return Answer({"failure": {"Arn": caller.attempt.task_arn, "Reason": "TASK_NOT_VALID"}})
