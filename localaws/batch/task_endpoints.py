"""Where the ECS agent answers the containers of running tasks: an address for each container.

The agent of AWS answers at 169.254.170.2, each container under an id that nobody else knows. Here
it is a path of the server's own port, and the id has a code over it that only this server can
make, so that no list of ids must be kept.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping

from localaws.batch.models import Attempt

PREFIX = "/_localaws/ecs/"
"""Of the paths that are answered without a signature, to who knows the id in them."""
MOST_BYTES = 4096
"""More than a job may send there."""
CODE_BYTES = 16


class TaskEndpoints:
    """Addresses of the containers of one server; any thread may use it."""

    def __init__(self, server_url: str) -> None:
        """Prepare addresses that no other server takes.

        Args:
            server_url: of the server, e.g. ``http://127.0.0.1:4566``.
        """
        self._url = f"{server_url}{PREFIX}"
        self._key = secrets.token_bytes(32)

    def variables(self, attempt: Attempt, container_id: str, gpus: int) -> Mapping[str, str]:
        """Return the variables that ECS and its agent set in a container.

        A container gets those of the endpoint's versions 3 and 4 and of the agent's API (ECS
        developer guide: Task metadata, Task scale-in protection endpoint), and the devices of the
        GPUs that it asked for.

        Args:
            attempt: the task.
            container_id: of the container, as the executor knows it.
            gpus: how many GPUs the container asked for.
        """
        endpoint_id = self._endpoint_id(container_id)
        variables = {
            "AWS_EXECUTION_ENV": execution_environment(attempt),
            "ECS_AGENT_URI": f"{self._url}api/{endpoint_id}",
            "ECS_CONTAINER_METADATA_URI": f"{self._url}v3/{endpoint_id}",
            "ECS_CONTAINER_METADATA_URI_V4": f"{self._url}v4/{endpoint_id}",
        }
        if gpus:
            # The agent names devices by their UUIDs, of which this machine has none to give.
            variables["NVIDIA_VISIBLE_DEVICES"] = ",".join(map(str, range(gpus)))
        return variables

    def credentials(self, container_id: str) -> Mapping[str, str]:
        """Return the variable by which the SDKs of AWS find the credentials of a role.

        AWS sets ``AWS_CONTAINER_CREDENTIALS_RELATIVE_URI``, which is relative to an address that no
        user of this machine can have; every SDK takes the full one of a loopback address.
        """
        url = f"{self._url}v2/credentials/{self._endpoint_id(container_id)}"
        return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": url}

    def container_of(self, endpoint_id: str) -> str | None:
        """Return the id of the container that an address is of; ``None`` if it is of none."""
        container_id, _, code = endpoint_id.rpartition("-")
        is_ours = hmac.compare_digest(code.encode(), self._code(container_id).encode())
        return container_id if is_ours else None

    def _endpoint_id(self, container_id: str) -> str:
        return f"{container_id}-{self._code(container_id)}"

    def _code(self, container_id: str) -> str:
        digest = hmac.digest(self._key, container_id.encode(), hashlib.sha256)
        return digest[:CODE_BYTES].hex()


def execution_environment(attempt: Attempt) -> str:
    """Return what ``AWS_EXECUTION_ENV`` says of where the attempt runs."""
    return "AWS_ECS_FARGATE" if attempt.instance is None else "AWS_ECS_EC2"


def task_id_of(container_id: str) -> str:
    """Return the id of the ECS task that a container is of, by the executor's id of it."""
    return container_id.partition("-")[0]
