"""What runs jobs: the same behaviour from processes and from containers."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import threading
import uuid
from collections.abc import Iterator

import docker
import pytest

from localaws.batch.executors import Executor, Mount, Task
from localaws.batch.executors.container import LABEL, ContainerExecutor
from localaws.batch.executors.process import ProcessExecutor
from localaws.system.process_identity import identity, is_gone, namespace
from tests.conftest import eventually


class Recorder:
    """A listener that keeps what it hears."""

    def __init__(self):
        self.lines = []
        self.started_ids = []
        self.exits = queue.SimpleQueue()
        self.first_line = threading.Event()

    def started(self, task_id):
        self.started_ids.append(task_id)

    def output(self, _task_id, lines):
        self.lines += [text for _, text in lines]
        self.first_line.set()

    def exited(self, _task_id, exit_code, reason):
        self.exits.put((exit_code, reason))

    def outcome(self):
        return self.exits.get(timeout=300)


@pytest.fixture(params=["process", pytest.param("container", marks=pytest.mark.container)])
def executor(request) -> Iterator[Executor]:
    if request.param == "container":
        request.getfixturevalue("busybox")
        running = ContainerExecutor()
    else:
        running = ProcessExecutor()
    yield running
    running.close()


def task(*command, **more):
    defaults = {
        "task_id": uuid.uuid4().hex,
        "job_id": "job",
        "image": "public.ecr.aws/docker/library/busybox",
        "command": command,
        "environment": {"PATH": "/usr/bin:/bin"},
        "vcpus": 1,
        "memory": 64,
    }
    return Task(**{**defaults, **more})


def run(executor, *command, **more):
    recorder = Recorder()
    executor.start(task(*command, **more), recorder)
    return recorder, recorder.outcome()


def test_output_comes_in_order_and_before_the_exit(executor):
    recorder, outcome = run(executor, "sh", "-c", "for i in 1 2 3; do echo line $i; done; exit 4")
    assert recorder.lines == ["line 1", "line 2", "line 3"]
    assert len(recorder.started_ids) == 1
    assert outcome == (4, None)


def test_stderr_is_output_too(executor):
    recorder, _ = run(executor, "sh", "-c", "echo oops >&2")
    assert recorder.lines == ["oops"]


def test_the_environment_is_the_jobs_own(executor):
    recorder, outcome = run(
        executor, "sh", "-c", "echo $GREETING", environment={"GREETING": "hi", "PATH": "/bin"}
    )
    assert (recorder.lines, outcome) == (["hi"], (0, None))


def test_a_stopped_task_gets_sigterm_first(executor):
    recorder = Recorder()
    waiting = task(
        "sh", "-c", "trap 'echo bye; exit 9' TERM; echo armed; while :; do sleep 0.1; done"
    )
    executor.start(waiting, recorder)
    assert recorder.first_line.wait(300)
    executor.stop(waiting.task_id, 20)
    assert recorder.outcome() == (9, None)
    assert recorder.lines == ["armed", "bye"]


def test_a_task_that_ignores_sigterm_is_killed(executor):
    recorder = Recorder()
    stubborn = task("sh", "-c", "trap '' TERM; echo armed; while :; do sleep 0.1; done")
    executor.start(stubborn, recorder)
    assert recorder.first_line.wait(300)
    executor.stop(stubborn.task_id, 1)
    assert recorder.outcome() == (137, None)


def test_a_command_that_does_not_exist_is_reported_and_never_started(executor):
    recorder, (_, reason) = run(executor, "/no/such/command")
    assert reason.startswith("CannotStartContainerError")
    assert recorder.started_ids == []


def test_stopping_an_unknown_task_is_harmless(executor):
    executor.stop("no-such-task", 1)
    assert run(executor, "true")[1] == (0, None)


def test_closing_kills_what_runs(executor):
    recorder = Recorder()
    mark = f"30{uuid.uuid4().int % 10**6:06d}"
    executor.start(task("sh", "-c", f"echo on; sleep {mark}"), recorder)
    assert recorder.first_line.wait(300)
    executor.close()
    assert (
        subprocess.run(["pgrep", "-f", f"sleep {mark}"], capture_output=True, check=False).stdout
        == b""
    )
    executor.close = lambda: None  # the fixture's own close has nothing left to do


def test_a_process_left_in_the_background_ends_with_its_job():
    executor = ProcessExecutor()
    mark = f"31{uuid.uuid4().int % 10**6:06d}"
    try:
        recorder, outcome = run(executor, "sh", "-c", f"sleep {mark} & echo left")
        assert (recorder.lines, outcome) == (["left"], (0, None))
        found = ["pgrep", "-f", f"sleep {mark}"]
        eventually(  # killed, it is there until the kernel has taken it away
            lambda: subprocess.run(found, capture_output=True, check=False).stdout == b"" or None,
            lambda: "it is still there",
        )
    finally:
        executor.close()


def test_what_the_process_executor_cannot_honour_it_says_once(caplog):
    executor = ProcessExecutor()
    try:
        run(executor, "true")
        run(executor, "true")
    finally:
        executor.close()
    assert [record.message.count("the image") for record in caplog.records] == [1]


@pytest.mark.container
def test_memory_over_the_limit_is_an_out_of_memory_error(busybox):
    executor = ContainerExecutor()
    eat = "x=$(head -c 200000000 /dev/zero | tr '\\0' x); echo $x"
    try:
        _, (exit_code, reason) = run(executor, "sh", "-c", eat, memory=16)
    finally:
        executor.close()
    assert exit_code == 137
    assert reason == "OutOfMemoryError: Container killed due to memory usage"


@pytest.mark.container
def test_an_image_that_cannot_be_pulled_is_reported():
    executor = ContainerExecutor()
    try:
        recorder, (exit_code, reason) = run(
            executor, "true", image="localhost:1/no/such-image:latest"
        )
    finally:
        executor.close()
    assert exit_code is None
    assert reason.startswith("CannotPullContainerError")
    assert recorder.started_ids == []


def test_a_last_line_without_an_end_is_heard_however_soon_the_job_ends(executor):
    for _ in range(5):
        recorder = Recorder()
        executor.start(task("printf", "one\ntwo"), recorder)
        assert recorder.outcome() == (0, None)
        assert recorder.lines == ["one", "two"]


@pytest.mark.container
def test_no_container_is_left_behind(busybox):
    executor = ContainerExecutor()
    run(executor, "true")
    recorder = Recorder()
    executor.start(task("sleep", "3600"), recorder)
    executor.close()
    assert containers_of(identity(os.getpid())) == []


@pytest.mark.container
def test_containers_of_a_killed_server_are_swept_at_the_next_start(busybox):
    dead = subprocess.Popen(["true"])
    dead.wait()
    client = docker.from_env()
    gone = f"{namespace()}:{dead.pid}:1"
    elsewhere = f"another-machine/1:{dead.pid}:1"
    for owner in (gone, elsewhere):
        client.containers.run(busybox, ["sleep", "3600"], labels={LABEL: owner}, detach=True)
    ContainerExecutor().close()
    # Another server that starts at this moment may be the one that removes it.
    eventually(lambda: None if containers_of(gone) else True, lambda: "it is there still")
    (kept,) = containers_of(elsewhere)  # its server may run where this machine cannot see it
    kept.remove(force=True)
    client.close()


def containers_of(owner):
    client = docker.from_env()
    try:
        return client.containers.list(
            all=True, ignore_removed=True, filters={"label": f"{LABEL}={owner}"}
        )
    finally:
        client.close()


@pytest.mark.container
def test_a_container_stopped_before_it_started_never_runs(busybox, monkeypatch):
    executor = ContainerExecutor()
    pulling, go_on = threading.Event(), threading.Event()
    provide = executor._provide_image

    def slow_pull(image):
        pulling.set()
        assert go_on.wait(300)
        return provide(image)

    monkeypatch.setattr(executor, "_provide_image", slow_pull)
    recorder, waiting = Recorder(), task("echo", "ran")
    try:
        executor.start(waiting, recorder)
        assert pulling.wait(300)
        executor.stop(waiting.task_id, 5)
        go_on.set()
        assert recorder.outcome() == (None, None)
    finally:
        go_on.set()
        executor.close()
    assert (recorder.lines, recorder.started_ids) == ([], [])


@pytest.mark.parametrize(
    ("command", "environment"),
    [
        (["echo", "a\0b"], {}),
        (["echo", "\ud800"], {}),
        (["echo"], {"A=B": "1"}),
    ],
)
def test_what_no_process_can_be_started_with_is_reported(command, environment):
    executor = ProcessExecutor()
    try:
        _, (exit_code, reason) = run(executor, *command, environment=environment)
        assert exit_code is None
        assert reason.startswith("CannotStartContainerError")
        assert run(executor, "true")[1] == (0, None)
    finally:
        executor.close()


def test_a_job_may_destroy_its_directory():
    executor = ProcessExecutor()
    try:
        assert run(executor, "sh", "-c", "d=$PWD; cd /; rm -rf $d; touch $d")[1] == (0, None)
        assert run(executor, "true")[1] == (0, None)
    finally:
        executor.close()


@pytest.mark.every_case
def test_a_child_that_got_away_and_writes_for_ever_does_not_hold_the_others():
    executor = ProcessExecutor()
    try:
        _, outcome = run(executor, "sh", "-c", "setsid timeout 20 yes & sleep 0.2")
        assert outcome == (0, None)
        assert run(executor, "true")[1] == (0, None)
    finally:
        executor.close()


def test_a_process_is_told_from_a_later_one_with_its_number():
    mine = identity(os.getpid())
    assert not is_gone(mine)
    assert is_gone(mine + "0")
    assert not is_gone(f"elsewhere:{os.getpid()}:1")


@pytest.mark.container
def test_a_job_with_a_read_only_root_writes_to_its_mounts_alone(busybox):
    executor = ContainerExecutor()
    script = """
        touch /etc/new || echo root refused
        touch /kept/new || echo kept refused
        echo 'echo from a program in /tmp' > /tmp/program && chmod +x /tmp/program && /tmp/program
        echo data > /scratch/data && cat /scratch/data
        id -u
    """
    try:
        recorder, outcome = run(
            executor,
            *("sh", "-c", script),
            user="1000:1000",
            readonly_root=True,
            tmpfs={"/tmp": "exec,nosuid,nodev,size=64m", "/scratch": "size=1m"},
            mounts=[Mount("/kept", read_only=True)],
        )
    finally:
        executor.close()
    assert outcome == (0, None)
    said = [line for line in recorder.lines if not line.startswith("touch:")]
    assert said == ["root refused", "kept refused", "from a program in /tmp", "data", "1000"]


@pytest.mark.container
def test_a_volume_has_the_images_permissions_on_an_instance_and_is_roots_on_fargate(busybox):
    executor = ContainerExecutor()
    write = ("sh", "-c", "touch /tmp/new")

    def exit_code(user, keeps_image):
        mounts = [Mount("/tmp", keeps_image=keeps_image)]
        _, (code, _) = run(executor, *write, user=user, mounts=mounts, readonly_root=True)
        return code

    try:
        assert exit_code("1000", keeps_image=True) == 0
        assert exit_code("0", keeps_image=False) == 0
        assert exit_code("1000", keeps_image=False) == 1
    finally:
        executor.close()
    client = docker.from_env()
    try:
        assert client.volumes.list(filters={"dangling": True}) == []
    finally:
        client.close()


def until_end(terminal):
    """Return all that a terminal shows, to its end."""
    shown = b""
    while (piece := terminal.read(30)) is not None:
        shown += piece
    return shown.decode()


@contextlib.contextmanager
def beside(executor, *command, **more):
    """Run a command beside a task that runs until it is stopped."""
    listener, running = Recorder(), task("sh", "-c", "echo up; exec sleep 600", **more)
    executor.start(running, listener)
    assert listener.first_line.wait(300)
    terminal = executor.open_terminal(running.task_id, command)
    yield terminal
    executor.stop(running.task_id, 0)
    listener.outcome()
    assert executor.open_terminal(running.task_id, command) is None


def test_a_command_beside_a_task_has_its_variables_and_a_terminal_with_a_size(executor):
    script = 'read line; echo "$line $WORD $(stty size)"; test -t 1 && echo terminal'
    environment = {"PATH": os.environ["PATH"], "WORD": "said"}
    with beside(executor, "sh", "-c", script, environment=environment) as terminal:
        terminal.resize(33, 99)
        terminal.write(b"it is\n")
        assert "it is said 33 99\r\nterminal" in until_end(terminal)


def test_a_command_beside_a_task_ends_with_it(executor):
    with beside(executor, "sleep", "600") as terminal:
        assert terminal.read(0.1) == b""
    assert until_end(terminal) == ""


def test_nothing_runs_beside_a_task_that_is_not_there(executor):
    assert executor.open_terminal("nobody", ["true"]) is None


@pytest.mark.container
def test_in_a_container_the_command_is_root(busybox):
    executor = ContainerExecutor()
    with contextlib.closing(executor), beside(executor, "id", "-u", user="1000") as terminal:
        assert until_end(terminal).strip() == "0"
