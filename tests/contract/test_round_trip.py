"""The stack's outputs survive the way from `pulumi up` to a consumer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchsdk import contract
from batchsdk.contract import ContractError, StackOutputs
from tests.batchsdk.fakes import stack_outputs

pytestmark = pytest.mark.sampled(2)

text = st.text(max_size=20)
role = st.builds(contract.Role, name=text, arn=text)
any_outputs = st.builds(
    StackOutputs,
    schema_version=st.sampled_from(["1.0", "1.7"]),
    environment=text,
    region=text,
    account_id=text,
    network=st.builds(
        contract.Network,
        mode=text,
        vpc_id=text,
        subnet_ids=st.tuples(text, text),
        security_group_ids=st.tuples(text),
    ),
    roles=st.builds(
        contract.Roles,
        execution=role,
        job=role,
        instance=st.none() | role,
        instance_profile_arn=st.none() | text,
        service=st.none() | role,
        spot_fleet=st.none() | role,
    ),
    compute_environments=st.dictionaries(
        text,
        st.builds(
            contract.ComputeEnvironment,
            name=text,
            arn=text,
            type=text,
            max_vcpus=st.integers(0, 10_000),
            instance_types=st.lists(text, max_size=3).map(tuple),
        ),
        max_size=2,
    ),
    job_queues=st.dictionaries(
        text,
        st.builds(
            contract.JobQueue,
            name=text,
            arn=text,
            priority=st.integers(0, 1000),
            compute_environments=st.lists(text, max_size=3).map(tuple),
        ),
        max_size=2,
    ),
    job_definitions=st.dictionaries(
        text,
        st.builds(
            contract.JobDefinition,
            name=text,
            arn=text,
            revision=st.integers(1, 10_000),
            command=st.lists(text, max_size=3).map(tuple),
            parameters=st.dictionaries(text, text, max_size=3),
            vcpus=st.none() | st.sampled_from([0.25, 1.0, 4.0]),
            memory=st.none() | st.integers(4, 100_000),
            containers=st.none()
            | st.tuples(
                st.builds(contract.Container, name=text, essential=st.sampled_from([None, False]))
            ),
            num_nodes=st.none() | st.integers(1, 1000),
            node_ranges=st.none()
            | st.tuples(st.builds(contract.NodeRange, target_nodes=text, memory=st.integers(4))),
        ),
        max_size=2,
    ),
    log_group=st.builds(
        contract.LogGroup, name=text, arn=text, retention_in_days=st.none() | st.integers(1, 3653)
    ),
)


@given(any_outputs)
def test_outputs_survive_json(outputs: StackOutputs) -> None:
    assert StackOutputs.from_mapping(json.loads(json.dumps(outputs.to_mapping()))) == outputs


def floats(value: Any) -> Any:
    """Turn whole numbers into floats, as protobuf does."""
    if isinstance(value, dict):
        return {key: floats(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [floats(inner) for inner in value]
    return float(value) if type(value) is int else value


@given(any_outputs)
def test_outputs_survive_protobuf(outputs: StackOutputs) -> None:
    assert StackOutputs.from_mapping(floats(outputs.to_mapping())) == outputs


@given(any_outputs)
def test_fields_of_a_later_minor_version_are_ignored(outputs: StackOutputs) -> None:
    later = outputs.to_mapping() | {"schemaVersion": "1.99", "brandNew": {"a": 1}}
    assert StackOutputs.from_mapping(later).region == outputs.region


@given(any_outputs, st.data())
def test_an_absent_field_is_named(outputs: StackOutputs, data: st.DataObject) -> None:
    plain = outputs.to_mapping()
    key = data.draw(st.sampled_from(sorted(set(plain) - {"schemaVersion"})))
    del plain[key]
    with pytest.raises(ContractError) as caught:
        StackOutputs.from_mapping(plain)
    assert caught.value.path == key


@given(any_outputs, st.sampled_from(["0.9", "2.0", "10.0"]))
def test_another_major_version_is_refused(outputs: StackOutputs, version: str) -> None:
    with pytest.raises(ContractError, match="not supported"):
        StackOutputs.from_mapping(outputs.to_mapping() | {"schemaVersion": version})


def test_outputs_of_another_stack_are_refused_with_what_was_seen() -> None:
    with pytest.raises(ContractError, match="keys seen: bucket, url"):
        StackOutputs.from_mapping({"url": "x", "bucket": "y"})


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("where", ["priority", "vcpus"])
def test_numbers_that_are_none_are_refused(number: float, where: str) -> None:
    plain = stack_outputs().to_mapping()
    block = (
        plain["jobQueues"]["default"] if where == "priority" else plain["jobDefinitions"]["hello"]
    )
    block[where] = number
    with pytest.raises(ContractError, match=f"{where}: expected a .*number, got {number}"):
        StackOutputs.from_mapping(plain)


def test_a_number_that_is_too_large_is_refused() -> None:
    plain = stack_outputs().to_mapping()
    plain["jobDefinitions"]["hello"]["vcpus"] = 10**400
    with pytest.raises(ContractError, match="got one that is too large"):
        StackOutputs.from_mapping(plain)


@pytest.mark.parametrize("value", [["hunter2"], {"a": "hunter2"}, "hunter2"])
def test_a_refusal_shows_no_parameter_of_a_job(value: Any) -> None:
    plain = stack_outputs().to_mapping()
    definition = plain["jobDefinitions"]["hello"]
    for broken in ({**definition, "parameters": value}, {**definition, "parameters": {"k": value}}):
        if broken["parameters"] in ({"k": "hunter2"}, {"a": "hunter2"}):
            continue  # those are parameters
        with pytest.raises(ContractError) as refused:
            StackOutputs.from_mapping({**plain, "jobDefinitions": {"hello": broken}})
        assert "hunter2" not in str(refused.value)
