"""The bucket for values between steps, tables of sweeps and the ledger of runs, with its rules."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from batch_platform.iam import policies
from batch_platform.storage import life_cycle

if TYPE_CHECKING:
    from batch_platform.plan import Plan
    from batch_platform.storage.place import Place

_Encryption = (
    aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs
)


@dataclass(frozen=True)
class StorageArgs:
    """Input of :class:`Storage`."""

    plan: Plan
    place: Place


class Storage(pulumi.ComponentResource):
    """A bucket that keeps versions, encrypts, and is closed to the public and to plain HTTP.

    Nothing is made where the config names a bucket. What is set of the bucket is never taken away
    from it, but only goes with it: S3 refuses to delete a bucket with something in it, and one that
    stays so stays as closed as it was.

    Attributes:
        address: ``s3://bucket/prefix`` of the stack's storage, known when the bucket is ready.
    """

    def __init__(
        self, name: str, args: StorageArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("batch-platform:index:Storage", name, None, opts)
        self._plan, self._place = args.plan, args.place
        self.address: pulumi.Input[str] = args.place.address
        if args.place.is_made:
            self.address = self._make()
        self.register_outputs({})

    def _make(self) -> pulumi.Output[str]:
        plan, wanted, place = self._plan, self._plan.settings.storage, self._place
        # CKV_AWS_18, AwsSolutions-S1, CT.S3.PR.2: no log of access, which wants a further bucket.
        # CKV2_AWS_62, CT.S3.PR.4: nobody waits for its events. CKV_AWS_144: no copy in another
        # region of what can be computed again. CT.S3.PR.9: no lock, since things expire.
        self._bucket = bucket = aws.s3.Bucket(
            plan.name("storage"),
            bucket=place.bucket,
            force_destroy=wanted.force_destroy,
            tags=plan.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        name = plan.name("storage")
        closed = aws.s3.BucketPublicAccessBlock(
            name,
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._of_bucket(),
        )
        owned = aws.s3.BucketOwnershipControls(
            name,
            bucket=bucket.id,
            rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=self._of_bucket(closed),
        )
        versions = aws.s3.BucketVersioning(
            name,
            bucket=bucket.id,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(
                status="Enabled"
            ),
            opts=self._of_bucket(owned),
        )
        encrypted = self._encryption(versions)
        policy = aws.s3.BucketPolicy(
            name,
            bucket=bucket.id,
            policy=json.dumps(policies.used_bucket(place.bucket_arn), sort_keys=True),
            opts=self._of_bucket(encrypted),
        )
        life_cycles = self._life_cycle(policy)
        # Whoever reads the outputs finds the bucket as it is to be.
        return life_cycles.bucket.apply(lambda _: place.address)

    def _encryption(self, after: pulumi.Resource) -> aws.s3.BucketServerSideEncryptionConfiguration:
        key = self._plan.settings.storage.kms_key_id
        # CKV_AWS_145: S3's own keys encrypt where the config names no key of KMS.
        by_default = _Encryption(
            sse_algorithm="AES256" if key is None else "aws:kms", kms_master_key_id=key
        )
        rule = aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
            apply_server_side_encryption_by_default=by_default,
            bucket_key_enabled=key is not None,  # fewer calls of KMS
        )
        return aws.s3.BucketServerSideEncryptionConfiguration(
            self._plan.name("storage"),
            bucket=self._bucket.id,
            rules=[rule],
            opts=self._of_bucket(after),
        )

    def _life_cycle(self, after: pulumi.Resource) -> aws.s3.BucketLifecycleConfiguration:
        wanted = self._plan.settings.storage
        return aws.s3.BucketLifecycleConfiguration(
            self._plan.name("storage"),
            bucket=self._bucket.id,
            rules=[_rule(each) for each in life_cycle.rules(wanted.expire_days)],
            opts=self._of_bucket(after),
        )

    def _of_bucket(self, *after: pulumi.Resource) -> pulumi.ResourceOptions:
        """Return the options of what is set of the bucket: one after the other.

        S3 refuses two changes of a bucket at a time (OperationAborted).
        """
        return pulumi.ResourceOptions(parent=self, depends_on=list(after), retain_on_delete=True)


def _rule(rule: life_cycle.Rule) -> aws.s3.BucketLifecycleConfigurationRuleArgs:
    old, uploads = rule.old_version_days, rule.upload_days
    return aws.s3.BucketLifecycleConfigurationRuleArgs(
        id=rule.id,
        status="Enabled",
        filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=rule.prefix),
        expiration=(
            None
            if rule.expire_days is None
            else aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=rule.expire_days)
        ),
        noncurrent_version_expiration=(
            None
            if old is None
            else aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                noncurrent_days=old
            )
        ),
        abort_incomplete_multipart_upload=(
            None
            if uploads is None
            else aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                days_after_initiation=uploads
            )
        ),
    )
