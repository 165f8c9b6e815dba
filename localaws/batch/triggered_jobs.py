"""Jobs that rules of EventBridge submit, with retries and dead letters.

Sources: EventBridge API reference, BatchParameters; user guide, "Using dead-letter queues to
process undelivered events" and "Retrying event delivery".
"""

from __future__ import annotations

import json
import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from moto.sqs.models import sqs_backends

from localaws.batch.role_clients import (
    RETRIED,
    RoleClients,
    TargetError,
    exhausted,
    pause_after,
    told,
)
from localaws.batch.task_roles import TaskRole

logger = logging.getLogger(__name__)

SERVICE = "events.amazonaws.com"


@dataclass
class _Delivery:
    """One event on its way to a job queue."""

    rule_arn: str
    target: dict[str, Any]
    event: dict[str, Any]
    text: str
    attempts: int = 0
    first_at: float = field(default_factory=time.monotonic)


class TriggeredJobs:
    """Submits the jobs of rules, with the roles of their targets; any thread may use it."""

    def __init__(self, clients: RoleClients) -> None:
        self._clients = clients
        self._lock = threading.Lock()
        self._timers: set[threading.Timer] = set()
        self._closed = False

    def submit(
        self, rule_arn: str, target: dict[str, Any], event: dict[str, Any], text: str
    ) -> None:
        """Submit the job of a target.

        Args:
            rule_arn: of the rule.
            target: as PutTargets took it.
            event: what matched.
            text: what the target gets of it.
        """
        self._attempt(_Delivery(rule_arn, target, event, text))

    def close(self) -> None:
        """Try nothing again."""
        with self._lock:
            self._closed = True
            for timer in self._timers:
                timer.cancel()

    def _attempt(self, delivery: _Delivery) -> None:
        delivery.attempts += 1
        try:
            job_id = self._call(delivery)
        except Exception as error:
            self._fail(delivery, error)
        else:
            logger.info("%s submitted the job %s", delivery.rule_arn, job_id)

    def _call(self, delivery: _Delivery) -> str:
        target = delivery.target
        if "BatchParameters" not in target or "RoleArn" not in target:
            raise TargetError("INVALID_PARAMETER", "a job queue wants BatchParameters and a role")
        *_, region, account_id, _ = target["Arn"].split(":", 5)
        role = TaskRole(target["RoleArn"], delivery.rule_arn.rpartition("/")[2], SERVICE)
        batch = self._clients("batch", region, account_id, role, delivery.rule_arn)
        answer = batch.submit_job(**_request(target, delivery.text))
        return str(answer["jobId"])

    def _fail(self, delivery: _Delivery, error: Exception) -> None:
        code, message = told(error)
        policy, age = delivery.target.get("RetryPolicy") or {}, time.monotonic() - delivery.first_at
        condition = exhausted(policy, delivery.attempts, age) if code in RETRIED else ""
        if code in RETRIED and not condition:
            self._later(delivery)
            return
        logger.warning("%s could not submit its job: %s: %s", delivery.rule_arn, code, message)
        _bury(delivery, code, message, condition)

    def _later(self, delivery: _Delivery) -> None:
        timer = threading.Timer(
            pause_after(delivery.attempts), lambda: self._again(timer, delivery)
        )
        timer.daemon = True
        with self._lock:
            if not self._closed:
                self._timers.add(timer)
                timer.start()

    def _again(self, timer: threading.Timer, delivery: _Delivery) -> None:
        with self._lock:
            self._timers.discard(timer)
        self._attempt(delivery)


def _request(target: dict[str, Any], text: str) -> dict[str, Any]:
    """Return the SubmitJob request: of the event a target takes ``Parameters``, and no more."""
    given = target["BatchParameters"]
    request = {
        "jobName": given["JobName"],
        "jobQueue": target["Arn"],
        "jobDefinition": given["JobDefinition"],
    }
    if size := (given.get("ArrayProperties") or {}).get("Size"):
        request["arrayProperties"] = {"size": size}
    if attempts := (given.get("RetryStrategy") or {}).get("Attempts"):
        request["retryStrategy"] = {"attempts": attempts}
    shaped = "Input" in target or "InputTransformer" in target
    parameters = json.loads(text).get("Parameters") if shaped else None
    return request | ({"parameters": parameters} if parameters else {})


def _bury(delivery: _Delivery, code: str, message: str, condition: str) -> None:
    arn = (delivery.target.get("DeadLetterConfig") or {}).get("Arn")
    if not arn:
        return
    attributes = {
        "RULE_ARN": delivery.rule_arn,
        "TARGET_ARN": delivery.target["Arn"],
        "ERROR_CODE": code,
        "ERROR_MESSAGE": message,
        "EXHAUSTED_RETRY_CONDITION": condition,
        "RETRY_ATTEMPTS": str(delivery.attempts - 1),
    }
    *_, region, account_id, name = arn.split(":")
    try:
        sqs_backends[account_id][region].send_message(
            name,
            json.dumps(delivery.event),
            message_attributes={
                key: {"DataType": "String", "StringValue": value}
                for key, value in attributes.items()
                if value
            },
        )
    except Exception:
        logger.exception("no dead letter reached %s", arn)
