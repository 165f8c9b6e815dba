"""The policies that resources have of their own, by moto's services."""

from __future__ import annotations

from moto.ecr.models import ecr_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from localaws.authorization.identities import role_of
from localaws.iam.authorization import Guard
from localaws.iam.documents import Policy, read_resource_policy
from localaws.iam.evaluation import Request

TRUST = "role trust policy"


def guard_of(request: Request) -> Guard | None:
    """Return the policy of the resource that a request is about, where its kind can have one."""
    parts = request.resource.split(":", 5)
    if len(parts) != 6:  # noqa: PLR2004 - the parts of an ARN
        return None
    _, partition, service, region, account_id, name = parts
    if service == "s3":
        return _of_bucket(partition, name.partition("/")[0])
    if service == "iam":
        is_assumed = request.action.startswith("sts:AssumeRole")
        return _of_role(account_id, partition, request.resource) if is_assumed else None
    if "*" in name or not account_id:  # not there yet, or not named; or AWS's own, as its images
        return None
    text, must_allow = None, False
    if service == "sqs":
        queue = sqs_backends[account_id][region].queues.get(name)
        text = queue.policy if queue is not None else None
    elif service == "sns":
        topic = sns_backends[account_id][region].topics.get(request.resource)
        text = topic.policy if topic is not None else None
    elif service == "kms":
        key = kms_backends[account_id][region].keys.get(name.removeprefix("key/"))
        text, must_allow = (key.policy, True) if key is not None else (None, False)
    elif service == "secretsmanager":
        secrets = list(secretsmanager_backends[account_id][region].secrets.values())
        found = next((each for each in secrets if each.arn == request.resource), None)
        text = getattr(found, "policy", None)
    elif service == "ecr":
        images = ecr_backends[account_id][region].repositories.get(name.removeprefix("repository/"))
        text = images.policy if images is not None else None
    return Guard(_read(request.resource, text), account_id, must_allow=must_allow)


def _of_bucket(partition: str, name: str) -> Guard | None:
    if name not in s3_backends.bucket_accounts:
        return None
    _, account_id = s3_backends.bucket_accounts[name]
    bucket = s3_backends[account_id][partition].buckets.get(name)
    text = bucket.policy.decode() if bucket is not None and bucket.policy else None
    return Guard(_read(name, text), account_id)


def _of_role(account_id: str, partition: str, arn: str) -> Guard:
    role = role_of(account_id, partition, arn)
    text = role.assume_role_policy_document if role is not None else None
    return Guard(_read(arn, text), account_id, kind=TRUST, must_allow=True)


def _read(name: str, text: str | None) -> Policy | None:
    """Read a policy; one that cannot be read allows nothing."""
    try:
        return read_resource_policy(name, text) if text else None
    except ValueError:
        return None
