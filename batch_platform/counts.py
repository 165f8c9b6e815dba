"""Numbers that AWS limits and that only the whole config tells: tags, characters. No I/O."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batch_platform.iam import agents
from batch_platform.iam.consumers import LONGEST_POLICY, definitions_of, runnable, scope, submitter
from batch_platform.iam.workflow_runners import workflow_runner
from batch_platform.job_definitions.containers import as_text, document
from batch_platform.job_definitions.defaults import defaults
from batch_platform.job_definitions.permissions import job_role
from batch_platform.plan import ENVIRONMENT_TAG
from batch_platform.settings import Problem
from batch_platform.storage import access

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batch_platform.plan import Plan

MOST_TAGS = 50
"""Of one resource (API RegisterJobDefinition, TagResource)."""

LARGEST_DEFINITION = 24 * 1024
"""Bytes of a job definition (AWS Batch service quotas)."""

LONGEST_ROLE_POLICY = 10_240
"""Characters of the inline policies of a role (IAM quotas)."""

LONGEST_ARN = 200
"""Characters of the ARN of a job queue, SQS queue or role, at most."""


def too_many_tags(plan: Plan) -> Iterator[Problem]:
    """Find job definitions that would have more tags than AWS takes: the stack's and their own."""
    for key, definition in plan.settings.job_definitions.items():
        together = {**plan.tags, **definition.tags}
        if len(together) > MOST_TAGS:
            own = len(definition.tags.keys() - plan.tags.keys())
            yield Problem(
                ("batch-platform:jobDefinitions", key, "tags"),
                f"{own} tags here and {len(plan.tags)} of the stack (with {ENVIRONMENT_TAG}) are "
                f"{len(together)}, and a job definition has at most {MOST_TAGS}",
                f"drop {len(together) - MOST_TAGS} of them",
            )


def large_definitions(plan: Plan) -> Iterator[Problem]:
    """Find job definitions that RegisterJobDefinition may refuse for their size."""
    for key, definition in plan.settings.job_definitions.items():
        filled = document(
            definition,
            defaults(
                plan,
                key,
                log_group=plan.log_group_name,
                execution_role="a" * LONGEST_ARN,
                job_role="a" * LONGEST_ARN,
            ),
        )
        size = len(as_text({**filled, "parameters": definition.parameters}).encode())
        if size > LARGEST_DEFINITION:
            yield Problem(
                ("batch-platform:jobDefinitions", key),
                f"it may have {size} bytes, and AWS Batch takes {LARGEST_DEFINITION}",
                "pass long values in an object in S3, or put them into the image",
            )


def long_role_policies(plan: Plan) -> Iterator[Problem]:
    """Find job definitions whose own role would have a policy that is too long."""
    where = (plan.partition, plan.settings.region, plan.account_id)
    for key, definition in plan.settings.job_definitions.items():
        storage = access.of_jobs(plan.storage)
        own = key in plan.settings.own_job_roles
        policy = job_role(definition, *where, storage=storage) if own else None
        of_workflows = _of_workflows(plan, key)
        length = (len(as_text(policy)) if policy else 0) + of_workflows
        if length > LONGEST_ROLE_POLICY:
            yield Problem(
                ("batch-platform:jobDefinitions", key, "permissions"),
                f"the policy of its role has {length} characters, and the inline policies of a "
                f"role hold {LONGEST_ROLE_POLICY}",
                "let several definitions run the workflows, each some of them"
                if of_workflows
                else "name prefixes that have more in common, or bring a policy of your own by "
                "managedPolicyArns",
            )


def _of_workflows(plan: Plan, key: str) -> int:
    """Return the characters, at most, of what its role may do for the workflows that it runs."""
    if key not in plan.settings.workflow_runners:
        return 0
    longest = "a" * LONGEST_ARN
    queues = dict.fromkeys(plan.settings.job_queues, longest)
    events = longest if plan.settings.job_events.enabled else None
    return len(as_text(workflow_runner(plan, key, queues, events)))


def long_agent_policies(plan: Plan) -> Iterator[Problem]:
    """Find images, logs and secrets that are too many for the roles of those that start jobs."""
    roles, instances = plan.settings.roles, plan.settings.has_instances
    made = {
        "execution": agents.execution(plan) if roles.execution_role_arn is None else None,
        "instance": agents.instance(plan)
        if instances and roles.instance_profile_arn is None
        else None,
    }
    for what, policy in made.items():
        length = len(as_text(policy)) if policy else 0
        if length > LONGEST_ROLE_POLICY:
            given = "executionRoleArn" if what == "execution" else "instanceProfileArn"
            yield Problem(
                ("batch-platform:jobDefinitions",),
                f"the policy of the stack's {what} role has {length} characters for their images, "
                f"log groups and secrets, and the inline policies of a role hold "
                f"{LONGEST_ROLE_POLICY}",
                f"split the stack, or bring a role of your own by roles.{given}",
            )


def long_policies(plan: Plan) -> Iterator[Problem]:
    """Find submitters' policies that may be too long: the longest ARNs count."""
    consumers = plan.settings.consumers
    if consumers.managed_policies:
        every = [runnable(plan, [key]) for key in plan.settings.job_queues]
        most = max(every, key=len)
        if fault := _excess(plan, 1, most):
            fix = (
                "give `submitters` the definitions that are theirs, and write `managedPolicies: "
                "false`; or split the stack"
            )
            yield Problem(("batch-platform:consumers", "managedPolicies"), fault, fix)
    for key, entry in consumers.submitters.items():
        names, shares = definitions_of(plan, entry), entry.share_identifiers or ()
        if fault := _excess(plan, len(entry.job_queues), names, shares):
            fix = "name fewer jobDefinitions, or make two of it"
            yield Problem(("batch-platform:consumers", "submitters", key), fault, fix)


def _excess(plan: Plan, queues: int, definitions: Sequence[str], shares: Sequence[str] = ()) -> str:
    """Return by how much a policy with the longest ARNs is too long; nothing where it fits."""
    longest = "a" * LONGEST_ARN
    events = longest if plan.settings.job_events.enabled else None
    document = submitter(
        scope(plan), [longest] * queues, definitions, shares=shares, events_arn=events
    )
    length = len(json.dumps(document, sort_keys=True, separators=(",", ":")))
    if length <= LONGEST_POLICY:
        return ""
    return (
        f"a policy that names {len(definitions)} job definitions may have {length} "
        f"characters, and an IAM managed policy holds {LONGEST_POLICY}"
    )
