"""``batch-platform plan``: against git, stack files, a state, outputs; no engine, no AWS."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from batch_platform.__main__ import main
from tests.batch_platform.program_config import NETWORK_OF_ANOTHER, config
from tests.batch_platform.recorded_run import RunProgram
from tests.batch_platform.stack_exports import deployment

MORE = """\
  batch-platform:roles: {serviceRole: custom}
  batch-platform:tags: {team: data}
"""
RETRIES = (
    "{attempts: 3, evaluateOnExit: [{action: RETRY, onReason: 'Host EC2*'}, {action: EXIT, "
    "onExitCode: '1'}]}"
)
AMOUNTS = "[{type: VCPU, value: '1'}, {type: MEMORY, value: '512'}]"
FULL = f"""\
config:
  aws:region: ap-northeast-1
  batch-platform:network: {{mode: nat, availabilityZones: 3}}
  batch-platform:computeEnvironments:
    default: {{type: EC2, instanceTypes: [m5, c5], minVcpus: 2}}
    spot: {{type: SPOT, allocationStrategy: BEST_FIT, bidPercentage: 60, imageRefresh: '1'}}
    own: {{type: EC2, imageIdOverride: ami-0a1b}}
    full:
      type: EC2
      placementGroup: near
      ec2KeyPair: ops
      updatePolicy: {{terminateJobsOnUpdate: true}}
      launchTemplate:
        rootVolume: {{volumeType: io2, volumeSize: 200, iops: 5000}}
        ecsAgent: {{ECS_RESERVED_MEMORY: '256'}}
    fargate: {{type: FARGATE, maxVcpus: 16}}
    gpu: {{type: EC2, instanceTypes: [g5]}}
  batch-platform:jobQueues:
    default: {{computeEnvironments: [default, own]}}
    slow: {{computeEnvironments: [spot], priority: 5, state: DISABLED}}
    tasks: {{computeEnvironments: [fargate]}}
    training: {{computeEnvironments: [gpu]}}
  batch-platform:jobDefinitions:
    hello: {{image: busybox, memory: 100, vcpus: 2, command: [echo, hi], parameters: {{a: b}}}}
    full:
      memory: 8
      retryStrategy: {RETRIES}
      timeout: {{attemptDurationSeconds: 90}}
      environment: {{A: '1'}}
      propagateTags: false
      containerProperties:
        image: busybox
        jobRoleArn: arn:aws:iam::123456789012:role/mine
        resourceRequirements: [{{type: GPU, value: '1'}}]
    etl:
      image: busybox
      memory: 4
      permissions: {{s3Read: ['s3://raw-data']}}
      secrets: {{B: /b, A: /a}}
      retry: {{on: [spot, 137]}}
      schedulingPriority: 3
      tags: {{owner: etl}}
    small: {{image: busybox, platform: FARGATE, vcpus: 0.25, memory: 512}}
    mpi:
      nodeProperties:
        numNodes: 2
        mainNode: 0
        nodeRangeProperties:
          - targetNodes: '0:'
            container: {{image: mpi, resourceRequirements: {AMOUNTS}}}
    pair:
      permissions: {{}}
      ecsProperties:
        taskProperties:
          - containers: [{{name: a, image: app, resourceRequirements: {AMOUNTS}}}]
  batch-platform:tags: {{team: data}}
"""
EXISTING = (
    "{mode: existing, vpcId: vpc-1, subnetIds: [subnet-2, subnet-1], securityGroupIds: [sg-2, "
    "sg-1]}"
)


@pytest.fixture
def plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Runs the verb for stack ``test`` of a folder; returns its data."""

    def run(text: str, *options: str, stdin: str | None = None, code: int = 0) -> dict[str, Any]:
        (tmp_path / "Pulumi.test.yaml").write_text(text)
        if stdin is not None:
            monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
            options = (*options, "--against", "-")
        given = ["plan", "--stack", "test", "--directory", str(tmp_path), "--output", "json"]
        assert main([*given, *options]) == code
        said = capsys.readouterr()
        assert said.err == ""
        data: dict[str, Any] = json.loads(said.out)
        return data

    return run


@pytest.fixture
def state_of_full(run_program: RunProgram) -> str:
    """The state of a stack with all kinds, as `pulumi stack export` has it; it is made once."""
    if not _STATES:
        _STATES.append(deployment(run_program(FULL)))
    return _STATES[0]


_STATES: list[str] = []


def actions(data: dict[str, Any]) -> dict[str, str]:
    return {f"{one['kind']}.{one['key']}": one["action"] for one in data["changes"]}


CONFIGS = {
    "all kinds": FULL,
    "public": config("{mode: public}", more=MORE),
    "existing": config(EXISTING),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_state_that_is_as_the_config_is_unchanged(
    plan: Any, run_program: RunProgram, name: str
) -> None:
    run = run_program(CONFIGS[name], answers=NETWORK_OF_ANOTHER)
    data = plan(CONFIGS[name], "--expect-no-changes", stdin=deployment(run))
    assert set(actions(data).values()) == {"unchanged"}
    assert all(change["unknown"] == [] for change in data["changes"])


EDITS = [
    ("instanceTypes: [m5, c5]", "instanceTypes: [m6i]", {"default": "infrastructure update"}),
    ("minVcpus: 2", "minVcpus: 4", {"default": "scaling update"}),
    ("imageRefresh: '1'", "imageRefresh: '2'", {"spot": "replace", "slow": "update in place"}),
    ("imageIdOverride: ami-0a1b", "maxVcpus: 256", {"own": "infrastructure update"}),
    ("bidPercentage: 60", "bidPercentage: 70", {"spot": "replace", "slow": "update in place"}),
    ("volumeSize: 200", "volumeSize: 300", {"full": "infrastructure update"}),
    ("ECS_RESERVED_MEMORY", "ECS_POLL_METRICS", {"full": "infrastructure update"}),
    ("terminateJobsOnUpdate: true", "jobExecutionTimeoutMinutes: 60", {"full": "update in place"}),
    ("placementGroup: near", "placementGroup: far", {"full": "replace"}),
    ("maxVcpus: 16", "maxVcpus: 32", {"fargate": "scaling update"}),
    (
        "type: FARGATE,",
        "type: FARGATE_SPOT,",
        {"fargate": "replace", "tasks": "update in place"},
    ),
    ("priority: 5", "priority: 6", {"slow": "update in place"}),
    ("[default, own]", "[own, default]", {"default": "update in place"}),
    ("memory: 8", "memory: 16", {"full": "new revision"}),
    ("{type: GPU, value: '1'}", "{type: GPU, value: '2'}", {"full": "new revision"}),
    (RETRIES, "{attempts: 3}", {"full": "new revision"}),
    ("[spot, 137]", "[spot, 138]", {"etl": "new revision"}),
    ("A: /a", "A: /c", {"etl": "new revision"}),
    ("{B: /b, A: /a}", "{A: /a, B: /b}", {}),
    ("{s3Read: ['s3://raw-data']}", "{s3Read: ['s3://other-data']}", {}),  # the role's policy alone
    ("schedulingPriority: 3", "schedulingPriority: 4", {"etl": "new revision"}),
    ("owner: etl", "owner: me", {"etl": "update in place"}),
    ("memory: 512}\n", "memory: 1024}\n", {"small": "new revision"}),
    ("numNodes: 2", "numNodes: 3", {"mpi": "new revision"}),
    ("name: a, image: app", "name: a, image: other", {"pair": "new revision"}),
    ("      permissions: {}\n", "", {"pair": "new revision"}),
    ("role/mine", "role/other", {"full": "new revision"}),
    ("availabilityZones: 3", "availabilityZones: 2", {"own": "infrastructure update"}),
]


@pytest.mark.sampled(4)
@pytest.mark.parametrize(("old", "new", "expected"), EDITS)
def test_an_edit_is_found_against_the_state(
    plan: Any, state_of_full: str, *, old: str, new: str, expected: dict[str, str]
) -> None:
    assert old in FULL
    data = plan(FULL.replace(old, new), stdin=state_of_full)
    changed = [(one["key"], one["action"]) for one in data["changes"] if one["edits"]]
    assert set(expected.items()) <= set(changed)
    if "availabilityZones" not in old:
        assert dict(changed) == expected


def only(state: dict[str, Any], kind: str, name: str) -> Any:
    """Return the one resource of the state with that type and name."""
    (found,) = [
        one
        for one in state["deployment"]["resources"]
        if one["type"].endswith(f":{kind}") and one["urn"].endswith(f"::test-{name}")
    ]
    return found


# What this program asks for in one way only, so that just a state can have it otherwise: kind and
# key, what is edited in the state, and the edit that is told.
OF_ANOTHER_PROGRAM: list[tuple[str, str, Any, str, str, str]] = [
    (
        "LaunchTemplate",
        "full",
        lambda one: one["inputs"]["metadataOptions"].update(httpTokens="optional"),
        "launchTemplate.metadataOptions.httpTokens",
        "infrastructure",
        "infrastructure update",
    ),
    (
        "ComputeEnvironment",
        "full",
        lambda one: one["inputs"]["computeResources"]["launchTemplate"].update(version="6"),
        "launchTemplate",
        "infrastructure",
        "infrastructure update",
    ),
    (
        "ComputeEnvironment",
        "full",
        lambda one: one["inputs"]["computeResources"].pop("launchTemplate"),
        "launchTemplate",
        "launch-template",
        "replace",
    ),
    (
        "ComputeEnvironment",
        "spot",
        lambda one: one["inputs"].update(state="DISABLED"),
        "state",
        "environment-state",
        "update in place",
    ),
    (
        "ComputeEnvironment",
        "spot",
        lambda one: one["inputs"].update(type="UNMANAGED"),
        "type",
        "managed",
        "replace",
    ),
    (
        "ComputeEnvironment",
        "own",
        lambda one: one.update(replacementTrigger=["linked", "EC2"]),
        "replacementTrigger",
        "replacement-trigger",
        "replace",
    ),
    (
        "JobDefinition",
        "etl",
        lambda one: one["inputs"]["retryStrategy"]["evaluateOnExits"].pop(),
        "retryStrategy.evaluateOnExits",
        "retry-rules",
        "replace",
    ),
    (
        "JobDefinition",
        "etl",
        lambda one: one["inputs"].update(deregisterOnNewRevision=True),
        "deregisterOnNewRevision",
        "older-revisions",
        "update in place",
    ),
]


@pytest.mark.sampled(4)
@pytest.mark.parametrize(("kind", "key", "edit", "name", "rule", "action"), OF_ANOTHER_PROGRAM)
def test_what_another_release_of_the_program_registered_is_an_edit(
    plan: Any,
    state_of_full: str,
    *,
    kind: str,
    key: str,
    edit: Any,
    name: str,
    rule: str,
    action: str,
) -> None:
    state = json.loads(state_of_full)
    edit(only(state, kind, key))
    changed = [one for one in plan(FULL, stdin=json.dumps(state))["changes"] if one["edits"]]
    told = [(each["property"], each["rule"]) for each in changed[0]["edits"]]
    assert (changed[0]["key"], changed[0]["action"], told) == (key, action, [(name, rule)])


def test_outputs_say_nothing_of_several_containers(plan: Any, run_program: RunProgram) -> None:
    outputs = json.dumps(run_program(FULL).outputs)
    changes = {one["key"]: one for one in plan(FULL, stdin=outputs)["changes"]}
    assert changes["pair"]["action"] == changes["mpi"]["action"] == "unchanged"
    assert "ecsProperties" in changes["pair"]["unknown"]


def test_the_image_that_runs_already_is_no_change(plan: Any, run_program: RunProgram) -> None:
    text = config("{mode: public}")
    state = deployment(run_program(text)).replace("ami-a1", "ami-0a1b")
    fixed = text.replace("{type: EC2}", "{type: EC2, imageIdOverride: ami-0a1b}")
    data = plan(fixed, stdin=state)
    assert set(actions(data).values()) == {"unchanged"}


def test_resources_that_wait_for_their_deletion_are_not_there(
    plan: Any, run_program: RunProgram
) -> None:
    text = config("{mode: public}")
    state = json.loads(deployment(run_program(text)))
    resources = state["deployment"]["resources"]
    (environment,) = [one for one in resources if one["type"].endswith(":ComputeEnvironment")]
    old = json.loads(json.dumps(environment)) | {"delete": True}
    old["inputs"]["computeResources"]["maxVcpus"] = 1
    resources.append(old)
    assert set(actions(plan(text, stdin=json.dumps(state))).values()) == {"unchanged"}


def test_an_empty_state_has_nothing(plan: Any) -> None:
    empty = json.dumps({"version": 3, "deployment": {"manifest": {}}})
    data = plan(config("{mode: public}"), stdin=empty)
    assert data["summary"] == {"add": 3}


def test_outputs_tell_what_they_can_and_the_rest_is_named(
    plan: Any, run_program: RunProgram
) -> None:
    text = config("{mode: public}")
    outputs = json.dumps(run_program(text).outputs)

    same = plan(text, "--expect-no-changes", stdin=outputs)
    assert set(actions(same).values()) == {"unchanged"}
    environment = same["changes"][0]
    assert {"allocationStrategy", "minVcpus", "image", "subnets"} <= set(environment["unknown"])

    edited = text.replace("{type: EC2}", "{type: EC2, instanceTypes: [c5]}")
    environment = plan(edited, stdin=outputs)["changes"][0]
    assert environment["action"] == "infrastructure update"
    assert "current allocation strategy is not known" in environment["caveat"]

    other = text.replace("mode: public", "mode: nat")
    (edit,) = plan(other, stdin=outputs)["changes"][0]["edits"]
    assert (edit["property"], edit["old"]) == ("subnets", ["mode public"])

    best_fit = text.replace("{type: EC2}", "{type: EC2, maxVcpus: 8, allocationStrategy: BEST_FIT}")
    environment = plan(best_fit, stdin=outputs)["changes"][0]
    assert environment["action"] == "scaling update"


def test_the_text_says_what_outputs_do_not_tell(
    tmp_path: Path,
    run_program: RunProgram,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = config("{mode: public}")
    (tmp_path / "Pulumi.test.yaml").write_text(text)
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(run_program(text).outputs)))
    assert main(["plan", "--stack", "test", "--directory", str(tmp_path), "--against", "-"]) == 0
    (environments, *_) = (
        line for line in capsys.readouterr().out.splitlines() if "not compared" in line
    )
    assert "outputs in stdin do not include it for a compute environment: " in environments
    assert environments.endswith(", and what the config leaves out")
    assert ", image, " in environments


def test_without_against_it_is_gits_head(plan: Any, tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=x", "-c", "user.email=x@example.com")
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True)

    text = config("{mode: public}")
    git("init", "--quiet")
    (tmp_path / "other").write_text("")
    git("add", "other")
    git("commit", "--quiet", "--message", "first")
    assert plan(text)["summary"] == {"add": 3}

    git("add", "--all")
    git("commit", "--quiet", "--message", "second")
    assert plan(text, "--expect-no-changes")["summary"] == {"unchanged": 3}
    data = plan(text.replace("memory: 100", "memory: 200"), "--expect-no-changes", code=7)
    assert data["summary"] == {"unchanged": 2, "new revision": 1}
    assert data["against"] == "Pulumi.test.yaml in git's HEAD"


def test_a_workflow_file_of_gits_head_is_read_from_there(plan: Any, tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=x", "-c", "user.email=x@example.com")
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True)

    schedule = (
        "  batch-platform:storage: {enabled: true}\n"
        "  batch-platform:schedules: {nightly: {rate: 1 day, workflow: flows/FILE, "
        "jobDefinition: hello, jobQueue: default}}\n"
    )
    text = config("{mode: public}", more=schedule)
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "old.yaml").write_text("steps: {hello: }")
    (tmp_path / "Pulumi.test.yaml").write_text(text.replace("FILE", "old.yaml"))
    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "first")
    (tmp_path / "flows" / "old.yaml").rename(tmp_path / "flows" / "new.yaml")
    assert plan(text.replace("FILE", "new.yaml"))["summary"] == {"unchanged": 3}


def test_another_environments_file_is_compared_key_by_key(plan: Any, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.prod.yaml").write_text(config("{mode: public}"))
    bigger = config("{mode: public}").replace("{type: EC2}", "{type: EC2, maxVcpus: 8}")
    data = plan(bigger, "--against", str(tmp_path / "Pulumi.prod.yaml"))
    assert data["summary"] == {"unchanged": 2, "scaling update": 1}


REPLACED = """\
Pulumi.test.yaml against old.yaml

+- compute environment default: replace
     allocationStrategy: BEST_FIT_PROGRESSIVE -> BEST_FIT
       rule strategy: the allocation strategy, before or after, allows no infrastructure update \
[TF compute_environment.go isUpdatableAllocationStrategyDiff]
     then: the new environment is created, its queues are pointed at it, the old one is deleted; \
waiting jobs stay in their queues, jobs running on old instances are ended
~  job queue default: update in place
     computeEnvironments: default (old) -> default (new)
       rule queue-repointed: the queue is pointed at the new environment before the old one goes \
[API UpdateJobQueue computeEnvironmentOrder]
   job definition hello: unchanged
1 unchanged, 1 update in place, 1 replace
"""


def test_the_text_names_the_rule_the_reason_and_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "old.yaml").write_text(config("{mode: public}"))
    edited = config("{mode: public}").replace("EC2", "EC2, allocationStrategy: BEST_FIT")
    (tmp_path / "Pulumi.test.yaml").write_text(edited)
    monkeypatch.chdir(tmp_path)
    assert main(["plan", "--stack", "test", "--against", "old.yaml"]) == 0
    assert capsys.readouterr().out == REPLACED


REFUSED = [
    ("no file", ["--against", "absent.json"], None, "absent.json"),
    ("no JSON", ["--against", "-"], "{", "neither YAML nor JSON"),
    ("a list", ["--against", "-"], "[]", "not an object"),
    ("other outputs", ["--against", "-"], '{"url": "x"}', "keys seen: url"),
    ("no repository", [], None, "not a git repository"),
]


@pytest.mark.parametrize(("options", "stdin", "words"), [row[1:] for row in REFUSED])
def test_what_cannot_be_compared_with_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    options: list[str],
    stdin: str | None,
    words: str,
) -> None:
    (tmp_path / "Pulumi.test.yaml").write_text(config("{mode: public}"))
    monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
    assert main(["plan", "--stack", "test", "--directory", str(tmp_path), *options]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err
    assert "--against" in said.err or "pulumi stack export" in said.err


def test_the_state_of_another_stack_is_refused(
    tmp_path: Path,
    run_program: RunProgram,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = config("{mode: public}")
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    monkeypatch.setattr("sys.stdin", io.StringIO(deployment(run_program(text))))
    assert main(["plan", "--stack", "dev", "--directory", str(tmp_path), "--against", "-"]) == 1
    assert "it is of the stack 'test'" in capsys.readouterr().err


def test_a_version_in_git_that_is_not_valid_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Pulumi.test.yaml").write_text(config("{mode: public}"))
    (tmp_path / "old.yaml").write_text(config("{mode: moon}"))
    arguments = ["plan", "--stack", "test", "--directory", str(tmp_path)]
    assert main([*arguments, "--against", str(tmp_path / "old.yaml")]) == 1
    said = capsys.readouterr().err
    assert "old.yaml is not valid" in said
    assert "'moon'" in said
