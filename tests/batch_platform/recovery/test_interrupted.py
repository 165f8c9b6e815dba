"""What is read of an export, and what of it is compared: never what a secret is encrypted to."""

from __future__ import annotations

import datetime
import json

import pytest

from batch_platform.recovery.interrupted import StateError, read_state

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
URN = "urn:pulumi:dev::batch-platform::aws:ssm/parameter:Parameter::dev-outputs"

MINUTE = datetime.timedelta(minutes=1)


def exported(ciphertext, **more):
    """Return an export as Pulumi 3.259 wrote it while it created the parameter of the outputs."""
    secret = SECRET | {"ciphertext": ciphertext}
    inputs = {
        "name": "/batch/dev",
        "type": "String",
        "value": secret,
        "tags": {"Name": "dev-outputs", "token": secret},
        "list": ["plain", secret, {"deep": secret, "kept": 1}],
        **more,
    }
    resource = {"urn": URN, "custom": True, "type": URN.split("::")[2], "inputs": inputs}
    deployment = {
        "manifest": {"time": "2026-11-27T07:00:00.123456789Z", "magic": "m", "version": "v3.259.0"},
        "resources": [],
        "pending_operations": [{"resource": resource, "type": "creating"}],
    }
    return json.dumps({"version": 3, "deployment": deployment})


def test_the_same_creation_is_the_same_whatever_its_secrets_are_encrypted_to():
    first = read_state(exported("v1:0HkJ1lCRUJL2zMKs:IeQz"))
    written_again = read_state(exported("v1:pMhPyfwLtSJ9xOvu:7bDd"))
    assert first.creating == written_again.creating
    assert "ciphertext" not in repr(first)
    (operation,) = first.creating
    assert operation.resource.inputs == {
        "name": "/batch/dev",
        "type": "String",
        "tags": {"Name": "dev-outputs"},
        "list": ["plain", {"kept": 1}],
    }


@pytest.mark.parametrize("changed", [{"name": "/batch/other"}, {"type": "StringList"}])
def test_another_creation_is_another(changed):
    assert read_state(exported("v1:a")).creating != read_state(exported("v1:a", **changed)).creating


def test_each_writing_of_a_state_has_its_time():
    assert read_state(exported("v1:a")).written_at == "2026-11-27T07:00:00.123456789Z"
    assert read_state('{"version": 3, "deployment": null}').written_at is None


def test_a_state_has_an_age():
    now = datetime.datetime(2026, 11, 27, 9, 2, tzinfo=datetime.UTC)
    assert read_state(exported("v1:a")).age(now) // MINUTE == 121
    assert read_state('{"version": 3, "deployment": null}').age(now) == datetime.timedelta.max


@pytest.mark.parametrize("time", ["yesterday", 7, ["x"]])
def test_a_time_that_is_none_is_refused(time):
    deployment = {"manifest": {"time": time}, "resources": []}
    with pytest.raises(StateError, match="not what `pulumi stack export` writes"):
        read_state(json.dumps({"version": 3, "deployment": deployment}))
