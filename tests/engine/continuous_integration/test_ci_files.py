"""The files for CI that `batch-platform init` writes, run as they are against the local AWS."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from batch_platform.__main__ import main
from localaws.provider import ProviderServer
from tests.engine.continuous_integration import steps
from tests.engine.continuous_integration.github_workflow import Job, Workflow
from tests.engine.stacks import PROJECT
from tests.localaws.real_server import Server
from tests.tool_environment import node_packages

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite, pytest.mark.distribution]

HERE = Path(__file__).parent
REGION = "eu-west-1"
ROLES = {
    f"AWS_{kind}_ROLE_ARN": f"arn:aws:iam::123456789012:role/{kind.lower()}"
    for kind in ("PREVIEW", "DEPLOY")
}
GITLAB = "git@gitlab.example.com:owner/jobs.git"
PASSPHRASE = "a passphrase of the repository"
PYTHON = f"""\
#!/bin/sh
# An environment gets the pip that is installed for these tests: to install one takes eight seconds.
[ "$*" = "-m venv .venv" ] || exec {sys.executable} "$@"
{sys.executable} -m venv --without-pip .venv
cd .venv/bin
printf '#!/bin/sh\\nexec "$(dirname "$0")/python" -m pip "$@"\\n' > pip
chmod +x pip
ln -sf {{programs}}/python-of-the-engine python3
"""
PYTHON_OF_THE_ENGINE = """\
#!/bin/sh
# The language host that can be built here is older than the engine: it starts a policy pack in the
# folder of the project, and not in the pack's.
case "$1|$2" in "|127.0.0.1:"*) shift; exec "$(dirname "$0")/python" -u policy "$@" ;; esac
exec {forked}/python3 "$@"
"""
INSTALLER = "https://get.pulumi.com"
CURL = f"""\
#!/bin/sh
# Pulumi is on PATH already.
[ "$*" = "-fsSL {INSTALLER}" ] && echo true
"""


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """A local AWS, in a process of its own, with the roles that CI assumes."""
    server = Server(tmp_path_factory.mktemp("home"))
    server.start("--stop-timeout", "2")
    iam = boto3.client("iam", **server.client_arguments)
    for arn in ROLES.values():
        iam.create_role(RoleName=arn.rpartition("/")[2], AssumeRolePolicyDocument="{}")
    yield server
    server.run("stop")


@pytest.fixture(scope="module")
def machine(local, programs, tmp_path_factory):
    """The variables of a machine of CI, whose AWS is the local one."""
    folder = tmp_path_factory.mktemp("machine")
    own = folder / "bin"
    own.mkdir()
    forked = programs.partition(os.pathsep)[0]  # whose programs have the SDK imported already
    for name, text in {
        "python": PYTHON,
        "python-of-the-engine": PYTHON_OF_THE_ENGINE,
        "curl": CURL,
    }.items():
        whole = text.replace("{programs}", str(own)).replace("{forked}", forked)
        (own / name).write_text(whole)
        (own / name).chmod(0o755)
    with ProviderServer(local.connection) as provider:
        yield {
            **provider.environ,
            "AWS_ENDPOINT_URL": local.connection.endpoint_url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "HOME": str(folder),
            "PATH": os.pathsep.join((str(own), os.environ["PATH"])),
            # What is installed for these tests is installed for it: pip says so, and asks nobody.
            "PYTHONPATH": os.pathsep.join((sysconfig.get_path("purelib"), str(PROJECT))),
            "PIP_NO_INDEX": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_DEPS": "1",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PYTEST_ADDOPTS": "-p no:cacheprovider --local-aws-executor process",
        }


class Repository:
    """A project in git, with a stack in a backend."""

    def __init__(self, folder: Path, local: Server, machine: Mapping[str, str]) -> None:
        self.folder, self._machine = folder, machine
        regions = {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
        self._keys = {**local.connection.environ, **regions}
        self.backend = (folder.parent / "state").as_uri()
        (folder.parent / "state").mkdir()
        self("git", "init", "-q", "-b", "main")
        self("pulumi", "stack", "init", "dev")
        self.commit()

    def __call__(self, *command: str, folder: Path | None = None) -> str:
        """Run a command of its owner, here or in another folder; return what it prints."""
        environ = {
            **self._machine,
            **self._keys,
            "BATCHSDK_SSM": "/batch/dev",
            "PULUMI_BACKEND_URL": self.backend,
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        }
        code, output = steps.run(command, folder or self.folder, environ)
        assert code == 0, output
        return output

    def outputs(self) -> dict[str, Any]:
        """Return the outputs of the stack."""
        told: dict[str, Any] = json.loads(self("pulumi", "stack", "output", "--json", "-s", "dev"))
        return told

    def commit(self) -> None:
        """Commit all that there is."""
        self("git", "add", "--all")
        who = ("-c", "user.name=owner", "-c", "user.email=owner@example.com")
        self("git", *who, "commit", "-q", "-m", "change")

    def edit(self, old: str, new: str) -> None:
        """Edit the stack file, and commit it."""
        file = self.folder / "Pulumi.dev.yaml"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))
        self.commit()


@pytest.fixture(scope="module")
def repository(local, machine, tmp_path_factory):
    """A new project, committed, with an empty stack."""
    folder = tmp_path_factory.mktemp("repository") / "jobs"
    assert main(["init", str(folder), "--region", REGION]) == 0
    return Repository(folder, local, machine)


def check_out(repository: Repository, job: Job, given: Mapping[str, str]) -> None:
    """Do what actions/checkout does."""
    assert not given
    subprocess.run(["git", "clone", "-q", repository.folder, job.workspace], check=True)


def set_up_python(_job: Job, given: Mapping[str, str]) -> None:
    """Do what actions/setup-python does: this Python is the first on PATH."""
    assert given.keys() <= {"python-version", "cache"}
    assert re.fullmatch(r"3\.\d+", given["python-version"])


def install_pulumi(_job: Job, given: Mapping[str, str]) -> None:
    """Do what pulumi/actions does without a command: Pulumi is on PATH already."""
    assert not given


def assume(local: Server, job: Job, given: Mapping[str, str]) -> None:
    """Do what aws-actions/configure-aws-credentials does, but for the token of GitHub."""
    assert job.permissions["id-token"] == "write"
    sts = boto3.client("sts", **local.client_arguments)
    made = sts.assume_role(RoleArn=given["role-to-assume"], RoleSessionName="GitHubActions")
    job.environ |= {
        "AWS_ACCESS_KEY_ID": made["Credentials"]["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": made["Credentials"]["SecretAccessKey"],
        "AWS_SESSION_TOKEN": made["Credentials"]["SessionToken"],
        "AWS_REGION": given["aws-region"],
        "AWS_DEFAULT_REGION": given["aws-region"],
    }


@pytest.fixture
def github(local, machine, repository, tmp_path):
    """The workflow of the repository."""
    name = "owner/jobs"
    return Workflow(
        file=repository.folder / ".github/workflows/batch.yml",
        actions={
            "actions/checkout@v4": functools.partial(check_out, repository),
            "actions/setup-python@v5": set_up_python,
            "pulumi/actions@v6": install_pulumi,
            "aws-actions/configure-aws-credentials@v4": functools.partial(assume, local),
        },
        contexts={
            "github": {
                "repository": name,
                "event": {"pull_request": {"head": {"repo": {"full_name": name}}}},
            },
            "vars": {**ROLES, "PULUMI_BACKEND_URL": repository.backend},
            "secrets": {"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE},
        },
        environ=machine,
        folder=tmp_path,
    )


def gitlab(repository: Repository, checkout: Path, job: str, source: str) -> str:
    """Run a job of .gitlab-ci.yml; return what it prints."""
    packages = node_packages("gitlab-ci-local", HERE / "gitlab_ci_local")
    repository("git", "clone", "-q", str(repository.folder), str(checkout))
    repository("git", "-C", str(checkout), "remote", "set-url", "origin", GITLAB)
    variables = {
        **ROLES,
        "AWS_TOKEN": "a token of GitLab",
        "CI_PIPELINE_SOURCE": source,
        "PULUMI_BACKEND_URL": repository.backend,
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
    }
    options = [f"--variable={name}={value}" for name, value in variables.items()]
    program = str(packages / "node_modules" / ".bin" / "gitlab-ci-local")
    options += ["--force-shell-executor", "--color=false"]
    return repository(program, *options, job, folder=checkout)


def test_a_change_is_previewed_and_a_merge_deployed_by_github_then_by_gitlab(
    github, repository, tmp_path
):
    assert github.run("pull_request", "main") == ["check", "preview"]
    check, preview = github.ran
    assert "dev in eu-west-1: the config is valid" in check.output
    assert "1 passed" in check.output
    assert "+  compute environment default: add" in preview.output
    assert "batch-platform@v1.0.0" in preview.output
    assert re.search(r"\+ \d+ to create", preview.output)
    assert repository.outputs() == {}

    assert github.run("push", "main", passed={"check"}) == ["deploy"]
    (deploy,) = github.ran
    assert "batch-platform@v1.0.0" in deploy.output
    assert repository.outputs()["jobQueues"].keys() == {"default"}
    assert repository("python", "pipeline.py", "2026-01-31") == "load 2026-01-31\n"

    repository.edit("maxVcpus: 16", "maxVcpus: 32")
    preview = gitlab(repository, tmp_path / "merge request", "preview", "merge_request_event")
    assert "maxVcpus: 16 -> 32" in preview
    assert "batch-platform@v1.0.0" in preview
    assert re.search(r"~ \d+ to update", preview)
    assert repository.outputs()["computeEnvironments"]["default"]["maxVcpus"] == 16

    deploy = gitlab(repository, tmp_path / "merge", "deploy", "push")
    assert "batch-platform@v1.0.0" in deploy
    assert repository.outputs()["computeEnvironments"]["default"]["maxVcpus"] == 32
