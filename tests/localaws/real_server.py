"""A local AWS that runs as a process of its own, used by its command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from localaws.control.deployed_stacks import DeployedStacks
from localaws.credentials.connection import Connection
from localaws.system.process_identity import identity
from tests.conftest import PROJECT, eventually


class Server:
    """The local AWS of one folder, through `python -m localaws`."""

    def __init__(self, home):
        self.home = home
        (home / "tmp").mkdir()
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "LOCALAWS_HOME": str(home),
            "TMPDIR": str(home / "tmp"),
        }

    def run(self, *arguments, code=0, **variables):
        done = subprocess.run(
            [sys.executable, "-m", "localaws", *arguments],
            env=self.environ | variables,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert code in (None, done.returncode), done.stdout + done.stderr
        return done.stdout if code == 0 else done.stdout + done.stderr

    def start(self, *arguments):
        """Start it where a variable names a profile that there is not: it needs none."""
        options = ("--detach", "--port", "0", "--executor", "process", *arguments)
        return self.run("start", *options, AWS_PROFILE="of-nobody")

    def status(self):
        return json.loads(self.run("status", "--json"))

    @property
    def connection(self):
        return Connection.load(self.home / "connection.json")

    @property
    def client_arguments(self):
        found = self.connection
        return {
            "endpoint_url": found.endpoint_url,
            "region_name": found.region,
            "aws_access_key_id": found.access_key_id,
            "aws_secret_access_key": found.secret_access_key,
        }

    @property
    def deployed(self):
        return DeployedStacks(self.connection)

    def job_directories(self):
        return list((self.home / "tmp").glob("localaws-job-*"))

    def kill(self):
        process_id = self.status()["processId"]
        os.kill(process_id, signal.SIGKILL)
        return process_id


def running_sleeper(cluster, tmp_path):
    """Run a job whose child sleeps as well; return the process ids of both."""
    noted = tmp_path / "pids"
    script = f"sleep 3600 & echo $$ $! > {noted}.new; mv {noted}.new {noted}; wait"
    job_id = cluster.submit(cluster.register(["sh", "-c", script]))
    eventually(lambda: noted.exists() or None, lambda: "the job has not started")
    cluster.until(job_id, "RUNNING")
    return job_id, [int(each) for each in noted.read_text().split()]


def gone(process_ids):
    eventually(
        lambda: not any(is_running(each) for each in process_ids) or None,
        lambda: f"still there: {[each for each in process_ids if is_running(each)]}",
    )


def is_running(process_id):
    """Whether it runs; one that ended and that nobody has waited for does not."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return not Path("/proc").exists() and identity(process_id) is not None
    return state != "Z"
