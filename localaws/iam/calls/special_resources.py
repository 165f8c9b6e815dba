"""Resources whose ARNs do not follow from the names of a call's parameters.

Sources: Service Authorization Reference; CloudWatch Logs user guide, "CloudWatch Logs resources and
operations" (which ARNs of log groups end in ``:*``); API references of the services.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import unquote, urlsplit

from localaws.iam.calls.call import Call

Finder = Callable[[Call, str], Iterator[str]]
"""A call and the action that is judged -> ARNs."""


def _is_arn(value: str) -> bool:
    return value.startswith("arn:")


# --- AWS Batch


def _jobs(call: Call, _action: str) -> Iterator[str]:
    for value in call.values("jobId", "jobIds", "resourceArn"):
        if not _is_arn(value):
            yield call.arn(f"job/{value}")
        elif ":job/" in value:
            yield value


def _job_definitions(call: Call, _action: str) -> Iterator[str]:
    """Yield a definition with the revision that is meant: the newest unless the call names one."""
    for name in call.values("jobDefinitionName"):
        yield call.arn(f"job-definition/{name}")
    for value in call.values("jobDefinition", "resourceArn"):
        is_named = not _is_arn(value) or ":job-definition/" in value
        if is_named:
            name = value.rpartition(":job-definition/")[2] if _is_arn(value) else value
            newest = None if ":" in name else call.find("job-definition", name)
            yield newest or call.arn(f"job-definition/{name}")


def _none(_call: Call, _action: str) -> Iterator[str]:
    """Yield nothing: another kind of the reference is the same resource."""
    yield from ()


# --- S3


def _buckets(call: Call, action: str) -> Iterator[str]:
    bucket = call.value("Bucket")
    if bucket and not _is_of_objects(call, action):
        yield f"arn:{call.partition}:s3:::{bucket}"


def _objects(call: Call, action: str) -> Iterator[str]:
    prefix = f"arn:{call.partition}:s3:::"
    source = call.value("CopySource")
    if source and action.startswith("s3:Get"):
        yield prefix + unquote(source.lstrip("/").partition("?")[0])
        return
    bucket, key = call.value("Bucket"), call.value("Key")
    if bucket and key:
        yield f"{prefix}{bucket}/{key}"
    listed = call.parameters.get("Delete")
    for each in listed.get("Objects", ()) if isinstance(listed, dict) else ():
        yield f"{prefix}{bucket}/{each['Key']}"


def _is_of_objects(call: Call, _action: str) -> bool:
    return bool(call.value("Key")) or "Delete" in call.parameters


# --- queues, topics, rules


def _queues(call: Call, _action: str) -> Iterator[str]:
    for url in call.values("QueueUrl"):
        *_, account, name = ["", "", *urlsplit(url).path.split("/")]
        yield call.arn(name, account_id=account or call.account_id)
    for name in call.values("QueueName"):
        yield call.arn(name)


def _topics(call: Call, _action: str) -> Iterator[str]:
    for arn in call.values("TopicArn", "TargetArn", "ResourceArn"):
        if ":sns:" in arn:
            yield arn
    for arn in call.values("SubscriptionArn"):
        yield ":".join(arn.split(":")[:6])
    if call.operation == "CreateTopic":
        yield from (call.arn(name) for name in call.values("Name"))


def _rules(call: Call, _action: str) -> Iterator[str]:
    bus = call.value("EventBusName").rpartition("/")[2]
    folder = "" if bus in ("", "default") else f"{bus}/"
    names = ("Rule", "Name") if call.operation.endswith("Rule") else ("Rule",)
    for name in call.values(*names):
        yield call.arn(f"rule/{folder}{name}")
    yield from (arn for arn in call.values("ResourceARN") if ":rule/" in arn)


# --- parameters, secrets, keys


def _parameters(call: Call, _action: str) -> Iterator[str]:
    for value in call.values("Name", "Names", "Path", "ResourceId"):
        if _is_arn(value):
            yield value
        elif value.startswith("/aws/service/"):
            # AWS's own, of no account (Systems Manager user guide, "Public parameters").
            name = value.partition(":")[0].strip("/")
            yield f"arn:{call.partition}:ssm:{call.region}::parameter/{name}"
        else:
            yield call.arn(f"parameter/{value.partition(':')[0].strip('/')}")


def _secrets(call: Call, _action: str) -> Iterator[str]:
    for value in call.values("SecretId"):
        yield call.find("secret", value) or (
            value if _is_arn(value) else call.arn(f"secret:{value}")
        )
    if call.operation == "CreateSecret":
        yield call.arn(f"secret:{call.value('Name')}-??????")


def _keys(call: Call, _action: str) -> Iterator[str]:
    for value in call.values("KeyId", "TargetKeyId", "SourceKeyId", "DestinationKeyId"):
        yield call.find("key", value) or (value if _is_arn(value) else call.arn(f"key/{value}"))


# --- IAM


def _entities(kind: str, parameter: str) -> Finder:
    def found(call: Call, _action: str) -> Iterator[str]:
        path = call.value("Path") if call.operation.startswith("Create") else ""
        for name in call.values(parameter):
            arn = f"arn:{call.partition}:iam::{call.account_id}:{kind}{path or '/'}{name}"
            yield (None if path else call.find(kind, name)) or arn
        for value in call.values("PolicySourceArn", "RoleArn", "PolicyArn"):
            if f":{kind}/" in value:
                yield value

    return found


# --- CloudWatch Logs


def _group_name(value: str) -> str:
    return value.partition(":log-group:")[2].removesuffix(":*") if _is_arn(value) else value


def _log_groups(call: Call, action: str) -> Iterator[str]:
    is_tagging = action in ("logs:TagResource", "logs:UntagResource", "logs:ListTagsForResource")
    names = ("logGroupName", "logGroupNames", "logGroupIdentifier", "logGroupIdentifiers")
    for value in call.values(*names, "resourceArn"):
        name = _group_name(value)
        if name:
            yield call.arn(f"log-group:{name}{'' if is_tagging else ':log-stream:'}")


def _log_streams(call: Call, _action: str) -> Iterator[str]:
    for group in call.values("logGroupName", "logGroupIdentifier"):
        stream = call.value("logStreamName")
        yield call.arn(f"log-group:{_group_name(group)}:log-stream:{stream}")


# --- budgets and chat channels, which are of no region


def _budgets(call: Call, _action: str) -> Iterator[str]:
    yield from call.values("ResourceARN")
    nested = [call.parameters.get(each) or {} for each in ("Budget", "NewBudget")]
    for name in (*call.values("BudgetName"), *(each.get("BudgetName") for each in nested)):
        if name:
            yield f"arn:{call.partition}:budgets::{call.account_id}:budget/{name}"


def _channels(call: Call, _action: str) -> Iterator[str]:
    yield from call.values("ChatConfigurationArn", "ResourceARN")


SPECIAL: dict[str, Finder] = {
    "budgets:budget": _budgets,
    "budgets:budgetAction": _none,
    "chatbot:ChatbotConfiguration": _channels,
    "chatbot:custom-action": _none,
    "batch:job": _jobs,
    "batch:job-definition": _job_definitions,
    "batch:job-definition-revision": _job_definitions,
    "batch:service-job": _none,
    "s3:bucket": _buckets,
    "s3:object": _objects,
    "sqs:queue": _queues,
    "sns:topic": _topics,
    "events:rule-on-default-event-bus": _rules,
    "events:rule-on-custom-event-bus": _none,
    "ssm:parameter": _parameters,
    "secretsmanager:secret": _secrets,
    "kms:key": _keys,
    "iam:role": _entities("role", "RoleName"),
    "iam:user": _entities("user", "UserName"),
    "iam:group": _entities("group", "GroupName"),
    "iam:instance-profile": _entities("instance-profile", "InstanceProfileName"),
    "iam:policy": _entities("policy", "PolicyName"),
    "sts:role": _entities("role", "RoleName"),
    "logs:log-group": _log_groups,
    "logs:log-stream": _log_streams,
}
"""Service and kind of resource, as the reference has them."""
