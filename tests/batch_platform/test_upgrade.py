"""What a new version of the program does to a stack that is there: what CHANGELOG.md announces."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from batchsdk import __version__
from batchsdk.contract import StackOutputs
from localaws.provider.values import unwrapped
from tests.batch_platform.stack_update import Edit, Step, announced, complaints, edited, steps
from tools.release import record, release

CHANGELOG = (record.PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
VERSION, RELEASED = record.read(record.RECORD.read_text(encoding="utf-8"))
STACK = "new-project"


@pytest.fixture(scope="module")
def today() -> dict[str, record.Resources]:
    """What the program registers today for the stack files of the last release."""
    return {stack: record.registered(stack, text) for stack, (text, _) in RELEASED.items()}


def test_the_record_is_of_the_newest_release() -> None:
    newest = re.findall(r"^## (\d+\.\d+\.\d+) - ", CHANGELOG, re.MULTILINE)[0]
    fix = "run `python tools/release/record.py` (CONTRIBUTING.md, Release)"
    assert newest == VERSION == __version__, fix
    assert RELEASED.keys() <= record.stack_files().keys()


def test_an_update_does_what_is_announced_and_nothing_else(
    today: dict[str, record.Resources],
) -> None:
    happening = set().union(
        *(steps(resources, today[stack]) for stack, (_, resources) in RELEASED.items())
    )
    assert complaints(happening, announced(CHANGELOG)) == []


@pytest.mark.parametrize("stack", RELEASED)
def test_outputs_of_the_last_release_can_still_be_read(stack: str) -> None:
    parameters = [one for one in RELEASED[stack][1].values() if one.type.endswith(":Parameter")]
    for parameter in parameters:
        told = json.loads(unwrapped(parameter.inputs["value"]))
        outputs = StackOutputs.from_mapping(told)
        assert outputs.job_queues.keys() == told["jobQueues"].keys()
    assert parameters


def test_a_version_that_is_not_recorded_is_not_released() -> None:
    release.check_record(Path(f"batchsdk-{VERSION}-py3-none-any.whl"))
    with pytest.raises(release.ReleaseError, match=r"and the wheel of 99\.0\.0: run `python tools"):
        release.check_record(Path("batchsdk-99.0.0-py3-none-any.whl"))


def test_what_is_read_back_is_what_was_recorded() -> None:
    texts = {STACK: RELEASED[STACK][0]}
    version, stacks = record.read(record.as_text("1.2.3", texts))
    (text, resources) = stacks[STACK]
    assert (version, text) == ("1.2.3", texts[STACK])
    assert steps(resources, record.registered(STACK, text)) == set()


BEFORE: dict[str, tuple[str, Edit, set[Step]]] = {
    "a policy of a role": (
        f"RolePolicy {STACK}-execution",
        lambda inputs: inputs.update(policy=json.dumps({"Version": "2012-10-17", "Statement": []})),
        {Step("update", "aws:iam:RolePolicy", ("policy",))},
    ),
    "another order of the keys of a policy": (
        f"Role {STACK}-execution",
        lambda inputs: inputs.update(
            assumeRolePolicy=json.dumps(
                dict(reversed(json.loads(inputs["assumeRolePolicy"]).items()))
            )
        ),
        set(),
    ),
    "user data, so another version for the environment": (
        f"LaunchTemplate {STACK}-default",
        lambda inputs: inputs.update(userData="ZWNobw=="),
        {
            Step("update", "aws:ec2:LaunchTemplate", ("userData",)),
            Step("update", "aws:batch:ComputeEnvironment", ("computeResources",)),
        },
    ),
    "a command, so another revision in the outputs": (
        f"JobDefinition {STACK}-step",
        lambda inputs: inputs.update(containerProperties='{"image":"busybox"}'),
        {
            Step("update", "aws:batch:JobDefinition", ("containerProperties",)),
            Step("update", "aws:ssm:Parameter", ("value",)),
        },
    ),
    "the kind of an environment, which its queue names": (
        f"ComputeEnvironment {STACK}-default",
        lambda inputs: inputs.update(type="UNMANAGED"),
        {
            Step("replace", "aws:batch:ComputeEnvironment", ("type",)),
            Step("update", "aws:batch:JobQueue", ("computeEnvironmentOrders",)),
            Step("update", "batch-platform:index:Detachment", ("computeEnvironments",)),
            Step("update", "aws:ssm:Parameter", ("value",)),
        },
    ),
}


@pytest.mark.parametrize("name", BEFORE)
def test_a_release_that_was_otherwise_is_told_with_all_that_it_reaches(
    today: dict[str, record.Resources], name: str
) -> None:
    resource, edit, expected = BEFORE[name]
    old = edited(RELEASED[STACK][1], resource, edit)
    assert steps(old, today[STACK]) == expected


def test_what_is_new_or_gone_or_under_another_parent_is_told(
    today: dict[str, record.Resources],
) -> None:
    old = RELEASED[STACK][1]
    (log_group,) = [urn for urn in old if ":LogGroup::" in urn]
    kept = {urn: one for urn, one in old.items() if urn != log_group}
    add, delete = (Step(action, "aws:cloudwatch:LogGroup") for action in ("add", "delete"))
    assert steps(kept, today[STACK]) == {add}
    moved = kept | {log_group.replace("index:Observability", "index:Logs"): old[log_group]}
    assert steps(moved, today[STACK]) == {add, delete}
    gone = {urn: one for urn, one in today[STACK].items() if urn != log_group}
    assert delete in steps(old, gone)


def test_another_replacement_trigger_is_a_replacement(today: dict[str, record.Resources]) -> None:
    name = f"JobQueue {STACK}-default"
    old = edited(RELEASED[STACK][1], name, lambda _: None, trigger=["FAIR_SHARE"])
    assert steps(old, today[STACK]) == {
        Step("replace", "aws:batch:JobQueue", ("replacementTrigger",)),
        Step("update", "batch-platform:index:Detachment", ("jobQueues",)),
        Step("update", "aws:ssm:Parameter", ("value",)),
    }


def changelog(*lines: str) -> str:
    """Return a changelog whose section Unreleased announces the lines."""
    told = "\n".join(lines)
    return (
        f"# Changelog\n\n## Unreleased\n\n### What an update does to your stack\n\n{told}\n\n"
        "### Added\n\n- add `a:b:C`: no announcement\n\n## 0.2.0 - 2026-11-28\n"
    )


UPDATE = Step("update", "aws:iam:RolePolicy", ("policy",))
REPLACE = Step("replace", "aws:batch:JobQueue", ("name", "priority"))


def test_an_announcement_is_read_as_a_person_reads_it() -> None:
    assert announced(changelog("Nothing: no resource changes.")) == set()
    text = changelog(f"- {UPDATE}: the role may do more.", f"- {REPLACE}: queues have new names.")
    assert announced(text) == {UPDATE, REPLACE}


def test_what_happens_and_is_not_announced_fails_and_the_other_way_round() -> None:
    assert complaints({UPDATE}, announced(changelog("Nothing: no resource changes."))) == [
        "not announced: - update `aws:iam:RolePolicy` (`policy`): <what for>"
    ]
    assert complaints(set(), announced(changelog(f"- {UPDATE}: the role may do more."))) == [
        "announced, but does not happen: update `aws:iam:RolePolicy` (`policy`)"
    ]


@pytest.mark.parametrize(
    "lines",
    [
        (f"- {UPDATE}",),  # not what for
        ("- changes `aws:iam:RolePolicy`: more",),
        ("The roles change.",),
        ("Nothing: no resource changes.", f"- {UPDATE}: the role may do more."),
    ],
)
def test_an_announcement_of_another_form_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(AssertionError):
        announced(changelog(*lines))


def test_a_changelog_that_does_not_say_it_is_refused() -> None:
    with pytest.raises(AssertionError, match="has no '### What an update does"):
        announced("# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2026-11-28\n")
