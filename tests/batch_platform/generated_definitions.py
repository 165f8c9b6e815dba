"""Job definitions of every form, valid for a network and the platforms of a config."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st

from batch_platform.settings.fargate import MEMORY_BY_VCPUS
from batch_platform.settings.retry_strategies import NAMED_RULES
from tests.batch_platform.generated_values import (
    ACCOUNT,
    KEYS,
    TAGS,
    TEXT,
    WORDS,
    Strategy,
    block,
    kms_key,
    policies,
    some,
)


@dataclass(frozen=True)
class Place:
    """Where definitions are to run.

    Attributes:
        region: AWS region.
        platforms: those that the config's compute environments have.
        internet: whether images may be of any registry.
        secrets: whether the ECS agent reaches Secrets Manager and SSM, and that of ECS Exec too.
        nodes: whether jobs may have several nodes.
    """

    region: str
    platforms: tuple[str, ...]
    internet: bool
    secrets: bool
    nodes: bool = True


PATHS = st.sampled_from(["/data", "/mnt/in", "/scratch/a_b", "/tmp"])  # in a container
VARIABLES = st.sampled_from(["A", "B", "PORT", "läng", "with space"]) | TEXT.filter(
    lambda name: "=" not in name and not name.startswith("AWS_BATCH")
)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
EC2_SIZES = st.tuples(st.integers(1, 96), st.integers(4, 1_000_000))
FARGATE_SIZES = st.sampled_from(
    [(vcpus, memory) for vcpus, all_memory in MEMORY_BY_VCPUS.items() for memory in all_memory]
)


@cache
def definitions(place: Place) -> Strategy[dict[str, Any]]:
    """Return a strategy for one entry of ``jobDefinitions``."""
    forms = []
    if "EC2" in place.platforms:
        forms += [_on_ec2(place), _in_the_apis_form(place)]
        forms += [_multi_node(place)] if place.nodes else []
        forms += [_multi_container(place, "EC2")]
    if "FARGATE" in place.platforms:
        forms += [_on_fargate(place), _multi_container(place, "FARGATE")]
    return st.one_of(*forms)


def _images(place: Place) -> Strategy[str]:
    suffix = ".cn" if place.region.startswith("cn-") else ""
    private = st.just(f"{ACCOUNT}.dkr.ecr.{place.region}.amazonaws.com{suffix}/app:1")
    return (
        private | st.sampled_from(["busybox", "ghcr.io/a/b@sha256:0"])
        if place.internet
        else private
    )


def _references(place: Place) -> Strategy[str]:
    secret = f"arn:aws:secretsmanager:{place.region}:{ACCOUNT}:secret:db-AbCdEf"
    parameter = f"arn:aws:ssm:{place.region}:{ACCOUNT}:parameter/app/db"
    return st.sampled_from([secret, f"{secret}:password::", parameter, "/app/api-key", "plain"])


def _whatever_the_form(place: Place) -> dict[str, Strategy[Any]]:
    """Return the keys that every form may have."""
    return {
        "parameters": st.dictionaries(st.sampled_from(["day", "in.put"]), VALUES, max_size=2),
        "retry": block(
            {"on": st.lists(_ENDS, min_size=1, max_size=2, unique=True)},
            {"attempts": st.integers(1, 10)},
        ),
        "timeout": block({"attemptDurationSeconds": st.integers(60, 10**6)}),
        "propagateTags": st.booleans(),
        "schedulingPriority": st.integers(0, 9999),
        "tags": TAGS,
        "keepRevisions": st.integers(0, 100),
        "permissions": _permissions(place),
    }


_ENDS = st.sampled_from([*sorted(set(NAMED_RULES) - {"spot"}), 0, 137, 255])
_RULES = block(
    {
        "action": st.sampled_from(["RETRY", "EXIT", "retry"]),
        "onReason": st.sampled_from(["*", "OutOf*"]),
    },
    {"onExitCode": st.sampled_from(["1*", "0"]), "onStatusReason": st.just("Host EC2*")},
)


def _permissions(place: Place) -> Strategy[dict[str, Any]]:
    prefixes = some(st.sampled_from(["s3://raw-data", "s3://raw-data/in/", "s3://out.put/a_b"]))
    return block(
        {},
        {
            **dict.fromkeys(("s3Read", "s3Write", "s3Delete"), prefixes),
            "secrets": some(_references(place)),
            "kms": some(kms_key(place.region)),
            "managedPolicyArns": policies(),
        },
    )


def _of_one_container(place: Place) -> dict[str, Strategy[Any]]:
    secrets = {"secrets": st.dictionaries(VARIABLES, _references(place), max_size=3)}
    return {
        **_whatever_the_form(place),
        "command": st.lists(TEXT | st.just("Ref::day"), max_size=3),
        "environment": st.dictionaries(VARIABLES, VALUES, max_size=3),
        "user": st.sampled_from(["1000:1000", "app"]),
        "readonlyRootFilesystem": st.booleans(),
        **(secrets if place.secrets else {}),
    }


def _efs() -> Strategy[dict[str, Any]]:
    system = {"fileSystemId": st.sampled_from(["fs-0123abcd", "fs-89abcdef01"])}
    return block(system, {"rootDirectory": PATHS, "iam": st.booleans()}) | block(
        system, {"accessPointId": st.just("fsap-0123abcd"), "transitEncryption": st.just("ENABLED")}
    )


def _volumes(*, host: bool) -> Strategy[dict[str, Any]]:
    given = {"containerPath": PATHS}
    volume = block(given, {"readOnly": st.booleans(), "efs": _efs()})
    if host:
        volume |= block({**given, "host": PATHS}, {"readOnly": st.booleans()})
    return st.dictionaries(WORDS, volume, max_size=3)


def _on_ec2(place: Place) -> Strategy[dict[str, Any]]:
    soft = st.integers(0, 1000)
    ulimit = block({"softLimit": soft, "hardLimit": st.just(-1) | st.integers(1000, 10**6)})
    tmpfs = block(
        {"containerPath": PATHS, "size": st.integers(1, 4096)},
        {"mountOptions": st.just(["noexec", "nosuid"])},
    )
    device = block(
        {"hostPath": st.just("/dev/fuse")},
        {"permissions": some(st.sampled_from(["READ", "MKNOD"]))},
    )
    linux = block(
        {"maxSwap": st.integers(0, 1000)},
        {
            "initProcessEnabled": st.booleans(),
            "sharedMemorySize": st.integers(1, 4096),
            "swappiness": st.integers(0, 100),
            "tmpfs": st.lists(tmpfs, max_size=2),
            "devices": st.lists(device, max_size=2),
        },
    )
    logs = block(
        {"logDriver": st.sampled_from(["awslogs", "syslog", "json-file"])},
        {
            "options": st.dictionaries(WORDS, VALUES, max_size=2),
            **(
                {"secretOptions": st.dictionaries(WORDS, _references(place), max_size=2)}
                if place.secrets
                else {}
            ),
        },
    )
    return _sized(
        EC2_SIZES,
        {"image": _images(place)},
        {
            **_of_one_container(place),
            "gpus": st.integers(1, 8),
            "volumes": _volumes(host=True),
            "ulimits": st.dictionaries(st.sampled_from(["nofile", "core"]), ulimit, max_size=2),
            "linuxParameters": linux,
            "logConfiguration": logs,
            "privileged": st.booleans(),
        },
    )


def _on_fargate(place: Place) -> Strategy[dict[str, Any]]:
    fargate = block(
        {},
        {
            "platformVersion": st.sampled_from(["LATEST", "1.4.0"]),
            "assignPublicIp": st.booleans(),
            "ephemeralStorage": st.integers(21, 200),
            "cpuArchitecture": st.sampled_from(["X86_64", "ARM64"]),
        },
    )
    return _sized(
        FARGATE_SIZES,
        {"image": _images(place), "platform": st.just("FARGATE")},
        {
            **_of_one_container(place),
            "fargate": fargate,
            "volumes": _volumes(host=False),
            "linuxParameters": block({}, {"initProcessEnabled": st.booleans()}),
        },
    )


@st.composite
def _sized(
    draw: st.DrawFn,
    sizes: Strategy[tuple[float, int]],
    given: dict[str, Strategy[Any]],
    more: dict[str, Strategy[Any]],
) -> dict[str, Any]:
    vcpus, memory = draw(sizes)
    return {**draw(block(given, more)), "vcpus": vcpus, "memory": memory}


def _requirements(vcpus: float, memory: int) -> list[dict[str, str]]:
    amount = f"{vcpus:g}"
    return [{"type": "VCPU", "value": amount}, {"type": "MEMORY", "value": str(memory)}]


def _api_container(place: Place) -> dict[str, Strategy[Any]]:
    """Return keys that ContainerProperties and TaskContainerProperties share."""
    named = st.lists(st.sampled_from(["A", "B", "C"]), unique=True, max_size=3)
    pairs = named.map(lambda names: [{"name": name, "value": name.lower()} for name in names])
    return {
        "command": st.lists(TEXT, max_size=2),
        "environment": pairs,
        "readonlyRootFilesystem": st.booleans(),
        "user": st.just("1000"),
    }


def _in_the_apis_form(place: Place) -> Strategy[dict[str, Any]]:
    role = f"arn:aws:iam::{ACCOUNT}:role/mine"
    container = block(
        {
            "image": _images(place),
            "resourceRequirements": EC2_SIZES.map(lambda size: _requirements(*size)),
        },
        {
            **_api_container(place),
            "jobRoleArn": st.just(role),
            "executionRoleArn": st.just(role),
            "enableExecuteCommand": st.booleans() if place.secrets else st.just(False),
            "ulimits": st.just([{"name": "nofile", "softLimit": 1, "hardLimit": 2}]),
            "volumes": st.just([{"name": "x", "host": {"sourcePath": "/x"}}]),
            "mountPoints": st.just([{"sourceVolume": "x", "containerPath": "/x"}]),
        },
    )
    more = _whatever_the_form(place)
    del more["permissions"], more["retry"]  # given in the API's form
    more["retryStrategy"] = block(
        {"attempts": st.integers(1, 10)}, {"evaluateOnExit": st.lists(_RULES, max_size=5)}
    )
    return block({"containerProperties": container}, more)


def _multi_node(place: Place) -> Strategy[dict[str, Any]]:
    container = block(
        {
            "image": _images(place),
            "resourceRequirements": EC2_SIZES.map(lambda size: _requirements(*size)),
        },
        {**_api_container(place), "instanceType": st.just("c5n.18xlarge")},
    )

    @st.composite
    def nodes(draw: st.DrawFn) -> dict[str, Any]:
        count = draw(st.integers(2, 1000))
        ranges = draw(st.sampled_from([["0:"], ["0", "1:"], [f":{count - 1}"], ["0:1", "1:", "0"]]))
        groups = [{"targetNodes": each, "container": draw(container)} for each in ranges]
        main = draw(st.integers(0, count - 1))
        return {"numNodes": count, "mainNode": main, "nodeRangeProperties": groups}

    more = _whatever_the_form(place)
    return block({"nodeProperties": nodes()}, more)


def _multi_container(place: Place, platform: str) -> Strategy[dict[str, Any]]:
    @st.composite
    def task(draw: st.DrawFn) -> dict[str, Any]:
        # Of a pair each takes a half, and Fargate's table holds for both together.
        count = draw(st.sampled_from([1, 2])) if platform == "FARGATE" else draw(st.integers(1, 4))
        sizes = (
            [(2 / count, 8192 // count)] * count
            if platform == "FARGATE"
            else draw(st.lists(EC2_SIZES, min_size=count, max_size=count))
        )
        containers = [
            {
                **draw(block({"image": _images(place)}, _api_container(place))),
                "name": f"c{number}",
                "resourceRequirements": _requirements(*size),
                **({"essential": False} if number else {}),
            }
            for number, size in enumerate(sizes)
        ]
        if count > 1 and draw(st.booleans()):
            condition = draw(st.sampled_from(["START", "COMPLETE", "SUCCESS"]))
            containers[0]["dependsOn"] = [{"containerName": "c1", "condition": condition}]
        return {"taskProperties": [{"containers": containers}]}

    given: dict[str, Strategy[Any]] = {"ecsProperties": task()}
    if platform == "FARGATE":
        given["platform"] = st.just(platform)
    return block(given, _whatever_the_form(place))


@cache
def job_definitions(place: Place) -> Strategy[dict[str, Any]]:
    """Return a strategy for the block ``jobDefinitions``."""
    return st.dictionaries(KEYS, definitions(place), min_size=1, max_size=4)
