"""The clients that are compared, each in an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "batch-platform"
PYTHON = f"python{sys.version_info[0]}.{sys.version_info[1]}"


class UnavailableError(Exception):
    """A client cannot be installed here."""


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
        if not self.requirements:
            return Path(sys.executable)
        label = "+".join(each.replace("==", "-") for each in self.requirements)
        environment = CACHE / f"benchmark-{label}-{PYTHON}"
        program = environment / "bin" / "python"
        if not (environment / "complete").exists():
            print(f"installing {', '.join(self.requirements)} ...", file=sys.stderr, flush=True)
            shutil.rmtree(environment, ignore_errors=True)
            uv = [sys.executable, "-m", "uv"]
            for command in (
                [*uv, "venv", "--quiet", "--python", sys.executable, str(environment)],
                [*uv, "pip", "install", "--quiet", "--python", str(program), *self.requirements],
            ):
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                if done.returncode != 0:
                    raise UnavailableError(f"cannot be installed: {done.stderr.strip()[-300:]}")
            (environment / "complete").touch()
        return program


SWEEP = Client("batchsdk, a sweep", "batchsdk_sweep")
JOBS = Client("batchsdk, separate jobs", "batchsdk_jobs")
JOBS_UNLIMITED = Client("batchsdk, separate jobs", "batchsdk_jobs", options=("1000000",))
POOL = Client("boto3, thread pool", "boto3_pool")
LOOP = Client("boto3, loop", "boto3_loop")
PEERS = (
    Client(
        "Airflow, BatchOperator",
        "airflow_operator",
        requirements=("apache-airflow==3.3.2", "apache-airflow-providers-amazon==9.39.0"),
    ),
    Client("redun, AWSBatchExecutor", "redun_executor", requirements=("redun==0.44.1",)),
    Client(
        "metaflow, BatchClient",
        "metaflow_client",
        requirements=("metaflow==2.19.39", "boto3==1.44.5"),
    ),
)
