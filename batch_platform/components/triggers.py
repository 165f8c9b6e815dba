"""EventBridge rules that submit a job for each object that is created in a bucket."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws
from botocore.exceptions import BotoCoreError, ClientError

from batch_platform.clients import AccountError, client
from batch_platform.components.roles import inline_policy, made_role
from batch_platform.iam import policies
from batch_platform.job_definitions.started_jobs import input_transformer
from batch_platform.observability import events

if TYPE_CHECKING:
    from batch_platform.components.job_definitions import JobDefinitions
    from batch_platform.components.queues import JobQueues
    from batch_platform.components.started_jobs import DeadLetters
    from batch_platform.plan import Plan
    from batch_platform.settings.triggers import Trigger


@dataclass(frozen=True)
class TriggersArgs:
    """Input of :class:`Triggers`."""

    plan: Plan
    queues: JobQueues
    definitions: JobDefinitions
    dead_letters: DeadLetters


class Triggers(pulumi.ComponentResource):
    """The rules, each with a role that may submit its job and no other.

    A bucket is another's: that its events go to EventBridge is its owner's to say, since what sets
    it replaces all its notifications (S3 API, PutBucketNotificationConfiguration). A warning tells
    where they do not.

    Attributes:
        rules: those that may send to the dead-letter queue.
    """

    def __init__(
        self, name: str, args: TriggersArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("batch-platform:index:Triggers", name, None, opts)
        self._args, self._plan = args, args.plan
        self._where = policies.Place(
            args.plan.partition, args.plan.settings.region, args.plan.account_id
        )
        self.rules = [
            self._rule(key, trigger)
            for key, trigger in args.plan.settings.triggers.items()
            if trigger.job_definition in args.definitions.by_key
        ]
        self.register_outputs({})

    def _rule(self, key: str, trigger: Trigger) -> aws.cloudwatch.EventRule:
        plan = self._plan
        found = events.created_objects(trigger.bucket, trigger.prefix, trigger.suffix)
        rule = aws.cloudwatch.EventRule(
            plan.name(key),
            description=trigger.description or f"Objects that start {key} of {plan.environment}",
            event_pattern=json.dumps(found, sort_keys=True),
            state=trigger.state,
            tags=plan.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._target(key, trigger, rule)
        return rule

    def _target(self, key: str, trigger: Trigger, rule: aws.cloudwatch.EventRule) -> None:
        plan, what = self._plan, f"trigger-{key}"
        queue = self._args.queues.by_key[trigger.job_queue]
        definition = plan.name(trigger.job_definition)
        where = self._where
        trust = rule.arn.apply(lambda arn: _json(policies.rule_trust(where, arn)))
        role = made_role(self, plan, what, trust, f"Submits the jobs of the trigger {key}")
        document = queue.arn.apply(
            lambda arn: _json(policies.starts_triggered_job(where, arn, definition))
        )
        policy = inline_policy(self, plan, what, role, document)
        transformer, retries = input_transformer(trigger), trigger.retry_policy
        aws.cloudwatch.EventTarget(
            plan.name(key),
            rule=rule.name,
            target_id="job",
            arn=queue.arn,
            role_arn=role.arn,
            batch_target=aws.cloudwatch.EventTargetBatchTargetArgs(
                job_definition=definition,
                job_name=trigger.job_name or key,
                array_size=trigger.array_size,
                job_attempts=trigger.attempts,
            ),
            input_transformer=(
                aws.cloudwatch.EventTargetInputTransformerArgs(
                    input_paths=transformer[0], input_template=transformer[1]
                )
                if transformer
                else None
            ),
            retry_policy=aws.cloudwatch.EventTargetRetryPolicyArgs(
                maximum_retry_attempts=retries.maximum_retry_attempts,
                maximum_event_age_in_seconds=retries.maximum_event_age_in_seconds,
            ),
            dead_letter_config=aws.cloudwatch.EventTargetDeadLetterConfigArgs(
                arn=self._args.dead_letters.queue.arn
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[policy, self._args.definitions.by_key[trigger.job_definition]],
                hooks=pulumi.ResourceHookBinding(after_create=[self._look(key, trigger.bucket)]),
            ),
        )

    def _look(self, key: str, bucket: str) -> pulumi.ResourceHook:
        """Return the hook that warns of a bucket whose events do not go to EventBridge."""
        plan = self._plan

        def look(_: pulumi.ResourceHookArgs) -> None:
            try:
                s3 = client("s3", plan.settings.region, plan.account_id)
                told = s3.get_bucket_notification_configuration(Bucket=bucket)
            except (AccountError, BotoCoreError, ClientError) as error:
                pulumi.log.warn(f"triggers.{key}: {bucket} cannot be looked at ({error})")
                return
            if "EventBridgeConfiguration" not in told:
                others = "; it replaces what the bucket notifies of now" if len(told) > 1 else ""
                pulumi.log.warn(
                    f"triggers.{key}: {bucket} sends no events to EventBridge, so nothing starts; "
                    "its owner types: aws s3api put-bucket-notification-configuration --bucket "
                    f"{bucket} --notification-configuration "
                    f"'{{\"EventBridgeConfiguration\": {{}}}}'{others}"
                )

        return pulumi.ResourceHook(f"{plan.name(key)}-bucket", look)


def _json(document: policies.Document) -> str:
    return json.dumps(document, sort_keys=True)
