"""What a chat channel shows of an event of AWS Batch, and which command it offers.

Amazon Q Developer shows custom notifications (administrator guide, "Custom notifications"), which
an input transformer of EventBridge makes of an event (EventBridge user guide, "Input
transformation"). Of a run of ``batchsdk`` the name of a job tells run and step.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batch_platform.plan import Plan

PATHS = {
    "job": "$.detail.jobId",
    "name": "$.detail.jobName",
    "queue": "$.detail.jobQueue",
    "reason": "$.detail.statusReason",
}
"""What every event has that the rules match. A path that an event lacks would leave a gap."""

_TITLES = {
    "jobFailed": "Job <name> FAILED in {environment}",
    "queueBlocked": "Job <name> blocks its queue in {environment}",
    "environmentInvalid": "Job <name> waits for invalid compute environments in {environment}",
}
_VERBS = {
    "jobFailed": ("show", "logs"),
    "queueBlocked": ("doctor",),
    "environmentInvalid": ("doctor",),
}
"""Event of the config to the verbs of ``batchsdk`` that tell more of its job."""


def input_transformer(plan: Plan, event: str) -> tuple[dict[str, str], str]:
    """Return paths into an event, and the template of what the channel is told.

    Args:
        plan: of the stack.
        event: one of ``monitoring.notify``.
    """
    title = _TITLES[event].format(environment=plan.environment)
    stack = f"--ssm {plan.parameter_name} --region {plan.settings.region}"
    template = {
        "version": "1.0",
        "source": "custom",
        "content": {
            "textType": "client-markdown",
            "title": title,
            "description": "<reason>",
            "nextSteps": [f"`batchsdk {stack} {verb} <job>`" for verb in _VERBS[event]],
            "keywords": [plan.environment, event],
        },
        "metadata": {
            "threadId": "<job>",
            "summary": title,
            "eventType": event,
            "relatedResources": ["<queue>"],
        },
    }
    return dict(PATHS), json.dumps(template, ensure_ascii=False)
