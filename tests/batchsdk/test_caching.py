"""Steps that are not run again where nothing has changed: by real jobs on the local AWS."""

from __future__ import annotations

import json
import os
import uuid

import pytest

from batchsdk import (
    InvalidWorkflowError,
    Polling,
    StepStatus,
    WorkflowFailedError,
    failed,
)
from tests.aws_clients import client_of
from tests.batchsdk.fakes import FakeTransport, connect

pytestmark = pytest.mark.sampled(2)

QUICK = Polling(shortest=0.05, longest=0.2)
DONE = {"extract": "SUCCEEDED", "load": "SUCCEEDED"}


@pytest.fixture(autouse=True)
def ledger(tmp_path, monkeypatch):
    path = tmp_path / "ledger.sqlite3"
    monkeypatch.setenv("BATCHSDK_LEDGER", str(path))
    return path


@pytest.fixture
def bucket(local):
    s3, name = client_of(local, "s3"), f"cache-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name)

    def put(key, body):
        s3.put_object(Bucket=name, Key=key, Body=body)

    put.name = name
    put.client = s3
    return put


def nightly(stack, *, cache=True, name="nightly", definition="hello", **of_extract):
    wf = stack.batch.workflow(name, parameters={"day": "1"}, cache=cache)
    parameters = {"Target": "${parameters.day}"}
    extract = wf.submit(definition, name="extract", **({"parameters": parameters} | of_extract))
    wf.submit("hello", name="load", after=[extract])
    return wf


def ran(workflow, **given):
    """Run a workflow to its end; return the run."""
    run = workflow.run(**given)
    assert run.wait(300, polling=QUICK) == DONE
    return run


def origins(run):
    return {step: each.run for step, each in run.cached.items()}


def test_what_has_not_changed_is_not_run_again(stack, bucket):
    bucket("in/a", b"1")
    inputs = {"cache_inputs": [f"s3://{bucket.name}/in/"]}
    first = ran(nightly(stack, **inputs))
    assert first.cached == {}
    second = ran(nightly(stack, **inputs))
    assert origins(second) == {"extract": first.name, "load": first.name}
    assert second.cached["extract"].job_ids == (first.jobs["extract"][0].id,)
    assert not list(stack.batch.list_jobs(name=f"{second.run.job_name_prefix}*"))
    # What is taken is remembered by where it is from.
    assert origins(ran(nightly(stack, **inputs))) == origins(second)

    changes = [
        {"environment": {"A": "1"}},
        {"command": ["echo", "2"], "parameters": {}},
        {"parameters": {"Target": "other"}},
        {"definition": "sleep", "parameters": {"WaitTime": "0"}},
        {"name": "other"},
    ]
    for change in changes:
        # And with it what comes after.
        assert origins(ran(nightly(stack, **inputs, **change))) == {}, change
    assert origins(ran(nightly(stack, **inputs), parameters={"day": "2"})) == {}
    more_memory = ran(nightly(stack, memory=200, timeout=600, tags={"a": "b"}, **inputs))
    assert origins(more_memory) == origins(second)

    bucket("in/a", b"2")
    third = ran(nightly(stack, **inputs))
    assert origins(third) == {}
    bucket("in/b", b"new")
    assert origins(ran(nightly(stack, **inputs))) == {}


def test_the_objects_that_a_job_copies_are_part_of_its_result(stack, bucket, tmp_path):
    (tmp_path / "aws").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "aws").chmod(0o755)
    bucket("in/a", b"1")
    bucket("out/r", b"result")

    def staged(source, target="out/"):
        return {
            "environment": {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
            "inputs": {str(tmp_path / "in"): source},
            "outputs": {str(tmp_path / "out"): f"s3://{bucket.name}/{target}"},
        }

    given = staged(f"s3://{bucket.name}/in/")
    first = ran(nightly(stack, **given))
    assert origins(ran(nightly(stack, **given))) == dict.fromkeys(DONE, first.name)
    bucket("in/a", b"2")
    second = ran(nightly(stack, **given))
    assert origins(second) == {}
    bucket.client.delete_object(Bucket=bucket.name, Key="out/r")
    assert origins(ran(nightly(stack, **given))) == {}
    # Which objects these are only the job knows.
    bucket("out/r", b"result")
    for _ in range(2):
        assert (
            origins(ran(nightly(stack, **staged(f"s3://{bucket.name}/$AWS_BATCH_JOB_ID/")))) == {}
        )


def test_results_are_shared_with_a_ledger_in_s3_and_no_objects_are_no_inputs(stack, bucket):
    shared = f"s3://{bucket.name}/ledger"
    first = ran(nightly(stack), ledger=shared)
    assert origins(ran(nightly(stack), ledger=shared)) == dict.fromkeys(DONE, first.name)
    assert ran(nightly(stack)).cached == {}  # the user's own ledger knows nothing of it
    empty = {"cache_inputs": f"s3://{bucket.name}/nothing/"}
    for _ in range(2):
        assert ran(nightly(stack, **empty), ledger=shared).cached == {}


def test_nothing_is_cached_by_itself_and_no_cache_overrides(stack):
    ran(nightly(stack, cache=False))
    assert origins(ran(nightly(stack, cache=False))) == {}
    assert origins(ran(nightly(stack))) == {}  # what was not cached then was not remembered
    assert origins(ran(nightly(stack), cache=False)) == {}
    newest = ran(nightly(stack, cache=False), cache=True)
    assert len(set(origins(newest).values())) == 1
    own = nightly(stack, cache=False, name="own")
    own.submit("hello", name="extra", cache=True)
    runs = [own.run() for _ in range(2) if own.run().wait(300, polling=QUICK)]
    assert [list(each.cached) for each in runs] == [["extra"], ["extra"]]


def test_what_failed_or_goes_on_is_not_taken(stack):
    def flow(definition, seconds="0"):
        wf = stack.batch.workflow("w", cache=True)
        parameters = {"WaitTime": seconds} if definition == "sleep" else {}
        wf.submit(definition, name="s", parameters=parameters)
        return wf

    for _ in range(2):
        run = flow("fail").run()
        assert run.wait(300, polling=QUICK, check=False) == {"s": "FAILED"}
        assert run.cached == {}
    goes_on = flow("sleep", "60").run()
    at_the_same_time = flow("sleep", "60").run()
    assert at_the_same_time.cached == {}
    for each in (goes_on, at_the_same_time):
        each.cancel()
    # Nobody waited for it with its ledger open: AWS is asked.
    left = flow("sleep", "0").run()
    stack.batch.wait([left.jobs["s"][0].id], 300, polling=QUICK)
    assert origins(flow("sleep", "0").run()) == {"s": left.name}


def test_a_new_revision_is_another_definition_unless_its_image_is_the_same_by_digest(stack, local):
    batch = client_of(local, "batch")

    def register(image):
        batch.register_job_definition(
            jobDefinitionName=name,
            type="container",
            containerProperties={
                "image": image,
                "command": ["true"],
                "resourceRequirements": [
                    {"type": "VCPU", "value": "1"},
                    {"type": "MEMORY", "value": "100"},
                ],
            },
        )

    def run():
        wf = stack.batch.workflow("revisions", cache=True)
        wf.submit("hello", name="s")
        run = wf.run()
        assert run.wait(300, polling=QUICK) == {"s": "SUCCEEDED"}
        return bool(run.cached)

    name = stack.outputs.job_definitions["hello"].name
    register("busybox:1")
    assert [run(), run()] == [False, True]
    register("busybox:1")  # whose tag may have been moved
    assert [run(), run()] == [False, True]
    digest = f"busybox@sha256:{'a' * 64}"
    register(digest)
    assert [run(), run()] == [False, True]
    register(digest)
    assert run()
    register(digest.replace("a", "b"))
    assert not run()


def test_values_of_a_cached_step_are_found_by_the_steps_after_it(stack, bucket):
    storage = f"s3://{bucket.name}/values"

    def flow(text):
        wf = stack.batch.workflow("values", storage=storage)
        extract = wf.submit(
            "hello", name="extract", cache=True, cache_outputs="${steps.extract.prefix}"
        )
        wf.submit(
            "hello",
            name="load",
            after=[extract],
            command=["sh", "-c", 'echo "$BATCHSDK_INPUT_EXTRACT" "$1"', text],
            environment={"FROM": "${steps.extract.prefix}"},
        )
        return wf

    first = ran(flow("1"))
    assert ran(flow("2")).cached == {}  # it wrote nothing, and should have
    of_first = f"values/runs/{first.name}/extract/"
    bucket(of_first + "it", b"1")
    second = ran(flow("3"))
    assert origins(second) == {"extract": first.name}
    (job,) = second.jobs["load"]
    where = f"s3://{bucket.name}/{of_first}"
    assert job.logs().text.strip() == where
    variables = {
        each["name"]: each["value"] for each in job.describe().raw["container"]["environment"]
    }
    assert variables["FROM"] == where
    bucket.client.delete_object(Bucket=bucket.name, Key=of_first + "it")
    assert ran(flow("4")).cached == {}


def test_the_record_is_enough_when_aws_has_forgotten_the_job(stack, monkeypatch):
    first = ran(nightly(stack))
    transport = stack.batch._session.transport
    monkeypatch.setattr(transport, "describe_jobs", lambda _ids: [])
    assert origins(nightly(stack).run()) == dict.fromkeys(DONE, first.name)


def test_a_run_that_goes_on_keeps_what_it_took_and_later_runs_take_what_it_redid(stack):
    def flow(definition, **more):
        wf = stack.batch.workflow("again", cache=True)
        one = wf.submit("hello", name="one")
        wf.submit(definition, name="two", after=[one], **more)
        return wf

    first = flow("fail").run("first")
    assert first.wait(300, polling=QUICK, check=False) == {"one": "SUCCEEDED", "two": "FAILED"}
    second = flow("fail").run("second")
    with pytest.raises(WorkflowFailedError):
        second.wait(300, polling=QUICK)
    assert origins(second) == {"one": "first"}
    resumed = flow("hello").resume("second")
    assert resumed.wait(300, polling=QUICK) == {"one": "SUCCEEDED", "two": "SUCCEEDED"}
    assert origins(resumed) == {"one": "first"}
    attached = stack.batch.attach("second")
    assert attached.steps["one"] is StepStatus.SUCCEEDED
    assert origins(attached) == {"one": "first"}
    third = flow("hello").run("third")
    assert origins(third) == {"one": "first", "two": "second"}


def test_a_run_that_was_begun_anew_or_resumed_with_changes_is_no_origin_any_more(stack):
    first = ran(nightly(stack), name="first")
    assert origins(ran(nightly(stack), name="second")) == dict.fromkeys(DONE, "first")
    # Its values are in the place of the earlier ones.
    assert ran(nightly(stack, environment={"A": "1"}), name="first", new=True).cached == {}
    assert first.cached == ran(nightly(stack), name="third").cached == {}
    again = nightly(stack, environment={"A": "2"}).resume("third")
    assert again.wait(300, polling=QUICK) == DONE
    assert ran(nightly(stack), name="fourth").cached == {}
    assert origins(ran(nightly(stack, environment={"A": "2"}))) == dict.fromkeys(DONE, "third")
    assert ran(nightly(stack), name="fourth", new=True).cached == {}


def test_a_file_has_the_keys_and_its_faults_their_lines(tmp_path):
    file = tmp_path / "w.yaml"
    lines = [
        "workflow: w",
        "steps:",
        "  a: {jobDefinition: hello, cache: true, cacheInputs: s3://bucket/in}",
        "  b: {jobDefinition: hello, after: a, cache: true, cacheOutputs: [s3://b-c/out]}",
        "  c: {jobDefinition: hello, cacheInputs: [s3://bucket/in]}",
        "  d: {jobDefinition: hello, cache: maybe}",
    ]
    file.write_text("\n".join(lines))
    batch = connect(FakeTransport())
    with pytest.raises(InvalidWorkflowError) as caught:
        batch.load_workflow(file).check()
    assert [each.location for each in caught.value.problems] == ["w.yaml:5", "w.yaml:6"]
    file.write_text("\n".join(lines[:4]))
    workflow = batch.load_workflow(file)
    workflow.check()
    a, b = workflow.definition.steps
    assert (a.cache_inputs, b.cache_outputs) == (("s3://bucket/in",), ("s3://b-c/out",))
    assert batch.load_workflow(file).definition.cache is False


def test_nothing_can_be_read_out_of_a_key(stack, ledger):
    secret = "s3cret-of-the-environment"
    run = ran(nightly(stack, environment={"TOKEN": secret}))
    document = json.loads(run.run.document)
    keys = [each["key"] for each in document["results"].values()]
    assert len(keys) == 2
    assert all(len(each) == 64 and int(each, 16) for each in keys)
    assert secret not in json.dumps([document["results"], document["cached"]])


def test_plan_command_line_and_report_tell(stack, tmp_path):
    file = tmp_path / "w.yaml"
    file.write_text(
        "workflow: w\ncache: true\nsteps:\n  extract: {jobDefinition: hello}\n"
        "  load: {jobDefinition: hello, after: extract, cache: false}\n"
    )
    done = stack.run("run", str(file), "--name", "first")
    assert done.returncode == 0, done.stderr
    told = "step extract is cached: it SUCCEEDED in run first"
    planned = stack.run("run", str(file), "--dry-run")
    assert told in planned.stderr
    assert [line.split()[1] for line in planned.stdout.splitlines()[1:]] == ["load"]
    planned = json.loads(stack.run("run", str(file), "--dry-run", "--json").stdout)
    assert planned["plan"]["cached"] == {"extract": "first"}
    uncached = stack.run("run", str(file), "--dry-run", "--no-cache")
    assert told not in uncached.stderr
    both = json.loads(stack.run("run", str(file), "--name", "second", "--json").stdout)
    steps = {each["step"]: each for each in both["steps"]}
    assert steps["extract"]["status"] == "SUCCEEDED"
    assert steps["extract"]["cached"]["run"] == "first"
    assert "cached" not in steps["load"]
    assert told in stack.run("attach", "second").stderr
    page = stack.batch.report("second").html
    assert "SUCCEEDED, cached" in page
    assert "of run first" in page


@pytest.mark.parametrize(
    ("fields", "field", "rule"),
    [
        ({"cache_inputs": "s3://bucket/x"}, "cache_inputs", "only for a step that is cached"),
        ({"cache_outputs": "s3://bucket/x"}, "cache_outputs", "only for a step that is cached"),
        ({"cache": True, "cache_inputs": ["/tmp/x"]}, "cache_inputs[0]", "must be s3://bucket"),
        ({"cache": True, "cache_inputs": [""]}, "cache_inputs[0]", "must be s3://bucket"),
        ({"cache": True, "cache_inputs": [7]}, "cache_inputs[0]", "must be s3://bucket"),
        ({"cache": True, "cache_inputs": ["s3://b/\x00"]}, "cache_inputs[0]", "must be s3://"),
        ({"cache": True, "cache_outputs": ["s3:/bucket"]}, "cache_outputs[0]", "must be s3://"),
        (
            {"cache": True, "cache_inputs": ["s3://bucket/${parameters.no}"]},
            "cache_inputs[0]",
            "is not defined here",
        ),
        (
            {"cache": True, "cache_inputs": ["${steps.first.prefix}"], "after": ["first"]},
            "cache_inputs[0]",
            "are part of what the result depends on already",
        ),
        ({"cache": True, "when": failed("first")}, "cache", "a step with a condition"),
        ({"cache": True, "after": ["other"]}, "cache", "comes after 'other'"),
    ],
)
def test_what_cannot_be_cached_is_refused(fields, field, rule):
    transport = FakeTransport()
    wf = connect(transport).workflow("w", storage="s3://bucket/p", parameters={"day": "1"})
    wf.submit("hello", name="first", cache=True)
    wf.submit("hello", name="other")
    wf.submit("hello", name="s", **fields)
    with pytest.raises(InvalidWorkflowError) as caught:
        wf.check()
    found = {each.field: each.rule for each in caught.value.problems}
    assert rule in found[f"steps.s.{field}"]
    assert transport.calls == []


def test_inputs_may_have_parameters():
    wf = connect(FakeTransport()).workflow("w", parameters={"day": "1", "all": "s3://b-c/x"})
    inputs = ["s3://bucket/${parameters.day}/", "${parameters.all}", "s3://b-${parameters.day}/x"]
    wf.submit("hello", name="s", cache=True, cache_inputs=inputs)
    wf.check()
