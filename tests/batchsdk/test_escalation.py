"""After a failure of a certain kind, the next attempt's request asks for something else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from batchsdk import (
    Batch,
    Escalate,
    InvalidArgumentError,
    InvalidSubmissionError,
    InvalidWorkflowError,
    Submission,
    contract,
)
from tests.batchsdk.fakes import (
    FakeTransport,
    compute_environment,
    connect,
    job,
    queue,
    stack_outputs,
)

OOM = {
    "statusReason": "Essential container in task exited",
    "container": {"exitCode": 137, "reason": "OutOfMemoryError: Container killed"},
}
RECLAIM = {"statusReason": "Host EC2 (instance i-1) terminated."}
MORE = {"OUT_OF_MEMORY": Escalate(memory_factor=2, memory_cap="300MiB")}
ELSEWHERE = {"SPOT_RECLAIM": Escalate(queue="on-demand", after=2)}


def outputs() -> contract.StackOutputs:
    """Return a stack with a queue of SPOT, one of EC2 and one of Fargate."""
    largest = contract.LargestInstance(vcpus=16, memory=32_768, gpus=1)
    environments = {
        "spot": replace(compute_environment("SPOT", "spot-1"), largest_instance=largest),
        "on-demand": compute_environment("EC2", "on-demand-1"),
        "fargate": compute_environment("FARGATE", "fargate-1"),
    }
    return stack_outputs(
        compute_environments=environments,
        job_queues={
            "default": queue("default-1", "spot"),
            "on-demand": queue("on-demand-1", "on-demand"),
            "fargate": queue("fargate-1", "fargate"),
        },
    )


class Service(FakeTransport):
    """Gives each job an id, and lets the test say how it ends."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, Any]] = []

    def submit_job(self, request):
        self.sent.append(dict(request))
        job_id = f"job-{len(self.sent)}"
        self.script(job_id, job("RUNNING", job_id, jobName=request["jobName"]))
        return {"jobId": job_id}

    def fail(self, **how: Any) -> None:
        job_id, name = f"job-{len(self.sent)}", self.sent[-1]["jobName"]
        self.script(job_id, job("FAILED", job_id, jobName=name, **how))

    def memory(self) -> list[str | None]:
        """Return what each job asked for."""
        found = []
        for request in self.sent:
            overrides = request.get("containerOverrides", {})
            wanted = {e["type"]: e["value"] for e in overrides.get("resourceRequirements", ())}
            found.append(wanted.get("MEMORY"))
        return found

    def told(self) -> list[str | None]:
        """Return what each job is told of the attempts before it."""
        overrides = [each.get("containerOverrides", {}) for each in self.sent]
        variables = [{e["name"]: e["value"] for e in o.get("environment", ())} for o in overrides]
        return [each.get("BATCHSDK_ESCALATION") for each in variables]


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def batch(service: Service) -> Batch:
    return connect(service, outputs=outputs())


def attempt(batch, tmp_path, on_failure, **fields):
    """Execute a program once: open the run and submit its one key."""
    with batch.run("nightly", ledger=tmp_path / "ledger", on_failure=on_failure) as run:
        run.submit("key", "hello", **fields)
        return run.entries["key"]


def test_a_job_that_ran_out_of_memory_gets_more_up_to_the_cap(batch, service, tmp_path):
    for _ in range(4):
        entry = attempt(batch, tmp_path, MORE)
        service.fail(**OOM)
    assert service.memory() == [None, "200", "300", "300"]
    assert entry.attempt == 4
    assert entry.escalation == ("OUT_OF_MEMORY;OUT_OF_MEMORY;OUT_OF_MEMORY: memory 100 -> 300 MiB")
    assert service.told()[1:3] == [
        "OUT_OF_MEMORY: memory 100 -> 200 MiB",
        "OUT_OF_MEMORY;OUT_OF_MEMORY: memory 100 -> 300 MiB",
    ]


def test_other_failures_change_nothing_and_do_not_undo_what_has_changed(batch, service, tmp_path):
    attempt(batch, tmp_path, MORE)
    service.fail(**OOM)
    attempt(batch, tmp_path, MORE)
    service.fail(statusReason="Essential container in task exited", container={"exitCode": 3})
    attempt(batch, tmp_path, MORE)
    assert service.memory() == [None, "200", "200"]


def test_reclaims_are_counted_with_those_of_batchs_own_attempts(batch, service, tmp_path):
    attempt(batch, tmp_path, ELSEWHERE)
    service.fail(**RECLAIM)
    attempt(batch, tmp_path, ELSEWHERE)
    attempts = [{"startedAt": 1, "stoppedAt": 2, "container": {}, **RECLAIM} for _ in range(2)]
    service.fail(**RECLAIM, attempts=attempts)
    attempt(batch, tmp_path, ELSEWHERE)
    assert [each["jobQueue"] for each in service.sent] == ["default-1", "default-1", "on-demand-1"]
    assert service.told()[2] == "SPOT_RECLAIM;SPOT_RECLAIM*2: queue on-demand"


def test_in_an_open_run_the_next_attempt_escalates_and_the_key_stands_for_what_is_declared(
    batch, service, tmp_path
):
    with batch.run("nightly", ledger=tmp_path / "ledger", on_failure=MORE) as run:
        first = run.submit("key", "hello")
        service.fail(**OOM)
        run.wait(check=False)
        again = run.submit("key", "hello")
        assert again.id != first.id
        assert run.submit("key", "hello") == again
    assert service.memory() == [None, "200"]


def test_after_the_ledger_is_lost_the_job_itself_tells_of_the_attempts_before(
    batch, service, tmp_path
):
    rules = {**MORE, **ELSEWHERE}
    attempt(batch, tmp_path, rules)
    service.fail(**OOM)
    attempt(batch, tmp_path, rules)
    listed = [
        {"jobId": f"job-{n}", "jobName": each["jobName"], "status": "FAILED", "createdAt": n}
        for n, each in enumerate(service.sent, 1)
    ]
    variables = service.sent[-1]["containerOverrides"]["environment"]
    service.fail(**OOM | {"container": {**OOM["container"], "environment": variables}})
    service.pages = lambda request: {
        "jobSummaryList": listed if request["jobQueue"] == "default-1" else []
    }
    attempt(batch, tmp_path / "new", rules)
    assert service.memory() == [None, "200", "300"]
    looked_at = {each["jobQueue"] for name, each in service.calls if name == "ListJobs"}
    assert "on-demand-1" in looked_at, "attempts may have gone there"


def test_an_array_escalates_by_the_failures_of_its_children(batch, service, tmp_path):
    array = {"size": 3, "statusSummary": {"FAILED": 1}}
    attempt(batch, tmp_path, MORE, array_size=3)
    service.fail(statusReason="Array Child Job failed", arrayProperties=array)
    child = {"jobId": "job-1:0", "jobName": "c", "status": "FAILED", **OOM}
    service.pages = lambda request: {
        "jobSummaryList": [child] if request.get("arrayJobId") == "job-1" else []
    }
    service.script("job-1:0", job("FAILED", "job-1:0", **OOM))
    attempt(batch, tmp_path, MORE, array_size=3)
    assert service.memory() == [None, "200"]


def test_on_fargate_the_next_size_that_there_is_is_taken(batch, service, tmp_path):
    rules = {"OUT_OF_MEMORY": Escalate(memory_factor=1.3, memory_cap=4096)}
    for _ in range(3):
        attempt(batch, tmp_path, rules, queue="fargate", vcpus=1, memory=2048)
        service.fail(**OOM)
    assert service.memory() == ["2048", "3072", "4096"]


def test_timeouts_grow_too(batch, service, tmp_path):
    rules = {"TIMEOUT": Escalate(timeout_factor=2, timeout_cap="90m")}
    for _ in range(3):
        attempt(batch, tmp_path, rules, timeout="30m")
        service.fail(statusReason="Job attempt duration exceeded timeout")
    seconds = [each["timeout"]["attemptDurationSeconds"] for each in service.sent]
    assert seconds == [1800, 3600, 5400]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"OOM": Escalate(queue="default")}, "no kind of failure"),
        ({"CHILDREN": Escalate(queue="default")}, "no kind of failure"),
        ({"OUT_OF_MEMORY": Escalate()}, "changes nothing"),
        ({"OUT_OF_MEMORY": Escalate(memory_factor=2)}, "memory_cap: factor and cap need"),
        ({"OUT_OF_MEMORY": Escalate(memory_factor=1, memory_cap=9)}, "greater than 1"),
        ({"OUT_OF_MEMORY": Escalate(memory_factor=2, memory_cap="2GB")}, "text such as 16GiB"),
        ({"SPOT_RECLAIM": Escalate(queue="default", after=0)}, "at least 1"),
        ({"SPOT_RECLAIM": {"queue": "default"}}, "Escalate"),
    ],
)
def test_rules_that_can_never_be_right_are_refused_when_the_run_is_opened(
    batch, tmp_path, rules, said
):
    with pytest.raises(InvalidArgumentError, match=said):
        batch.run("nightly", ledger=tmp_path / "ledger", on_failure=rules)
    assert not (tmp_path / "ledger").exists()


@pytest.mark.parametrize(
    ("rules", "fields", "said"),
    [
        ({"SPOT_RECLAIM": Escalate(queue="nowhere")}, {}, r"SPOT_RECLAIM'\]\.queue = 'nowhere'"),
        (
            {"OUT_OF_MEMORY": Escalate(memory_factor=2, memory_cap=64)},
            {},
            r"memory_cap = 64: is less than the first attempt has: 100 MiB",
        ),
        (
            {"OUT_OF_MEMORY": Escalate(memory_factor=2, memory_cap="1TiB")},
            {},
            "no instance of queue 'default' has more than",
        ),
        (
            {"OUT_OF_MEMORY": Escalate(memory_factor=2, memory_cap=5000)},
            {"queue": "fargate", "vcpus": 1, "memory": 2048},
            "memory_cap = 5000: Fargate does not offer it with 1 vCPUs",
        ),
        (
            {"TIMEOUT": Escalate(timeout_factor=2, timeout_cap="1h")},
            {},
            "timeout_factor = 2: multiplies the submission's timeout, which is not known",
        ),
        ({"SPOT_RECLAIM": Escalate(queue="fargate")}, {"gpus": 1}, r"SPOT_RECLAIM'\]\.gpus"),
    ],
)
def test_what_the_rules_lead_to_is_checked_before_the_first_attempt(
    service, tmp_path, rules, fields, said
):
    batch = connect(service, outputs=outputs())
    with batch.run("nightly", ledger=tmp_path / "ledger", on_failure=rules) as run:
        with pytest.raises(InvalidSubmissionError, match=said):
            run.submit("key", "hello", **fields)
        with pytest.raises(InvalidSubmissionError, match=r"submissions\['key'\]"):
            run.submit_many({"key": Submission(job_definition="hello", **fields)})
    assert service.sent == []


def test_the_ledger_tells_how_a_job_failed(batch, service, tmp_path):
    attempt(batch, tmp_path, None)
    service.fail(**OOM)
    with batch.run("nightly", ledger=tmp_path / "ledger") as run:
        run.attach()
        entry = run.entries["key"]
    assert entry.failures == "OUT_OF_MEMORY"
    assert json.loads(json.dumps(entry.to_mapping()))["failures"] == "OUT_OF_MEMORY"


def test_a_rerun_of_failed_points_asks_for_more(batch, service):
    sweep = batch.sweep("hello", over={"Target": ["a", "b", "c"]}, on_failure=MORE)
    for _ in range(3):
        number, name = len(service.sent), service.sent[-1]["jobName"]
        size = service.sent[-1].get("arrayProperties", {}).get("size")
        if size:
            array = {"size": size, "statusSummary": {"FAILED": 1, "SUCCEEDED": size - 1}}
            service.fail(statusReason="Array Child Job failed", arrayProperties=array)
            child = {"jobId": f"job-{number}:0", "jobName": name, "status": "FAILED", **OOM}
            child["arrayProperties"] = {"index": 0}
            service.script(child["jobId"], job("FAILED", child["jobId"], **OOM))
            service.pages = lambda _, child=child: {"jobSummaryList": [child]}
        else:
            service.fail(**OOM)
        sweep = sweep.rerun_failed()
    assert service.memory() == [None, "200", "300", "300"]
    assert service.told()[2] == "OUT_OF_MEMORY;OUT_OF_MEMORY: memory 100 -> 300 MiB"


def test_rules_of_a_sweep_are_checked_before_it_is_sent(batch, service):
    rules = {"OUT_OF_MEMORY": Escalate(memory_factor=2, memory_cap="1TiB")}
    with pytest.raises(InvalidSubmissionError, match="no instance of queue 'default'"):
        batch.sweep("hello", over={"Target": ["a", "b"]}, on_failure=rules)
    assert service.sent == []


YAML = """
workflow: nightly
onFailure:
  OUT_OF_MEMORY: {memoryFactor: 2, memoryCap: 300MiB}
  SPOT_RECLAIM: {queue: on-demand}
steps:
  first: {jobDefinition: hello, memory: 120MiB}
  second:
    jobDefinition: hello
    after: first
    onFailure: {TIMEOUT: {timeoutFactor: 1.5, timeoutCap: 1h}}
    timeout: 10m
"""


def test_a_step_that_failed_asks_for_more_when_the_run_is_resumed(batch, service, tmp_path):
    (tmp_path / "nightly.yaml").write_text(YAML)
    more = {"ledger": tmp_path / "ledger"}
    run = batch.load_workflow(tmp_path / "nightly.yaml").run("r", **more)
    service.jobs["job-1"] = service.jobs["job-2"].copy()
    for number, how in enumerate([OOM, RECLAIM], 1):
        name = service.sent[0]["jobName"]
        failed = [len(service.sent) - 1, len(service.sent)]
        service.script(f"job-{failed[0]}", job("FAILED", f"job-{failed[0]}", jobName=name, **how))
        service.fail(statusReason="Dependent Job failed")
        run.close()
        run = batch.resume("r", **more)
        assert len(service.sent) == 2 + 2 * number
    assert service.memory()[::2] == ["120", "240", "240"]
    assert service.memory()[1::2] == [None, None, None]
    assert [each["jobQueue"] for each in service.sent[::2]] == [
        "default-1",
        "default-1",
        "on-demand-1",
    ]
    again = batch.attach("r", **more)
    assert again.steps["first"] == "SUBMITTED"
    assert len(service.sent) == 6


def test_a_workflow_in_python_takes_the_same_rules(batch):
    with batch.workflow("nightly", on_failure=MORE) as wf:
        wf.submit("hello", name="one")
        wf.submit("hello", name="two", on_failure=ELSEWHERE)
        wf.sweep("hello", name="three", over={"Target": ["a", "b"]}, on_failure={})
    rules = {each.name: wf.definition.rules_of(each) for each in wf.definition.steps}
    assert rules == {"one": MORE, "two": ELSEWHERE, "three": {}}


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("{OUT_OF_MEMORY: {memoryFactor: 2, memoryCap: 2GB}}", "or a text such as 16GiB"),
        ("{OUT_OF_MEMORY: {memoryfactor: 2}}", "did you mean 'memoryFactor'"),
        ("{OOM: {queue: default}}", "no kind of failure of a job's own"),
        ("{SPOT_RECLAIM: {queue: nowhere}}", "no job queue of this stack"),
        ("{SPOT_RECLAIM: {}}", "changes nothing"),
    ],
)
def test_faulty_rules_of_a_file_are_told_with_their_line(batch, service, tmp_path, rules, said):
    path = tmp_path / "w.yaml"
    step = f"    jobDefinition: hello\n    onFailure: {rules}\n"
    path.write_text(f"workflow: w\nsteps:\n  one:\n{step}")
    with pytest.raises(InvalidWorkflowError, match=said) as refused:
        batch.load_workflow(path).run("r", ledger=tmp_path / "ledger")
    assert "w.yaml:5: steps.one.on" in str(refused.value)
    assert service.sent == []


def test_a_report_tells_what_an_attempt_asks_for_and_why(batch, service, tmp_path):
    attempt(batch, tmp_path, MORE)
    service.fail(**OOM)
    attempt(batch, tmp_path, MORE)
    container = service.sent[-1]["containerOverrides"]
    service.script("job-2", job("RUNNING", "job-2", container=container))
    listed = [{"jobId": "job-2", "jobName": "nightly-1", "status": "RUNNING"}]
    service.pages = lambda _: {"jobSummaryList": listed}
    report = batch.report("nightly")
    assert [each.escalation for each in report.jobs] == ["OUT_OF_MEMORY: memory 100 -> 200 MiB"]
    assert "after OUT_OF_MEMORY: memory 100 -&gt; 200 MiB" in report.html
