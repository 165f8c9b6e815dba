from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import batchsdk
from batchsdk import BatchSdkError, ConnectionSettingsError, ContractError, StackOutputsError
from tests.batchsdk.fakes import FakeClock, FakeTransport, stack_outputs

PLAIN = stack_outputs().to_mapping()


def connect(**arguments: Any) -> batchsdk.Batch:
    arguments.setdefault("environ", {})
    arguments.setdefault("transport", lambda _region: FakeTransport())
    arguments.setdefault("clock", FakeClock())
    return batchsdk.connect(arguments.pop("stack", None), **arguments)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "outputs.json"
    path.write_text(json.dumps(PLAIN))
    return path


@pytest.mark.parametrize("kind", [str, Path])
def test_outputs_come_from_a_file(file: Path, kind: type) -> None:
    assert connect(outputs=kind(file)).outputs == stack_outputs()


def test_outputs_come_from_a_mapping() -> None:
    assert connect(outputs=PLAIN).outputs == stack_outputs()


def test_outputs_come_from_an_ssm_parameter() -> None:
    transport = FakeTransport()
    transport.parameters["/batch/dev"] = json.dumps(PLAIN)
    batch = connect(ssm="/batch/dev", transport=lambda _region: transport)
    assert batch.outputs == stack_outputs()


def test_outputs_come_from_what_the_environment_names(file: Path) -> None:
    assert connect(environ={"BATCHSDK_OUTPUTS": str(file)}).outputs == stack_outputs()


def test_an_argument_wins_over_the_environment(file: Path) -> None:
    batch = connect(outputs=PLAIN, environ={"BATCHSDK_STACK": "x", "BATCHSDK_OUTPUTS": str(file)})
    assert batch.outputs == stack_outputs()


def test_with_nothing_given_all_ways_are_named() -> None:
    with pytest.raises(ConnectionSettingsError) as caught:
        connect()
    for way in ("stack", "outputs=", "ssm=", "BATCHSDK_OUTPUTS", "BATCHSDK_SSM", "BATCHSDK_STACK"):
        assert way in caught.value.hint


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"stack": "dev", "ssm": "/x"}, "stack, ssm"),
        (
            {"environ": {"BATCHSDK_STACK": "a", "BATCHSDK_SSM": "b"}},
            "BATCHSDK_STACK, BATCHSDK_SSM",
        ),
    ],
)
def test_more_than_one_way_is_refused(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(ConnectionSettingsError, match=named):
        connect(**arguments)


def test_without_a_pulumi_cli_the_other_ways_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConnectionSettingsError, match="no pulumi on PATH") as caught:
        connect(stack="dev")
    assert "outputs=" in caught.value.hint
    assert "ssm=" in caught.value.hint


def test_the_region_is_the_stacks_unless_another_is_given() -> None:
    regions: list[str | None] = []

    def transport(region: str | None) -> FakeTransport:
        regions.append(region)
        return FakeTransport()

    connect(outputs=PLAIN, transport=transport).submit("hello")
    connect(outputs=PLAIN, transport=transport, region="eu-west-1").submit("hello")
    assert regions == ["us-east-1", "eu-west-1"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("{", "not JSON"), ("[]", "not a JSON object"), (None, "No such file")],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, text: str | None, complaint: str
) -> None:
    path = tmp_path / "outputs.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConnectionSettingsError, match=complaint) as caught:
        connect(outputs=path)
    assert str(path) in caught.value.message


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"schemaVersion": "2.0"}, "schemaVersion"),
        ({"schemaVersion": None}, "schemaVersion"),
        ({"region": 5}, "region"),
        ({"jobQueues": {"default": {}}}, "jobQueues.default.name"),
    ],
)
def test_other_outputs_are_refused_by_path(change: dict[str, Any], path: str) -> None:
    with pytest.raises(StackOutputsError) as caught:
        connect(outputs=PLAIN | change)
    assert caught.value.path == path
    assert isinstance(caught.value, BatchSdkError)
    assert isinstance(caught.value, ContractError)


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ({"outputs": PLAIN}, "batchsdk logs"),
        ({"ssm": "/batch/dev"}, "batchsdk --ssm /batch/dev logs"),
        ({"environ": {"BATCHSDK_SSM": "/batch/dev"}}, "batchsdk logs"),
    ],
)
def test_hints_reach_the_same_stack(arguments: dict[str, Any], command: str) -> None:
    transport = FakeTransport()
    transport.parameters["/batch/dev"] = json.dumps(PLAIN)
    transport.script(
        "job-1", {"jobId": "job-1", "status": "FAILED", "container": {"logStreamName": "s"}}
    )
    batch = connect(**arguments, transport=lambda _region: transport)
    error = batch.job("job-1").failure(batch.job("job-1").describe())
    assert f"{command} job-1" in error.hint
