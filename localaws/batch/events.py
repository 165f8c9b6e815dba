"""Events of Batch and of S3, and how they reach the targets of the local EventBridge's rules.

Sources: user guide, "AWS Batch events for Amazon EventBridge" (Job state change events, Job queue
blocked events). moto keeps the rules and matches patterns; it does not deliver to SNS, so delivery
is here: to SQS queues, SNS topics, CloudWatch log groups and job queues.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import Any, Protocol, cast

from moto.events.models import Rule, events_backends
from moto.events.utils import EventMessageType, EventTemplateParser
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from localaws.batch import object_events
from localaws.batch.job_details import job_detail
from localaws.batch.models import Job, JobQueue
from localaws.batch.role_clients import RoleClients
from localaws.batch.state import BatchState
from localaws.batch.triggered_jobs import TriggeredJobs

logger = logging.getLogger(__name__)

JOB_STATE_CHANGE = "Batch Job State Change"
QUEUE_BLOCKED = "Batch Job Queue Blocked"
DEFAULT_BUS = "default"

Event = dict[str, Any]


class EventSink(Protocol):
    """Hears of what Batch makes events of; called with the engine's lock held."""

    def job_changed(self, state: BatchState, job: Job) -> None:
        """Hear that a job has another status."""

    def look_at_heads(self, state: BatchState) -> None:
        """Look whether a queue has become blocked."""

    def close(self) -> None:
        """Deliver what is due, then stop."""


class EventBridge:
    """The event sink over moto's EventBridge; one thread delivers, in the order of events.

    An event is built when it happens and only if its account and region has a rule, so that the
    scheduler pays for nobody's events.
    """

    def __init__(self, clients: RoleClients | None = None) -> None:
        """Begin to deliver.

        Args:
            clients: makes those of the roles that submit jobs; None: rules submit none.
        """
        self._jobs = TriggeredJobs(clients) if clients is not None else None
        self._due: queue.SimpleQueue[tuple[str, str, Event] | None] = queue.SimpleQueue()
        if clients is not None:
            object_events.listen(self._hear)
        self._blocked: dict[str, tuple[str, str]] = {}
        """Queue ARN -> job id and reason that were told last."""
        self._thread = threading.Thread(target=self._loop, name="batch-events", daemon=True)
        self._thread.start()

    def job_changed(self, state: BatchState, job: Job) -> None:
        """See :class:`EventSink`."""
        if _rules(state.account_id, state.region):
            self._put(state, JOB_STATE_CHANGE, [job.arn], job)

    def look_at_heads(self, state: BatchState) -> None:
        """See :class:`EventSink`."""
        if not _rules(state.account_id, state.region):
            return
        for each in state.job_queues.values():
            self._look_at_head(state, each)

    def close(self) -> None:
        """See :class:`EventSink`."""
        if self._jobs is not None:
            object_events.stop_listening(self._hear)
        self._due.put(None)
        self._thread.join()
        if self._jobs is not None:
            self._jobs.close()

    def _hear(self, account_id: str, region: str, event: Event) -> None:
        if _rules(account_id, region):
            self._due.put((account_id, region, event))

    def _look_at_head(self, state: BatchState, job_queue: JobQueue) -> None:
        blockage = job_queue.blockage
        if blockage is None:
            self._blocked.pop(job_queue.arn, None)
            return
        head = blockage.job
        told = (head.id, blockage.reason)
        if self._blocked.get(job_queue.arn) != told:
            self._blocked[job_queue.arn] = told
            self._put(state, QUEUE_BLOCKED, [head.arn, job_queue.arn], head)

    def _put(self, state: BatchState, detail_type: str, resources: list[str], job: Job) -> None:
        event = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": detail_type,
            "source": "aws.batch",
            "account": state.account_id,
            "time": datetime.fromtimestamp(int(time.time()), UTC).isoformat()[:19] + "Z",
            "region": state.region,
            "resources": resources,
            # A copy: the job goes on changing before this is delivered.
            "detail": json.loads(json.dumps(job_detail(job))),
        }
        self._due.put((state.account_id, state.region, event))

    def _loop(self) -> None:
        while (due := self._due.get()) is not None:
            account_id, region, event = due
            for rule in _rules(account_id, region):
                matches = rule.event_pattern.matches_event(cast("EventMessageType", event))
                if rule.state == "ENABLED" and matches:
                    for target in list(rule.targets):
                        self._deliver(account_id, region, rule.arn, target, event)

    def _deliver(
        self, account_id: str, region: str, rule_arn: str, target: dict[str, Any], event: Event
    ) -> None:
        if self._jobs is None or target["Arn"].split(":")[2] != "batch":
            _send(account_id, region, target, event)
            return
        try:
            text = _message(target, event)
        except ValueError as error:
            logger.warning("%s: its input is no JSON for this event: %s", rule_arn, error)
        else:
            self._jobs.submit(rule_arn, target, event, text)


def _rules(account_id: str, region: str) -> list[Rule]:
    """Return the rules of the default bus that have a pattern: AWS's own events go there alone."""
    bus = events_backends[account_id][region].event_buses[DEFAULT_BUS]
    return [rule for rule in list(bus.rules.values()) if rule.event_pattern.get_pattern()]


def _send(account_id: str, region: str, target: dict[str, Any], event: Event) -> None:
    """Deliver to one target; as on AWS, a target that cannot be reached stops nobody else."""
    arn: str = target["Arn"]
    service = arn.split(":")[2]
    text = _message(target, event)
    try:
        if service == "sqs":
            group = target.get("SqsParameters", {}).get("MessageGroupId")
            backend = sqs_backends[account_id][region]
            backend.send_message(arn.rsplit(":", 1)[-1], text, group_id=group)
        elif service == "sns":
            sns_backends[account_id][region].publish(text, arn=arn)
        elif service == "logs":
            _write_log(account_id, region, arn, text)
        else:
            logger.warning("events are not delivered to %s: only to SQS, SNS, logs and Batch", arn)
    except Exception:
        logger.exception("an event did not reach %s", arn)


def _message(target: dict[str, Any], event: Event) -> str:
    """Return what the target gets (EventBridge API: Target.Input, InputTransformer)."""
    if "Input" in target:
        return str(target["Input"])
    if transformer := target.get("InputTransformer"):
        made = EventTemplateParser.parse(
            input_template=transformer.get("InputTemplate"),
            input_paths_map=transformer.get("InputPathsMap", {}),
            event=cast("EventMessageType", {**event, "ingestion-time": event["time"]}),
        )
        return json.dumps(made)
    return json.dumps(event)


def _write_log(account_id: str, region: str, arn: str, text: str) -> None:
    group = arn.split(":log-group:", 1)[1].removesuffix(":*")
    stream = str(uuid.uuid4())
    backend = logs_backends[account_id][region]
    backend.create_log_stream(group, stream)
    now = time.time_ns() // 1_000_000
    backend.put_log_events(group, stream, [{"timestamp": now, "message": text}])
