"""A secret's whole life by commands: from a stack file to a report, and what is left on disk.

What counts as a secret, and where it may be: docs/batchsdk.md#secrets.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from tests.conftest import PROJECT
from tests.localaws.real_server import Server

pytestmark = [pytest.mark.server_life, pytest.mark.timeout(600)]

SECRET = "hunter2-seen-by-nobody"
STACK_FILE = """\
config:
  aws:region: us-east-1
  batch-platform:network: {mode: public}
  batch-platform:computeEnvironments:
    default: {type: EC2, instanceTypes: [c4.large]}
  batch-platform:jobQueues:
    default: {computeEnvironments: [default]}
  batch-platform:jobDefinitions:
    load:
      image: busybox
      command: [sh, -c, 'test "$TOKEN" = "$EXPECTED"', "Ref::key"]
      memory: 100
      parameters: {key: nothing}
      environment: {EXPECTED: EXPECTED-VALUE}
    fail: {image: busybox, command: [sh, -c, 'echo no; exit 3'], memory: 100}
"""
WORKFLOW = """\
workflow: nightly
parameters: {token: , key: }
steps:
  load:
    environment: {TOKEN: "${parameters.token}"}
    parameters: {key: "${parameters.key}"}
  fail:
    environment: {TOKEN: "${parameters.token}"}
    after: load
  never: {jobDefinition: load, after: fail}
"""
BROKEN = f"""\
workflow: nightly
steps:
  load:
    environment: {{TOKEN: [{SECRET}], AWS_BATCH_X: {SECRET}}}
    parameters: {{key: {{a: {SECRET}}}, other: {SECRET}}}
"""


class Life:
    """A server with a folder that it keeps, a stack in it, and all that was said so far."""

    def __init__(self, folder):
        for name in ("home", "project", "data"):
            (folder / name).mkdir(mode=0o700)
        self.data, self.project = folder / "data", folder / "project"
        self.server = Server(folder / "home")
        self.server.start("--persist", str(self.data))
        self.said = []
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(PROJECT / name, self.project)
        self.stack_file = self.project / "Pulumi.life.yaml"
        self.environ = {
            **self.server.environ,
            **dict(each.split("=", 1) for each in self._exports()),
            "PYTHONPATH": str(PROJECT),
            "HOME": str(folder / "home"),
            "BATCHSDK_OUTPUTS": "outputs.json",
            "BATCHSDK_LEDGER": "ledger",
        }

    def _exports(self):
        for line in self.server.run("env").splitlines():
            if line.startswith("export "):
                yield line.removeprefix("export ").replace("'", "").replace('"', "")

    def run(self, module, *arguments, code=0):
        """Run ``python -m MODULE`` in the project's folder."""
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=self.project,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert code in (None, done.returncode), (arguments, done.stdout, done.stderr)
        self.said.append((arguments, done.stdout + done.stderr))
        return done.stdout

    def git(self, *arguments):
        author = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *author, *arguments], cwd=self.project, check=True)

    def deploy(self):
        self.stack_file.write_text(STACK_FILE.replace("EXPECTED-VALUE", SECRET))
        outputs = self.run("localaws", "deploy", "--stack", "life", "--project", ".")
        (self.project / "outputs.json").write_text(outputs)


@pytest.fixture(scope="module")
def life(tmp_path_factory):
    made = Life(tmp_path_factory.mktemp("life"))
    try:
        made.deploy()
        yield made
    finally:
        if made.server.run("status", code=None):
            made.server.run("stop")


def holding(life, *, without=()):
    """Return the files of the life that have the secret in clear."""
    return [
        path.relative_to(life.project.parent)
        for path in sorted(life.project.parent.rglob("*"))
        if path.is_file() and path.name not in without and SECRET.encode() in path.read_bytes()
    ]


def test_a_plan_and_the_refusals_of_a_config_show_no_value(life):
    life.git("init", "-q")
    life.stack_file.write_text(STACK_FILE.replace("EXPECTED-VALUE", "another"))
    life.git("add", ".")
    life.git("commit", "-qm", "a stack")
    life.stack_file.write_text(
        STACK_FILE.replace("EXPECTED-VALUE", SECRET).replace("nothing", SECRET)
    )
    plan = life.run("batch_platform", "plan", "--stack", "life")
    assert f"(a text of {len(SECRET)} characters, not shown)" in plan
    life.run(
        "batch_platform", "plan", "--stack", "life", "--against", "outputs.json", "--output", "json"
    )
    life.run("batch_platform", "check", "--stack", "life")
    life.stack_file.write_text(
        STACK_FILE.replace("EXPECTED-VALUE", f"[{SECRET}]").replace("nothing", f"{{a: {SECRET}}}")
    )
    life.run("batch_platform", "plan", "--stack", "life", code=1)
    life.run("localaws", "deploy", "--stack", "life", "--project", ".", code=1)
    assert [each for each in life.said if SECRET in each[1]] == []
    life.stack_file.unlink()


def test_a_workflow_leaves_it_in_its_own_ledger_alone(life):
    given = ("-p", f"token={SECRET}", "-p", f"key={SECRET}")
    (life.project / "nightly.yaml").write_text(WORKFLOW)
    (life.project / "broken.yaml").write_text(BROKEN)
    life.run("batchsdk", "run", "nightly.yaml", *given, "--name", "n1", "--dry-run")
    life.run("batchsdk", "run", "nightly.yaml", *given, "--name", "n1", code=1)
    life.run("batchsdk", "run", "broken.yaml", "--dry-run", code=2)
    (life.project / "broken.yaml").unlink()
    life.run("batchsdk", "attach", "n1", code=1)
    life.run("batchsdk", "resume", "n1", "--dry-run")
    life.run("batchsdk", "runs", "--output", "json")
    life.run("batchsdk", "runs", "--prune", "1", "--dry-run")
    life.run("batchsdk", "list", "--status", "FAILED", "--status", "SUCCEEDED", "--output", "json")
    life.run("batchsdk", "doctor", code=None)
    life.run("batchsdk", "usage", "--by", "job")
    life.run("batchsdk", "report", "n1", "-o", "page.html")
    life.run("batchsdk", "top", "--once")
    submitted = json.loads(
        life.run("batchsdk", "submit", "fail", "-e", f"TOKEN={SECRET}", "--output", "json")
    )
    life.run("batchsdk", "wait", submitted["jobId"], code=1)
    life.run("batchsdk", "show", submitted["jobId"])
    life.run("batchsdk", "logs", submitted["jobId"])
    life.run("localaws", "logs")
    life.run("localaws", "status", "--json")
    assert [each for each in life.said if SECRET in each[1]] == []
    # The document of the workflow's run, from which another client goes on; its owner's alone.
    found = holding(life, without={"Pulumi.life.yaml"})
    assert {path.name for path in found} <= {"ledger", "ledger-wal"}
    assert {(life.project.parent / path).stat().st_mode & 0o077 for path in found} <= {0}
    for path in life.project.glob("ledger*"):
        if path.is_file():
            path.unlink()
    life.server.run("stop")
    assert holding(life, without={"Pulumi.life.yaml"}) == []
