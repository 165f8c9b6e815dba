"""The example's DAG in a real Airflow, in an environment of its own."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.batchsdk.conftest import ROOT
from tests.tool_environment import tool_environment

AIRFLOW = "3.3.2"
DAGS = ROOT / "examples" / "airflow"

pytestmark = pytest.mark.airflow


@pytest.fixture(scope="module")
def python() -> Path:
    """The interpreter of an environment with Airflow and what batchsdk needs; made once."""
    return tool_environment(
        f"airflow-{AIRFLOW}", [f"apache-airflow=={AIRFLOW}", "boto3", "click", "rich"]
    )


@pytest.fixture
def airflow(stack, tmp_path, python):
    """Runs Airflow's command line with a home and database of its own."""
    home = tmp_path / "airflow"
    environ = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        **stack.environ,
        "PYTHONPATH": str(ROOT),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "BATCHSDK_OUTPUTS": str(stack.outputs_file),
        "NIGHTLY_LEDGER": str(tmp_path / "ledger.sqlite3"),
    }
    home.mkdir()

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [python, "-m", "airflow", *arguments],
            env=environ,
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
            timeout=150,
        )

    migrated = run("db", "migrate")
    assert migrated.returncode == 0, migrated.stderr[-2000:]
    return run


@pytest.mark.timeout(400)  # installing Airflow is in it, the first time
def test_a_dag_runs_jobs_and_hands_their_ids_on(stack, airflow):
    done = airflow("dags", "test", "nightly", "2026-01-31")
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    found = sorted(stack.batch.list_jobs(), key=lambda each: each.created_at)
    assert [each.status for each in found] == ["SUCCEEDED", "SUCCEEDED"], done.stdout[-3000:]
    first, second = (stack.batch.job(each.job_id).describe() for each in found)
    assert re.match("nightly-manual__.+-extract-", first.name)
    assert second.command == ("echo", f"after {first.job_id}")
    assert "Hello, AWS Batch :)" in done.stdout + done.stderr
