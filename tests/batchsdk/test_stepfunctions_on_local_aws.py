"""Exported workflows, executed by the local AWS: the same ends as runs of batchsdk have."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchsdk import SEQUENTIAL, Polling, exit_code, failed, n_to_n, succeeded
from tests.aws_clients import client_of
from tests.conftest import eventually

QUICK = Polling(shortest=0.05, longest=0.2)
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "states.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


class Executions:
    """State machines on the local AWS."""

    def __init__(self, local) -> None:
        self._local = local
        self.client = client_of(local, "stepfunctions")
        self._iam = client_of(local, "iam")

    @contextmanager
    def machine(self, exported, policy=None) -> Iterator[str]:
        """Make a state machine, with a role that has the exported policy, or another."""
        name = f"machine-{uuid.uuid4().hex[:8]}"
        role = self._iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
        document = json.dumps(exported.role_policy if policy is None else policy)
        self._iam.put_role_policy(RoleName=name, PolicyName="it", PolicyDocument=document)
        arn = self.client.create_state_machine(
            name=name, definition=exported.to_json(), roleArn=role["Role"]["Arn"]
        )["stateMachineArn"]
        yield arn
        self.client.delete_state_machine(stateMachineArn=arn)
        self._iam.delete_role_policy(RoleName=name, PolicyName="it")
        self._iam.delete_role(RoleName=name)

    def run(self, arn, **values):
        """Execute a state machine to its end, and return what became of it."""
        started = self.client.start_execution(
            stateMachineArn=arn, name=f"run-{uuid.uuid4().hex[:8]}", input=json.dumps(values)
        )

        def ended():
            found = self.client.describe_execution(executionArn=started["executionArn"])
            return None if found["status"] == "RUNNING" else found

        return eventually(ended, lambda: str(self.events(started["executionArn"])[-5:]))

    def events(self, execution_arn):
        pages = self.client.get_paginator("get_execution_history")
        found = pages.paginate(executionArn=execution_arn)
        return [event for page in found for event in page["events"]]


@pytest.fixture
def executions(local):
    return Executions(local)


@pytest.fixture(autouse=True)
def ledger(tmp_path, monkeypatch):
    monkeypatch.setenv("BATCHSDK_LEDGER", str(tmp_path / "ledger.sqlite3"))


def steps_of(execution):
    """Return what an execution says of its steps, however it ended."""
    told = execution["cause"] if execution["status"] == "FAILED" else execution["output"]
    return json.loads(told)


def statuses_of(execution):
    return {each["step"]: each["status"] for each in steps_of(execution)}


@pytest.mark.every_case
def test_an_execution_ends_as_a_run_does(stack, executions):
    wf = stack.batch.workflow("decisions", parameters={"my-day": None, "greet": "he'l{l}o \\ $x"})
    check = wf.submit("fail", name="check")
    wf.submit("hello", name="publish", after=[check])
    text = "echo \"${parameters.greet}\" '{}' of ${run.name}\ntrue"
    repair = wf.submit(
        "hello",
        name="repair",
        when=failed(check),
        command=["sh", "-c", text],
        environment={"DAY": "day ${parameters.my-day}"},
    )
    wf.submit("hello", name="after_repair", after=[repair])
    celebrate = wf.submit("hello", name="celebrate", when=succeeded(check))
    wf.submit("hello", name="party", after=[celebrate])
    wf.submit("hello", name="on_three", when=exit_code(check, 3, 4))
    wf.submit("hello", name="on_five", when=exit_code(check, 5))
    wf.submit("hello", name="report", after_any=[check, celebrate])
    first = wf.sweep("hello", name="first", over={"Target": ["1", "2"]}, after=[SEQUENTIAL])
    wf.submit("hello", name="second", array_size=2, after=[n_to_n(first)])
    exported = wf.to_stepfunctions(every=1)
    with executions.machine(exported) as arn:
        execution = executions.run(arn, **{"my-day": "2026-01-31"})
        events = executions.events(execution["executionArn"])
        for wrong in ({}, {"my-day": "1", "misspelt": "2"}, {"my-day": 3}, {"my-day": None}):
            refused = executions.run(arn, **wrong)
            assert (refused["status"], refused["error"]) == ("FAILED", "WrongInput")
            assert "Without a default: my-day." in refused["cause"]
    run = wf.run(parameters={"my-day": "2026-01-31"})
    assert statuses_of(execution) == dict(run.wait(300, polling=QUICK, check=False))
    assert execution["error"] == "WorkflowFailed"

    jobs = {each["step"]: each["jobIds"] for each in steps_of(execution)}
    (repaired,) = jobs["repair"]
    name = execution["name"]
    assert stack.batch.job(repaired).logs().text == f"he'l{{l}}o \\  {{}} of {name}"
    for step, own in run.jobs.items():
        ours = [stack.batch.job(each).describe().raw for each in jobs[step]]
        theirs = [each.describe().raw for each in own]
        ids = {job_id: key for key in jobs for job_id in jobs[key]}
        ids |= {job.id: key for key in run.jobs for job in run.jobs[key]}
        assert [shape_of(each, ids) for each in ours] == [shape_of(each, ids) for each in theirs]
    kinds = [each["type"] for each in events]
    waits = kinds.index("WaitStateEntered")
    of_a_look = kinds.index("ChoiceStateExited", waits) + 1 - waits
    assert 23_000 < exported.longest.total_seconds() * of_a_look < 25_000


@pytest.mark.every_case
def test_names_and_stopping_are_as_the_guide_says(stack, executions):
    wf = stack.batch.workflow("named")
    wf.submit("sleep", name="s", parameters={"WaitTime": "60"})
    client = executions.client
    with executions.machine(wf.to_stepfunctions(every=1)) as arn:
        wrong = client.start_execution(stateMachineArn=arn, name=f"a.{uuid.uuid4().hex[:8]}")

        def ended():
            found = client.describe_execution(executionArn=wrong["executionArn"])
            return None if found["status"] == "RUNNING" else found

        refused = eventually(ended, lambda: str(executions.events(wrong["executionArn"])))
        assert refused["error"] == "Batch.ClientException"
        name = f"right-{uuid.uuid4().hex[:8]}"
        right = client.start_execution(stateMachineArn=arn, name=name)["executionArn"]
        (job,) = eventually(
            lambda: list(stack.batch.list_jobs(name=f"{name}-*")) or None, lambda: "no job"
        )
        client.stop_execution(executionArn=right)
        assert client.describe_execution(executionArn=right)["status"] == "ABORTED"
    (job,) = stack.batch.list_jobs(name=f"{name}-s")
    assert not job.status.is_terminal
    stack.batch.job(job.job_id).terminate("the test has seen it")


def shape_of(job, ids):
    """Return what a job was submitted with, and how it ended; but for names of runs and ids."""
    variables = {each["name"]: each["value"] for each in job["container"].get("environment", ())}
    variables.pop("BATCHSDK_RUN")
    command = job["container"].get("command", [])
    before = [each | {"jobId": ids.get(each.get("jobId"))} for each in job.get("dependsOn", ())]
    return {
        "status": job["status"],
        "definition": job["jobDefinition"],
        "queue": job["jobQueue"],
        "size": job.get("arrayProperties", {}).get("size"),
        "parameters": job.get("parameters"),
        "variables": variables,
        "command": [each for each in command if "of run-" not in each and "of dec" not in each],
        "dependsOn": before,
    }


def test_the_exported_policy_is_enough_and_needed(stack, executions, local, monkeypatch):
    wf = stack.batch.workflow("rights")
    first = wf.submit("hello", name="first", tags={"team": "x"})
    wf.submit("hello", name="last", after_any=[first])
    exported = wf.to_stepfunctions(every=1)
    monkeypatch.setattr(local, "enforce_iam", True)
    with executions.machine(exported) as arn:
        execution = executions.run(arn)
    assert execution["status"] == "SUCCEEDED"
    assert statuses_of(execution) == {"first": "SUCCEEDED", "last": "SUCCEEDED"}
    less = {**exported.role_policy, "Statement": exported.role_policy["Statement"][1:]}
    with executions.machine(exported, less) as arn:
        started = executions.client.start_execution(stateMachineArn=arn)["executionArn"]

        def failure():
            events = executions.events(started)
            found = [each["taskFailedEventDetails"] for each in events if "Failed" in each["type"]]
            return found[0] if found else None

        failed_task = eventually(failure, lambda: str(executions.events(started)))
        executions.client.stop_execution(executionArn=started)
    # An error that the API does not model: it is tried again, as too many requests would be.
    assert failed_task["error"] == "Batch.BatchException"
    assert "not authorized to perform: batch:SubmitJob" in failed_task["cause"]


@pytest.mark.every_case
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32))
def test_random_workflows_end_as_their_runs_do(stack, executions, seed):
    chance = random.Random(seed)
    wf = stack.batch.workflow("random", barrier=chance.choice(["hello", None]))
    names: list[str] = []
    for number in range(chance.randint(2, 16)):
        name = f"s{number}"
        after = chance.sample(names, min(len(names), chance.choice([0, 1, 1, 2, 3])))
        others = [each for each in names if each not in after]
        gates = chance.sample(others, min(len(others), chance.choice([0, 0, 1, 2])))
        conditions = [
            chance.choice([failed, succeeded])(each) for each in gates if chance.random() < 0.5
        ]
        definition = chance.choice(["hello", "hello", "fail"])
        wf.submit(
            definition,
            name=name,
            after=after,
            after_any=gates,
            when=conditions,
            array_size=chance.choice([None, None, 2]),
        )
        names.append(name)
    run = wf.run()
    with executions.machine(wf.to_stepfunctions(every=1)) as arn:
        execution = executions.run(arn)
    assert statuses_of(execution) == dict(run.wait(300, polling=QUICK, check=False))
    run.close()
