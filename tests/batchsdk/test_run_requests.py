"""What a run is asked to submit is checked as a whole, and costs few calls."""

from __future__ import annotations

import base64
import gzip

import pytest

from batchsdk import (
    InvalidArgumentError,
    InvalidSubmissionError,
    RunConflictError,
    Submission,
)
from tests.batchsdk.fakes import FakeTransport, connect


def test_many_submissions_are_checked_together_and_a_definition_is_described_once(tmp_path):
    transport = FakeTransport()
    transport.definitions = [
        {"status": "ACTIVE", "revision": 3, "containerProperties": {"command": ["true"]}}
    ]
    with connect(transport).run("many", ledger=tmp_path / "ledger") as run:
        with pytest.raises(InvalidSubmissionError) as refused:
            run.submit_many({key: Submission(job_definition="none", memory=1) for key in "ab"})
        fields = {problem.field.partition(".")[0] for problem in refused.value.problems}
        assert fields == {"submissions['a']", "submissions['b']"}
        with pytest.raises(InvalidArgumentError, match="must be 1 to 64"):
            run.submit_many({}, concurrency=0)
        wanted = Submission(job_definition="other:3")
        transport.submit_answers.extend({"jobId": f"job-{number}"} for number in range(20))
        run.submit_many({str(number): wanted for number in range(20)})
    assert transport.count("DescribeJobDefinitions") == 1


def test_a_table_that_another_zlib_compressed_is_the_same_request(tmp_path):
    transport = FakeTransport()
    table = "rows 0-99\nday " + " ".join(map(str, range(100)))
    with connect(transport).run("r", ledger=tmp_path / "ledger") as run:
        for level in (1, 9):
            packed = base64.b64encode(gzip.compress(table.encode(), level)).decode()
            run.submit("key", "hello", environment={"BATCHSDK_SWEEP": f"gzip {packed}"})
        other = base64.b64encode(gzip.compress(b"rows 0\nday 1")).decode()
        with pytest.raises(RunConflictError):
            run.submit("key", "hello", environment={"BATCHSDK_SWEEP": f"gzip {other}"})
    assert transport.count("SubmitJob") == 1
