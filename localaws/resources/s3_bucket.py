"""S3 buckets (terraform-provider-aws: internal/service/s3/bucket.go)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pulumi_aws as aws

from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, Description, Properties, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import Tagging, as_list, changed, properties

CLASSIC = "us-east-1"
"""The region that CreateBucket does not take as a LocationConstraint."""
NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


class _BucketTagging(Tagging):
    """S3 replaces all tags of a bucket at once, and knows none to begin with."""

    def at_creation(self, _: Properties) -> dict[str, object]:
        """Return nothing: the tags follow the creation, as the provider sends them."""
        return {}

    def read(self, clients: Clients, state: Properties, _: Description) -> dict[str, object]:
        """Return ``tags`` and ``tagsAll`` of a bucket."""
        answer = unless_gone(clients("s3").get_bucket_tagging, Bucket=state["id"])
        return properties((answer or {}).get("TagSet"))

    def update(
        self, clients: Clients, identifier: str, state: Properties, inputs: Properties
    ) -> None:
        """Make the tags of a bucket those of the inputs."""
        if any(changed(state, inputs)):
            _tag(clients, identifier, inputs)


def _tag(clients: Clients, bucket: str, inputs: Properties) -> None:
    if tags := as_list(inputs.get("tags")):
        clients("s3").put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
    else:
        clients("s3").delete_bucket_tagging(Bucket=bucket)


def _create(clients: Clients, inputs: Properties, _: Properties) -> str:
    """Create a bucket; its id is its name."""
    where = {} if clients.region == CLASSIC else {"LocationConstraint": clients.region}
    given = {"CreateBucketConfiguration": where} if where else {}
    name = str(inputs["bucket"])
    # us-east-1 alone answers a second creation by the owner with success; the provider looks first.
    if _describe(clients, name) is not None:
        raise ValueError(f"creating S3 Bucket ({name}): BucketAlreadyExists")
    clients("s3").create_bucket(Bucket=name, **given)
    return name


def _complete(clients: Clients, identifier: str, inputs: Properties) -> None:
    if inputs.get("tags"):
        _tag(clients, identifier, inputs)


def _describe(clients: Clients, identifier: str) -> Description | None:
    found = unless_gone(clients("s3").head_bucket, Bucket=identifier)
    return found and {"Bucket": identifier, "Region": found.get("BucketRegion") or CLASSIC}


def _state(_: Clients, found: Description) -> Properties:
    name, region = found["Bucket"], found["Region"]
    return {
        "arn": f"arn:aws:s3:::{name}",
        "bucketDomainName": f"{name}.s3.amazonaws.com",
        "bucketRegion": region,
        "bucketRegionalDomainName": f"{name}.s3.{region}.amazonaws.com",
    }


def _delete(clients: Clients, identifier: str, state: Properties) -> None:
    """Delete a bucket; one with something in it only where that was asked for."""
    if state.get("forceDestroy"):
        _empty(clients, identifier)
    unless_gone(clients("s3").delete_bucket, Bucket=identifier)


def _empty(clients: Clients, bucket: str) -> None:
    s3 = clients("s3")
    if unless_gone(s3.head_bucket, Bucket=bucket) is None:
        return
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    name = inputs.get("bucket")
    if isinstance(name, str) and not NAME.fullmatch(name):
        yield Refusal("bucket", f"only lowercase alphanumeric characters and hyphens in {name!r}")


S3_BUCKET = ResourceType(
    arguments=aws.s3.BucketArgs,
    creation=_create,
    completion=_complete,
    description=_describe,
    names={"bucket": "Bucket"},
    state=_state,
    change=lambda *_: None,  # forceDestroy is the provider's own
    tagging=_BucketTagging(service="s3", resource="Bucket", by="id"),
    deletion=_delete,
    replace_on=frozenset({"bucket"}),
    update_on=frozenset({"forceDestroy"}),
    computed=REGIONAL | {"bucket"},
    defaults={"forceDestroy": False},
    unread=frozenset({"forceDestroy"}),
    refusals=_refusals,
)
