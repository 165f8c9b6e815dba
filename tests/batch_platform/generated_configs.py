"""Valid configs of everything that the program takes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, get_args

import yaml
from hypothesis import strategies as st

from batch_platform.partitions import partition
from batch_platform.settings.network import NEEDED_ENDPOINTS
from batch_platform.settings.roles import RETENTION_DAYS
from batch_platform.settings.update_policy import UPDATABLE_STRATEGIES
from batch_platform.settings.volumes import (
    IOPS,
    IOPS_PER_GIB,
    LARGEST,
    SMALLEST,
    SMALLEST_ROOT,
    THROUGHPUT,
    THROUGHPUT_PER_IOPS,
    OfRoot,
)
from tests.batch_platform.full_configs import ROOM
from tests.batch_platform.generated_definitions import Place, job_definitions
from tests.batch_platform.generated_values import (
    ACCOUNT,
    KEYS,
    POLICIES,
    TAGS,
    TEXT,
    Strategy,
    block,
    kms_key,
    policies,
    some,
)

REGIONS = ("ap-northeast-1", "us-gov-west-1", "cn-north-1")
ZONES = "acd"
"""Last letters of the region's zones."""

ARCHITECTURES = {
    "x86_64": ["optimal", "default_x86_64", "c5", "m6i.large", "g5.xlarge"],
    "arm64": ["default_arm64", "c7g", "m6g.large", "t4g"],
}
STRATEGIES = {
    "EC2": ["BEST_FIT_PROGRESSIVE", "BEST_FIT_PROGRESSIVE_ORDERED", "BEST_FIT"],
    "SPOT": [
        "SPOT_PRICE_CAPACITY_OPTIMIZED",
        "SPOT_CAPACITY_OPTIMIZED",
        "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED",
        "BEST_FIT_PROGRESSIVE",
        "BEST_FIT",
    ],
}
REASONS = [
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
]


ROOMS: dict[str, dict[str, Any]] = {
    "EC2": ROOM,
    "FARGATE": {"type": "FARGATE", "maxVcpus": 100_000},
}
"""By platform: a compute environment that has room for any job."""


class _Dumper(yaml.SafeDumper):
    """Quotes all text, so that no reader of YAML takes it for a number."""


_Dumper.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)


def stack_file(config: dict[str, Any]) -> str:
    """Return the text of a stack file; keys are without their namespace, except the region."""
    return yaml.dump({"config": spelled(config)}, Dumper=_Dumper, sort_keys=False)


def spelled(config: dict[str, Any]) -> dict[str, Any]:
    """Put the namespace before the keys that have none."""
    return {key if ":" in key else f"batch-platform:{key}": one for key, one in config.items()}


@st.composite
def configs(
    draw: st.DrawFn, regions: Sequence[str] = REGIONS, *, roomy: bool = True
) -> dict[str, Any]:
    """Return a strategy for the whole config of one stack.

    Args:
        draw: of hypothesis.
        regions: to choose from.
        roomy: whether there is room for every job definition.
    """
    region = draw(st.sampled_from(regions))
    network = draw(networks(region))
    environments = draw(st.dictionaries(KEYS, compute_environments(region), min_size=1, max_size=4))
    fargate = [one["type"].startswith("FARGATE") for one in environments.values()]
    isolated = network["mode"] == "endpoints"
    place = Place(
        region,
        platforms=(*(["EC2"] if not all(fargate) else []), *(["FARGATE"] if any(fargate) else [])),
        internet=not isolated,
        secrets=not isolated or "ssm" in network.get("endpoints", ()),
        nodes=network["mode"] != "public",
    )
    queue = draw(st.dictionaries(KEYS, job_queues(environments), min_size=1, max_size=3))
    if roomy:
        for platform in place.platforms:
            environments[f"room-{platform}"] = ROOMS[platform]
            queue[f"room-{platform}"] = {"computeEnvironments": [f"room-{platform}"]}
    own = {"jobDefinitions": job_definitions(place), "images": images(region)}
    others = draw(block({}, {**own, **_others(region)}))
    if draw(st.booleans()):
        definitions = others.get("jobDefinitions", {})
        others["consumers"] = draw(_consumers(environments, queue, definitions))
    if draw(st.booleans()) and (made := draw(_schedules(environments, queue, others))):
        others["schedules"] = made
    config = {
        "aws:region": region,
        "network": network,
        "computeEnvironments": environments,
        "jobQueues": queue,
        **others,
    }
    return of_partition(config, partition(region))  # type: ignore[no-any-return]


def images(region: str) -> Strategy[dict[str, Any]]:
    """Return a strategy for ``images``."""
    names = st.sampled_from(["trainer", "a.b_c-d", "0"])
    more = {
        "dockerfile": st.sampled_from(["Dockerfile", "gpu/Dockerfile"]),
        "target": st.just("runtime"),
        "buildArgs": st.just({"RELEASE": "7"}),
        "platform": st.sampled_from(["linux/amd64", "linux/arm64"]),
        "keep": st.integers(1, 20_000),
        "kmsKeyId": kms_key(region),
        "forceDelete": st.booleans(),
    }
    entry = block({"context": st.sampled_from([".", "./trainer"])}, more)
    return st.dictionaries(names, entry, min_size=1, max_size=2)


def of_partition(value: Any, name: str) -> Any:
    """Return the value with the ARNs in it moved to a partition."""
    if isinstance(value, dict):
        return {key: of_partition(inner, name) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [of_partition(inner, name) for inner in value]
    if isinstance(value, str) and value.startswith("arn:aws:"):
        return value.replace("arn:aws:", f"arn:{name}:", 1)
    return value


def _consumers(
    environments: dict[str, Any], queues: dict[str, Any], definitions: dict[str, Any]
) -> Strategy[dict[str, Any]]:
    """Return a strategy for ``consumers``: each entry is about one queue of the config."""

    def submitters(key: str) -> Strategy[dict[str, Any]]:
        kinds = {environments[each]["type"] for each in queues[key]["computeEnvironments"]}
        platform = "FARGATE" if any(kind.startswith("FARGATE") for kind in kinds) else "EC2"
        theirs = [
            name for name, one in definitions.items() if one.get("platform", "EC2") == platform
        ]
        more: dict[str, Strategy[Any]] = {}
        if theirs:
            more["jobDefinitions"] = some(st.sampled_from(theirs), least=1)
        if "fairsharePolicy" in queues[key]:
            more["shareIdentifiers"] = some(st.sampled_from(["research", "ops*"]), least=1)
        return block({"jobQueues": st.just([key])}, more)

    entry = st.sampled_from(sorted(queues)).flatmap(submitters)
    return block(
        {},
        {
            "managedPolicies": st.booleans(),
            "submitters": st.dictionaries(KEYS, entry, max_size=2),
        },
    )


def _schedules(
    environments: dict[str, Any], queues: dict[str, Any], others: dict[str, Any]
) -> Strategy[dict[str, Any]]:
    """Return a strategy for ``schedules``: jobs that the rooms of the config can run."""
    runs = {
        "FARGATE" if environments[of["computeEnvironments"][0]]["type"] == "FARGATE" else "EC2": key
        for key, of in queues.items()
        if key.startswith("room-")
    }
    definitions = {
        key: runs[one.get("platform", "EC2")]
        for key, one in others.get("jobDefinitions", {}).items()
        if one.get("platform", "EC2") in runs and "Ref::" not in str(one)
    }
    if not definitions:
        return st.just({})
    when = st.sampled_from(
        [
            {"cron": "0/15 8-18 ? JAN,JUL MON-FRI 2100-2199/2", "timezone": "Asia/Tokyo"},
            {"cron": "0 0 L * ? *", "startDate": "2100-01-01T00:00:00Z"},
            {"rate": "1 hour", "endDate": "2101-01-01T00:00:00Z"},
            {"at": "2100-02-28T23:59:59", "timezone": "America/Sao_Paulo"},
        ]
    )
    more = {
        "jobName": st.sampled_from(["report", "9_-"]),
        "state": st.sampled_from(["ENABLED", "DISABLED"]),
        "flexibleTimeWindow": st.just({"maximumWindowInMinutes": 1440}),
        "retryPolicy": block({}, {"maximumRetryAttempts": st.integers(0, 185)}),
        "timeout": st.just({"attemptDurationSeconds": 60}),
        "propagateTags": st.booleans(),
        "tags": st.just({"team": "\u65e5\u672c"}),
    }

    def entry(key: str) -> Strategy[dict[str, Any]]:
        given = {"jobDefinition": st.just(key), "jobQueue": st.just(definitions[key])}
        return st.tuples(when, block(given, more)).map(lambda both: both[0] | both[1])

    keys = st.sampled_from(["nightly", "a-b_c", "0"])
    return st.dictionaries(keys, st.sampled_from(sorted(definitions)).flatmap(entry), max_size=2)


_OFF = block({}, {"enabled": st.just(False)})
"""A block that is not enabled, which then has no other key."""


@cache
def _others(region: str) -> dict[str, Strategy[Any]]:
    key = {"kmsKeyId": kms_key(region)}
    holder = {"managedPolicyArns": policies()}
    return {
        "jobDefaults": block(
            {}, {"user": st.just("1000:1000"), "readonlyRootFilesystem": st.booleans()}
        ),
        "roles": block(
            {},
            {
                **_instance_roles(),
                "serviceRole": st.sampled_from(["linked", "custom"]),
                "permissionsBoundary": st.sampled_from(POLICIES),
                "path": st.sampled_from(["/", "/batch/", "/a/b!/"]),
                "namePrefix": st.sampled_from(["acme-", "x+=,.@_"]),
                "executionRole": block({}, {**holder, "kms": some(kms_key(region))}),
                "jobRole": block({}, holder),
            },
        ),
        "logGroup": block({}, {"retentionInDays": st.sampled_from([0, *RETENTION_DAYS]), **key}),
        "jobEvents": _OFF | block({"enabled": st.just(True)}, key),
        "storage": _OFF | _storage(key),
        "monitoring": _OFF | block({"enabled": st.just(True)}, {**_monitoring(), **key}),
        "outputs": block({}, {"ssmParameter": st.booleans()}),
        "replacement": block({}, {"detachTimeout": st.integers(0, 10_000)}),
        "tags": TAGS,
    }


def _instance_roles() -> dict[str, Strategy[Any]]:
    statement = block(
        {
            "actions": some(st.sampled_from(["s3:GetObject", "cloudwatch:Put*"]), least=1),
            "resources": some(st.sampled_from(["*", "arn:aws:s3:::a/*"]), least=1),
        },
        {
            "effect": st.sampled_from(["Allow", "Deny"]),
            "condition": st.just({"StringEquals": {"aws:RequestedRegion": ["eu-west-1"]}}),
        },
    )
    named = st.sampled_from(["AmazonSSMManagedInstanceCore", *POLICIES])
    made = block(
        {}, {"managedPolicies": some(named), "statements": st.lists(statement, max_size=2)}
    )
    return {
        "instanceRole": made,
        "spotFleetRoleArn": st.just(f"arn:aws:iam::{ACCOUNT}:role/fleet"),
        "flowLogsRoleArn": st.just(f"arn:aws:iam::{ACCOUNT}:role/team/flow-logs"),
    }


def _storage(key: dict[str, Strategy[Any]]) -> Strategy[dict[str, Any]]:
    on = {"enabled": st.just(True)}
    own = {
        "bucket": st.sampled_from(["data", "a.b-c", "0" * 63]),
        "prefix": st.sampled_from(["batch", "batch/", "a/b=1/c_d.e"]),
    }
    days = {"expireDays": st.integers(0, 3650), "forceDestroy": st.booleans()}
    made = block(on, {**days, **key})
    return made | block({**on, "bucket": own["bucket"]}, {"prefix": own["prefix"], **key})


def _monitoring() -> dict[str, Strategy[Any]]:
    troubles = st.sampled_from(["jobFailed", "queueBlocked", "environmentInvalid"])
    minutes = st.integers(1, 1440).map(lambda minutes: minutes * 60)
    return {
        "notify": some(troubles),
        "email": some(st.sampled_from(["a@example.com", "b.c@example.org"])),
        "https": some(st.sampled_from(["https://example.com", "https://example.com/x?y=1"])),
        "failedJobs": block({}, {"threshold": st.integers(1, 10**6), "period": minutes}),
        "dashboard": st.booleans(),
        "chat": block(
            {"slack": st.just({"workspaceId": "T0AB", "channelId": "C0AB"})},
            {
                "teams": st.just(
                    {
                        "tenantId": "0a1b2c3d-4e5f-6789-abcd-ef0123456789",
                        "teamId": "0a1b2c3d-4e5f-6789-abcd-ef0123456789",
                        "channelId": "19%3Aab%40thread.tacv2",
                    }
                ),
                "managedPolicyArns": policies(),
            },
        ),
        "budget": block(
            {"monthlyLimit": st.integers(1, 10**9) | st.floats(0.01, 10**6)},
            {
                "actual": some(st.integers(1, 1000), least=1),
                "forecasted": st.lists(st.integers(1, 1000), max_size=2, unique=True),
                "email": some(st.sampled_from(["a@example.com", "b.c@example.org"])),
            },
        ),
    }


@cache
def networks(region: str) -> Strategy[dict[str, Any]]:
    """Return a strategy for ``network`` in any mode."""
    names = [f"{region}{letter}" for letter in ZONES]

    flow_logs = _OFF | block(
        {"enabled": st.just(True)},
        {
            "trafficType": st.sampled_from(["REJECT", "ACCEPT", "ALL"]),
            "retentionInDays": st.sampled_from([0, *RETENTION_DAYS]),
            "kmsKeyId": kms_key(region),
        },
    )

    def zones(least: int) -> Strategy[Any]:
        return st.integers(least, len(names)) | st.lists(
            st.sampled_from(names), min_size=least, max_size=len(names), unique=True
        )

    targets = [
        {"cidr": st.sampled_from(["10.1.0.0/16", "0.0.0.0/0", "192.0.2.1/32"])},
        {"securityGroupId": st.sampled_from(["sg-5", "sg-6"])},
    ]
    described = {"description": st.just("Out")}
    rule = st.one_of(
        *(
            block(
                {"fromPort": st.just(22), **to},
                {
                    "toPort": st.integers(22, 65_535),
                    "protocol": st.sampled_from(["tcp", "udp"]),
                    **described,
                },
            )
            for to in targets
        ),
        *(block({"protocol": st.sampled_from(["icmp", "all"]), **to}, described) for to in targets),
    )
    parts = ("fromPort", "toPort", "cidr", "securityGroupId")
    ways = some(
        rule,
        key=lambda one: (
            one.get("protocol", "tcp"),
            *(one.get(part, 22 if part == "toPort" else None) for part in parts),
        ),
    )
    groups = some(st.sampled_from(["sg-7", "sg-8"]))

    def made(mode: str, **more: Strategy[Any]) -> Strategy[dict[str, Any]]:
        blocks = st.sampled_from(["10.0.0.0/16", "172.16.0.0/20", "192.168.64.0/24"])
        least = 2 if mode == "endpoints" else 1
        return block(
            {"mode": st.just(mode)},
            {
                "cidr": blocks,
                "availabilityZones": zones(least),
                "flowLogs": flow_logs,
                "secondaryCidrs": some(st.sampled_from(["100.64.0.0/18", "100.65.0.0/24"])),
                "egress": ways,
                "securityGroupIds": groups,
                **more,
            },
        )

    endpoints = st.permutations([*NEEDED_ENDPOINTS, "secretsmanager", "ssm", "ssmmessages"])
    existing = block(
        {
            "mode": st.just("existing"),
            "vpcId": st.just("vpc-1"),
            "subnetIds": some(st.sampled_from(["subnet-1", "subnet-2", "subnet-0a"]), least=1),
            "securityGroupIds": some(st.sampled_from(["sg-1", "sg-2"]), least=1),
        },
        {"reachability": st.sampled_from(["checked", "assumed"])},
    )
    return st.one_of(
        made("public", mapPublicIpOnLaunch=st.just(True), ipv6=st.booleans()),
        made("endpoints", endpoints=endpoints, s3Buckets=some(st.sampled_from(["a-b", "c.d"]))),
        made("endpoints", endpoints=endpoints, endpointPolicies=st.just("open")),
        made("nat", natGateways=st.sampled_from(["single", "perZone"]), ipv6=st.booleans()),
        existing,
    )


@cache
def compute_environments(region: str) -> Strategy[dict[str, Any]]:
    """Return a strategy for one entry of ``computeEnvironments``."""
    fargate = block(
        {"type": st.sampled_from(["FARGATE", "FARGATE_SPOT"])}, {"maxVcpus": st.integers(1, 10**5)}
    )
    instances = (_of_instances(region, "EC2"), _of_instances(region, "SPOT"))
    return st.one_of(*instances, fargate, _unmanaged(region))


@st.composite
def _unmanaged(draw: st.DrawFn, region: str) -> dict[str, Any]:
    least = draw(st.integers(0, 3))
    group = block(
        {"instanceTypes": st.sampled_from([["c5.large"], ["c5.large", "m5.large"]])},
        {
            "minSize": st.just(least),
            "desiredCapacity": st.integers(3, 5),
            "launchTemplate": launch_templates(region).filter(
                lambda one: "launchTemplateId" not in one
            ),
            "ec2KeyPair": st.just("ops"),
            "imageIdOverride": st.just("ami-0a1b2c"),
        },
    )
    sized = group.map(lambda one: {**one, "maxSize": 5})
    return {"type": "UNMANAGED", **draw(block({}, {"autoScalingGroup": sized}))}


@st.composite
def _of_instances(draw: st.DrawFn, region: str, kind: str) -> dict[str, Any]:
    architecture = draw(st.sampled_from(sorted(ARCHITECTURES)))
    types = some(st.sampled_from(ARCHITECTURES[architecture]), least=1)
    most = draw(st.integers(1, 10**5))
    made: dict[str, Any] = {"type": kind}
    if architecture == "arm64" or draw(st.booleans()):
        made["instanceTypes"] = draw(types)
    plain = ["ECS_AL2023"] if "g5.xlarge" not in made.get("instanceTypes", ()) else []
    images = plain + (["ECS_AL2023_NVIDIA"] if architecture == "x86_64" else [])
    made |= draw(
        block(
            {"maxVcpus": st.just(most)},
            {
                "minVcpus": st.integers(0, most),
                "allocationStrategy": st.sampled_from(STRATEGIES[kind]),
                "imageType": st.sampled_from(images),
                "launchTemplate": launch_templates(region),
                "state": st.sampled_from(["ENABLED", "DISABLED"]),
                "ec2KeyPair": st.just("ops"),
                **({"bidPercentage": st.integers(1, 100)} if kind == "SPOT" else {}),
            },
        )
    )
    made |= draw(block({}, {"placementGroup": st.just("near")}) | _placement(made))
    # A template that another team made has no other keys.
    is_made = not {"launchTemplateId", "launchTemplateName"} & {*made.get("launchTemplate", ())}
    if is_made and kind == "EC2" and draw(st.booleans()):
        preference = st.sampled_from(["open", "none", "capacity-reservations-only"])
        reserved = draw(block({"preference": preference}))
        made.setdefault("launchTemplate", {})["capacityReservation"] = reserved
    if is_made and made.get("instanceTypes") == ["m6i.large"] and draw(st.booleans()):
        made.setdefault("launchTemplate", {})["threadsPerCore"] = 1
    made |= draw(
        block({}, {"imageIdOverride": st.just("ami-0a1b2c")}) | block({}, {"imageRefresh": TEXT})
    )
    if made.get("allocationStrategy", STRATEGIES[kind][0]) in UPDATABLE_STRATEGIES:
        policy = block(
            {},
            {
                "terminateJobsOnUpdate": st.booleans(),
                "jobExecutionTimeoutMinutes": st.integers(1, 360),
            },
        )
        made |= draw(block({}, {"updatePolicy": policy}))
    return made


def _placement(made: dict[str, Any]) -> Strategy[dict[str, Any]]:
    """Return a strategy for ``placement`` that the types and the tenancy of instances allow."""
    groups: list[dict[str, Any]] = [
        {"strategy": "partition"},
        {"strategy": "partition", "partitionCount": 2},
    ]
    if "t4g" not in made.get("instanceTypes", ()):
        groups.append({"strategy": "cluster"})
    if made.get("launchTemplate", {}).get("tenancy") != "dedicated":
        groups.append({"strategy": "spread"})
    return block({"placement": st.sampled_from(groups)})


@cache
def launch_templates(region: str) -> Strategy[dict[str, Any]]:
    """Return a strategy for ``launchTemplate``."""
    folders = st.sampled_from(["/mnt/efs", "/data", "/mnt/a.b/c-d"])
    mount = block(
        {"fileSystemId": st.just("fs-0123abcd"), "mountPath": folders},
        {"accessPointId": st.just("fsap-0123abcd")},
    )
    part = st.sampled_from(
        [
            {"content": "#!/bin/bash\necho 'a\"b'\n"},
            {"contentType": "text/cloud-config", "content": "runcmd: [true]\n"},
            {"contentType": "text/cloud-boothook", "content": "--==boundary==\n"},
        ]
    )
    line = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20)
    given = block(
        {"launchTemplateId": st.just("lt-0a1b2c")}, {"version": st.sampled_from([1, 2, "$Latest"])}
    )
    made = block(
        {},
        {
            "rootVolume": st.one_of(*(_root_volume(region, kind) for kind in get_args(OfRoot))),
            "dataVolumes": _data_volumes(region),
            "ecsAgent": st.dictionaries(
                st.sampled_from(["ECS_RESERVED_MEMORY", "ECS_POLL_METRICS", "ECS_X_1"]),
                line.filter(str.strip),
                max_size=3,
            ),
            "instanceStore": st.just({"mountPath": "/scratch"}),
            "efsMounts": some(mount, key=lambda one: one["mountPath"]),
            "blockImds": st.booleans(),
            "tenancy": st.sampled_from(["default", "dedicated"]),
            "userData": st.lists(part, max_size=3),
        },
    )
    return st.one_of(made, given)


@st.composite
def _data_volumes(draw: st.DrawFn, region: str) -> list[dict[str, Any]]:
    devices = draw(st.lists(st.sampled_from(["/dev/sdf", "/dev/xvdg", "/dev/xvdba"]), unique=True))
    volumes = []
    for device in devices:
        kind = draw(st.sampled_from(sorted(LARGEST)))
        volume = draw(_volume(kind, SMALLEST[kind])) | {"deviceName": device}
        volume |= draw(block({}, {"mountPath": st.just(f"/mnt/{device[5:]}")}))
        if draw(st.booleans()):
            volume |= {"snapshotId": "snap-0a1b"}
        elif draw(st.booleans()):
            volume["kmsKeyId"] = draw(kms_key(region))
        volumes.append(volume)
    return volumes


@st.composite
def _root_volume(draw: st.DrawFn, region: str, kind: str) -> dict[str, Any]:
    more = {"kmsKeyId": kms_key(region), "deviceName": st.just("/dev/sda1")}
    return {**draw(_volume(kind, SMALLEST_ROOT)), **draw(block({}, more))}


@st.composite
def _volume(draw: st.DrawFn, kind: str, least: int) -> dict[str, Any]:
    size = draw(st.integers(least, LARGEST[kind]))
    volume: dict[str, Any] = {"volumeType": kind, "volumeSize": size}
    slowest, fastest = IOPS.get(kind, (0, 0))
    fastest = min(fastest, size * IOPS_PER_GIB.get(kind, 0))
    if kind.startswith("io") or (slowest < fastest and draw(st.booleans())):
        volume["iops"] = draw(st.integers(slowest, fastest))
    if kind == "gp3" and draw(st.booleans()):
        least, most = THROUGHPUT
        iops = volume.get("iops", IOPS[kind][0])
        volume["throughput"] = draw(st.integers(least, min(most, int(iops * THROUGHPUT_PER_IOPS))))
    return volume


def job_queues(environments: dict[str, Any]) -> Strategy[dict[str, Any]]:
    """Return a strategy for one entry of ``jobQueues``, on environments that go together."""
    kinds: dict[str, list[str]] = {}
    for key, environment in environments.items():
        kinds.setdefault(_kind(environment), []).append(key)
    order = st.sampled_from(sorted(kinds)).flatmap(
        lambda kind: some(st.sampled_from(kinds[kind]), least=1)
    )
    action = block(
        {"reason": st.sampled_from(REASONS), "maxTimeSeconds": st.integers(600, 86_400)},
        {"state": st.just("RUNNABLE"), "action": st.just("CANCEL")},
    )
    return block(
        {"computeEnvironments": order},
        {
            "priority": st.integers(0, 1000),
            "state": st.sampled_from(["ENABLED", "DISABLED"]),
            "fairsharePolicy": _fairshare(),
            "jobStateTimeLimitActions": some(action, key=lambda one: one["reason"]),
        },
    )


def _fairshare() -> Strategy[dict[str, Any]]:
    share = block(
        {"shareIdentifier": st.sampled_from(["research", "ops*", "A1"])},
        {"weightFactor": st.floats(0.0001, 999.9999) | st.integers(1, 999)},
    )
    return block(
        {},
        {
            "shareDecaySeconds": st.integers(0, 604_800),
            "computeReservation": st.integers(0, 99),
            "shareDistribution": some(share, key=lambda one: one["shareIdentifier"]),
        },
    )


def _kind(environment: dict[str, Any]) -> str:
    """Return what the environments of one queue have in common."""
    if environment["type"].startswith("FARGATE"):
        return "FARGATE"
    if environment["type"] == "UNMANAGED":
        return "x86_64"
    first = environment.get("instanceTypes", ["optimal"])[0]
    return next(kind for kind, types in ARCHITECTURES.items() if first in types)
