"""The example's DAG in a real Airflow, in an environment of its own."""

from __future__ import annotations

import re

import pytest

from tests.airflow_home import airflow_in
from tests.batchsdk.conftest import ROOT

DAGS = ROOT / "examples" / "airflow"

pytestmark = pytest.mark.airflow


@pytest.fixture
def airflow(stack, tmp_path):
    """Runs Airflow's command line with a home and database of its own."""
    environ = {
        **stack.environ,
        "PYTHONPATH": str(ROOT),
        "BATCHSDK_OUTPUTS": str(stack.outputs_file),
        "NIGHTLY_LEDGER": str(tmp_path / "ledger.sqlite3"),
    }
    return airflow_in(tmp_path / "airflow", DAGS, environ)


@pytest.mark.timeout(900)  # installing Airflow is in it, the first time
def test_a_dag_runs_jobs_and_hands_their_ids_on(stack, airflow):
    done = airflow("dags", "test", "nightly", "2026-01-31")
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    found = sorted(stack.batch.list_jobs(), key=lambda each: each.created_at)
    assert [each.status for each in found] == ["SUCCEEDED", "SUCCEEDED"], done.stdout[-3000:]
    first, second = (stack.batch.job(each.job_id).describe() for each in found)
    assert re.match("nightly-manual__.+-extract-", first.name)
    assert second.command == ("echo", f"after {first.job_id}")
    assert "Hello, AWS Batch :)" in done.stdout + done.stderr
