"""Folders of a job that are filled from S3, and copied there: refusals, shells, the local AWS."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import uuid

import pytest

import batchsdk
from batchsdk import InvalidSubmissionError
from batchsdk.submit import staging
from tests.aws_clients import client_of
from tests.batchsdk.conftest import ROOT
from tests.batchsdk.fakes import FakeTransport, connect, job

AWS = """\
#!/bin/sh
# aws s3 ls and cp of the arguments that the script gives, with folders for buckets
if [ "$1 $2 $3" = "s3 ls --region" ];then [ -e "$(echo "$5"|sed "s,^s3://,$BUCKETS/,")" ];exit;fi
[ "$1 $2 $3 $4 $6" = "s3 cp --only-show-errors --region --recursive" ]||exit 9
from=$(echo "$7"|sed "s,^s3://,$BUCKETS/,");to=$(echo "$8"|sed "s,^s3://,$BUCKETS/,")
echo "$5 $7 $8">>"$BUCKETS/calls"
[ -d "$from" ]||exit 0
mkdir -p "$to"&&cp -R "$from/." "$to"
"""


@pytest.fixture(params=[each for each in ("dash", "bash", "busybox", "zsh") if shutil.which(each)])
def shell(request, tmp_path):
    """Run a script in a shell, with a program in the place of the AWS CLI."""
    programs, buckets = tmp_path / "bin", tmp_path / "buckets"
    programs.mkdir()
    (buckets / "b" / "in").mkdir(parents=True)
    (buckets / "b" / "in" / "a file").write_text("content")
    (programs / "aws").write_text(AWS)
    (programs / "aws").chmod(0o755)
    start = {"busybox": ["busybox", "sh"], "zsh": ["zsh", "--emulate", "sh"]}
    command = start.get(request.param, [request.param])

    def begin(inputs, outputs, *words, **environ):
        text = staging.script(inputs, outputs, "eu-west-1")
        variables = {"PATH": f"{programs}:{os.environ['PATH']}", "BUCKETS": str(buckets), **environ}
        return subprocess.Popen(
            [*command, "-c", text, "sh", *words],
            executable=shutil.which(command[0]),
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(*arguments, **environ):
        with begin(*arguments, **environ) as process:
            return process.wait(60), process.stdout.read()

    run.begin, run.buckets = begin, buckets
    return run


def test_files_come_and_go(shell, tmp_path):
    into, out = tmp_path / "new" / "in it's", tmp_path / "out"
    script = f'cat "$1"/*; echo "$2" > "{out}/r"'
    words = ("sh", "-c", script, "x", str(into), 'a "b" $c')
    code, said = shell(
        {str(into): "s3://b/in"}, {str(out): "s3://b/$WHERE/$AWS_BATCH_JOB_ARRAY_INDEX/"}, *words,
        WHERE="x y", AWS_BATCH_JOB_ARRAY_INDEX="7",
    )  # fmt: skip
    assert (code, said) == (0, "content")
    assert (shell.buckets / "b" / "x y" / "7" / "r").read_text() == 'a "b" $c\n'
    assert (shell.buckets / "calls").read_text().startswith("eu-west-1 s3://b/in/ ")


def test_without_outputs_the_shell_becomes_the_command(shell, tmp_path):
    code, said = shell({str(tmp_path / "in"): "s3://b/in"}, {}, "sh", "-c", "echo $PPID; exit 5")
    assert (code, said) == (5, f"{os.getpid()}\n")


def test_the_exit_code_of_a_command_that_fails_stays_and_nothing_is_copied(shell, tmp_path):
    out = tmp_path / "out"
    script = f"echo part > {out}/r; exit 42"
    code, said = shell({}, {str(out): "s3://b/out"}, "sh", "-c", script)
    assert code == 42
    assert said == "batchsdk: the command ended with exit code 42: no outputs are copied\n"
    assert not (shell.buckets / "b" / "out").exists()


def test_a_folder_that_stays_empty_is_told(shell, tmp_path):
    out = tmp_path / "out"
    said = f"batchsdk: {out} is empty: nothing is copied to s3://b/out/\n"
    assert shell({}, {str(out): "s3://b/out"}, "true") == (0, said)


@pytest.mark.parametrize(
    ("copied", "environ", "said"),
    [
        (({"in": "s3://b/none"}, {}), {}, "there is no object below s3://b/none/"),
        (({"file/in": "s3://b/in"}, {}), {}, "cannot make the folder {}/file/in (is the root"),
        (({}, {"out": "s3://file/out"}), {}, "cannot copy {}/out to s3://file/out/"),
        (({"in": "s3://b/in"}, {}), {"PATH": "/nowhere"}, "inputs and outputs need aws or curl"),
    ],
)
def test_what_cannot_be_copied_fails_the_job_and_says_so(copied, environ, said, shell, tmp_path):
    inputs, outputs = copied
    (tmp_path / "file").write_text("")
    (shell.buckets / "file").write_text("")
    into = {str(tmp_path / folder): uri for folder, uri in inputs.items()}
    out = {str(tmp_path / folder): uri for folder, uri in outputs.items()}
    script = f"echo ran; echo x > {tmp_path}/out/x" if outputs else "echo ran"
    command = [shutil.which("sh"), "-c", script]
    code, printed = shell(into, out, *command, **environ)
    assert code == (127 if environ else 1)
    assert f"batchsdk: {said.format(tmp_path)}" in printed
    assert ("ran" in printed) is bool(outputs)


def test_a_signal_reaches_the_command_which_may_still_end_well(shell, tmp_path):
    out = tmp_path / "out"
    script = f"trap 'echo kept > {out}/r; exit 0' TERM; echo up; while :; do sleep 0.05; done"
    with shell.begin({}, {str(out): "s3://b/out"}, "sh", "-c", script) as process:
        assert process.stdout.readline() == "up\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert (shell.buckets / "b" / "out" / "r").read_text() == "kept\n"


def prepare(transport, definition, **fields):
    return connect(transport).prepare(batchsdk.Submission(job_definition=definition, **fields))


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"inputs": {"in": "s3://b/p"}}, "must be an absolute path below /"),
        ({"inputs": {"/": "s3://bbb/p"}}, "must be an absolute path below /"),
        ({"inputs": {"/a/../b": "s3://bbb/p"}}, "must be an absolute path below /"),
        ({"inputs": {"/a\n": "s3://bbb/p"}}, "must be an absolute path below /"),
        ({"inputs": {"/" + "a" * 4096: "s3://bbb/p"}}, "must be an absolute path below /"),
        ({"inputs": {"": "s3://bbb/p"}}, "must be an absolute path below /"),
        ({"inputs": {"/a": "/b"}}, "must be s3://bucket/prefix"),
        ({"inputs": {"/a": "s3://B_/p"}}, "must be s3://bucket/prefix"),
        ({"inputs": {"/a": "s3://$BUCKET/p"}}, "must be s3://bucket/prefix"),
        ({"inputs": {"/a": ""}}, "must be s3://bucket/prefix"),
        ({"outputs": {"/a": "s3://bbb/" + "é" * 513}}, "at most 1024 bytes of prefix"),
        ({"outputs": {"/a": "s3://bbb/$(id)"}}, "must be without control characters"),
        ({"outputs": {"/a": "s3://bbb/`id`"}}, "must be without control characters"),
        ({"outputs": {"/a": 's3://bbb/"'}}, "must be without control characters"),
        ({"outputs": {"/a": "s3://bbb/${X}"}}, "must be without control characters"),
        ({"outputs": {"/a": "s3://bbb/Ref::day"}}, "Batch replaces Ref:: in the command alone"),
        ({"outputs": {"/a": 1}}, "must be s3://bucket/prefix"),
        ({"outputs": "/a"}, "must be a mapping"),
        ({"inputs": {"/a": "s3://bbb/p"}, "outputs": {"/a/b": "s3://bbb/q"}}, "within the other"),
        ({"inputs": {"/a": "s3://bbb/p", "/a/": "s3://bbb/q"}}, "within the other"),
        ({"outputs": {"/a": "s3://bbb/p", "/b": "s3://bbb/p/"}}, "to the same prefix"),
    ],
)
def test_wrong_folders_and_prefixes_are_refused(given, complaint):
    with pytest.raises(InvalidSubmissionError) as caught:
        prepare(FakeTransport(), "hello", **given)
    assert complaint in str(caught.value)


def test_an_image_with_its_own_command_and_several_nodes_are_refused():
    transport = FakeTransport()
    transport.definitions = [
        {
            "jobDefinitionName": "own",
            "jobDefinitionArn": "arn:aws:batch:us-east-1:123456789012:job-definition/own:1",
            "revision": 1,
            "status": "ACTIVE",
            "type": "container",
            "containerProperties": {"image": "a"},
        }
    ]
    with pytest.raises(InvalidSubmissionError, match=r"give command=\[\.\.\.\]"):
        prepare(transport, "own:1", inputs={"/a": "s3://bbb/p"})
    made = prepare(transport, "own:1", inputs={"/a": "s3://bbb/p"}, command=["run"])
    assert made.request["containerOverrides"]["command"][-2:] == ["sh", "run"]
    several = {"numNodes": 2, "mainNode": 0, "nodeRangeProperties": [{"targetNodes": "0:"}]}
    transport.definitions[0] |= {"type": "multinode", "nodeProperties": several}
    with pytest.raises(InvalidSubmissionError, match="a job of several nodes has no folder"):
        prepare(transport, "own:1", outputs={"/a": "s3://bbb/p"}, command=["run"])


def test_placeholders_stay_words_of_their_own():
    made = prepare(
        FakeTransport(),
        "hello",
        parameters={"Target": "you"},
        outputs={"/tmp/out": "s3://bbb/$AWS_BATCH_JOB_ID"},
    )
    _, _, script, *words = made.request["containerOverrides"]["command"]
    assert words == ["sh", "echo", "Ref::Target"]
    assert script.startswith(f"{staging.MARK}\n")
    assert made.wanted.command is None
    assert not {"inputs", "outputs"} & made.request.keys()


def test_a_report_shows_the_command_without_the_script():
    transport = FakeTransport()
    text = staging.script({"/tmp/in": "s3://bbb/p"}, {}, "us-east-1")
    container = {"command": ["sh", "-c", text, "sh", "train"]}
    job_id = str(uuid.uuid4())
    transport.script(job_id, job("SUCCEEDED", job_id=job_id, container=container))
    (shown,) = connect(transport).report(job_id).jobs
    assert shown.command == f"sh -c '{staging.MARK}' sh train"


def test_a_workflow_file_takes_them(tmp_path):
    guide = (ROOT / "docs" / "batchsdk.md").read_text(encoding="utf-8")
    (text,) = (
        each for each in re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL) if "inputs" in each
    )
    path = tmp_path / "sort.yaml"
    path.write_text(text)
    plan = connect(FakeTransport()).load_workflow(path).plan()
    assert [each.step for each in plan.jobs] == ["sort"]
    path.write_text(text.replace("s3://my-bucket/raw", "/raw"))
    with pytest.raises(batchsdk.InvalidWorkflowError) as caught:
        connect(FakeTransport()).load_workflow(path).plan()
    assert "sort.inputs./tmp/in = '/raw/2026-01-31': must be s3://" in str(caught.value)


NAMES = ["a b", "dt=2026-01-01/p+art'1.csv", 'q"&<>;$(x)`', "deep/er/~_-.!*@:,[]{}^|#?%41"]
"""What S3 and its XML encode."""


@pytest.fixture
def without_aws(local, tmp_path):
    """The environment of a shell that has curl and what all images have, but no AWS CLI."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("cat", "curl", "env", "find", "ls", "mkdir", "sed", "sh", "tail", "tr"):
        (programs / name).symlink_to(shutil.which(name))
    return {"PATH": str(programs), **local.environ}


@pytest.mark.parametrize("shell", [["dash"], ["bash"], ["busybox", "sh"]], ids="-".join)
def test_an_image_with_curl_alone_copies_too(shell, without_aws, local, tmp_path):
    if shutil.which(shell[0]) is None:
        pytest.skip(f"needs {shell[0]}")
    s3, bucket = client_of(local, "s3"), f"curl-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=bucket)
    for number, name in enumerate(NAMES):
        s3.put_object(Bucket=bucket, Key=f"in here/{name}", Body=str(number).encode())
    s3.put_object(Bucket=bucket, Key="in here/folder/", Body=b"")
    into, out = tmp_path / "in", tmp_path / "out"

    def run(inputs, outputs, *command, **environ):
        text = staging.script(inputs, outputs, "us-east-1")
        return subprocess.run(
            [shutil.which(shell[0]), *shell[1:], "-c", text, "sh", *command],
            env=without_aws | environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    done = run(
        {str(into): f"s3://{bucket}/in here"},
        {str(out): f"s3://{bucket}/out/$RUN"},
        *("sh", "-c", f"cp={into}; mkdir -p {out}/x; cat '{into}/a b' > {out}/x/\"$NAME\""),
        RUN="r 1",
        NAME="r=1 'x'",
    )
    assert (done.returncode, done.stderr) == (0, "")
    copied = {str(each.relative_to(into)) for each in into.rglob("*") if each.is_file()}
    assert copied == set(NAMES)
    assert [(into / name).read_text() for name in NAMES] == ["0", "1", "2", "3"]
    found = s3.get_object(Bucket=bucket, Key="out/r 1/x/r=1 'x'")["Body"].read()
    assert found == b"0"

    s3.put_object(Bucket=bucket, Key="umlaut/\u00e4", Body=b"")
    for uri, said in {
        f"s3://{bucket}/umlaut": "such a name needs aws in the image",
        f"s3://{bucket}/none": f"there is no object below s3://{bucket}/none/",
        "s3://no-such-bucket-at-all/a": "there is no object below s3://no-such-bucket-at-all/a/",
    }.items():
        refused = run({str(tmp_path / "no"): uri}, {}, "sh", "-c", "echo ran")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert said in refused.stderr


@pytest.mark.every_case
def test_more_objects_than_one_answer_has_are_copied(without_aws, local, tmp_path):
    s3, bucket = client_of(local, "s3"), f"many-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=bucket)
    for number in range(1001):
        s3.put_object(Bucket=bucket, Key=f"in/{number}", Body=b"")
    listed = f"{staging.script({}, {}, 'us-east-1').rpartition('exec')[0]}\n__l s3://{bucket}/in/"
    done = subprocess.run(
        ["sh", "-c", listed],
        env=without_aws,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert sorted(done.stdout.split()) == sorted(f"in/{number}" for number in range(1001))


@pytest.mark.deployments
@pytest.mark.skipif(shutil.which("aws") is None, reason="needs the AWS CLI")
def test_files_come_and_go_on_the_local_aws(stack, local, tmp_path):
    s3, bucket = client_of(local, "s3"), f"files-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="in/dt=2026-01-01/part 1", Body=b"content")
    into, out = tmp_path / "in", tmp_path / "out"
    script = f"cat '{into}/dt=2026-01-01/part 1' > {out}/copy"
    options = (
        *("--stage-in", f"{into}=s3://{bucket}/in"),
        *("--stage-out", f"{out}=s3://{bucket}/out/$AWS_BATCH_JOB_ID"),
    )
    done = stack.run("submit", "hello", *options, "--wait", "--json", "--", "sh", "-c", script)
    assert done.returncode == 0, done.stdout + done.stderr
    job_id = json.loads(done.stdout)["jobId"]
    found = s3.get_object(Bucket=bucket, Key=f"out/{job_id}/copy")["Body"].read()
    assert found == b"content"
    missing = stack.batch.submit("hello", inputs={str(into): f"s3://{bucket}/none"})
    with pytest.raises(batchsdk.JobFailedError) as caught:
        missing.result(120)
    assert f"there is no object below s3://{bucket}/none/" in str(caught.value.log_tail)
