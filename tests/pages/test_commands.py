"""Every command in a shell block of every page is run as it is, or listed with a reason.

Each page is one session of bash in one folder, with a home of its own: its commands run in their
order, after what the page presupposes. A command that is new on a page runs, or the test fails.
"""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

import pytest

from tests.pages.conftest import Shell
from tests.pages.shell_blocks import (
    NIGHTLY,
    PROJECT,
    TEMPLATE,
    blocks,
    commands,
    languages,
    pages,
)


class Session(NamedTuple):
    """What a page presupposes, and what of it shows that it did what it says."""

    before: str = ""
    """Commands before the first one of the page."""
    between: tuple[tuple[str, str], ...] = ()
    """What the text of the page has its reader do before a command, which comes first here."""
    checkout: bool = False
    """Whether the folder is a clone of this project, set up; otherwise it is empty."""
    names: tuple[tuple[str, str], ...] = ()
    """Placeholders of the page, and what the shell puts in their place."""
    says: tuple[str, ...] = ()
    """Parts of the output, regular expressions, in their order."""
    files: tuple[tuple[str, str, int], ...] = ()
    """Files that the page shows: a name, the language of its block, and which of these it is."""
    on_aws: bool = False
    """Whether the page is about a real account, in whose place is the local AWS."""


LOCAL = """\
localaws start --detach
eval "$(localaws env)"
"""
STACK = """\
batch-platform init "$HOME/project" > "$HOME/said"
cat > "$HOME/project/Pulumi.dev.yaml" <<'END'
config:
  aws:region: us-east-1
  batch-platform:network: {mode: public}
  batch-platform:computeEnvironments: {default: {type: EC2, instanceTypes: [c4.large]}}
  batch-platform:jobQueues:
    default: {computeEnvironments: [default]}
    spot: {computeEnvironments: [default]}
  batch-platform:jobDefinitions:
    hello:
      image: busybox
      memory: 100
      command: [echo, Ref::Target]
      parameters: {Target: "Hello, AWS Batch :)"}
    day: {image: busybox, memory: 100, command: [echo, Ref::day], parameters: {day: today}}
    sleep: {image: busybox, memory: 100, command: [sleep, Ref::WaitTime]}
END
localaws deploy --stack dev --project "$HOME/project" --output outputs.json
export BATCHSDK_OUTPUTS=$PWD/outputs.json
"""
"""A stack like that of the guide of batchsdk, on the local AWS."""
DEPLOYED = f"{LOCAL}{STACK}"
JOBS = """\
batchsdk submit hello --wait --json > job.json
JOB=$(python3 -c 'import json; print(json.load(open("job.json"))["jobId"])')
QUEUE=$(python3 -c 'import json
print(json.load(open("outputs.json"))["jobQueues"]["default"]["name"])')
"""
NEW_SHELL = """\
unset LOCALAWS_HOME BATCHSDK_OUTPUTS
eval "$(localaws env)"
"""
"""With credentials for AWS, whose place the first local AWS takes."""
COMMITTED = """\
git init -q
git add Pulumi.dev.yaml
git -c user.name=somebody -c user.email=somebody@example.org commit -qm "The environment"
"""
PROFILE = """\
mkdir ~/.aws
cat > ~/.aws/config <<'END'
[profile my-profile]
region = eu-central-1
credential_process = localaws credentials
END
aws iam create-role --role-name deploys-dev --assume-role-policy-document '{"Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}'
"""
OF_A_GUIDE = (
    ("JOB_ID", '"$JOB"'),
    ("OTHER_ID", '"$JOB"'),
    ("my-queue", '"$QUEUE"'),
    ("my-definition", "dev-day"),
)

SESSIONS: dict[str, Session] = {
    "docs/batchsdk.md": Session(
        before=DEPLOYED + JOBS,
        files=(("nightly.yaml", "yaml", 0), ("daily.yaml", "yaml", 1), ("prices.toml", "toml", 0)),
        names=(*OF_A_GUIDE, ("attach RUN", "attach nightly-1")),
        says=("Hello, AWS Batch :\\)\n", "Hello, Tokyo!\n", "nightly-1"),
    ),
    "docs/configuration.md": Session(checkout=True, says=("the config is valid",)),
    "docs/distributed.md": Session(
        checkout=True, says=("37 created", "16 workers, 100 steps: y = 3.000 x \\+ 2.000")
    ),
    "docs/localaws.md": Session(
        checkout=True,
        between=(
            ("make pulumi", LOCAL),
            ("python -m localaws start --detach --enforce-iam", "localaws stop"),
        ),
        says=("24 created", "stopped", "[0-9]+ created", "[0-9]+ deleted", "throttling"),
    ),
    "docs/platform.md": Session(
        checkout=True, before=f"{COMMITTED}pulumi stack init dev\n", on_aws=True
    ),
    "docs/pypi.md": Session(
        before=f"{DEPLOYED}{JOBS}",
        between=(("localaws start --detach", "localaws stop"),),
        names=OF_A_GUIDE,
        says=('"jobQueues"', "stopped", "the config is valid"),
    ),
    "docs/real-account.md": Session(
        before=f"batch-platform init .\n{PROFILE}",
        on_aws=True,
    ),
    "docs/recovery.md": Session(
        checkout=True,
        before="pulumi stack init dev\n",
        says=("\\+ [0-9]+ created",),
        on_aws=True,
    ),
    "docs/start.md": Session(says=("my-project has", "the config is valid")),
    TEMPLATE: Session(
        before="batch-platform init . --region eu-west-1",
        between=(
            ("localaws start --detach", 'export LOCALAWS_HOME="$HOME/second"'),
            ("pulumi stack init dev", NEW_SHELL),
        ),
        names=(("${region}", "eu-west-1"),),
        says=("1 passed", "stopped", "load 2026-01-31"),
        on_aws=True,
    ),
    "CONTRIBUTING.md": Session(checkout=True),
    "README.md": Session(checkout=True, says=("24 created", "Hello, AWS", "stopped")),
    "docs/upgrading.md": Session(
        before="batch-platform init .\npulumi stack init dev\n",
        says=("the config is valid", "new"),
        on_aws=True,
    ),
    "docs/tutorials/jobs.md": Session(
        checkout=True,
        files=(("hello.py", "python", 0),),
        says=(
            *("24 created", "Hello, Tokyo!", "did you mean 'Target'", "Kyoto", "nightly.html"),
            *("no such table", "exit code 3", "never fit", "Hello, Python!", "stopped"),
        ),
    ),
    "docs/tutorials/environment.md": Session(
        checkout=True,
        says=(
            *("the config is valid", "\\+ [0-9]+ created", "compute environment default: replace"),
            *("replaced", "deleted", "stopped"),
        ),
    ),
    "docs/tutorials/outputs.md": Session(
        checkout=True,
        before=f"{LOCAL}localaws deploy > deployed.json",
        files=(
            *(("with_boto3.py", "python", 0), ("typed.py", "python", 1)),
            ("with_batchsdk.py", "python", 2),
        ),
        says=('"jobQueues"', r"us-east-1 \['default'\] 5000", "\n0\n"),
    ),
}
PREVIEW = "pulumi preview --stack dev --policy-pack policy"
IMAGES = "needs a container engine: tests/localaws/test_own_images.py builds, pushes and runs one"
NODES = "needs a container engine: tests/e2e/test_distributed_training.py does both"
NOT_RUN: dict[tuple[str, str], str] = {
    ("CONTRIBUTING.md", "make test"): "the tests, of which this is one",
    ("CONTRIBUTING.md", "make check"): "what CI runs beside the tests",
    ("README.md", "make demo"): "tests/e2e/test_demo.py runs the demo, its output read",
    ("docs/index.md", "make demo"): "tests/e2e/test_demo.py runs the demo, its output read",
    ("README.md", "make test"): "the tests, of which this is one",
    ("docs/localaws.md", "docker build --tag localaws ."): "its base image is in a registry",
    ("docs/localaws.md", 'eval "$(docker exec localaws localaws env)"'): "it wants that image",
    (
        "docs/localaws.md",
        "docker run --detach --name localaws --network host --volume localaws:/data localaws",
    ): "it wants that image",
    **{("docs/images.md", each): IMAGES for each in commands("docs/images.md")},
    **{
        ("docs/batchsdk.md", each): "tests/batchsdk/test_exec.py runs it in a job that runs"
        for each in commands("docs/batchsdk.md")
        if each.startswith("batchsdk exec")
    },
    ("docs/distributed.md", "batch-platform images push --stack hpc"): NODES,
    ("docs/distributed.md", "batchsdk submit distributed --follow"): NODES,
    ("docs/upgrading.md", "pip install -U 'batchsdk[local,pulumi,yaml]'"): "asks an index",
    ("docs/upgrading.md", PREVIEW): "docs/platform.md has it run",
    ("docs/upgrading.md", PREVIEW.replace("preview", "up")): f"{TEMPLATE} has it run",
    **{(NIGHTLY, each): "tests/e2e/test_nightly_example.py runs it" for each in commands(NIGHTLY)},
    (NIGHTLY, "pip install -e examples/nightly"): "asks an index",
    (TEMPLATE, "python3 -m venv .venv && . .venv/bin/activate"): "the shell has all, it would not",
    (TEMPLATE, "pulumi login"): "to Pulumi Cloud, with an account there",
}
"""Commands that no test runs as they are, by their page, each with its reason."""
ANYWHERE = (
    # Jobs that need no image, and a free port: the machine may have a server, and no registry.
    (r"\blocalaws start\b", "localaws start --port 0 --executor process"),
    # The same pack, for a language host that is not of an official release.
    (r"--policy-pack policy\b", f"--policy-pack {PROJECT}/tools/pulumi/policy"),
)
"""What is run in the place of a part of a command, on whatever page."""


def script(page: str) -> str:
    """Return what bash runs for a page: each command, and before it its text."""
    session = SESSIONS[page]
    told = [
        f"cat > {name} <<'END-OF-FILE'\n{blocks(page, language)[number]}END-OF-FILE"
        for name, language, number in session.files
    ]
    told.append(as_run(session.before))
    between = dict(session.between)
    for command in commands(page):
        if (page, command) in NOT_RUN:
            continue
        told.append(as_run(between.pop(command, "")))
        told += [f"printf '\\n$ %s\\n' {shlex.quote(command)}", as_run(command, session.names)]
    assert not between, f"{page} has no command {list(between)}"
    return "\n".join(told)


def as_run(command: str, names: tuple[tuple[str, str], ...] = ()) -> str:
    """Return a command as the test runs it."""
    for name, value in names:
        command = command.replace(name, value)
    for part, run in ANYWHERE:
        command = re.sub(part, run, command)
    return command


def test_each_command_runs_or_has_a_reason_why_not():
    shown = {(page, command) for page in pages() for command in commands(page)}
    assert {page for page, _ in shown - set(NOT_RUN)} == set(SESSIONS)
    assert set(NOT_RUN) - shown == set()
    assert all(NOT_RUN.values())


@pytest.mark.parametrize("page", pages())
def test_commands_are_in_blocks_that_say_so(page):
    """In others no test would look for them."""
    assert languages(page) <= {"", "ini", "json", "mermaid", "python", "sh", "text", "toml", "yaml"}
    programs = {command.split()[0] for page in pages() for command in commands(page)}
    others = "\n".join(each for kind in ("", "text") for each in blocks(page, kind))
    assert not {(line.split() or [""])[0] for line in others.splitlines()} & {*programs, "$"}


@pytest.mark.server_life
@pytest.mark.parametrize("page", SESSIONS)
def test_the_commands_of_a_page_run(shell: Shell, page: str):
    session = SESSIONS[page]
    if session.checkout:
        shell.be_a_checkout()
    if session.on_aws:
        started = shell.run(as_run(LOCAL))
        assert started.returncode == 0, started.stdout
    done = shell.run(script(page), ("localaws", "run", "--") if session.on_aws else ())
    assert done.returncode == 0, f"{page}: {done.stdout}"
    assert re.search(".*".join(session.says), done.stdout, re.DOTALL), done.stdout
