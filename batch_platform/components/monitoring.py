"""Who is told when jobs fail or queues are blocked: EventBridge rules, SNS, alarms, a dashboard."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from batch_platform.components.budget import make_budget
from batch_platform.components.chat import make_channels
from batch_platform.iam import policies
from batch_platform.observability import chat_messages, dashboard, events

if TYPE_CHECKING:
    from batch_platform.components.job_events import JobEvents
    from batch_platform.components.observability import Observability
    from batch_platform.components.queues import JobQueues
    from batch_platform.components.started_jobs import DeadLetters
    from batch_platform.plan import Plan

PATTERNS: Mapping[str, tuple[str, str, Callable[[Sequence[str]], events.Pattern]]] = {
    "jobFailed": ("job-failed", "Jobs that failed", events.failures),
    "queueBlocked": ("queue-blocked", "Jobs that block a queue", events.blocked),
    "environmentInvalid": (
        "invalid",
        "Jobs that wait for invalid compute environments",
        events.invalid_environments,
    ),
}
"""Event of the config to the rule's name, its description and its pattern."""


@dataclass(frozen=True)
class MonitoringArgs:
    """Input of :class:`Monitoring`."""

    plan: Plan
    queues: JobQueues
    observability: Observability
    job_events: JobEvents
    dead_letters: DeadLetters | None


class Monitoring(pulumi.ComponentResource):
    """A topic that is told of trouble; nothing unless the config enables it.

    Attributes:
        topic: the SNS topic; None where it is not enabled.
        rules: EventBridge rules by event of the config.
    """

    def __init__(
        self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("batch-platform:index:Monitoring", name, None, opts)
        self._args, self._plan = args, args.plan
        self.topic: aws.sns.Topic | None = None
        self.rules: dict[str, list[aws.cloudwatch.EventRule]] = {}
        if args.plan.settings.monitoring.enabled:
            self._make()
        self.register_outputs({})

    def _make(self) -> None:
        plan, monitoring = self._plan, self._plan.settings.monitoring
        self.topic = topic = aws.sns.Topic(
            plan.name("trouble"),
            # CKV_AWS_26: without a key of the user's there is none that EventBridge may use.
            kms_master_key_id=monitoring.kms_key_id,
            tags=plan.tags,
            opts=self._child(),
        )
        self.rules = {event: self._rules(event, topic) for event in PATTERNS}
        alarms = self._alarms(topic)
        policy = self._policy(topic, alarms)
        for protocol, endpoints in (("email", monitoring.email), ("https", monitoring.https)):
            for number, endpoint in enumerate(endpoints, start=1):
                aws.sns.TopicSubscription(
                    plan.name(f"{protocol}-{number}"),
                    topic=topic.arn,
                    protocol=protocol,
                    endpoint=endpoint,
                    opts=self._child(),
                )
        if monitoring.budget is not None:
            opts = pulumi.ResourceOptions(parent=self, depends_on=[policy])  # it tries the topic
            make_budget(plan, monitoring.budget, topic, opts)
        if monitoring.chat is not None:
            make_channels(plan, monitoring.chat, topic, self)
        if monitoring.dashboard:
            self._dashboard()

    def _rules(self, event: str, topic: aws.sns.Topic) -> list[aws.cloudwatch.EventRule]:
        """Make the rules of an event, also where nobody is told: alarm and dashboard count them."""
        plan, queues = self._plan, self._args.queues.by_key
        what, description, pattern = PATTERNS[event]
        groups = events.groups({key: plan.name(key) for key in queues})
        rules = []
        for name, group in zip(events.numbered(what, len(groups)), groups, strict=True):
            rule = aws.cloudwatch.EventRule(
                plan.name(name),
                description=f"{description} ({plan.environment})",
                event_pattern=pulumi.Output.all(*(queues[key].arn for key in group)).apply(
                    lambda arns: json.dumps(pattern(arns), sort_keys=True)
                ),
                tags=plan.tags,
                opts=self._child(),
            )
            rules.append(rule)
            if event in plan.settings.monitoring.notify:
                aws.cloudwatch.EventTarget(
                    plan.name(name),
                    rule=rule.name,
                    target_id="trouble",
                    arn=topic.arn,
                    input_transformer=self._for_chat(event),
                    opts=self._child(),
                )
        return rules

    def _for_chat(self, event: str) -> aws.cloudwatch.EventTargetInputTransformerArgs | None:
        """Have the topic told what a chat channel can show; without one, the event as it is."""
        if self._plan.settings.monitoring.chat is None:
            return None
        paths, template = chat_messages.input_transformer(self._plan, event)
        return aws.cloudwatch.EventTargetInputTransformerArgs(
            input_paths=paths, input_template=template
        )

    def _alarms(self, topic: aws.sns.Topic) -> list[aws.cloudwatch.MetricAlarm]:
        alarms = []
        dead = self._args.job_events.dead_letters
        if dead is not None:
            queue = {"QueueName": dead.name}
            about = f"Events of jobs of {self._plan.environment} did not reach their queue"
            alarms.append(
                self._alarm("job-events-dead", about, topic, dashboard.DEAD_LETTERS, queue)
            )
        lost = self._args.dead_letters
        if lost is not None:
            about = f"Scheduled jobs of {self._plan.environment} could not be submitted"
            dimensions = {"QueueName": lost.queue.name}
            alarms.append(
                self._alarm("not-started", about, topic, dashboard.DEAD_LETTERS, dimensions)
            )
        failed = self._plan.settings.monitoring.failed_jobs
        if failed is not None:
            names = events.numbered("failed-jobs", len(self.rules["jobFailed"]))
            for name, rule in zip(names, self.rules["jobFailed"], strict=True):
                about = (
                    f"{failed.threshold} or more jobs of {self._plan.environment} failed within "
                    f"{failed.period} seconds"
                )
                alarms.append(
                    self._alarm(
                        name,
                        about,
                        topic,
                        dashboard.MATCHED,
                        {"RuleName": rule.name},
                        threshold=failed.threshold,
                        period=failed.period,
                    )
                )
        return alarms

    def _alarm(
        self,
        what: str,
        description: str,
        topic: aws.sns.Topic,
        metric: dashboard.Metric,
        dimensions: Mapping[str, pulumi.Input[str]],
        *,
        threshold: int = 1,
        period: int = 300,
    ) -> aws.cloudwatch.MetricAlarm:
        return aws.cloudwatch.MetricAlarm(
            self._plan.name(what),
            alarm_description=description,
            namespace=metric.namespace,
            metric_name=metric.name,
            dimensions=dimensions,
            statistic=metric.statistic,
            period=period,
            evaluation_periods=1,
            threshold=threshold,
            comparison_operator="GreaterThanOrEqualToThreshold",
            treat_missing_data="notBreaching",  # no event, no data
            alarm_actions=[topic.arn],
            tags=self._plan.tags,
            opts=self._child(),
        )

    def _policy(
        self, topic: aws.sns.Topic, alarms: Sequence[aws.cloudwatch.MetricAlarm]
    ) -> aws.sns.TopicPolicy:
        monitoring = self._plan.settings.monitoring
        notify = monitoring.notify
        budgets = self._plan.account_id if monitoring.budget is not None else None
        rule_arns = [rule.arn for event in notify for rule in self.rules[event]]
        document = pulumi.Output.all(
            topic=topic.arn, rules=rule_arns, alarms=[alarm.arn for alarm in alarms]
        ).apply(
            lambda arns: json.dumps(policies.told_topic(**arns, budgets_of=budgets), sort_keys=True)
        )
        return aws.sns.TopicPolicy(
            self._plan.name("trouble"), arn=topic.arn, policy=document, opts=self._child()
        )

    def _dashboard(self) -> None:
        plan, job_events = self._plan, self._args.job_events
        named: dict[str, Any] = {
            "rules": {event: [rule.name for rule in self.rules[event]] for event in self.rules},
            "job_events": job_events.queue.name if job_events.queue else None,
        }
        body = pulumi.Output.all(**named).apply(
            lambda names: json.dumps(
                dashboard.body(region=plan.settings.region, log_group=plan.log_group_name, **names),
                sort_keys=True,
            )
        )
        aws.cloudwatch.Dashboard(
            plan.name("dashboard"),
            dashboard_name=f"batch-{plan.environment}",
            dashboard_body=body,
            opts=self._child(),
        )

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)
