"""What is told at the end of a run: how each step ended, why, and what to type next. Pure.

A message to SNS has two forms: text for e-mail, and for all others the JSON of a custom
notification, which Amazon Q Developer shows in a chat channel (administrator guide, "Custom
notifications"); it ignores any other message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from batchsdk.arguments import as_items
from batchsdk.errors import Problem
from batchsdk.printable import printable
from batchsdk.workflow.steps import StepStatus

TROUBLE = "trouble"
"""Stands for the stack's own topic, its output ``troubleTopicArn``."""

TOPIC_ARN = re.compile(r"arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}")
"""Of a standard topic: a FIFO topic, whose name ends in ``.fifo``, wants a group of messages."""

_LONGEST_SUBJECT = 99
"""Characters, ASCII (API: Publish: "must be less than 100 characters long")."""
_MOST_FAILURES = 10
"""Steps that a message tells of one by one."""


@dataclass(frozen=True, kw_only=True)
class FailedStep:
    """A step that FAILED."""

    name: str
    kind: str
    """Why its last attempt failed, a :class:`FailureKind`; of an array, of its parent job."""
    reason: str
    """The reason in AWS Batch's words, on one line."""
    next_step: str
    """What to do about it, with the command to type."""


@dataclass(frozen=True, kw_only=True)
class RunDigest:
    """How a run of a workflow ended."""

    run: str
    workflow: str
    environment: str
    """Name of the Pulumi stack."""
    steps: Mapping[str, StepStatus]
    """In running order."""
    failures: tuple[FailedStep, ...]
    seconds: float
    """Since the run began, or was resumed."""
    resume_command: str
    """Runs again what did not succeed."""
    cached: tuple[str, ...] = ()
    """Steps whose results are of an earlier run."""

    @property
    def succeeded(self) -> bool:
        """Whether no step failed."""
        return not any(status.is_failure for status in self.steps.values())

    @property
    def title(self) -> str:
        """The outcome on one line, e.g. ``nightly-1 of dev: 1 of 3 steps FAILED``."""
        failed = sum(status.is_failure for status in self.steps.values())
        outcome = f"{failed} of {len(self.steps)} steps FAILED" if failed else "SUCCEEDED"
        return f"{self.run} of {self.environment}: {outcome}"

    @property
    def text(self) -> str:
        """Some lines for a person: the outcome, each failure, and the command to go on."""
        lines = [f"{self.title}, after {timedelta(seconds=round(self.seconds))}"]
        lines += [
            f"{name}: {status}{', cached' if name in self.cached else ''}"
            for name, status in self.steps.items()
        ]
        for each in self._told:
            lines += ["", f"{each.name}: {each.kind}: {each.reason}", f"  {each.next_step}"]
        if not self.succeeded:
            lines += ["", f"Once fixed: {self.resume_command}"]
        return printable("\n".join(lines))

    @property
    def _told(self) -> tuple[FailedStep, ...]:
        return self.failures[:_MOST_FAILURES]

    def to_message(self) -> dict[str, Any]:
        """Return the members of SNS's Publish, but for the topic.

        The attributes ``status`` (SUCCEEDED or FAILED), ``workflow``, ``run`` and ``environment``
        are for filter policies of subscriptions.
        """
        status = "SUCCEEDED" if self.succeeded else "FAILED"
        attributes = {
            "status": status,
            "workflow": self.workflow,
            "run": self.run,
            "environment": self.environment,
        }
        forms = {"default": json.dumps(self._notification(attributes)), "email": self.text}
        return {
            "Subject": _subject(self.title),
            "Message": json.dumps(forms),
            "MessageStructure": "json",
            "MessageAttributes": {
                name: {"DataType": "String", "StringValue": value}
                for name, value in attributes.items()
            },
        }

    def _notification(self, attributes: Mapping[str, str]) -> dict[str, Any]:
        told = [f"*{each.name}*: {each.kind}: {each.reason}" for each in self._told]
        told += [f"Cached: {', '.join(self.cached)}"] if self.cached else []
        resume = [] if self.succeeded else [f"Once fixed: `{self.resume_command}`"]
        return {
            "version": "1.0",
            "source": "custom",
            "content": {
                "textType": "client-markdown",
                "title": printable(self.title),
                "description": printable("\n".join(told) or "All steps ended."),
                "nextSteps": [*(printable(each.next_step) for each in self._told), *resume],
                "keywords": [self.environment, self.workflow],
            },
            "metadata": {
                "threadId": self.run,
                "summary": printable(self.title),
                "eventType": "batchsdk run",
                "additionalContext": dict(attributes),
            },
        }


OnEnd = Callable[[RunDigest], object]


def topics_of(on_end: str | Sequence[str]) -> tuple[str, ...]:
    """Return topics as they may be given: one or several."""
    return (on_end,) if isinstance(on_end, str) else tuple(as_items(on_end))


def topic_problems(topics: Sequence[object], trouble_topic_arn: str | None) -> Iterator[Problem]:
    """Yield what is wrong with the topics of ``on_end``."""
    for topic in topics:
        if topic == TROUBLE:
            if trouble_topic_arn is None:
                rule = "the stack has no topic for trouble"
                fix = "set monitoring.enabled in the stack's config, or give the ARN of a topic"
                yield Problem("on_end", topic, rule, fix)
        elif not isinstance(topic, str) or not TOPIC_ARN.fullmatch(topic):
            rule = f"must be {TROUBLE!r}, for the stack's topic, or the ARN of a standard SNS topic"
            fix = "write e.g. arn:aws:sns:us-east-1:123456789012:runs"
            yield Problem("on_end", topic, rule, fix)


def _subject(title: str) -> str:
    plain = " ".join(printable(title).encode("ascii", "replace").decode().split())
    return plain if len(plain) <= _LONGEST_SUBJECT else f"{plain[: _LONGEST_SUBJECT - 3]}..."
