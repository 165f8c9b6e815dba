"""Buckets: who may reach them, what is kept of them."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy import PolicyResource, ResourceValidationArgs

from batch_platform.policy.rule import resource_rule, stack_rule

BUCKET = "aws:s3/bucket:Bucket"
ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"

BLOCKED = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

Resources = list[PolicyResource]


@stack_rule(
    "buckets-closed",
    fix="give each bucket a BucketPublicAccessBlock that blocks everything, BucketOwnerEnforced "
    "BucketOwnershipControls, and a BucketPolicy",
)
def buckets_closed(resources: Resources) -> Iterator[tuple[PolicyResource, str]]:
    """No bucket is open to the public, or has objects of other owners, or lacks a policy."""
    for bucket in _buckets(resources):
        (block,) = _of(bucket, resources, ACCESS_BLOCK) or (None,)
        if block is None or not all(block.props.get(each) for each in BLOCKED):
            yield bucket, f"{bucket.name} does not block all access of the public"
        (owner,) = _of(bucket, resources, OWNERSHIP) or (None,)
        rule = (owner.props.get("rule") or {}) if owner is not None else {}
        if rule.get("objectOwnership") != "BucketOwnerEnforced":
            yield bucket, f"{bucket.name} takes objects of other owners, with ACLs"
        if not _of(bucket, resources, POLICY):
            yield bucket, f"{bucket.name} has no policy"


@stack_rule("buckets-keep-versions", fix="give each bucket a BucketVersioning with Enabled")
def buckets_keep_versions(resources: Resources) -> Iterator[tuple[PolicyResource, str]]:
    """What is overwritten or deleted in a bucket can be had back for a while."""
    for bucket in _buckets(resources):
        found = _of(bucket, resources, VERSIONING)
        if not any(
            (each.props.get("versioningConfiguration") or {}).get("status") == "Enabled"
            for each in found
        ):
            yield bucket, f"{bucket.name} keeps no versions"


@resource_rule(
    "buckets-encrypted", [ENCRYPTION], fix="name a key under storage.kmsKeyId", advisory=True
)
def buckets_encrypted(args: ResourceValidationArgs) -> Iterator[str]:
    """Buckets are encrypted with a KMS key; without one S3 encrypts them with keys of its own."""
    for rule in args.props.get("rules") or ():
        how = rule.get("applyServerSideEncryptionByDefault") or {}
        if not how.get("kmsMasterKeyId"):
            yield "no key of KMS encrypts the bucket"


@resource_rule("buckets-not-emptied", [BUCKET], fix="leave storage.forceDestroy out", advisory=True)
def buckets_not_emptied(args: ResourceValidationArgs) -> Iterator[str]:
    """A bucket with something in it is not deleted."""
    if args.props.get("forceDestroy"):
        yield "forceDestroy lets it be deleted with all that is in it"


def _buckets(resources: Resources) -> Resources:
    return [each for each in resources if each.resource_type == BUCKET]


def _of(bucket: PolicyResource, resources: Resources, kind: str) -> Resources:
    """Return what is set of a bucket: what its name is may not be known yet, whose it is, is."""
    return [
        each
        for each in resources
        if each.resource_type == kind
        and bucket.urn in {one.urn for one in each.property_dependencies.get("bucket", ())}
    ][:1]
