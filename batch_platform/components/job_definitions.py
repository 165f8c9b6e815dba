"""The job definitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws
from botocore.exceptions import BotoCoreError, ClientError

from batch_platform.clients import AccountError, client
from batch_platform.job_definitions.containers import as_text, document, document_key
from batch_platform.job_definitions.defaults import defaults
from batch_platform.job_definitions.retries import filled_up
from batch_platform.job_definitions.revisions import surplus

if TYPE_CHECKING:
    from batch_platform.components.observability import Observability
    from batch_platform.components.roles import Roles
    from batch_platform.plan import Plan
    from batch_platform.settings.job_definitions import JobDefinition
    from batch_platform.settings.retry_strategies import RetryStrategy, Timeout


@dataclass(frozen=True)
class JobDefinitionsArgs:
    """Input of :class:`JobDefinitions`."""

    plan: Plan
    roles: Roles
    observability: Observability


class JobDefinitions(pulumi.ComponentResource):
    """Job definitions, by their keys in the config; their names are ``<stack>-<key>``.

    Those that name an image without a digest are left out: nothing could pull it.

    Attributes:
        by_key: the resources.
    """

    def __init__(
        self, name: str, args: JobDefinitionsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("batch-platform:index:JobDefinitions", name, None, opts)
        self._args = args
        self.by_key = {
            key: self._definition(key, entry)
            for key, entry in args.plan.settings.job_definitions.items()
            if key not in args.plan.not_pushed
        }
        self.register_outputs({"arns": {key: entry.arn for key, entry in self.by_key.items()}})

    def _definition(self, key: str, definition: JobDefinition) -> aws.batch.JobDefinition:
        plan, roles = self._args.plan, self._args.roles
        documents = self._document(key, definition)
        return aws.batch.JobDefinition(
            plan.name(key),
            name=plan.name(key),
            type="multinode" if definition.node_properties else "container",
            platform_capabilities=[definition.platform],
            parameters=dict(definition.parameters) or None,
            retry_strategy=_retry_strategy(definition.strategy),
            timeout=_timeout(definition.timeout),
            propagate_tags=definition.propagate_tags,
            scheduling_priority=definition.scheduling_priority,
            # A pipeline may still submit with the ARN of the revision before.
            deregister_on_new_revision=False,
            tags={**plan.tags, **definition.tags},
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[*roles.for_jobs, *roles.for_definitions.get(key, ())],
                # Deleting deregisters every revision of the name, the new one too.
                delete_before_replace=True,
                hooks=pulumi.ResourceHookBinding(
                    after_update=[self._pruning(key, definition.keep_revisions)]
                ),
            ),
            container_properties=documents.get("containerProperties"),
            ecs_properties=documents.get("ecsProperties"),
            node_properties=documents.get("nodeProperties"),
        )

    def _pruning(self, key: str, keep: int) -> pulumi.ResourceHook:
        """Return the hook that deregisters the oldest revisions after a new one is there."""
        plan = self._args.plan

        def prune(_: pulumi.ResourceHookArgs) -> None:
            try:
                batch = client("batch", plan.settings.region, plan.account_id)
                pages = batch.get_paginator("describe_job_definitions").paginate(
                    jobDefinitionName=plan.name(key), status="ACTIVE"
                )
                active = (each for page in pages for each in page["jobDefinitions"])
                for arn in surplus(active, keep):
                    batch.deregister_job_definition(jobDefinition=arn)
            except (AccountError, BotoCoreError, ClientError) as error:
                # The new revision is there, and the outputs must come to name it.
                pulumi.log.warn(
                    f"{plan.name(key)}: more than {keep} old revisions may stay ACTIVE "
                    f"({error}); the next change of this job definition deregisters them"
                )

        return pulumi.ResourceHook(f"{plan.name(key)}-revisions", prune)

    def _document(self, key: str, definition: JobDefinition) -> dict[str, pulumi.Output[str]]:
        """Return what runs, as canonical JSON, under the one key that the definition has for it."""
        plan, roles = self._args.plan, self._args.roles
        job_role = roles.of_definitions.get(key, roles.job)
        known = pulumi.Output.all(
            roles.execution.arn, job_role.arn, self._args.observability.log_group.name
        )

        def text(values: Any) -> str:
            given = defaults(
                plan, key, execution_role=values[0], job_role=values[1], log_group=values[2]
            )
            return as_text(document(definition, given))

        return {document_key(definition): known.apply(text)}


def _retry_strategy(strategy: RetryStrategy | None) -> aws.batch.JobDefinitionRetryStrategyArgs:
    rules = filled_up(strategy.evaluate_on_exit if strategy else ())
    return aws.batch.JobDefinitionRetryStrategyArgs(
        attempts=strategy.attempts if strategy else 1,
        evaluate_on_exits=[
            aws.batch.JobDefinitionRetryStrategyEvaluateOnExitArgs(
                action=rule.action,
                on_exit_code=rule.on_exit_code,
                on_reason=rule.on_reason,
                on_status_reason=rule.on_status_reason,
            )
            for rule in rules
        ],
    )


def _timeout(timeout: Timeout | None) -> aws.batch.JobDefinitionTimeoutArgs | None:
    if timeout is None:
        return None
    return aws.batch.JobDefinitionTimeoutArgs(
        attempt_duration_seconds=timeout.attempt_duration_seconds
    )
