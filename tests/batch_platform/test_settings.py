"""Every kind of mistake in a config: its line, its value, its rule, its fix; all at once."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from batch_platform.settings import SettingsError, read_stack_file, validate_stack_file
from batch_platform.settings.roles import RETENTION_DAYS
from tests.batch_platform.recorded_run import RunProgram
from tests.batch_platform.stack_files import CE, JOB, VALID, changed, load, refusals

ROOT = Path(__file__).parents[2]

S3_ARN = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        # types
        (f"{CE}/maxVcpus", "lots", "maxVcpus: 'lots' is not a whole number; fix: write a whole"),
        (f"{CE}/maxVcpus", "8", "'8' is not a whole number; fix: take the quotes off: 8"),
        (f"{CE}/maxVcpus", 1.5, "1.5 is not a whole number"),
        (f"{JOB}/memory", "2GB", "'2GB' is not a whole number; fix: write it in the key's unit"),
        (f"{CE}/maxVcpus", True, "true is not a whole number"),
        (f"{CE}/instanceTypes", "c4.large", "'c4.large' is not a list; fix: write it in brackets"),
        (f"{CE}/instanceTypes", [5], "instanceTypes[0]: 5 is not text; fix: put it in quotes: '5'"),
        (CE, None, "null is not a block of keys"),
        ("computeEnvironments", [], "missing or empty"),
        ("computeEnvironments", ["default"], "['default'] is not a block of entries"),
        (f"{JOB}/propagateTags", "yes", "'yes' is not true or false"),
        (f"{JOB}/environment", {"PORT": 80}, "environment.PORT: 80 is not text"),
        (f"{JOB}/parameters", {"Day": None}, "parameters.Day: null is not text"),
        ("tags", {"team": True}, "tags.team: true is not text; fix: put it in quotes: 'true'"),
        # unknown keys
        ("jobQueue", {}, "batch-platform:jobQueue: unknown key (did you mean 'jobQueues'?)"),
        (f"{CE}/maxvcpus", 1, "maxvcpus: unknown key (did you mean 'maxVcpus'?)"),
        (f"{CE}/max_vcpus", 1, "max_vcpus: unknown key (did you mean 'maxVcpus'?)"),
        (
            f"{CE}/eksConfiguration",
            {},
            "eksConfiguration: AWS Batch on EKS is not supported: pulumi",
        ),
        (f"{JOB}/containerProperties", {"imag": "x"}, "imag: unknown key (did you mean 'image'?)"),
        (f"{CE}/bidPercentage", 50, "bidPercentage: a bid is for Spot instances alone"),
        # enumerations and ranges
        (
            f"{CE}/type",
            "FARGAT",
            "is not one of EC2, SPOT, FARGATE, FARGATE_SPOT, UNMANAGED (did you",
        ),
        (f"{CE}/type", "EKS", "default.type: AWS Batch on EKS is not supported"),
        (f"{CE}/type", "ECS_MANAGED_INSTANCES", "pulumi-aws 7 has no managedInstancesProvider"),
        (f"{CE}", {"type": "FARGATE", "maxvcpus": 1}, "unknown key (did you mean 'maxVcpus'?)"),
        (f"{CE}", {"type": "FARGATE", "minVcpus": 0}, "minVcpus: Fargate has no instances of"),
        (f"{CE}", {"type": "FARGATE_SPOT", "bidPercentage": 5}, "bidPercentage: Fargate has no"),
        (CE, {}, "default: the key 'type' is missing"),
        (CE, {"type": ["EC2"]}, "is not one of EC2, SPOT, FARGATE"),
        (f"{CE}/allocationStrategy", "BESTFIT", "(did you mean 'BEST_FIT'?); fix: choose one of"),
        (f"{CE}/imageType", "ECS_AL3", "is not one of ECS_AL2023, ECS_AL2023_NVIDIA"),
        (f"{CE}/imageType", "ECS_AL2", "since 2026-06-30; fix: use ECS_AL2023"),
        (f"{CE}/imageType", "ECS_AL2_NVIDIA", "fix: use ECS_AL2023_NVIDIA"),
        (f"{CE}/imageType", "EKS_AL2023", "imageType: AWS Batch on EKS is not supported"),
        (f"{CE}/placementGroup", "", "'' is empty text"),
        (f"{CE}/updatePolicy", {"jobExecutionTimeoutMinutes": 361}, "361 is above 360"),
        (
            CE,
            {"type": "EC2", "allocationStrategy": "BEST_FIT", "updatePolicy": {}},
            "updatePolicy: with allocationStrategy 'BEST_FIT' an edit replaces the environment",
        ),
        (f"{CE}/minVcpus", -1, "minVcpus: -1 is below 0; fix: write 0 or more"),
        (f"{CE}/minVcpus", 300, "maxVcpus: 256 is below minVcpus 300"),
        (f"{CE}/instanceTypes", [], "[] has 0 items; fix: give at least 1"),
        (f"{CE}/instanceTypes", ["C4 large"], "neither an instance type nor a family"),
        (f"{CE}/instanceTypes", ["c5", "c5"], "instanceTypes[1]: 'c5' is in the list twice"),
        ("computeEnvironments/spot/bidPercentage", 101, "101 is above 100; fix: write 100 or less"),
        ("jobQueues/default/priority", 1001, "1001 is above 1000"),
        ("logGroup", {"retentionInDays": 31}, "31 is not a retention that CloudWatch Logs has"),
        ("logGroup", {"kmsKeyId": "alias/logs"}, "kmsKeyId: 'alias/logs' is not the ARN of a KMS"),
        # roles
        ("roles", {"path": "batch"}, "path: 'batch' is not an IAM path"),
        ("roles", {"path": "/batch"}, "path: '/batch' is not an IAM path"),
        (
            "roles",
            {"namePrefix": "acme batch"},
            "'acme batch' cannot begin the name of an IAM role",
        ),
        (
            "roles",
            {"namePrefix": "a" * 43},
            "have 46 characters, and names of IAM roles leave room",
        ),
        ("roles", {"permissionsBoundary": "Limit"}, "'Limit' is not the ARN of a managed policy"),
        # names
        ("computeEnvironments/no spaces", {"type": "EC2"}, "the key 'no spaces' becomes part of"),
        ("jobDefinitions/-x", {"image": "b", "memory": 4}, "begins with a letter or digit"),
        ("jobDefinitions/" + "x" * 80, {"image": "b", "memory": 4}, "here at most 79"),
        # queues
        ("jobQueues/default", {}, "computeEnvironments: missing, and it has no default"),
        (
            "jobQueues/default/computeEnvironments",
            ["defualt"],
            "(did you mean 'default'?); fix: use one of: default, spot",
        ),
        (
            "jobQueues/default/computeEnvironments",
            ["default", "spot", "default"],
            "computeEnvironments[2]: 'default' is in the list twice",
        ),
        (
            "jobQueues/default/computeEnvironments",
            ["default", "spot", "a", "b"],
            "4 compute environments, and a queue has at most 3",
        ),
        # job definitions
        (JOB, {"memory": 100}, "hello.image: missing: a job runs in an image"),
        (JOB, {"image": "busybox"}, "hello.memory: missing: a job has a memory limit in MiB"),
        (f"{JOB}/memory", 3, "memory: 3 is below 4 MiB"),
        (f"{JOB}/vcpus", 0, "vcpus: 0 is below 1 vCPU"),
        (f"{JOB}/command", ["echo", ""], "command[1]: '' is empty"),
        (f"{JOB}/command", "echo hi", "command: 'echo hi' is not a list"),
        (f"{JOB}/environment", {"AWS_BATCH_JOB_ID": "1"}, "set by AWS Batch alone"),
        (f"{JOB}/parameters", {"Ref::Day": "1"}, "is not the name of a parameter"),
        (f"{JOB}/timeout", {"attemptDurationSeconds": 59}, "59 is below 60 seconds"),
        (f"{JOB}/retryStrategy", {"attempts": 11}, "attempts: 11 is above 10"),
        (f"{JOB}/retryStrategy", {"attempts": 0}, "attempts: 0 is below 1"),
        (f"{JOB}/containerProperties", {"image": "other"}, "it is given here and as"),
        (f"{JOB}/containerProperties", {"memory": 1}, "the API's old form"),
        (f"{JOB}/containerProperties", {"networkConfiguration": {}}, "applies only to Fargate"),
        (
            f"{JOB}/containerProperties",
            {"resourceRequirements": [{"type": "MEMORY", "value": "8"}]},
            "hello.memory: it is given here and as `containerProperties.resourceRequirements`",
        ),
        (
            f"{JOB}/containerProperties",
            {"resourceRequirements": [{"type": "GPU", "value": 1}]},
            "resourceRequirements[0].value: 1 is not text; fix: put it in quotes: '1'",
        ),
        # roles
        ("roles", {"serviceRole": "customs"}, "(did you mean 'custom'?)"),
        (
            "roles",
            {"jobRole": {"managedPolicyArns": ["S3"]}},
            "roles.jobRole.managedPolicyArns[0]: 'S3' is not the ARN of a managed policy",
        ),
        (
            "roles",
            {"jobRole": {"managedPolicyArns": [S3_ARN, S3_ARN]}},
            "is in the list twice",
        ),
        ("tags", {"aws:team": "x"}, "names that begin with aws: belong to AWS"),
        ("aws:region", "tokyo", "aws:region: 'tokyo' is not a region"),
    ],
)
def test_a_mistake_is_named_with_its_line_value_rule_and_fix(
    tmp_path: Path, path: str, value: object, said: str
) -> None:
    lines = refusals(changed(path, value), tmp_path)

    assert any(said in line for line in lines), lines
    for line in lines:
        file, number, _ = line.split(":", 2)
        assert file == "Pulumi.dev.yaml"
        assert number.isdecimal()
        assert "; fix: " in line


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"action": "RETRY"}, "[0].action: the rule has no condition"),
        ({"action": "STOP", "onExitCode": "1"}, "'STOP' is not one of RETRY, EXIT"),
        ({"onExitCode": "1"}, "[0].action: missing"),
        ({"action": "EXIT", "onExitCode": "1x"}, "'1x' may have only digits"),
        ({"action": "EXIT", "onReason": "Host* EC2"}, "'*' only at its end"),
        ({"action": "EXIT", "onStatusReason": "x" * 513}, "is longer than 512 characters"),
    ],
)
def test_evaluate_on_exit_rules_of_the_api(tmp_path: Path, rule: dict[str, str], said: str) -> None:
    strategy = {"attempts": 3, "evaluateOnExit": [rule]}

    lines = refusals(changed(f"{JOB}/retryStrategy", strategy), tmp_path)

    assert any(said in line for line in lines), lines


def test_a_retry_strategy_has_attempts_and_at_most_five_rules(tmp_path: Path) -> None:
    rule = {"action": "exit", "onExitCode": "1*"}
    (line,) = refusals(changed(f"{JOB}/retryStrategy", {"evaluateOnExit": [rule]}), tmp_path)
    assert "retryStrategy.attempts: missing" in line
    too_many = {"attempts": 2, "evaluateOnExit": [rule] * 6}
    (line,) = refusals(changed(f"{JOB}/retryStrategy", too_many), tmp_path)
    assert "give at most 5" in line

    settings = load(
        changed(f"{JOB}/retryStrategy", {"attempts": 2, "evaluateOnExit": [rule]}), tmp_path
    )
    strategy = settings.job_definitions["hello"].retry_strategy
    assert strategy is not None
    assert strategy.evaluate_on_exit[0].action == "EXIT"


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text(
        """\
config:
  aws:region: ap-northeast-1
  batch-platform:network: {mode: publik}
  batch-platform:computeEnvironments:
    default:
      type: EC2
      maxVcpus: lots
  batch-platform:jobQueues:
    default:
      priority: high
      computeEnvironments:
        - default
        - other
  batch-platform:jobDefinitions:
    hello: {image: busybox, memory: 2}
  batch-platform:extra: 1
"""
    )
    with pytest.raises(SettingsError) as caught:
        validate_stack_file(read_stack_file(path))

    places = [line.split(": ")[0:2] for line in caught.value.lines]
    assert places == [
        ["Pulumi.dev.yaml:3", "batch-platform:network.mode"],
        ["Pulumi.dev.yaml:7", "batch-platform:computeEnvironments.default.maxVcpus"],
        ["Pulumi.dev.yaml:10", "batch-platform:jobQueues.default.priority"],
        ["Pulumi.dev.yaml:13", "batch-platform:jobQueues.default.computeEnvironments[1]"],
        ["Pulumi.dev.yaml:15", "batch-platform:jobDefinitions.hello.memory"],
        ["Pulumi.dev.yaml:16", "batch-platform:extra"],
    ]
    assert str(caught.value) == "\n".join(caught.value.lines)


def test_required_blocks_are_named_when_absent(tmp_path: Path) -> None:
    lines = refusals({"aws:region": "us-east-1"}, tmp_path)

    missing = sorted(line.split(": ")[1] for line in lines if ": missing" in line)
    assert missing == [
        "batch-platform:computeEnvironments",
        "batch-platform:jobQueues",
        "batch-platform:network",
    ]


@pytest.mark.parametrize("stack", ["my.stack", "-dev", "x" * 41])
def test_a_stack_name_that_cannot_be_part_of_aws_names(tmp_path: Path, stack: str) -> None:
    path = tmp_path / f"Pulumi.{stack}.yaml"
    path.write_text(yaml.safe_dump({"config": VALID}))
    with pytest.raises(SettingsError, match="becomes part of AWS names"):
        validate_stack_file(read_stack_file(path))


@pytest.mark.parametrize("stack", ["dev", "local"])
def test_the_stacks_of_this_repository_are_valid(stack: str) -> None:
    settings = validate_stack_file(read_stack_file(ROOT / f"Pulumi.{stack}.yaml"))

    assert settings.environment == stack
    assert settings.network.mode == "public"
    assert settings.job_definitions["hello"].command == ("echo", "Ref::Target")


def test_the_fewest_lines_get_the_safe_defaults(tmp_path: Path) -> None:
    settings = load(VALID, tmp_path)

    environment = settings.compute_environments["default"]
    assert environment.allocation_strategy == "BEST_FIT_PROGRESSIVE"
    assert (environment.min_vcpus, environment.max_vcpus) == (0, 256)
    spot = settings.compute_environments["spot"]
    assert spot.allocation_strategy == "SPOT_PRICE_CAPACITY_OPTIMIZED"
    assert settings.roles.service_role == "linked"
    assert settings.log_group.retention_in_days == 30
    assert settings.job_queues["default"].priority == 1


def test_parameters_need_no_placeholder_and_placeholders_no_default(tmp_path: Path) -> None:
    job = {"image": "b", "memory": 4, "command": ["Ref::Day"], "parameters": {"Other": "x"}}

    settings = load(changed(JOB, job), tmp_path)

    assert settings.job_definitions["hello"].parameters == {"Other": "x"}


@given(days=st.integers(min_value=-5, max_value=5000))
def test_only_the_retentions_of_cloudwatch_pass(
    tmp_path_factory: pytest.TempPathFactory, days: int
) -> None:
    config = changed("logGroup", {"retentionInDays": days})
    folder = tmp_path_factory.getbasetemp()
    if days in {0, *RETENTION_DAYS}:
        assert load(config, folder).log_group.retention_in_days == days
    else:
        assert f"{days} is not a retention" in refusals(config, folder)[0]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 999) | st.text("aZ9:- ", max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=3), inner),
    max_leaves=5,
)


@example(path=f"{JOB}/containerProperties", value={"": None})
@given(
    path=st.sampled_from(
        [
            *("network", "network/availabilityZones", "roles", "tags", "logGroup"),
            *("computeEnvironments", CE, "jobQueues/default"),
            *(JOB, f"{JOB}/containerProperties", f"{JOB}/retryStrategy", f"{JOB}/retry"),
            *(f"{JOB}/ecsProperties", f"{JOB}/nodeProperties", f"{JOB}/volumes/a", "jobDefaults"),
            *(f"{JOB}/permissions", f"{JOB}/linuxParameters", f"{JOB}/platform"),
        ]
    ),
    value=_JSON,
)
def test_no_value_at_all_makes_anything_but_settings_or_a_settings_error(
    tmp_path_factory: pytest.TempPathFactory, path: str, value: object
) -> None:
    lines: tuple[str, ...] = ()
    try:
        load(changed(path, value), tmp_path_factory.getbasetemp())
    except SettingsError as error:
        lines = error.lines or ("refused without a word",)
    assert all("; fix: " in line for line in lines)


def test_the_longest_names_leave_room_for_the_engines_suffix(run_program: RunProgram) -> None:
    environment, key = "e" * 40, "k" * 79
    queues = {key: {"computeEnvironments": ["default"]}}
    config = {**VALID, "batch-platform:jobQueues": queues}
    run = run_program(yaml.safe_dump({"config": config}), stack=environment)

    assert run.refused == []
    suffix = len("-1234567")
    longest = 128  # CreateJobQueue: jobQueueName
    assert len(run.only("JobQueue").name) + suffix == longest
