"""Which edits of a job definition register a revision, and which replace it.

Each row names its rule in terraform-provider-aws, internal/service/batch/job_definition.go,
container_properties.go, ecs_properties.go or node_properties.go.
"""

from __future__ import annotations

import json

import pytest

from localaws.resources import job_definition_changes as changes
from localaws.resources.job_definition import JOB_DEFINITION
from tests.localaws.resources.made_resources import container

RETRY = {"action": "RETRY", "onReason": "Host EC2*"}
EXIT = {"action": "EXIT", "onReason": "*"}
OLD = {
    "name": "hello",
    "type": "container",
    "containerProperties": container(),
    "retryStrategy": {"attempts": 2, "evaluateOnExits": [RETRY]},
    "propagateTags": False,
    "deregisterOnNewRevision": False,
}
NOTHING, REVISION = "nothing", "a revision"

# (rule, edit, what comes of it: a path that replaces, or one of the two above)
RULES = [
    ("schema: name ForceNew", {"name": "other"}, "name"),
    (
        "schema: evaluate_on_exit ForceNew (length)",
        {"retryStrategy": {"attempts": 2, "evaluateOnExits": [RETRY, EXIT]}},
        "retryStrategy.evaluateOnExits",
    ),
    (
        "schema: evaluate_on_exit ForceNew (length)",
        {"retryStrategy": {"attempts": 2}},
        "retryStrategy.evaluateOnExits",
    ),
    (
        "schema: retry_strategy taken out takes evaluate_on_exit with it",
        {"retryStrategy": None},
        "retryStrategy.evaluateOnExits",
    ),
    (
        "needsJobDefUpdate: an edited rule is no ForceNew",
        {"retryStrategy": {"attempts": 2, "evaluateOnExits": [EXIT]}},
        REVISION,
    ),
    (
        "schema: action StateFunc ToLower",
        {"retryStrategy": {"attempts": 2, "evaluateOnExits": [{**RETRY, "action": "retry"}]}},
        NOTHING,
    ),
    (
        "needsJobDefUpdate: retry_strategy",
        {"retryStrategy": {"attempts": 3, "evaluateOnExits": [RETRY]}},
        REVISION,
    ),
    (
        "needsJobDefUpdate: container_properties",
        {"containerProperties": container(command=["false"])},
        REVISION,
    ),
    ("needsJobDefUpdate: timeout", {"timeout": {"attemptDurationSeconds": 60}}, REVISION),
    ("needsJobDefUpdate: scheduling_priority", {"schedulingPriority": 1}, REVISION),
    ("needsJobDefUpdate: parameters", {"parameters": {"a": "b"}}, REVISION),
    ("needsJobDefUpdate: propagate_tags", {"propagateTags": True}, REVISION),
    ("needsJobDefUpdate: platform_capabilities", {"platformCapabilities": ["EC2"]}, REVISION),
    ("needsJobDefUpdate: not tags", {"tags": {"a": "b"}}, NOTHING),
    # containerProperties.reduce: what means nothing, so that no phantom revision comes of it.
    *(
        (f"containerProperties.reduce: {what}", {"containerProperties": text}, NOTHING)
        for what, text in {
            "layout": json.dumps(json.loads(container()), indent=4, sort_keys=True),
            "empty lists": container(
                environment=[], mountPoints=[], secrets=[], ulimits=[], volumes=[]
            ),
            "nulls": container(jobRoleArn=None, linuxParameters=None),
            "empty variables": container(environment=[{"name": "A", "value": ""}]),
            "the newest platform": container(
                fargatePlatformConfiguration={"platformVersion": "LATEST"}
            ),
        }.items()
    ),
]


def edited(**edit):
    return {key: value for key, value in {**OLD, **edit}.items() if value is not None}


@pytest.mark.parametrize(("rule", "edit", "expected"), RULES)
def test_what_comes_of_an_edit(rule, edit, expected):
    new = edited(**edit)
    replacing = list(changes.replacements(OLD, new))
    assert replacing == ([] if expected in (NOTHING, REVISION) else [expected]), rule
    if not replacing:
        assert changes.is_new_revision(OLD, new) is (expected == REVISION), rule


def test_the_order_of_variables_means_nothing_and_their_values_do():
    a, b = {"name": "A", "value": "1"}, {"name": "B", "value": "2"}
    old, other = container(environment=[a, b]), container(environment=[b, a])
    assert changes.same("containerProperties", old, other)
    assert not changes.same("containerProperties", old, container(environment=[a]))
    assert not changes.same("containerProperties", old, "not JSON")


def test_a_task_of_containers_has_defaults_of_its_own():
    one = {"taskProperties": [{"containers": [{"name": "a", "image": "x"}]}]}
    same = {"name": "a", "image": "x", "essential": True, "dependsOn": []}
    other = {"taskProperties": [{"containers": [same], "platformVersion": "LATEST"}]}
    assert changes.same("ecsProperties", json.dumps(one), json.dumps(other))
    same["essential"] = False
    assert not changes.same("ecsProperties", json.dumps(one), json.dumps(other))


def test_the_containers_of_nodes_are_compared_like_any():
    def nodes(**properties):
        node = {"targetNodes": "0:", "container": json.loads(container(**properties))}
        return json.dumps({"mainNode": 0, "numNodes": 2, "nodeRangeProperties": [node]})

    assert changes.same("nodeProperties", nodes(), nodes(volumes=[]))
    assert not changes.same("nodeProperties", nodes(), nodes(image="other"))


def statuses(makes, name):
    described = makes.clients("batch").describe_job_definitions(jobDefinitionName=name)
    return {each["revision"]: each["status"] for each in described["jobDefinitions"]}


@pytest.mark.parametrize(
    ("deregister", "first"), [(True, "INACTIVE"), (None, "INACTIVE"), (False, "ACTIVE")]
)
def test_the_revision_before_stays_if_the_program_says_so(makes, deregister, first):
    given = {} if deregister is None else {"deregisterOnNewRevision": deregister}
    made = makes.definition(tags={"team": "data"}, **given)
    name, before = made.inputs["name"], made.state["arn"]
    made.update(containerProperties=container(command=["false"]))
    assert statuses(makes, name) == {1: first, 2: "ACTIVE"}
    assert made.state["arn"] == made.state["id"] == f"{made.state['arnPrefix']}:2" != before
    assert made.state["revision"] == 2
    assert made.read()["tags"] == {"team": "data"}
    made.update(tags={"team": "science"})
    assert statuses(makes, name) == {1: first, 2: "ACTIVE"}
    assert made.read()["tags"] == {"team": "science"}


def test_the_same_in_other_words_is_no_revision(makes):
    made = makes.definition()
    words = json.dumps(json.loads(container(volumes=[])), indent=2)
    assert JOB_DEFINITION.unchanged(
        "containerProperties", made.inputs["containerProperties"], words
    )
    made.update(containerProperties=words, tags={"team": "data"})
    assert statuses(makes, made.inputs["name"]) == {1: "ACTIVE"}
    assert made.read()["tags"] == {"team": "data"}


def test_deletion_takes_every_active_revision_of_the_name_and_no_other(makes):
    made, other = makes.definition(deregisterOnNewRevision=False), makes.definition()
    made.update(containerProperties=container(command=["false"]))
    made.delete()
    assert statuses(makes, made.inputs["name"]) == {1: "INACTIVE", 2: "INACTIVE"}
    assert statuses(makes, other.inputs["name"]) == {1: "ACTIVE"}
