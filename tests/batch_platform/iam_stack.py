"""The principals of a recorded stack: their policies, and what each of them calls."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from moto.iam.aws_managed_policies import aws_managed_policies_data

import tests.batch_platform.iam_calls as calls
from tests.batch_platform.iam_calls import ACCOUNT, REGION, Call
from tests.batch_platform.recorded_run import Registered
from tests.batch_platform.terraform_plan import with_real_arns

ROOT = Path(__file__).parents[2]
SUFFIX = "-1a2b3c4"
_ECR = re.compile(r"(\d{12})\.dkr[.-]ecr[a-z-]*\.([a-z0-9-]+)\.[a-z.]+/([^:@]+)")


@dataclass
class Principal:
    """Somebody who has policies.

    Attributes:
        name: without the stack's, e.g. ``execution``.
        arn: of the role, or of somebody who has a policy.
        policies: names of documents.
        boundary: name of the document that limits it.
        needs: what it calls.
        is_broad: whether it has a policy of AWS, which allows more than is needed.
    """

    name: str
    arn: str
    policies: list[str] = field(default_factory=list)
    boundary: str | None = None
    needs: set[Call] = field(default_factory=set)
    is_broad: bool = False


@dataclass
class Stack:
    """A stack under judgement.

    Attributes:
        documents: policies by their names.
        principals: by name.
        resource_policies: document and the ARN of what it is of.
    """

    name: str
    config: Mapping[str, Any]
    resources: list[Registered]
    documents: dict[str, Any] = field(default_factory=dict)
    principals: dict[str, Principal] = field(default_factory=dict)

    def every(self, kind: str) -> list[Registered]:
        """Return the resources of a kind."""
        return [each for each in self.resources if each.typ.rpartition(":")[2] == kind]

    def block(self, name: str) -> Any:
        """Return a block of the config."""
        return self.config.get(f"batch-platform:{name}") or {}


@cache
def managed() -> Mapping[str, Any]:
    """Return AWS's own policies, as moto has copied them."""
    return json.loads(aws_managed_policies_data)  # type: ignore[no-any-return]


def boundary() -> Any:
    """Return the boundary that the docs say to be enough."""
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    return json.loads(page.partition("every role with this boundary")[2].split("```")[1][4:])


def stack(name: str, text: str, resources: list[Registered]) -> Stack:
    """Return the stack of a config that was recorded."""
    found = Stack(name, yaml.safe_load(text)["config"], resources)
    found.documents["boundary"] = boundary()
    for role in found.every("Role"):
        _add_role(found, role)
    for policy in found.every("Policy"):
        short = policy.name.removeprefix(f"{name}-")
        found.documents[short] = json.loads(with_real_arns(policy.inputs["policy"]))
        of = f"arn:aws:iam::{ACCOUNT}:role/with-{short}"
        found.principals[short] = Principal(short, of, [short])
    _add_needs(found)
    return found


def _add_role(found: Stack, role: Registered) -> None:
    prefix = found.block("roles").get("namePrefix", "")
    short = role.name.removeprefix(prefix).removeprefix(f"{found.name}-")
    principal = Principal(short, f"arn:aws:iam::{ACCOUNT}:role/{role.name}{SUFFIX}")
    held = f"{role.name}{SUFFIX}"
    for policy in found.every("RolePolicy"):
        if policy.inputs["role"] == held:
            found.documents[f"{short} inline"] = json.loads(with_real_arns(policy.inputs["policy"]))
            principal.policies.append(f"{short} inline")
    for attachment in found.every("RolePolicyAttachment"):
        policy_name = attachment.inputs["policyArn"].rpartition("/")[2]
        if attachment.inputs["role"] == held and policy_name in managed():
            found.documents[policy_name] = managed()[policy_name]["Document"]
            principal.policies.append(policy_name)
            principal.is_broad = True
    if role.inputs.get("permissionsBoundary"):
        principal.boundary = "boundary"
    found.documents[f"{short} trust"] = json.loads(with_real_arns(role.inputs["assumeRolePolicy"]))
    found.principals[short] = principal


def _add_needs(found: Stack) -> None:
    everyone, own = found.principals, (REGION, f"/aws/batch/job/{found.name}")
    groups = {own}
    agents = [everyone[name] for name in ("execution", "instance") if name in everyone]
    for each in agents:
        each.needs |= set(calls.writes_logs(*own))
    for key, definition in found.block("jobDefinitions").items():
        for region, group, creates in _groups(definition):
            groups.add((region, group))
            for each in agents:
                each.needs |= set(calls.writes_logs(region, group, creates=creates))
        _add_agent_needs(found, definition, agents)
        if f"job-{key}" in everyone:
            everyone[f"job-{key}"].needs |= set(_job(found, definition))
    _add_needs_of_jobs(found)
    _add_needs_of_environments(found)
    if "flow-logs" in everyone:
        everyone["flow-logs"].needs |= set(calls.writes_logs(REGION, f"/aws/vpc/{found.name}"))
    for key, schedule in found.block("schedules").items():
        lost = calls.arn("sqs", f"{found.name}-not-started{SUFFIX}")
        everyone[f"schedule-{key}"].needs |= {
            calls.call("of what was not started", "sqs:SendMessage", lost),
            *(
                calls.submits(
                    _queue(found, schedule["jobQueue"]),
                    f"{found.name}-{schedule['jobDefinition']}",
                    schedule.get("shareIdentifier", ""),
                    tags=tags,
                )
                for tags in (False, True)
            ),
        }
    for key, trigger in found.block("triggers").items():
        everyone[f"trigger-{key}"].needs.add(
            calls.submits(
                _queue(found, trigger["jobQueue"]), f"{found.name}-{trigger['jobDefinition']}"
            )
        )
    _add_consumers_needs(found, groups)


def _add_needs_of_jobs(found: Stack) -> None:
    """Add what jobs do in the stack's storage, whichever role of the stack they have."""
    if (storage := _storage(found)) is not None:
        place, key = storage
        for name, each in found.principals.items():
            if name == "job" or name.startswith("job-"):
                each.needs |= set(calls.stores(place, ["runs", "sweeps"], key))


def _storage(found: Stack) -> tuple[str, str | None] | None:
    """Return bucket and prefix of the stack's storage, and its key; None without one."""
    wanted = found.block("storage")
    if not wanted.get("enabled"):
        return None
    made = f"{found.name}-storage-{ACCOUNT}-{REGION}"
    place = f"{wanted.get('bucket', made)}/{wanted.get('prefix', '')}".rstrip("/")
    return place, wanted.get("kmsKeyId")


def _add_needs_of_environments(found: Stack) -> None:
    everyone = found.principals
    for key, environment in found.block("computeEnvironments").items():
        name = f"{found.name}-{key}{SUFFIX}"
        if "instance" in everyone and not environment["type"].startswith("FARGATE"):
            everyone["instance"].needs |= set(calls.of_the_agent(name))
        if "service" in everyone:
            task = calls.arn("ecs", f"task/AWSBatch-{name}-0a/1")
            tags = calls.call(f"of a task of {name}", "ecs:TagResource", task)
            everyone["service"].needs |= {*calls.BATCH, tags}
    if "spot-fleet" in everyone:
        everyone["spot-fleet"].needs |= set(calls.SPOT_FLEET)


def _add_agent_needs(found: Stack, definition: Mapping[str, Any], agents: list[Principal]) -> None:
    role = found.block("roles").get("executionRole", {})
    for image in _values(definition, "image"):
        if match := _ECR.match(image):
            account, region, repository = match.groups()
            arn = f"arn:aws:ecr:{region}:{account}:repository/{repository}"
            cached = any(repository.startswith(f"{each}/") for each in
                         role.get("pullThroughCaches", ()))  # fmt: skip
            for each in agents:
                first = cached and each.name == "execution"
                each.needs |= set(calls.pulls(arn, first=first))
    for reference in definition.get("secrets", {}).values():
        agents[0].needs.add(calls.reads_secret(reference))
        for key in role.get("kms", ()):
            agents[0].needs |= {calls.uses_key(key, each) for each in ("secretsmanager", "ssm")}


def _job(found: Stack, definition: Mapping[str, Any]) -> Iterator[Call]:
    needs = definition.get("permissions", {})
    for place in needs.get("s3Read", ()):
        yield from calls.reads_s3(place)
    for place in needs.get("s3Write", ()):
        yield calls.writes_s3(place)
        yield calls.writes_s3(place, "AbortMultipartUpload")
    for place in needs.get("s3Delete", ()):
        yield calls.writes_s3(place, "DeleteObject")
    yield from map(calls.reads_secret, needs.get("secrets", ()))
    for key in needs.get("kms", ()):
        if needs.get("s3Read") or needs.get("s3Write"):
            yield calls.uses_key(key, "s3")
        if needs.get("s3Write"):
            yield calls.uses_key(key, "s3", "GenerateDataKey")
    yield from _file_systems(found, definition)
    if True in _values(definition, "enableExecuteCommand"):
        for action in (
            "CreateControlChannel",
            "CreateDataChannel",
            "OpenControlChannel",
            "OpenDataChannel",
        ):
            yield calls.call("", f"ssmmessages:{action}")


def _file_systems(found: Stack, definition: Mapping[str, Any]) -> Iterator[Call]:
    user = str(definition.get("user", found.block("jobDefaults").get("user", "root")))
    root = ["ClientRootAccess"] if user.startswith(("root", "0")) else []
    for volume in definition.get("volumes", {}).values():
        if volume.get("efs", {}).get("iam"):
            writes = [] if volume.get("readOnly") else ["ClientWrite"]
            actions = ["ClientMount", *writes, *root]
            yield from calls.mounts(volume["efs"]["fileSystemId"], actions)


def _add_consumers_needs(found: Stack, groups: set[tuple[str, str]]) -> None:
    everyone, settings = found.principals, found.block("consumers")
    roles = found.block("roles")
    role = f"{roles.get('path', '/')}{roles.get('namePrefix', '')}{found.name}-instance{SUFFIX}"
    looks = set(calls.looks(found.name, groups, role))
    events = found.block("jobEvents")
    storage = _storage(found)
    if "observers" in everyone and storage is not None:
        everyone["observers"].needs |= set(calls.reads_ledger(*storage))
    if "observers" in everyone:
        everyone["observers"].needs |= looks | {
            calls.looks_at_queue(_queue(found, key)) for key in found.block("jobQueues")
        }
        everyone["observers"].needs.add(
            calls.looks_at_queue(calls.arn("batch", "job-queue/others"))
        )
    entries = {f"{key}-submitters": {"jobQueues": [key]} for key in found.block("jobQueues")}
    entries |= {f"{key}-may-submit": one for key, one in settings.get("submitters", {}).items()}
    for name, entry in entries.items():
        if name in everyone:
            needs = everyone[name].needs
            needs |= looks | set(calls.ends_jobs())
            needs |= {calls.looks_at_queue(_queue(found, key)) for key in entry["jobQueues"]}
            needs |= {one for one in _submissions(found) if _may(found, entry, one)}
            if storage is not None:
                place, key = storage
                needs |= {
                    *calls.stores(place, ["ledger", "runs", "sweeps"], key),
                    calls.removes_runs(place),
                }
            if events.get("enabled"):
                queue = calls.arn("sqs", f"{found.name}-job-events{SUFFIX}")
                needs |= set(calls.hears(queue, events.get("kmsKeyId")))


def _submissions(found: Stack) -> Iterator[Call]:
    """Yield every submission that somebody could try."""
    for queue, definition, share, tags in _tried(found):
        yield calls.submits(_queue(found, queue), f"{found.name}-{definition}", share, tags=tags)


def _tried(found: Stack) -> Iterator[tuple[str, str, str, bool]]:
    shares = {
        share.replace("*", "1")
        for entry in found.block("consumers").get("submitters", {}).values()
        for share in entry.get("shareIdentifiers", ())
    } | {"another"}
    for queue, of_queue in found.block("jobQueues").items():
        fair = "fairsharePolicy" in of_queue
        for definition in found.block("jobDefinitions"):
            for share in sorted(shares) if fair else [""]:
                for tags in (False, True):
                    yield queue, definition, share, tags


def _may(found: Stack, entry: Mapping[str, Any], submission: Call) -> bool:
    """Tell whether a submitter may make a submission, by the config."""
    for queue, definition, share, tags in _tried(found):
        name = f"{found.name}-{definition}"
        if calls.submits(_queue(found, queue), name, share, tags=tags) != submission:
            continue
        named = entry.get("shareIdentifiers")
        theirs = entry.get("jobDefinitions", _run_by(found, entry["jobQueues"]))
        fits = not named or any(re.fullmatch(each.replace("*", ".*"), share) for each in named)
        return queue in entry["jobQueues"] and definition in theirs and fits
    raise LookupError(submission)


def _run_by(found: Stack, queues: list[str]) -> list[str]:
    """Return the definitions whose platform some of the queues has."""
    environments, kinds = found.block("computeEnvironments"), set()
    for queue in queues:
        first = found.block("jobQueues")[queue]["computeEnvironments"][0]
        kinds.add("FARGATE" if environments[first]["type"].startswith("FARGATE") else "EC2")
    return [
        key
        for key, one in found.block("jobDefinitions").items()
        if one.get("platform", "EC2") in kinds
    ]


def universe(found: Stack) -> list[Call]:
    """Return all that anybody of the stack calls, and what nobody should be able to."""
    needed = {one for each in found.principals.values() for one in each.needs}
    tried = {*needed, *_submissions(found), *calls.NEVER, *calls.OF_OTHERS}
    return sorted(tried, key=lambda one: (one.about, str(one.requests)))


def _queue(found: Stack, key: str) -> str:
    return calls.arn("batch", f"job-queue/{found.name}-{key}{SUFFIX}")


def _groups(definition: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    for logs in _values(definition, "logConfiguration"):
        options = logs.get("options", {})
        if logs["logDriver"] == "awslogs" and "awslogs-group" in options:
            region = options.get("awslogs-region", REGION)
            yield region, options["awslogs-group"], "awslogs-create-group" in options


def _values(value: Any, key: str) -> list[Any]:
    if isinstance(value, dict):
        below = [found for each in value.values() for found in _values(each, key)]
        return ([value[key]] if key in value else []) + below
    return (
        [found for each in value for found in _values(each, key)] if isinstance(value, list) else []
    )
