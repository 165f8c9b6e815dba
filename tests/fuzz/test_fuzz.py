"""Whatever comes from outside: no traceback, no 5xx, five seconds of CPU, 300 MB.

Valid documents are changed at random places. The examples are few and the same at each run;
``BATCH_PLATFORM_EXAMPLES=20`` has twenty times as many, and new ones.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from batchsdk.runs.sealing import to_sealed
from tests.batch_platform.more_examples import examples
from tests.batchsdk.fakes import FakeTransport, connect, stack_outputs
from tests.conftest import PROJECT, eventually
from tests.fuzz import batch_api
from tests.fuzz.local_server import fuzzed_server
from tests.fuzz.measured import CPU_SECONDS, MEMORY, MIB, commands
from tests.fuzz.mutations import Mutator

pytestmark = pytest.mark.sampled(6)

WORKFLOW = yaml.safe_load((PROJECT / "examples" / "pipeline.yaml").read_text())
STACKS = [
    yaml.safe_load(path.read_text())
    for path in sorted(
        [
            *(PROJECT / "examples" / "environments").glob("Pulumi.*.yaml"),
            *PROJECT.glob("Pulumi.*.yaml"),
        ]
    )
]
OUTPUTS = stack_outputs().to_mapping()
SEEDS = st.integers(0, 2**64)


def hold(answer, codes, given):
    """Hold an answer against what is promised."""
    shown = f"{given[:2000]!r}\n{answer.output[-500:]}\n{answer.errors[-3000:]}"
    assert answer.code in codes, f"exit code {answer.code}: {shown}"
    assert "Traceback" not in answer.errors, shown
    assert answer.code == 0 or answer.errors.strip(), shown
    assert answer.cpu < CPU_SECONDS, f"{answer.cpu} s: {shown}"
    assert answer.memory < MEMORY, f"{answer.memory} bytes: {shown}"


@pytest.fixture(scope="module")
def program():
    with commands("batch_platform", PROJECT) as process:
        yield process


@pytest.fixture(scope="module")
def sdk():
    with commands("batchsdk", PROJECT) as process:
        yield process


@examples(30)
@given(SEEDS)
def test_stack_files(program, tmp_path, seed):
    mutator = Mutator(seed)
    text = mutator.yaml(mutator.pick(*STACKS))
    (tmp_path / "Pulumi.test.yaml").write_bytes(text)
    hold(program.run(["check", "--stack", "test"], tmp_path), {0, 1}, text)


@examples(30)
@given(SEEDS)
def test_workflows(sdk, tmp_path, seed):
    mutator = Mutator(seed)
    text = mutator.yaml(WORKFLOW)
    (tmp_path / "wf.yaml").write_bytes(text)
    (tmp_path / "outputs.json").write_text(json.dumps(OUTPUTS))
    arguments = ["--outputs", "outputs.json", "run", "wf.yaml", "-p", "day=1", "--dry-run"]
    hold(sdk.run(arguments, tmp_path), {0, 2}, text)


DIGITS = "9" * 5_000
"""More than Python makes a number of."""


@pytest.mark.parametrize("value", [DIGITS, "9" * 400, f"{DIGITS}.5", "nan", "inf", "1e999"])
def test_a_step_with_a_number_without_an_end(sdk, tmp_path, value):
    (tmp_path / "wf.yaml").write_text(
        f"workflow: w\nsteps: {{hello: {{vcpus: {value}, timeout: {value}, memory: {value}}}}}\n"
    )
    (tmp_path / "outputs.json").write_text(json.dumps(OUTPUTS))
    answer = sdk.run(["--outputs", "outputs.json", "run", "wf.yaml", "--dry-run"], tmp_path)
    hold(answer, {2}, value)


@pytest.mark.parametrize(
    "arguments",
    [
        *(["submit", "hello", "--dry-run", "--vcpus", each] for each in ("nan", "inf", "9" * 400)),
        ["submit", f"hello:{DIGITS}", "--dry-run"],
        ["list", "--limit", "9" * 400],
        *(["runs", "--dry-run", "--prune", each] for each in ("nan", "inf", "1e300", "-1", "x")),
        *(["top", "--once", "--hours", each] for each in ("nan", "inf", "1e300")),
        ["logs", "x", "--since", f"{'9' * 400}m"],
        ["wait", "x", "--timeout", "nan"],
    ],
    ids=lambda given: " ".join(given)[:40],
)
def test_an_option_with_a_number_without_an_end(sdk, tmp_path, arguments):
    (tmp_path / "outputs.json").write_text(json.dumps(OUTPUTS))
    environ = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "k"}
    environ |= {"AWS_SECRET_ACCESS_KEY": "s", "BATCHSDK_LEDGER": "ledger"}
    answer = sdk.run(["--outputs", "outputs.json", *arguments], tmp_path, environ)
    hold(answer, {3} if DIGITS in arguments[1] else {2}, str(arguments))  # 3: AWS is asked of it


@pytest.mark.parametrize("amount", [DIGITS, "9" * 400])
@pytest.mark.parametrize("kind", ["VCPU", "MEMORY", "targetNodes", "instanceTypes"])
def test_a_stack_file_with_a_number_without_an_end(program, tmp_path, kind, amount):
    whole = json.loads(json.dumps(next(each for each in STACKS if "aws:region" in each["config"])))
    sizes = {"VCPU": "1", "MEMORY": "100"} | ({kind: amount} if kind in ("VCPU", "MEMORY") else {})
    container = {
        "image": "busybox",
        "resourceRequirements": [{"type": name, "value": size} for name, size in sizes.items()],
    }
    nodes = {"targetNodes": f"0:{amount if kind == 'targetNodes' else 1}", "container": container}
    config = whole["config"]
    config["batch-platform:jobDefinitions"] = {
        "one": {"containerProperties": container},
        "many": {"nodeProperties": {"numNodes": 2, "mainNode": 0, "nodeRangeProperties": [nodes]}},
    }
    if kind == "instanceTypes":
        config["batch-platform:computeEnvironments"]["one"] = {
            "type": "EC2",
            "instanceTypes": [f"c5.{amount}xlarge"],
        }
    (tmp_path / "Pulumi.test.yaml").write_text(yaml.safe_dump(whole))
    hold(program.run(["check", "--stack", "test"], tmp_path), {0, 1}, amount)


@examples(50)
@given(SEEDS)
def test_outputs(sdk, tmp_path, seed):
    mutator = Mutator(seed)
    text = mutator.json(OUTPUTS)
    (tmp_path / "outputs.json").write_bytes(text)
    verb = mutator.pick(
        ["submit", "hello", "--dry-run"],
        ["sweep", "hello", "--over", "Target=a,b", "--dry-run"],
        ["run", str(PROJECT / "examples" / "pipeline.yaml"), "-p", "day=1", "--dry-run"],
        ["runs", "--ledger", "ledger"],
    )
    hold(sdk.run(["--outputs", "outputs.json", *verb], tmp_path), {0, 2}, text)


@pytest.fixture(scope="module")
def whole_ledger(tmp_path_factory):
    """A closed ledger with a run of a workflow, as bytes."""
    path = tmp_path_factory.mktemp("whole") / "ledger"
    transport = FakeTransport()
    transport.submit_answers.extend({"jobId": f"job-{number}"} for number in range(20))
    batch = connect(transport)
    run = batch.load_workflow(PROJECT / "examples" / "pipeline.yaml").run(
        "nightly", parameters={"day": "1"}, ledger=path
    )
    run.close()
    content = path.read_bytes()
    path.unlink()
    return content


def with_changed_rows(path, mutator):
    """Change what a row says, with or without a checksum that agrees."""
    database = sqlite3.connect(path)
    table, column = mutator.pick(("entries", "record"), ("documents", "text"), ("runs", "id"))
    rows = database.execute(f"SELECT rowid, {column} FROM {table}").fetchall()
    rowid, text = mutator.pick(*rows)
    if table == "runs":
        column = mutator.pick("scope", "name", "created_at", "cancelled_at", "id")
        value = mutator.document("x")
        value = value if isinstance(value, str | float | None) else repr(value)[:100_000]
        value = value.encode(errors="replace") if isinstance(value, str) else value
        sql = f"UPDATE runs SET {column} = CAST(? AS TEXT) WHERE rowid = ?"
    else:
        content = json.loads(text)
        content.pop("checksum")
        if table == "documents" and mutator.pick(True, True, False):
            changed = {"text": mutator.json(json.loads(content["text"])).decode(errors="replace")}
        else:
            changed = mutator.document(content)
        sealed = mutator.pick(True, True, False) and isinstance(changed, dict)
        value = (to_sealed(changed) if sealed else json.dumps(changed)).encode()
        sql = f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE rowid = ?"
    with contextlib.suppress(sqlite3.IntegrityError):
        database.execute(sql, (value, rowid))
    database.commit()
    database.close()
    return value


@examples(40)
@given(SEEDS)
def test_ledgers(sdk, tmp_path, whole_ledger, seed):
    mutator = Mutator(seed)
    folder = tmp_path / str(seed)
    folder.mkdir(exist_ok=True)
    path = folder / "ledger"
    if mutator.pick(True, True, False):
        path.write_bytes(whole_ledger)
        changed = with_changed_rows(path, mutator)
    else:
        changed = mutator.bytes(whole_ledger)
        path.write_bytes(changed)
    (folder / "outputs.json").write_text(json.dumps(OUTPUTS))
    verb = mutator.pick(
        ["runs"], ["runs", "--prune", "1", "--dry-run"], ["resume", "nightly", "--dry-run"]
    )
    environ = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    arguments = ["--outputs", "outputs.json", *verb, "--ledger", "ledger"]
    hold(sdk.run(arguments, folder, environ), {0, 2, 3}, str(changed))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    log = tmp_path_factory.mktemp("server") / "log"
    with fuzzed_server(PROJECT, log) as server:
        yield server
        server.begin_anew()
        job_id = server.submit()  # it still works, in the background too
        eventually(
            lambda: server.status_of(job_id) == "SUCCEEDED" or None,
            lambda: f"the job is {server.status_of(job_id)}: {server.log[-3000:]}",
        )
        assert "Traceback" not in server.log, server.log[-5000:]


def hold_server(server, before, status, answer, given):
    shown = f"{status} {answer[:1000]!r} to {given[:2000]!r}\n{server.log[-3000:]}"
    assert 200 <= status < 500, shown
    json.loads(answer)
    assert server.cpu - before < CPU_SECONDS, shown
    assert server.memory < MEMORY, f"{server.memory} bytes: {shown}"


def test_the_requests_that_are_changed_are_valid(server):
    refused = {}
    for path, request in batch_api.REQUESTS:
        status, answer = server.send("batch", f"/v1/{path}", json.dumps(request).encode())
        if status != 200:
            refused[path] = answer
    assert set(refused) == {"deletejobqueue", "deletecomputeenvironment"}, refused  # not disabled


@examples(80)
@given(SEEDS)
def test_batch_requests(server, seed):
    mutator = Mutator(seed)
    before = server.cpu
    if mutator.pick(*[False] * 9, True):
        path = f"tags/{mutator.pick(*batch_api.TAGGED)}"
        request = batch_api.TAGS
    else:
        path, request = mutator.pick(*batch_api.REQUESTS)
    body = mutator.json(request)[:MIB]  # more is refused unread
    status, answer = server.fuzz("batch", f"/v1/{path}", body)
    hold_server(server, before, status, answer, f"{path} {body[:2000]!r}")


@examples(30)
@given(SEEDS)
def test_control_requests(server, seed):
    mutator = Mutator(seed)
    before = server.cpu
    path, request = mutator.pick(*batch_api.CONTROL)
    body = mutator.json(request)[:MIB]
    method = mutator.pick("POST", "POST", "POST", "GET", "PUT")
    status, answer = server.fuzz("localaws", f"/_localaws/{path}", body, method)
    hold_server(server, before, status, answer, f"{method} {path} {body[:2000]!r}")
    status, answer = server.send("localaws", "/_localaws/faults", b"", "GET")
    hold_server(server, before, status, answer, f"after {path} {body[:2000]!r}")
    assert server.send("localaws", "/_localaws/faults/clear", b"{}")[0] == 200
