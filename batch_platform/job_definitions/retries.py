"""The retry rules of a job definition, in the form that is always updated in place.

pulumi-aws replaces a job definition when the *number* of its ``evaluateOnExit`` rules changes
(terraform-provider-aws, job_definition.go: ``ForceNew`` of the list), and a replacement
deregisters every ACTIVE revision, those too that callers have pinned. So every definition gets
the same number of rules, filled up with rules that decide nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from batch_platform.settings.retry_strategies import MOST_RULES, EvaluateOnExit

# What AWS Batch does when no rule matches (user guide: Automated job retries).
_RETRY = EvaluateOnExit.model_validate({"onReason": "*", "action": "RETRY"})


def filled_up(rules: Sequence[EvaluateOnExit]) -> list[EvaluateOnExit]:
    """Return rules that mean the same, as many as AWS Batch takes.

    The first rule that matches decides, so that copies of the last one never do.
    """
    meant = [*rules] or [_RETRY]
    # I3037 of cfn-lint: the same rule more than once, on purpose.
    return meant + meant[-1:] * (MOST_RULES - len(meant))
