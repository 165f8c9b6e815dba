"""What is set of an S3 bucket, each by a resource of its own; the id is the bucket's name.

terraform-provider-aws: internal/service/s3, the file of each: bucket_versioning.go,
bucket_server_side_encryption_configuration.go, bucket_public_access_block.go,
bucket_ownership_controls.go, bucket_policy.go, bucket_lifecycle_configuration.go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import again
from localaws.resources.clients import Clients
from localaws.resources.json_documents import compared_as_policies
from localaws.resources.reading import REGIONAL, Description, Properties, present, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType

ACCESS_BLOCK = {
    "blockPublicAcls": "BlockPublicAcls",
    "blockPublicPolicy": "BlockPublicPolicy",
    "ignorePublicAcls": "IgnorePublicAcls",
    "restrictPublicBuckets": "RestrictPublicBuckets",
}


def _deleting(operation: str) -> Callable[[Clients, str, Properties], None]:
    def delete(clients: Clients, identifier: str, _: Properties) -> None:
        """Take away what is set, if it and the bucket are still there."""
        unless_gone(getattr(clients("s3"), operation), Bucket=identifier)

    return delete


# --- versioning


def _put_versioning(clients: Clients, inputs: Properties, _: Properties) -> str:
    wanted = {"Status": inputs["versioningConfiguration"]["status"]}
    clients("s3").put_bucket_versioning(Bucket=inputs["bucket"], VersioningConfiguration=wanted)
    return str(inputs["bucket"])


def _describe_versioning(clients: Clients, identifier: str) -> Description | None:
    found = unless_gone(clients("s3").get_bucket_versioning, Bucket=identifier)
    status = (found or {}).get("Status")
    return {"Bucket": identifier, "Versioning": {"status": status}} if status else None


def _suspend(clients: Clients, identifier: str, _: Properties) -> None:
    """Suspend it, if the bucket is still there: S3 has no way back to a bucket without versions."""
    if _describe_versioning(clients, identifier) is not None:
        clients("s3").put_bucket_versioning(
            Bucket=identifier, VersioningConfiguration={"Status": "Suspended"}
        )


S3_BUCKET_VERSIONING = ResourceType(
    arguments=aws.s3.BucketVersioningInitArgs,
    creation=_put_versioning,
    description=_describe_versioning,
    names={"bucket": "Bucket", "versioningConfiguration": "Versioning"},
    change=again(_put_versioning),
    deletion=_suspend,
    replace_on=frozenset({"bucket"}),
    update_on=frozenset({"versioningConfiguration"}),
    computed=REGIONAL,
    refusals=lambda inputs: checks.one_of(
        inputs, "versioningConfiguration.status", ["Enabled", "Suspended", "Disabled"]
    ),
)


# --- encryption


def _put_encryption(clients: Clients, inputs: Properties, _: Properties) -> str:
    rules = [
        {
            "ApplyServerSideEncryptionByDefault": present(
                {
                    "SSEAlgorithm": given["sseAlgorithm"],
                    "KMSMasterKeyID": given.get("kmsMasterKeyId"),
                }
            ),
            "BucketKeyEnabled": each.get("bucketKeyEnabled", False),
        }
        for each in inputs["rules"]
        for given in [each["applyServerSideEncryptionByDefault"]]
    ]
    clients("s3").put_bucket_encryption(
        Bucket=inputs["bucket"], ServerSideEncryptionConfiguration={"Rules": rules}
    )
    return str(inputs["bucket"])


def _describe_encryption(clients: Clients, identifier: str) -> Description | None:
    found = unless_gone(clients("s3").get_bucket_encryption, Bucket=identifier)
    if found is None:
        return None
    rules = [
        {
            "applyServerSideEncryptionByDefault": present(
                {
                    "sseAlgorithm": given["SSEAlgorithm"],
                    "kmsMasterKeyId": given.get("KMSMasterKeyID"),
                }
            ),
            "bucketKeyEnabled": each.get("BucketKeyEnabled", False),
        }
        for each in found["ServerSideEncryptionConfiguration"]["Rules"]
        for given in [each["ApplyServerSideEncryptionByDefault"]]
    ]
    return {"Bucket": identifier, "Rules": rules}


S3_BUCKET_ENCRYPTION = ResourceType(
    arguments=aws.s3.BucketServerSideEncryptionConfigurationInitArgs,
    creation=_put_encryption,
    description=_describe_encryption,
    names={"bucket": "Bucket", "rules": "Rules"},
    change=again(_put_encryption),
    deletion=_deleting("delete_bucket_encryption"),
    replace_on=frozenset({"bucket"}),
    update_on=frozenset({"rules"}),
    computed=REGIONAL,
)


# --- no access of the public


def _put_access_block(clients: Clients, inputs: Properties, _: Properties) -> str:
    wanted = {name: inputs.get(key, False) for key, name in ACCESS_BLOCK.items()}
    clients("s3").put_public_access_block(
        Bucket=inputs["bucket"], PublicAccessBlockConfiguration=wanted
    )
    return str(inputs["bucket"])


def _describe_access_block(clients: Clients, identifier: str) -> Description | None:
    found = unless_gone(clients("s3").get_public_access_block, Bucket=identifier)
    return found and {"Bucket": identifier, **found["PublicAccessBlockConfiguration"]}


S3_BUCKET_ACCESS_BLOCK = ResourceType(
    arguments=aws.s3.BucketPublicAccessBlockArgs,
    creation=_put_access_block,
    description=_describe_access_block,
    names={"bucket": "Bucket", **ACCESS_BLOCK},
    change=again(_put_access_block),
    deletion=_deleting("delete_public_access_block"),
    replace_on=frozenset({"bucket"}),
    update_on=frozenset(ACCESS_BLOCK),
    computed=REGIONAL,
    defaults=dict.fromkeys(ACCESS_BLOCK, False),
)


# --- who owns the objects


def _put_ownership(clients: Clients, inputs: Properties, _: Properties) -> str:
    rules = [{"ObjectOwnership": inputs["rule"]["objectOwnership"]}]
    clients("s3").put_bucket_ownership_controls(
        Bucket=inputs["bucket"], OwnershipControls={"Rules": rules}
    )
    return str(inputs["bucket"])


def _describe_ownership(clients: Clients, identifier: str) -> Description | None:
    found = unless_gone(clients("s3").get_bucket_ownership_controls, Bucket=identifier)
    if found is None:
        return None
    (rule,) = found["OwnershipControls"]["Rules"]
    return {"Bucket": identifier, "Rule": {"objectOwnership": rule["ObjectOwnership"]}}


S3_BUCKET_OWNERSHIP = ResourceType(
    arguments=aws.s3.BucketOwnershipControlsArgs,
    creation=_put_ownership,
    description=_describe_ownership,
    names={"bucket": "Bucket", "rule": "Rule"},
    change=again(_put_ownership),
    deletion=_deleting("delete_bucket_ownership_controls"),
    replace_on=frozenset({"bucket"}),
    update_on=frozenset({"rule"}),
    computed=REGIONAL,
    refusals=lambda inputs: checks.one_of(
        inputs,
        "rule.objectOwnership",
        ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"],
    ),
)


# --- its policy


def _put_policy(clients: Clients, inputs: Properties, _: Properties) -> str:
    clients("s3").put_bucket_policy(Bucket=inputs["bucket"], Policy=inputs["policy"])
    return str(inputs["bucket"])


def _describe_policy(clients: Clients, identifier: str) -> Description | None:
    found = unless_gone(clients("s3").get_bucket_policy, Bucket=identifier)
    return found and {"Bucket": identifier, "Policy": found["Policy"]}


S3_BUCKET_POLICY = ResourceType(
    arguments=aws.s3.BucketPolicyArgs,
    creation=_put_policy,
    description=_describe_policy,
    names={"bucket": "Bucket", "policy": "Policy"},
    change=again(_put_policy),
    deletion=_deleting("delete_bucket_policy"),
    replace_on=frozenset({"bucket"}),
    update_on=frozenset({"policy"}),
    computed=REGIONAL,
    unchanged=compared_as_policies("policy"),
    refusals=lambda inputs: checks.json_text(inputs, "policy"),
)


# --- how long objects are kept

_IN_RULES: Mapping[str, tuple[str, str, str]] = {
    "expiration": ("Expiration", "days", "Days"),
    "noncurrentVersionExpiration": (
        "NoncurrentVersionExpiration",
        "noncurrentDays",
        "NoncurrentDays",
    ),
    "abortIncompleteMultipartUpload": (
        "AbortIncompleteMultipartUpload",
        "daysAfterInitiation",
        "DaysAfterInitiation",
    ),
}
"""Action of a rule -> its name in S3's API, its number of days here, and there."""


def _put_life_cycle(clients: Clients, inputs: Properties, _: Properties) -> str:
    rules = [
        {
            "ID": each["id"],
            "Status": each["status"],
            "Filter": {"Prefix": (each.get("filter") or {}).get("prefix", "")},
            **{
                name: {theirs: each[action][own]}
                for action, (name, own, theirs) in _IN_RULES.items()
                if each.get(action)
            },
        }
        for each in inputs["rules"]
    ]
    clients("s3").put_bucket_lifecycle_configuration(
        Bucket=inputs["bucket"], LifecycleConfiguration={"Rules": rules}
    )
    return str(inputs["bucket"])


def _describe_life_cycle(clients: Clients, identifier: str) -> Description | None:
    found = unless_gone(clients("s3").get_bucket_lifecycle_configuration, Bucket=identifier)
    if found is None:
        return None
    rules = [
        {
            "id": each["ID"],
            "status": each["Status"],
            "filter": {"prefix": (each.get("Filter") or {}).get("Prefix", each.get("Prefix", ""))},
            **{
                action: {own: each[name][theirs]}
                for action, (name, own, theirs) in _IN_RULES.items()
                if each.get(name)
            },
        }
        for each in found["Rules"]
    ]
    return {"Bucket": identifier, "Rules": rules}


def _life_cycle_refusals(inputs: Properties) -> Iterator[Refusal]:
    for number, each in enumerate(inputs.get("rules") or ()):
        for name in sorted({*each} - {"id", "status", "filter", *_IN_RULES}):
            yield Refusal(f"rules[{number}].{name}", "the local AWS does not support this input")
        if not any(each.get(action) for action in _IN_RULES):
            yield Refusal(f"rules[{number}]", "a rule needs at least one action")


S3_BUCKET_LIFE_CYCLE = ResourceType(
    arguments=aws.s3.BucketLifecycleConfigurationArgs,
    creation=_put_life_cycle,
    description=_describe_life_cycle,
    names={"bucket": "Bucket", "rules": "Rules"},
    change=again(_put_life_cycle),
    deletion=_deleting("delete_bucket_lifecycle"),
    replace_on=frozenset({"bucket"}),
    update_on=frozenset({"rules"}),
    computed=REGIONAL | {"transitionDefaultMinimumObjectSize"},
    refusals=_life_cycle_refusals,
)
