"""The example of a job on several nodes: as containers, and what its launcher makes of its nodes.

As processes it runs in ``tests/pages``, by the commands of docs/distributed.md.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
import yaml

import batchsdk
from batch_platform.__main__ import main as batch_platform
from localaws.credentials.connection import Connection
from tests.conftest import PROJECT, make_roles
from tests.localaws.real_server import Server
from tests.localaws.test_own_images import deployed
from tests.pages.shell_blocks import blocks

EXAMPLE = PROJECT / "examples" / "distributed"
PYTHON = "public.ecr.aws/docker/library/python"
STACK, REGION = "hpc", "ap-northeast-1"


def root_of_this_python() -> bytes:
    """Pack this machine's Python, with the libraries that it loads, as ``/usr/bin/python3``."""
    base = Path(sys.base_prefix)
    binary = Path(os.path.realpath(base / "bin" / f"python3.{sys.version_info.minor}"))
    library = base / "lib" / f"python3.{sys.version_info.minor}"
    extensions = (library / "lib-dynload").glob("*.so")
    listed = subprocess.run(
        ["ldd", binary, *extensions], capture_output=True, text=True, check=True
    )
    needed = set(re.findall(r"\s(/\S+) \(0x", listed.stdout))

    def kept(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
        left_out = {"site-packages", "test", "tests", "__pycache__", "idlelib", "ensurepip"}
        return None if left_out & set(Path(member.name).parts) else member

    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", dereference=True) as archive:
        for each in (str(binary), *sorted(needed)):
            archive.add(each)
        archive.add(library, filter=kept)
        link = tarfile.TarInfo("usr/bin/python3")
        link.type, link.linkname = tarfile.SYMTYPE, str(binary)
        archive.addfile(link)
    return packed.getvalue()


@pytest.fixture(scope="module")
def python_image() -> Iterator[None]:
    """The image that the example's Dockerfile begins with, of this machine's Python.

    What is built of it is removed from the engine.
    """
    engine = docker.from_env()
    name = f"{PYTHON}:3.13-slim"
    made = not engine.images.list(name=name)
    if made:
        engine.api.import_image_from_data(root_of_this_python(), repository=PYTHON, tag="3.13-slim")
    yield
    for image in engine.images.list(filters={"reference": f"*{STACK}-distributed"}):
        engine.images.remove(image.id, force=True)
    if made:
        engine.images.remove(name, force=True)
    engine.close()


@pytest.fixture
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A local AWS, in a process of its own, whose jobs are containers."""
    server = Server(tmp_path_factory.mktemp("home"))
    server.start("--executor", "container", "--stop-timeout", "1")
    make_roles(server)
    yield server
    server.run("stop")


@pytest.mark.container
@pytest.mark.every_case
def test_containers_of_several_nodes_find_one_another(
    machine: Any, python_image: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in Connection.load(machine.home / "connection.json").environ.items():
        monkeypatch.setenv(name, value)
    for name in ("Pulumi.yaml", "__main__.py", f"examples/environments/Pulumi.{STACK}.yaml"):
        shutil.copy(PROJECT / name, tmp_path)
    shutil.copytree(EXAMPLE, tmp_path / "distributed")

    deployed(tmp_path, STACK)  # its repository
    assert batch_platform(["images", "push", "--stack", STACK, "--directory", str(tmp_path)]) == 0
    deployed(tmp_path, STACK)
    job = batchsdk.connect(ssm=f"/batch/{STACK}", region=REGION).submit("distributed", num_nodes=3)
    job.wait(timeout=120)
    assert "24 workers, 100 steps: y = 3.000 x + 2.000" in job.logs().text


def node(index: int, *command: str, main: int = 1, nodes: int = 2) -> subprocess.Popen[str]:
    """Start a node with two GPUs, with the variables that AWS Batch gives it."""
    variables = {
        "AWS_BATCH_JOB_ID": f"0123-{os.getpid()}#{index}",
        "AWS_BATCH_JOB_NODE_INDEX": str(index),
        "AWS_BATCH_JOB_NUM_NODES": str(nodes),
        "AWS_BATCH_JOB_MAIN_NODE_INDEX": str(main),
        "NVIDIA_VISIBLE_DEVICES": "0,1",
        **({} if index == main else {"AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS": "127.0.0.1"}),
    }
    return subprocess.Popen(
        command,
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def launch(index: int, *command: str) -> subprocess.Popen[str]:
    """Start a node whose command is the launcher."""
    return node(index, sys.executable, str(EXAMPLE / "launch.py"), *command)


def test_the_first_worker_is_on_the_main_node_whichever_that_is() -> None:
    started = [launch(index, str(EXAMPLE / "train.py"), "2") for index in range(2)]
    said = [each.communicate(timeout=60) for each in started]
    assert [each.returncode for each in started] == [0, 0], said
    assert [out.startswith("4 workers, 2 steps: y = ") for out, _ in said] == [False, True]


def test_a_worker_that_fails_ends_its_node_with_its_exit_code(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import os, sys, time\n"
        "sys.exit(7) if os.environ['LOCAL_RANK'] == '1' else time.sleep(600)\n"
    )
    failed = launch(0, str(program))
    failed.communicate(timeout=60)
    assert failed.returncode == 7


def test_a_node_that_is_stopped_stops_its_workers(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import os, time\nos.write(1, b'started\\n')\ntime.sleep(600)\n")
    stopped = launch(0, str(program))
    assert stopped.stdout is not None
    assert [stopped.stdout.readline() for _ in range(2)] == ["started\n"] * 2
    stopped.terminate()
    stopped.communicate(timeout=60)  # it would wait for the workers' output to end
    assert stopped.returncode == 143


def test_a_worker_that_ends_is_noticed_by_the_main_node(tmp_path: Path) -> None:
    """Or the job would wait for it, since AWS Batch fails a job by its main node alone."""
    program = tmp_path / "program.py"
    program.write_text(
        f"import os, sys\nsys.path.insert(0, {str(EXAMPLE)!r})\nimport train\n"
        "group = train.Group(int(os.environ['RANK']), 4,"
        " (os.environ['MASTER_ADDR'], int(os.environ['MASTER_PORT'])))\n"
        "group.sum([1.0])\n"  # all are connected
        "sys.exit(5) if group.rank == 3 else group.sum([1.0])\n"
    )
    started = [launch(index, str(program)) for index in range(2)]
    said = [each.communicate(timeout=60) for each in started]
    assert started[1].returncode == 1
    assert "another worker has ended" in said[1][1]


def test_torchrun_is_started_with_what_aws_batch_tells(tmp_path: Path) -> None:
    (definition,) = blocks("docs/distributed.md", "yaml")
    command = [each.replace("Ref::steps", "100") for each in yaml.safe_load(definition)["command"]]
    (tmp_path / "torchrun").write_text('#!/bin/sh\necho "$@"\n')
    (tmp_path / "torchrun").chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    said = [
        node(index, "env", f"PATH={path}", *command, main=0).communicate()[0] for index in range(2)
    ]
    assert said == [
        f"--nnodes 2 --node-rank {index} --nproc-per-node gpu --master-port 29500"
        " --master-addr 127.0.0.1 /app/train.py 100\n"
        for index in range(2)
    ]
