"""What the ECS agent may do for a job, by the roles that it works with, and AWS's words if not.

Sources: ECS developer guide, "Amazon ECS task execution IAM role", "CannotPullContainer task
errors", "ResourceInitializationError errors" and "CannotStartContainer errors"; ECR user guide,
"Identity-based policies".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from batchsdk.contract.ecr import ecr_image
from batchsdk.contract.reachability import secret_service
from localaws.batch.logs import log_destination, log_options
from localaws.batch.models import Attempt, Job
from localaws.batch.task_roles import TASKS_SERVICE, TaskRole, role_of_agent, role_of_containers
from localaws.batch.unreachable import NO_RESOURCE

ENDING = "\n\tstatus code: 400, request id: 00000000-0000-0000-0000-000000000000"
PULLS = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
NO_CREDENTIALS = "NoCredentialProviders: no valid providers in chain. Deprecated."


class Judge(Protocol):
    """Tells what a role may do, by IAM."""

    @property
    def is_enforced(self) -> bool:
        """Anything is denied at all."""

    def refusal(self, role: TaskRole, action: str, resource: str) -> str | None:
        """Return AWS's sentence if a session of a role may not do something, else ``None``."""

    def is_assumable(self, role: TaskRole, source_arn: str) -> bool:
        """Tell whether the role exists, and its service may assume it for a resource."""


class AgentRights:
    """Judges the agent's work in one account and region."""

    def __init__(self, account_id: str, region: str, partition: str, judge: Judge) -> None:
        self._account_id = account_id
        self._region = region
        self._partition = partition
        self._judge = judge

    def start_failure(self, job: Job, attempt: Attempt) -> str | None:
        """Say, in AWS's words, why the containers of an attempt would never start.

        Returns:
            The container's ``reason``, or ``None`` if nothing is denied.
        """
        if not self._judge.is_enforced:
            return None
        return next(self._failures(job, attempt), None)

    def _failures(self, job: Job, attempt: Attempt) -> Iterator[str]:
        agent = role_of_agent(job, attempt)
        for role in (role_of_containers(job, attempt), agent):
            if role is not None and role.service == TASKS_SERVICE:
                yield from self._not_assumed(role)
        on_fargate = attempt.instance is None
        containers = job.containers or [job.container]
        for container in containers:
            yield from self._not_pulled(container["image"], agent, on_fargate=on_fargate)
        for container in containers:
            for secret in container.get("secrets", ()):
                yield from self._not_read(secret["valueFrom"], agent)
        for container in containers:
            group, stream = log_destination(
                job, attempt.task_id, container if job.containers else None
            )
            yield from self._not_logged(container, group, stream, agent, on_fargate=on_fargate)

    def _not_assumed(self, role: TaskRole) -> Iterator[str]:
        if not self._judge.is_assumable(role, self._arn("ecs", "*")):
            yield (
                f"ECS was unable to assume the role '{role.arn}' that was provided for this task. "
                "Please verify that the role being passed has the proper trust relationship and "
                "permissions and that your IAM user has permissions to pass this role."
            )

    def _not_pulled(self, image: str, agent: TaskRole | None, *, on_fargate: bool) -> Iterator[str]:
        found = ecr_image(image)
        if found is None:
            return
        if fault := self._fault(agent, "ecr:GetAuthorizationToken", "*"):
            if on_fargate:
                yield (
                    f"{NO_RESOURCE} ecr registry auth: service call has been retried 1 time(s): "
                    f"{fault}{ENDING}"
                )
            else:
                yield f"CannotPullECRContainerError: {fault}{ENDING}"
        for action in PULLS:
            if fault := self._refusal(agent, action, found.arn(self._partition)):
                registry = image.partition("/")[0]
                yield (
                    f"CannotPullContainerError: Error response from daemon: pull access denied for "
                    f"{registry}/{found.repository}, repository does not exist or may require "
                    f"'docker login': denied: {fault}"
                )

    def _not_read(self, reference: str, agent: TaskRole | None) -> Iterator[str]:
        if secret_service(reference) == "secretsmanager":
            # Behind the ARN may be a key of its JSON, a stage and a version.
            arn = ":".join(reference.split(":")[:7])
            if fault := self._fault(agent, "secretsmanager:GetSecretValue", arn):
                yield (
                    f"{NO_RESOURCE} secret from asm: service call has been retried 1 time(s): "
                    f"failed to fetch secret {arn} from secrets manager: {fault}{ENDING}"
                )
            return
        arn = reference
        if not reference.startswith("arn:"):
            arn = self._arn("ssm", f"parameter/{reference.strip('/')}")
        if fault := self._fault(agent, "ssm:GetParameters", arn):
            yield (
                f"{NO_RESOURCE} secrets from ssm: service call has been retried 1 time(s): "
                f"{fault}{ENDING}"
            )

    def _not_logged(
        self,
        container: Mapping[str, Any],
        group: str,
        stream: str,
        agent: TaskRole | None,
        *,
        on_fargate: bool,
    ) -> Iterator[str]:
        driver = container.get("logConfiguration", {}).get("logDriver", "awslogs")
        if driver != "awslogs":
            return
        options = log_options(container)
        region = options.get("awslogs-region", self._region)
        log_group = f"log-group:{group}:log-stream:"
        needed = {"logs:CreateLogStream": f"{log_group}{stream}"}
        if options.get("awslogs-create-group", "false").lower() == "true":
            needed = {"logs:CreateLogGroup": log_group, **needed}
        for action, resource in needed.items():
            if fault := self._fault(agent, action, self._arn("logs", resource, region)):
                what = "stream" if action.endswith("Stream") else "group"
                failed = f"failed to create Cloudwatch log {what}: {fault}{ENDING}"
                if on_fargate:
                    yield (
                        "ResourceInitializationError: failed to validate logger args: create "
                        f"{what} has been retried 1 times: {failed}: exit status 1"
                    )
                else:
                    yield (
                        "CannotStartContainerError: Error response from daemon: failed to "
                        f"initialize logging driver: {failed}"
                    )

    def _fault(self, agent: TaskRole | None, action: str, resource: str) -> str | None:
        found = self._refusal(agent, action, resource)
        is_denied = found is not None and found is not NO_CREDENTIALS
        return f"AccessDeniedException: {found}" if is_denied else found

    def _refusal(self, agent: TaskRole | None, action: str, resource: str) -> str | None:
        if agent is None:
            return NO_CREDENTIALS
        return self._judge.refusal(agent, action, resource)

    def _arn(self, service: str, resource: str, region: str = "") -> str:
        place = f"{region or self._region}:{self._account_id}"
        return f"arn:{self._partition}:{service}:{place}:{resource}"
