"""vCPU-hours, GiB-hours, waiting time; estimates from a price table."""

from __future__ import annotations

import json
import re

import pytest

from batchsdk import InvalidArgumentError, PriceTable, Usage
from batchsdk.insight.usage import usage_of
from batchsdk.jobs.detail import JobDetail
from tests.batchsdk.conftest import ROOT
from tests.batchsdk.fakes import START, FakeTransport, connect, job, queue, stack_outputs

T0 = int(START.timestamp() * 1000)
HOUR = 3_600_000


def asked(vcpus=2, memory=4096, gpus=0):
    listed = {"VCPU": vcpus, "MEMORY": memory} | ({"GPU": gpus} if gpus else {})
    return {"resourceRequirements": [{"type": key, "value": str(it)} for key, it in listed.items()]}


def of(status, *, now=START, **more):
    described = job(status, container=asked(gpus=1), createdAt=T0 - 5 * HOUR, **more)
    return usage_of(JobDetail.from_response(described), now)


def attempt(start, stop):
    return {"startedAt": T0 + start * HOUR, "stoppedAt": T0 + stop * HOUR, "container": {}}


def test_every_attempt_counts_and_the_rest_is_waiting():
    found = of(
        "SUCCEEDED",
        attempts=[attempt(-4, -3), {"stoppedAt": T0 - 2 * HOUR, "container": {}}, attempt(-2, 0)],
        startedAt=T0 - 2 * HOUR,
        stoppedAt=T0,
    )
    assert found == Usage(
        jobs=1,
        attempts=2,
        vcpu_hours=6,
        gib_hours=12,
        gpu_hours=3,
        run_seconds=3 * 3600,
        wait_seconds=2 * 3600,
    )


def test_a_running_job_counts_until_now():
    found = of("RUNNING", attempts=[attempt(-4, -3)], startedAt=T0 - HOUR)
    assert (found.attempts, found.vcpu_hours, found.wait_seconds) == (2, 4, 3 * 3600)


def test_a_job_that_waits_again_is_not_charged_for_the_wait():
    found = of("RUNNABLE", attempts=[attempt(-4, -3)], startedAt=T0 - 4 * HOUR)
    assert (found.attempts, found.vcpu_hours, found.wait_seconds) == (1, 2, 4 * 3600)


def test_a_job_that_never_ran_only_waited():
    found = of("FAILED", stoppedAt=T0)
    assert (found.attempts, found.vcpu_hours, found.wait_seconds) == (0, 0, 5 * 3600)


def test_a_job_whose_resources_are_not_known_is_told():
    described = job("SUCCEEDED", createdAt=T0 - HOUR, startedAt=T0 - HOUR, stoppedAt=T0)
    found = usage_of(JobDetail.from_response(described), START)
    assert (found.unknown, found.run_seconds) == (1, 3600)


def ran(job_id, vcpus=1, hours=1, **more):
    return job(
        "SUCCEEDED",
        job_id=job_id,
        container=asked(vcpus, 1024),
        createdAt=T0 - hours * HOUR,
        startedAt=T0 - hours * HOUR,
        stoppedAt=T0,
        **more,
    )


def test_rows_by_tag_give_children_the_tags_of_their_array():
    transport = FakeTransport()
    transport.script(
        "array", job("SUCCEEDED", job_id="array", arrayProperties={"size": 2}, tags={"team": "a"})
    )
    for index in range(2):
        child = f"array:{index}"
        transport.script(child, ran(child, arrayProperties={"index": index}))
    transport.script(
        "nodes",
        job(
            "SUCCEEDED",
            job_id="nodes",
            nodeProperties={"numNodes": 2},
            container={},
            tags={"team": "b"},
        ),
    )
    for index in range(2):
        transport.script(f"nodes#{index}", ran(f"nodes#{index}", vcpus=8))
    transport.script("alone", ran("alone", hours=3))
    transport.pages = lambda request: {
        "jobSummaryList": [{"jobId": f"array:{i}", "status": "SUCCEEDED"} for i in range(2)]
        if request["jobStatus"] == "SUCCEEDED"
        else []
    }
    report = connect(transport).usage(["array", "nodes", "alone", "unknown"], by="tag:team")
    found = [(row.group, row.usage.jobs, row.usage.vcpu_hours) for row in report.rows]
    assert found == [("b", 2, 16), ("(none)", 1, 3), ("a", 2, 2)]
    assert (report.total.jobs, report.total.vcpu_hours, report.total.gib_hours) == (5, 21, 7)
    assert report.estimate is None


def test_grouping_is_checked():
    for by in ("team", "tag:", "name:x"):
        with pytest.raises(
            InvalidArgumentError, match="must be job, name, definition, queue, run, step or tag:KEY"
        ):
            connect(FakeTransport()).usage(["x"], by=by)


TABLE = """
currency = "USD"
source = "a price list"
[default]
vcpuHour = 0.5
[queues.default]
vcpuHour = 2
gibHour = 0.25
"""


def write(tmp_path, text):
    path = tmp_path / "prices.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_money_is_an_estimate_by_queue_that_names_its_source(tmp_path):
    transport = FakeTransport()
    transport.script("here", ran("here", hours=2))
    transport.script("there", ran("there", hours=4, jobQueue="arn:x:job-queue/other"))
    path = write(tmp_path, TABLE)
    report = connect(transport).usage(["here", "there"], by="queue", prices=path)
    found = {row.group: row.estimate.amount for row in report.rows}
    assert found == {"default-1a2b": 4.5, "other": 2.0}
    assert report.estimate.text == "about 6.5000 USD (estimate; prices: a price list)"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("vcpuHour = 0.5", "vcpuHour = -1"), "default.vcpuHour: -1 is not a price"),
        (("vcpuHour = 0.5", "vcpuHour = true"), "default.vcpuHour: True is not a price"),
        (("vcpuHour = 0.5", "vcpuHour = nan"), "is not a price"),
        (("vcpuHour = 0.5", "cpuHour = 1"), "default.cpuHour: is no key; did you mean 'vcpuH"),
        (('source = "a price list"', ""), "source: must be a string"),
        (('"USD"', "1"), "currency: must be a string"),
        (("[default]", "[defaults]"), "defaults: is no key; did you mean 'default'"),
        (("[default]", "[default"), "cannot be read"),
        (("[default]", "[queues.defaul]\n[default]"), "queues.defaul: is no key; did you mean"),
        (("[default]", "[queues.default.spot]\n[default]"), "queues.default.spot: is no key"),
    ],
)
def test_a_wrong_table_is_refused(tmp_path, change, complaint):
    path = write(tmp_path, TABLE.replace(*change))
    with pytest.raises(InvalidArgumentError) as caught:
        PriceTable.load(path, stack_outputs())
    assert complaint in str(caught.value)
    assert str(path) in str(caught.value)


def test_the_table_of_the_guide_is_a_right_one(tmp_path):
    guide = (ROOT / "docs" / "batchsdk.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    queues = {key: queue(key, "default") for key in ("default", "spot")}
    found = PriceTable.load(write(tmp_path, table), stack_outputs(job_queues=queues))
    assert found.estimate(Usage(vcpu_hours=1000), queue="spot").amount == pytest.approx(9.5)


def test_a_table_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InvalidArgumentError, match="cannot be read"):
        connect(FakeTransport()).usage([], prices=tmp_path / "none.toml")


def test_usage_on_the_local_aws_and_on_the_command_line(stack, tmp_path):
    name = f"run-{stack.outputs.job_queues['default'].name}"
    array = stack.batch.submit("hello", name=f"{name}-array", array_size=3, tags={"team": "red"})
    single = stack.batch.submit("sleep", name=f"{name}-one", parameters={"WaitTime": "1"})
    for each in (array, single):
        each.wait(300)
    report = stack.batch.usage(name=f"{name}-*", by="name")
    assert {row.group: row.usage.jobs for row in report.rows} == {
        f"{name}-array": 3,
        f"{name}-one": 1,
    }
    alone = stack.batch.usage([single]).total
    assert alone.run_seconds > 0
    assert alone.vcpu_hours == pytest.approx(alone.run_seconds / 3600)
    assert alone.gib_hours == pytest.approx(alone.run_seconds / 3600 * 100 / 1024)

    prices = write(tmp_path, TABLE)
    arguments = ("usage", "--name", f"{name}-*", "--by", "tag:team", "--prices", str(prices))
    text = stack.run(*arguments)
    assert text.returncode == 0, text.stderr
    lines = [line.split("\t") for line in text.stdout.splitlines()]
    assert lines[0][:3] == ["TAG:TEAM", "JOBS", "ATTEMPTS"]
    assert {line[0]: line[1] for line in lines[1:]} == {"red": "3", "(none)": "1", "total": "4"}
    assert all(line[-1].endswith(" USD") for line in lines[1:])
    assert "prices: a price list). This is not a bill." in text.stderr
    found = json.loads(stack.run(*arguments, "--json").stdout)
    assert found["total"]["jobs"] == 4
    assert found["estimate"]["source"] == "a price list"
    wrong = stack.run("usage", single.id, "--name", "x")
    assert (wrong.returncode, wrong.stdout) == (2, "")
