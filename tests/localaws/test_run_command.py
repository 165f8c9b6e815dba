"""`python -m localaws run`: what goes first, and what comes of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import yaml

from localaws.persistence.pulumi_state import PulumiState
from tests.conftest import PROJECT


@pytest.fixture
def run(local):
    def call(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "localaws", "run", *arguments],
            env={**os.environ, **local.environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return call


def test_what_goes_first_has_the_same_environment(run, local):
    shown = "sh -c 'echo $AWS_ENDPOINT_URL $PULUMI_BACKEND_URL'"
    answer = run("--first", shown, "--", "sh", "-c", "echo $AWS_ENDPOINT_URL $PULUMI_BACKEND_URL")
    assert answer.returncode == 0, answer.stderr
    first, second = answer.stdout.splitlines()
    assert first == second
    assert first.startswith(f"{local.connection.endpoint_url} file:///")


def test_if_what_goes_first_fails_nothing_follows(run):
    answer = run("--first", "sh -c 'exit 3'", "--", "echo", "followed")
    assert (answer.returncode, answer.stdout) == (3, "")


def test_what_goes_first_leaves_no_signal_ignored(run):
    # A Ctrl-C must reach the engine and its program.
    shown = "import signal; print(signal.getsignal(signal.SIGINT) == signal.SIG_IGN)"
    answer = run("--first", "true", "--", sys.executable, "-c", shown)
    assert answer.stdout == "False\n", answer.stderr


def test_what_is_of_a_real_account_stays_out(run, monkeypatch):
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of-a-real-account")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "of-a-real-account")
    answer = run("--", "env")
    assert answer.returncode == 0, answer.stderr
    assert "of-a-real-account" not in answer.stdout


@pytest.mark.parametrize("is_json", [False, True], ids=["yaml", "json"])
def test_the_copy_of_a_stack_file_has_the_region_alone_of_the_account(tmp_path, is_json):
    values = {
        "aws:region": "eu-west-1",
        "aws:profile": "prod",
        "aws:assumeRoles": [{"roleArn": "arn:aws:iam::210987654321:role/deployer"}],
        "app:version": "010",
    }
    file = {"encryptionsalt": "v1:abc:def", "secretsprovider": "awskms://key", "config": values}
    text = json.dumps(file) if is_json else yaml.safe_dump(file)
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    (tmp_path / "Pulumi.yaml").write_text("name: app\nruntime: python\n")
    copy = PulumiState(tmp_path / "state").copy_stack_file(tmp_path, "dev")
    kept = {"aws:region": "eu-west-1", "app:version": "010"}
    assert yaml.safe_load(copy.read_text()) == {"config": kept}
    assert (tmp_path / "Pulumi.dev.yaml").read_text() == text


def test_a_project_without_a_name_is_refused(tmp_path):
    (tmp_path / "Pulumi.yaml").write_text("runtime: python\n")
    with pytest.raises(ValueError, match="needs a top-level `name"):
        PulumiState(tmp_path / "state").copy_stack_file(tmp_path, "dev")


@pytest.mark.parametrize(
    ("command", "variables", "told"),
    [
        (["deploy"], {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "Connection refused"),
        (["run", "--", "true"], {"AWS_SECRET_ACCESS_KEY": "of-a-former-start"}, "signature"),
    ],
)
def test_variables_of_a_local_aws_that_has_stopped_are_an_error_with_its_fix(
    local, command, variables, told
):
    answer = subprocess.run(
        [sys.executable, "-m", "localaws", *command],
        env={**os.environ, **local.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    assert told in answer.stderr
    assert 'then `eval "$(python -m localaws env)"`' in answer.stderr


def test_a_folder_without_a_project_is_an_error_with_its_fix(local, tmp_path):
    answer = subprocess.run(
        [sys.executable, "-m", "localaws", "deploy"],
        cwd=tmp_path,
        env={**os.environ, **local.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert answer.returncode == 1
    assert "Pulumi.yaml does not exist: run this in the folder of the Pulumi project" in (
        answer.stderr
    )
