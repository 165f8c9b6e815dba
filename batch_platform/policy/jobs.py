"""Job definitions: what containers may do, where they log, when they end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pulumi_policy import ResourceValidationArgs

from batch_platform.policy.rule import resource_rule

JOB_DEFINITION = "aws:batch/jobDefinition:JobDefinition"

DOCUMENTS = ("containerProperties", "ecsProperties", "nodeProperties")
"""Arguments in JSON, of which a definition has one."""
ROOT = re.compile(r"(0|root)?(:.*)?")
SECRET = re.compile(r"PASSW(OR)?D|SECRET|TOKEN|CREDENTIAL|PRIVATE_KEY|API_?KEY", re.IGNORECASE)


@resource_rule(
    "jobs-not-privileged",
    [JOB_DEFINITION],
    fix="remove `privileged`; linuxParameters.devices gives access to single devices",
)
def jobs_not_privileged(args: ResourceValidationArgs) -> Iterator[str]:
    """No container has root's rights on its instance."""
    for each in _containers(args):
        if each.get("privileged"):
            yield f"{_name(each)} is privileged"


@resource_rule("jobs-log", [JOB_DEFINITION], fix="give each container a logConfiguration.logDriver")
def jobs_log(args: ResourceValidationArgs) -> Iterator[str]:
    """Every container says where its log goes."""
    for each in _containers(args):
        if not (each.get("logConfiguration") or {}).get("logDriver"):
            yield f"{_name(each)} has no log driver"


@resource_rule("jobs-have-roles", [JOB_DEFINITION], fix="name jobRoleArn and executionRoleArn")
def jobs_have_roles(args: ResourceValidationArgs) -> Iterator[str]:
    """Jobs have their own roles: without one, a job has the permissions of the instance."""
    for task in _tasks(args):
        for own, inner in (("jobRoleArn", "taskRoleArn"), ("executionRoleArn", "executionRoleArn")):
            if not task.get(own) and not task.get(inner):
                yield f"{own} is left out"


@resource_rule("file-systems-over-tls", [JOB_DEFINITION], fix="set transitEncryption to ENABLED")
def file_systems_over_tls(args: ResourceValidationArgs) -> Iterator[str]:
    """EFS is mounted over TLS."""
    for task in _tasks(args):
        for volume in task.get("volumes") or ():
            efs = volume.get("efsVolumeConfiguration")
            if efs and efs.get("transitEncryption") != "ENABLED":
                yield f"volume {volume.get('name')} has no encryption in transit"


@resource_rule("revisions-kept", [JOB_DEFINITION], fix="set deregisterOnNewRevision to false")
def revisions_kept(args: ResourceValidationArgs) -> Iterator[str]:
    """A new revision leaves the previous one active, for callers that name it."""
    if args.props.get("deregisterOnNewRevision") is not False:  # the provider's default is true
        yield "a new revision deregisters the one before"


@resource_rule(
    "jobs-end",
    [JOB_DEFINITION],
    fix="set timeout.attemptDurationSeconds to more than the job ever takes",
    advisory=True,
)
def jobs_end(args: ResourceValidationArgs) -> Iterator[str]:
    """A job that hangs is ended."""
    if not (args.props.get("timeout") or {}).get("attemptDurationSeconds"):
        yield "an attempt may run for ever"


@resource_rule(
    "jobs-retried",
    [JOB_DEFINITION],
    fix="write e.g. `retry: {attempts: 3, on: [spot, imagePullFailed]}`",
    advisory=True,
)
def jobs_retried(args: ResourceValidationArgs) -> Iterator[str]:
    """A job whose instance was taken away is retried."""
    attempts = (args.props.get("retryStrategy") or {}).get("attempts") or 1
    if attempts < 2:  # noqa: PLR2004 - the first is no retry
        yield f"retryStrategy.attempts is {attempts:g}"


@resource_rule(
    "root-read-only",
    [JOB_DEFINITION],
    fix="set readonlyRootFilesystem, with a volume or tmpfs where the code writes",
    advisory=True,
)
def root_read_only(args: ResourceValidationArgs) -> Iterator[str]:
    """A container cannot change its own program."""
    for each in _containers(args):
        if not each.get("readonlyRootFilesystem"):
            yield f"{_name(each)} may write to its root"


@resource_rule("not-root", [JOB_DEFINITION], fix="set user, e.g. to 1000:1000", advisory=True)
def not_root(args: ResourceValidationArgs) -> Iterator[str]:
    """A container does not run as root."""
    for each in _containers(args):
        if ROOT.fullmatch(user := str(each.get("user") or "")):
            yield f"{_name(each)} has the user {user!r}" if user else f"{_name(each)} has no user"


@resource_rule(
    "job-image-tagged",
    [JOB_DEFINITION],
    fix="name a tag other than latest, or a digest",
    advisory=True,
)
def job_image_tagged(args: ResourceValidationArgs) -> Iterator[str]:
    """An image has a fixed tag or digest, so that a revision keeps running the same program."""
    for each in _containers(args):
        image = str(each.get("image") or "")
        tag = image.rpartition("/")[2].partition(":")[2]
        if "@" not in image and tag in {"", "latest"}:
            yield f"the image is {image}"


@resource_rule(
    "no-secrets-in-environment",
    [JOB_DEFINITION],
    fix="keep the value in Secrets Manager or SSM, and name it under `secrets`",
    advisory=True,
)
def no_secrets_in_environment(args: ResourceValidationArgs) -> Iterator[str]:
    """No environment variable, which anyone who may describe jobs can read, has a secret's name."""
    for each in _containers(args):
        for variable in each.get("environment") or ():
            if SECRET.search(variable.get("name", "")):
                yield f"{_name(each)} has the variable {variable['name']}"


def _tasks(args: ResourceValidationArgs) -> Iterator[dict[str, Any]]:
    """Yield what has roles and volumes: a single container, or the tasks of several."""
    for key in DOCUMENTS:
        text = args.props.get(key)
        if text:
            yield from _tasks_of(key, json.loads(text))


def _tasks_of(key: str, document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if key == "containerProperties":
        yield document
    elif key == "ecsProperties":
        yield from document.get("taskProperties") or ()
    else:
        for node in document.get("nodeRangeProperties") or ():
            if "container" in node:
                yield node["container"]
            yield from (node.get("ecsProperties") or {}).get("taskProperties") or ()


def _containers(args: ResourceValidationArgs) -> Iterator[dict[str, Any]]:
    for task in _tasks(args):
        yield from task.get("containers") or (task,)


def _name(container: dict[str, Any]) -> str:
    return f"container {container['name']}" if "name" in container else "the container"
