"""The values of condition keys that follow from a call itself.

Source: Service Authorization Reference, "Condition keys for …" of each service.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from localaws.iam.calls.actions import TAGGED, tagging_action
from localaws.iam.calls.call import Call

_OF_PARAMETERS = {
    "batch": {"shareIdentifier": "batch:ShareIdentifier"},
    "ec2": {"VpcId": "ec2:VpcID"},
    "iam": {"PermissionsBoundary": "iam:PermissionsBoundary", "PolicyArn": "iam:PolicyARN"},
    "s3": {
        "Prefix": "s3:prefix",
        "Delimiter": "s3:delimiter",
        "MaxKeys": "s3:max-keys",
        "VersionId": "s3:VersionId",
        "ACL": "s3:x-amz-acl",
        "ServerSideEncryption": "s3:x-amz-server-side-encryption",
        "SSEKMSKeyId": "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "StorageClass": "s3:x-amz-storage-class",
    },
    "secretsmanager": {"SecretId": "secretsmanager:SecretId", "Name": "secretsmanager:Name"},
    "servicequotas": {"ServiceCode": "servicequotas:service"},
    "sns": {"Protocol": "sns:Protocol", "Endpoint": "sns:Endpoint"},
    "sts": {
        "ExternalId": "sts:ExternalId",
        "RoleSessionName": "sts:RoleSessionName",
        "SourceIdentity": "sts:SourceIdentity",
    },
}
"""Service -> parameter -> condition key."""


def context_of(call: Call) -> dict[str, tuple[str, ...]]:
    """Return the values of the keys that a call gives; keys in lower case."""
    found: dict[str, tuple[str, ...]] = {"aws:requestedregion": (call.region,)}
    for parameter, key in _OF_PARAMETERS.get(call.service, {}).items():
        given = call.parameters.get(parameter)
        if given is not None and not isinstance(given, list | dict):
            found[key.lower()] = (str(given),)
    if call.service == "ecs" and (cluster := call.value("cluster", "clusterName")):
        arn = cluster if cluster.startswith("arn:") else call.arn(f"cluster/{cluster}")
        found["ecs:cluster"] = (arn,)
    if call.service == "ec2":
        found["ec2:region"] = (call.region,)
    if tagging_action(call) is not None:
        found[f"{call.service}:createaction"] = (call.operation,)
    if call.service == "batch":
        found |= _of_container(call.parameters.get("containerProperties") or {})
    return found | _of_tags(call)


def _of_tags(call: Call) -> dict[str, tuple[str, ...]]:
    parameter = TAGGED.get(call.service, ("", ""))[0]
    tags = dict(_tags(call.parameters.get(parameter) or call.parameters.get("Tags") or ()))
    keys = tuple(tags) or tuple(call.values("tagKeys", "TagKeys"))
    found = {f"aws:requesttag/{key.lower()}": (value,) for key, value in tags.items()}
    return found | ({"aws:tagkeys": keys} if keys else {})


def _tags(given: Mapping[str, Any] | Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Yield tags in any of the forms that the services have for them."""
    if isinstance(given, Mapping):
        yield from ((str(key), str(value)) for key, value in given.items())
        return
    for each in given:
        if isinstance(each, Mapping) and "Tags" in each:
            yield from _tags(each["Tags"])
        elif isinstance(each, Mapping):
            names = {name.lower(): str(value) for name, value in each.items()}
            yield names.get("key", ""), names.get("value", "")


def _of_container(container: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    log = container.get("logConfiguration") or {}
    options = log.get("options") or {}
    values = {
        "batch:image": container.get("image"),
        "batch:user": container.get("user"),
        "batch:privileged": container.get("privileged"),
        "batch:logdriver": log.get("logDriver"),
        "batch:awslogsgroup": options.get("awslogs-group"),
        "batch:awslogsregion": options.get("awslogs-region"),
        "batch:awslogsstreamprefix": options.get("awslogs-stream-prefix"),
        "batch:awslogscreategroup": options.get("awslogs-create-group"),
    }
    return {
        key: (str(value).lower() if isinstance(value, bool) else str(value),)
        for key, value in values.items()
        if value is not None
    }
