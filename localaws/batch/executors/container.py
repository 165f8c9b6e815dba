"""Runs tasks as containers of the engine that `docker` on this machine would talk to.

Containers carry labels, so that those a killed server left behind are swept at the next start.
They use the host's network, as containers of EC2 compute environments do on AWS.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Any

import docker
from docker import types
from docker.errors import APIError, DockerException, ImageNotFound, NotFound

from localaws.batch.executors import OUT_OF_MEMORY, Listener, Mount, Task
from localaws.batch.executors.terminals import READ_BYTES, SharedTerminal, Terminal
from localaws.batch.own_registry import NoSuchImageError, engine_image
from localaws.system.process_identity import identity, is_gone

if TYPE_CHECKING:
    from docker.models.containers import Container

logger = logging.getLogger(__name__)

LABEL = "localaws.server"
"""Label on every container; its value is the identity of the server's process."""
CLIENT_TIMEOUT_SECONDS = 300
STOP_WORKERS = 16


def engine_answers() -> bool:
    """Whether a container engine can be reached (`DOCKER_HOST` or the default socket)."""
    try:
        client = docker.from_env(timeout=5)
    except DockerException:
        return False
    try:
        return bool(client.ping())
    except (DockerException, OSError):
        return False
    finally:
        client.close()


class _PullError(Exception):
    """The image is not here and cannot be fetched."""


class ContainerTerminal(SharedTerminal):
    """A command in a container, at a terminal that the engine makes."""

    def __init__(self, api: docker.APIClient, container_id: str, command: list[str]) -> None:
        super().__init__()
        self._api = api
        made = api.exec_create(container_id, command, stdin=True, tty=True, user="0")
        self._id = made["Id"]
        self._response = api.exec_start(self._id, tty=True, socket=True)
        # Of the response of HTTP: the engine's socket, which is a raw stream from now on.
        self._socket: Any = getattr(self._response, "_sock", self._response)

    def read(self, seconds: float) -> bytes | None:
        """See :class:`Terminal`."""
        with self._in_use() as is_open:
            if not is_open:
                return None
            try:
                ready, _, _ = select.select([self._socket], [], [], seconds)
                return self._socket.recv(READ_BYTES) or None if ready else b""
            except OSError:
                return None

    def write(self, data: bytes) -> None:
        """See :class:`Terminal`."""
        with self._in_use() as is_open, contextlib.suppress(OSError):
            if is_open:
                self._socket.sendall(data)

    def resize(self, rows: int, columns: int) -> None:
        """See :class:`Terminal`."""
        with contextlib.suppress(DockerException, OSError):
            self._api.exec_resize(self._id, height=rows, width=columns)

    def _end(self) -> None:
        # The engine ends no command for it: the command reads the end of its input.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _release(self) -> None:
        self._response.close()


class ContainerExecutor:
    """One thread for each container that runs: it streams the output and waits for the exit."""

    name = "container"

    def __init__(self) -> None:
        self._client = docker.from_env(timeout=CLIENT_TIMEOUT_SECONDS)
        self._lock = threading.Lock()
        self._containers: dict[str, Container | None] = {}
        self._stop_requested: dict[str, float] = {}
        self._threads: set[threading.Thread] = set()
        self._stoppers = ThreadPoolExecutor(STOP_WORKERS, thread_name_prefix="container-stop")
        self._closing = False
        self._sweep()

    def start(self, task: Task, listener: Listener) -> None:
        """See :class:`Executor`."""
        thread = threading.Thread(
            target=self._run, args=(task, listener), name=f"container-{task.task_id}", daemon=True
        )
        with self._lock:
            if self._closing:
                return
            self._containers[task.task_id] = None
            self._threads.add(thread)
        thread.start()

    def stop(self, task_id: str, timeout: float) -> None:
        """See :class:`Executor`."""
        with self._lock:
            if task_id not in self._containers:
                return
            container = self._containers[task_id]
            self._stop_requested[task_id] = timeout
        if container is not None:
            self._stoppers.submit(_stop, container, timeout)

    def stats(self, task_id: str) -> Mapping[str, Any] | None:
        """See :class:`Executor`."""
        with self._lock:
            container = self._containers.get(task_id)
        if container is None:
            return None
        try:
            found = container.stats(stream=False, one_shot=True)
        except (DockerException, OSError):  # it has just ended
            return None
        return found if isinstance(found, dict) else None

    def open_terminal(self, task_id: str, command: Sequence[str]) -> Terminal | None:
        """See :class:`Executor`: as root, whoever the container's user is (ECS guide: ECS Exec)."""
        with self._lock:
            container = self._containers.get(task_id)
        if container is None:
            return None
        try:
            return ContainerTerminal(self._client.api, str(container.id), list(command))
        except (DockerException, OSError):  # it has just ended
            return None

    def close(self) -> None:
        """See :class:`Executor`."""
        with self._lock:
            self._closing = True
            containers = [each for each in self._containers.values() if each is not None]
            threads = list(self._threads)
        for container in containers:
            with contextlib.suppress(APIError):
                container.kill()
        for thread in threads:
            thread.join(timeout=30)
        self._stoppers.shutdown(wait=True)
        self._client.close()

    def _run(self, task: Task, listener: Listener) -> None:
        exit_code: int | None = None
        reason: str | None = None
        container: Container | None = None
        try:
            container = self._create(task, self._provide_image(task.image))
            exit_code, reason = self._follow(task, container, listener)
        except _PullError as error:
            reason = f"CannotPullContainerError: {error}"
        except APIError as error:
            reason = f"CannotStartContainerError: {error.explanation}"
        except (DockerException, OSError) as error:
            reason = f"DockerTimeoutError: {error}"
        finally:
            if container is not None:
                with contextlib.suppress(APIError, OSError):
                    container.remove(v=True, force=True)
            with self._lock:
                self._containers.pop(task.task_id, None)
                self._stop_requested.pop(task.task_id, None)
                self._threads.discard(threading.current_thread())
            listener.exited(task.task_id, exit_code, reason)

    def _provide_image(self, image: str) -> str:
        """Return the name of an image that the engine has; pull it if it has not."""
        try:
            self._client.images.get(image)
        except ImageNotFound:
            if pushed := self._pushed_image(image):
                return pushed
            repository, tag = _with_tag(image)
            logger.info("pulling %s", image)
            try:
                self._client.images.pull(repository, tag=tag)
            except APIError as error:
                raise _PullError(str(error.explanation)) from error
        return image

    def _pushed_image(self, image: str) -> str | None:
        """Return the id of an image that was pushed to the ECR of the local AWS."""
        try:
            identifier = engine_image(image)
            if identifier is not None:
                self._client.images.get(identifier)
        except NoSuchImageError as error:
            raise _PullError(str(error)) from error
        except ImageNotFound as error:
            raise _PullError(
                f"{image} was pushed to the local AWS, and the container engine no longer has it: "
                "push it again"
            ) from error
        return identifier

    def _create(self, task: Task, name: str) -> Container:
        image = self._client.images.get(name)
        declared = image.attrs.get("Config", {}).get("Volumes") or {}
        container = self._client.containers.create(
            name,
            list(task.command) or None,
            environment=dict(task.environment),
            labels={LABEL: str(identity(os.getpid())), **task.labels},
            mem_limit=f"{task.memory}m",
            memswap_limit=f"{task.memory}m",
            cpu_shares=max(2, int(task.vcpus * 1024)),
            network_mode="host",
            user=task.user,
            privileged=task.privileged,
            read_only=task.readonly_root,
            mounts=[
                # A name of None makes a volume that ends with the container.
                types.Mount(mount.path, None, no_copy=not _keeps(mount, declared))
                for mount in task.mounts
                if not mount.read_only
            ],
            tmpfs={
                # The engine has no volume that is read-only and ends with the container.
                **{mount.path: "ro" for mount in task.mounts if mount.read_only},
                **task.tmpfs,
            },
        )
        with self._lock:
            self._containers[task.task_id] = container
        return container

    def _follow(
        self, task: Task, container: Container, listener: Listener
    ) -> tuple[int | None, str | None]:
        with self._lock:
            if self._closing or task.task_id in self._stop_requested:
                return None, None  # stopped while its image was pulled: it never runs
            container.start()
        listener.started(task.task_id)
        pending = last = b""
        for chunk in container.logs(stream=True, follow=True, timestamps=True):
            *lines, pending = (pending + chunk).split(b"\n")
            if lines:
                listener.output(task.task_id, [_timed(line) for line in lines])
                last = lines[-1]
        if pending:
            listener.output(task.task_id, [_timed(pending)])
            last = pending
        exit_code = int(container.wait()["StatusCode"])
        if unheard := _lines_after(last, container):
            listener.output(task.task_id, [_timed(line) for line in unheard])
        container.reload()
        state: dict[str, Any] = container.attrs["State"]
        return exit_code, OUT_OF_MEMORY if state.get("OOMKilled") else None

    def _sweep(self) -> None:
        """Remove containers of servers that are gone (killed before they could clean up)."""
        # Another server that starts at this moment may remove one of them between list and inspect.
        for container in self._client.containers.list(
            all=True, ignore_removed=True, filters={"label": LABEL}
        ):
            if is_gone(container.labels[LABEL]):
                logger.info("removing %s, left by an earlier server", container.name)
                try:
                    container.remove(v=True, force=True)
                except NotFound:
                    pass
                except APIError as error:  # another server removes it, or the engine is slow
                    logger.warning("%s is left to the next start: %s", container.name, error)


def _keeps(mount: Mount, declared: Mapping[str, Any]) -> bool:
    return mount.keeps_image or mount.path in declared


def _stop(container: Container, timeout: float) -> None:
    with contextlib.suppress(APIError, OSError):
        container.stop(timeout=int(timeout))


def _lines_after(last: bytes, container: Container) -> list[bytes]:
    """Return the lines of an ended container after the last that was heard.

    The engine may stop telling before it has written a last line that has no end.
    """
    if container.logs(timestamps=True, tail=1).splitlines()[-1:] in ([], [last]):
        return []
    lines = container.logs(timestamps=True).split(b"\n")
    known = lines.index(last) + 1 if last in lines else 0
    return [line for line in lines[known:] if line]


def _timed(line: bytes) -> tuple[int, str]:
    """Split the engine's RFC 3339 time stamp (nanoseconds) from a line of output."""
    stamp, _, text = line.decode(errors="replace").partition(" ")
    try:
        # fromisoformat takes microseconds at most: 2026-01-02T03:04:05.123456789Z
        when = datetime.fromisoformat(stamp[:26].rstrip("Z") + "Z")
    except ValueError:
        return time.time_ns() // 1_000_000, line.decode(errors="replace")
    return int(when.timestamp() * 1000), text.rstrip("\r")


def _with_tag(image: str) -> tuple[str, str | None]:
    """Name the tag to pull; without one the engine would pull every tag of the repository."""
    if "@" in image:
        return image, None
    name, _, tag = image.rpartition(":")
    if name and "/" not in tag:
        return name, tag
    return image, "latest"


def why_not_runnable(image: str, timeout: float) -> str | None:
    """Pull ``image`` if it is not here; say why containers of it cannot run, ``None`` if they can.

    Args:
        image: name of the image.
        timeout: seconds without an answer after which the registry counts as out of reach.
    """
    try:
        client = docker.from_env(timeout=int(timeout))
    except DockerException:
        return "no container engine answers"
    try:
        client.images.get(image)
    except ImageNotFound:
        repository, tag = _with_tag(image)
        try:
            client.images.pull(repository, tag=tag)
        except (APIError, OSError) as error:
            return f"image {image} cannot be pulled: {error}"
    except (DockerException, OSError) as error:
        return f"the container engine does not answer: {error}"
    finally:
        client.close()
    return None
