"""The clients that are compared, each in an environment of its own."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "batch-platform"
PYTHON = f"python{sys.version_info[0]}.{sys.version_info[1]}"


class UnavailableError(Exception):
    """A client cannot be installed here."""


@contextmanager
def made_once(folder: Path) -> Iterator[bool]:
    """Tell whether a folder is still to be made, and keep other processes from making it too.

    Made is what the block leaves without an error: the next one is told ``False``.

    Args:
        folder: of this user's cache, gone at first if it is to be made.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        complete = folder / "complete"
        if complete.exists():
            yield False
            return
        shutil.rmtree(folder, ignore_errors=True)
        yield True
        complete.touch()


def python_with(requirements: Sequence[str], name: str = "") -> Path:
    """Return the interpreter of an environment, made once for all clones of this user.

    Args:
        requirements: from PyPI, as pip takes them.
        name: of the environment's folder, with the versions; if empty, made of the requirements.

    Raises:
        UnavailableError: they cannot be installed.
    """
    name = name or "+".join(each.replace("==", "-") for each in requirements)
    folder = CACHE / f"{name}-{PYTHON}"
    program = folder / "bin" / "python"
    with made_once(folder) as missing:
        if missing:
            print(f"installing {', '.join(requirements)} ...", file=sys.stderr, flush=True)
            uv = [sys.executable, "-m", "uv"]
            for command in (
                [*uv, "venv", "--quiet", "--python", sys.executable, str(folder)],
                [*uv, "pip", "install", "--quiet", "--python", str(program), *requirements],
            ):
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                if done.returncode != 0:
                    raise UnavailableError(f"cannot be installed: {done.stderr.strip()[-500:]}")
    return program


@dataclass(frozen=True)
class Client:
    """A way to run many jobs."""

    name: str
    driver: str
    """Its module in ``benchmarks/clients/drivers``."""
    options: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    """From PyPI; none: what this project has is enough."""

    def python(self) -> Path:
        """Return the interpreter that has what this client needs; installed once.

        Raises:
            UnavailableError: it cannot be installed.
        """
        return python_with(self.requirements) if self.requirements else Path(sys.executable)


SWEEP = Client("batchsdk, a sweep", "batchsdk_sweep")
JOBS = Client("batchsdk, separate jobs", "batchsdk_jobs")
JOBS_UNLIMITED = Client("batchsdk, separate jobs", "batchsdk_jobs", options=("1000000",))
POOL = Client("boto3, thread pool", "boto3_pool")
LOOP = Client("boto3, loop", "boto3_loop")
AIRFLOW = Client(
    "Airflow, BatchOperator",
    "airflow_operator",
    requirements=("apache-airflow==3.3.2", "apache-airflow-providers-amazon==9.39.0"),
)
REDUN = Client("redun, AWSBatchExecutor", "redun_executor", requirements=("redun==0.44.1",))
METAFLOW = Client(
    "metaflow, BatchClient",
    "metaflow_client",
    requirements=("metaflow==2.19.39", "boto3==1.44.5"),
)
PEERS = (AIRFLOW, REDUN, METAFLOW)
