"""Amazon's own operator and sensor in a real Airflow."""

from __future__ import annotations

import pytest

from tests.airflow_home import airflow_in
from tests.foreign_clients.versions import PROGRAMS

# The first time, the client is installed.
pytestmark = [pytest.mark.foreign_clients, pytest.mark.timeout(900)]


def test_amazons_operator_and_sensor_run_jobs(local, cluster, tmp_path):
    definition = cluster.register(["sh", "-c", "echo squared: $(($0 * $0))", "Ref::number"])
    environ = {**local.environ, "JOB_QUEUE": cluster.queue, "JOB_DEFINITION": definition}
    airflow = airflow_in(tmp_path / "airflow", PROGRAMS / "airflow", environ)
    done = airflow("dags", "test", "squares", "2026-01-31")
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-4000:]
    assert "squared: 144" in output, output[-4000:]
    found = cluster.batch.list_jobs(jobQueue=cluster.queue, jobStatus="SUCCEEDED")
    jobs = {each["jobName"]: cluster.job(each["jobId"]) for each in found["jobSummaryList"]}
    assert jobs.keys() == {"array", "logged"}, output[-4000:]
    assert jobs["array"]["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 2
    assert jobs["array"]["parameters"] == {"number": "2026"}
