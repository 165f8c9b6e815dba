# Written by tools/provider_stubs.py (`make docs`) from the installed pulumi-aws; not by hand.
import builtins as _builtins
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, Optional, TypedDict, Union

import pulumi

from .. import iam as _iam
from .. import iam as iam

class Bucket(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        acceleration_status: pulumi.Input[Optional[_builtins.str]] = None,
        acl: pulumi.Input[Optional[Union[_builtins.str, 'CannedAcl']]] = None,
        bucket: pulumi.Input[Optional[_builtins.str]] = None,
        bucket_namespace: pulumi.Input[Optional[_builtins.str]] = None,
        bucket_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        cors_rules: pulumi.Input[Optional[Sequence[pulumi.Input['BucketCorsRuleArgs']]]] = None,
        force_destroy: pulumi.Input[Optional[_builtins.bool]] = None,
        grants: pulumi.Input[Optional[Sequence[pulumi.Input['BucketGrantArgs']]]] = None,
        lifecycle_rules: pulumi.Input[Optional[Sequence[pulumi.Input['BucketLifecycleRuleArgs']]]] = None,
        logging: pulumi.Input[Optional['BucketLoggingArgs']] = None,
        object_lock_configuration: pulumi.Input[Optional['BucketObjectLockConfigurationArgs']] = None,
        object_lock_enabled: pulumi.Input[Optional[_builtins.bool]] = None,
        policy: pulumi.Input[Optional[Union[_builtins.str, 'PolicyDocumentArgs']]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        replication_configuration: pulumi.Input[Optional['BucketReplicationConfigurationArgs']] = None,
        request_payer: pulumi.Input[Optional[_builtins.str]] = None,
        server_side_encryption_configuration: pulumi.Input[Optional['BucketServerSideEncryptionConfigurationArgs']] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        versioning: pulumi.Input[Optional['BucketVersioningArgs']] = None,
        website: pulumi.Input[Optional['BucketWebsiteArgs']] = None,
    ) -> None: ...
    @_builtins.property
    def acceleration_status(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def acl(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def bucket(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def bucket_domain_name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def bucket_namespace(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def bucket_prefix(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def bucket_region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def bucket_regional_domain_name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def force_destroy(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def hosted_zone_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def object_lock_enabled(self) -> pulumi.Output[_builtins.bool]: ...
    @_builtins.property
    def policy(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def request_payer(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def website_domain(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def website_endpoint(self) -> pulumi.Output[_builtins.str]: ...

class BucketArgs:
    def __init__(
        __self__,
        *,
        acceleration_status: pulumi.Input[Optional[_builtins.str]] = None,
        acl: pulumi.Input[Optional[Union[_builtins.str, 'CannedAcl']]] = None,
        bucket: pulumi.Input[Optional[_builtins.str]] = None,
        bucket_namespace: pulumi.Input[Optional[_builtins.str]] = None,
        bucket_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        cors_rules: pulumi.Input[Optional[Sequence[pulumi.Input['BucketCorsRuleArgs']]]] = None,
        force_destroy: pulumi.Input[Optional[_builtins.bool]] = None,
        grants: pulumi.Input[Optional[Sequence[pulumi.Input['BucketGrantArgs']]]] = None,
        lifecycle_rules: pulumi.Input[Optional[Sequence[pulumi.Input['BucketLifecycleRuleArgs']]]] = None,
        logging: pulumi.Input[Optional['BucketLoggingArgs']] = None,
        object_lock_configuration: pulumi.Input[Optional['BucketObjectLockConfigurationArgs']] = None,
        object_lock_enabled: pulumi.Input[Optional[_builtins.bool]] = None,
        policy: pulumi.Input[Optional[Union[_builtins.str, 'PolicyDocumentArgs']]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        replication_configuration: pulumi.Input[Optional['BucketReplicationConfigurationArgs']] = None,
        request_payer: pulumi.Input[Optional[_builtins.str]] = None,
        server_side_encryption_configuration: pulumi.Input[Optional['BucketServerSideEncryptionConfigurationArgs']] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        versioning: pulumi.Input[Optional['BucketVersioningArgs']] = None,
        website: pulumi.Input[Optional['BucketWebsiteArgs']] = None,
    ) -> None: ...

class BucketCorsRuleArgs:
    def __init__(
        __self__,
        *,
        allowed_methods: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
        allowed_origins: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
        allowed_headers: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        expose_headers: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        max_age_seconds: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class BucketGrantArgs:
    def __init__(
        __self__,
        *,
        permissions: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
        type: pulumi.Input[_builtins.str],
        id: pulumi.Input[Optional[_builtins.str]] = None,
        uri: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class BucketLifecycleConfiguration(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        bucket: pulumi.Input[_builtins.str],
        expected_bucket_owner: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        rules: pulumi.Input[Optional[Sequence[pulumi.Input['BucketLifecycleConfigurationRuleArgs']]]] = None,
        timeouts: pulumi.Input[Optional['BucketLifecycleConfigurationTimeoutsArgs']] = None,
        transition_default_minimum_object_size: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def bucket(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def expected_bucket_owner(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def transition_default_minimum_object_size(self) -> pulumi.Output[_builtins.str]: ...

class BucketLifecycleConfigurationArgs:
    def __init__(
        __self__,
        *,
        bucket: pulumi.Input[_builtins.str],
        expected_bucket_owner: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        rules: pulumi.Input[Optional[Sequence[pulumi.Input['BucketLifecycleConfigurationRuleArgs']]]] = None,
        timeouts: pulumi.Input[Optional['BucketLifecycleConfigurationTimeoutsArgs']] = None,
        transition_default_minimum_object_size: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs:
    def __init__(
        __self__,
        *,
        days_after_initiation: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class BucketLifecycleConfigurationRuleArgs:
    def __init__(
        __self__,
        *,
        id: pulumi.Input[_builtins.str],
        status: pulumi.Input[_builtins.str],
        abort_incomplete_multipart_upload: pulumi.Input[Optional['BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs']] = None,
        expiration: pulumi.Input[Optional['BucketLifecycleConfigurationRuleExpirationArgs']] = None,
        filter: pulumi.Input[Optional['BucketLifecycleConfigurationRuleFilterArgs']] = None,
        noncurrent_version_expiration: pulumi.Input[Optional['BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs']] = None,
        noncurrent_version_transitions: pulumi.Input[Optional[Sequence[pulumi.Input['BucketLifecycleConfigurationRuleNoncurrentVersionTransitionArgs']]]] = None,
        prefix: pulumi.Input[Optional[_builtins.str]] = None,
        transitions: pulumi.Input[Optional[Sequence[pulumi.Input['BucketLifecycleConfigurationRuleTransitionArgs']]]] = None,
    ) -> None: ...

class BucketLifecycleConfigurationRuleExpirationArgs:
    def __init__(
        __self__,
        *,
        date: pulumi.Input[Optional[_builtins.str]] = None,
        days: pulumi.Input[Optional[_builtins.int]] = None,
        expired_object_delete_marker: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class BucketLifecycleConfigurationRuleFilterAndArgs:
    def __init__(
        __self__,
        *,
        object_size_greater_than: pulumi.Input[Optional[_builtins.int]] = None,
        object_size_less_than: pulumi.Input[Optional[_builtins.int]] = None,
        prefix: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BucketLifecycleConfigurationRuleFilterArgs:
    def __init__(
        __self__,
        *,
        and_: pulumi.Input[Optional['BucketLifecycleConfigurationRuleFilterAndArgs']] = None,
        object_size_greater_than: pulumi.Input[Optional[_builtins.int]] = None,
        object_size_less_than: pulumi.Input[Optional[_builtins.int]] = None,
        prefix: pulumi.Input[Optional[_builtins.str]] = None,
        tag: pulumi.Input[Optional['BucketLifecycleConfigurationRuleFilterTagArgs']] = None,
    ) -> None: ...

class BucketLifecycleConfigurationRuleFilterTagArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[_builtins.str],
        value: pulumi.Input[_builtins.str],
    ) -> None: ...

class BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs:
    def __init__(
        __self__,
        *,
        noncurrent_days: pulumi.Input[_builtins.int],
        newer_noncurrent_versions: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class BucketLifecycleConfigurationRuleNoncurrentVersionTransitionArgs:
    def __init__(
        __self__,
        *,
        noncurrent_days: pulumi.Input[_builtins.int],
        storage_class: pulumi.Input[_builtins.str],
        newer_noncurrent_versions: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class BucketLifecycleConfigurationRuleTransitionArgs:
    def __init__(
        __self__,
        *,
        storage_class: pulumi.Input[_builtins.str],
        date: pulumi.Input[Optional[_builtins.str]] = None,
        days: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class BucketLifecycleConfigurationTimeoutsArgs:
    def __init__(
        __self__,
        *,
        create: pulumi.Input[Optional[_builtins.str]] = None,
        update: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class BucketLifecycleRuleArgs:
    def __init__(
        __self__,
        *,
        enabled: pulumi.Input[_builtins.bool],
        abort_incomplete_multipart_upload_days: pulumi.Input[Optional[_builtins.int]] = None,
        expiration: pulumi.Input[Optional['BucketLifecycleRuleExpirationArgs']] = None,
        id: pulumi.Input[Optional[_builtins.str]] = None,
        noncurrent_version_expiration: pulumi.Input[Optional['BucketLifecycleRuleNoncurrentVersionExpirationArgs']] = None,
        noncurrent_version_transitions: pulumi.Input[Optional[Sequence[pulumi.Input['BucketLifecycleRuleNoncurrentVersionTransitionArgs']]]] = None,
        prefix: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        transitions: pulumi.Input[Optional[Sequence[pulumi.Input['BucketLifecycleRuleTransitionArgs']]]] = None,
    ) -> None: ...

class BucketLifecycleRuleExpirationArgs:
    def __init__(
        __self__,
        *,
        date: pulumi.Input[Optional[_builtins.str]] = None,
        days: pulumi.Input[Optional[_builtins.int]] = None,
        expired_object_delete_marker: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class BucketLifecycleRuleNoncurrentVersionExpirationArgs:
    def __init__(
        __self__,
        *,
        days: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class BucketLifecycleRuleNoncurrentVersionTransitionArgs:
    def __init__(
        __self__,
        *,
        storage_class: pulumi.Input[_builtins.str],
        days: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class BucketLifecycleRuleTransitionArgs:
    def __init__(
        __self__,
        *,
        storage_class: pulumi.Input[_builtins.str],
        date: pulumi.Input[Optional[_builtins.str]] = None,
        days: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class BucketLoggingArgs:
    def __init__(
        __self__,
        *,
        target_bucket: pulumi.Input[_builtins.str],
        target_prefix: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class BucketObjectLockConfigurationArgs:
    def __init__(
        __self__,
        *,
        object_lock_enabled: pulumi.Input[Optional[_builtins.str]] = None,
        rule: pulumi.Input[Optional['BucketObjectLockConfigurationRuleArgs']] = None,
    ) -> None: ...

class BucketObjectLockConfigurationRuleArgs:
    def __init__(
        __self__,
        *,
        default_retention: pulumi.Input['BucketObjectLockConfigurationRuleDefaultRetentionArgs'],
    ) -> None: ...

class BucketObjectLockConfigurationRuleDefaultRetentionArgs:
    def __init__(
        __self__,
        *,
        days: pulumi.Input[Optional[_builtins.int]] = None,
        mode: pulumi.Input[Optional[_builtins.str]] = None,
        years: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class BucketOwnershipControls(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        bucket: pulumi.Input[_builtins.str],
        rule: pulumi.Input['BucketOwnershipControlsRuleArgs'],
        region: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def bucket(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...

class BucketOwnershipControlsArgs:
    def __init__(
        __self__,
        *,
        bucket: pulumi.Input[_builtins.str],
        rule: pulumi.Input['BucketOwnershipControlsRuleArgs'],
        region: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class BucketOwnershipControlsRuleArgs:
    def __init__(
        __self__,
        *,
        object_ownership: pulumi.Input[_builtins.str],
    ) -> None: ...

class BucketPolicy(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        bucket: pulumi.Input[_builtins.str],
        policy: pulumi.Input[Union[_builtins.str, 'PolicyDocumentArgs']],
        region: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def bucket(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def policy(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...

class BucketPolicyArgs:
    def __init__(
        __self__,
        *,
        bucket: pulumi.Input[_builtins.str],
        policy: pulumi.Input[Union[_builtins.str, 'PolicyDocumentArgs']],
        region: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class BucketPublicAccessBlock(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        bucket: pulumi.Input[_builtins.str],
        block_public_acls: pulumi.Input[Optional[_builtins.bool]] = None,
        block_public_policy: pulumi.Input[Optional[_builtins.bool]] = None,
        ignore_public_acls: pulumi.Input[Optional[_builtins.bool]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        restrict_public_buckets: pulumi.Input[Optional[_builtins.bool]] = None,
        skip_destroy: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...
    @_builtins.property
    def block_public_acls(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def block_public_policy(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def bucket(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def ignore_public_acls(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def restrict_public_buckets(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def skip_destroy(self) -> pulumi.Output[Optional[_builtins.bool]]: ...

class BucketPublicAccessBlockArgs:
    def __init__(
        __self__,
        *,
        bucket: pulumi.Input[_builtins.str],
        block_public_acls: pulumi.Input[Optional[_builtins.bool]] = None,
        block_public_policy: pulumi.Input[Optional[_builtins.bool]] = None,
        ignore_public_acls: pulumi.Input[Optional[_builtins.bool]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        restrict_public_buckets: pulumi.Input[Optional[_builtins.bool]] = None,
        skip_destroy: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class BucketReplicationConfigurationArgs:
    def __init__(
        __self__,
        *,
        role: pulumi.Input[_builtins.str],
        rules: pulumi.Input[Sequence[pulumi.Input['BucketReplicationConfigurationRuleArgs']]],
    ) -> None: ...

class BucketReplicationConfigurationRuleArgs:
    def __init__(
        __self__,
        *,
        destination: pulumi.Input['BucketReplicationConfigurationRuleDestinationArgs'],
        status: pulumi.Input[_builtins.str],
        delete_marker_replication_status: pulumi.Input[Optional[_builtins.str]] = None,
        filter: pulumi.Input[Optional['BucketReplicationConfigurationRuleFilterArgs']] = None,
        id: pulumi.Input[Optional[_builtins.str]] = None,
        prefix: pulumi.Input[Optional[_builtins.str]] = None,
        priority: pulumi.Input[Optional[_builtins.int]] = None,
        source_selection_criteria: pulumi.Input[Optional['BucketReplicationConfigurationRuleSourceSelectionCriteriaArgs']] = None,
    ) -> None: ...

class BucketReplicationConfigurationRuleDestinationAccessControlTranslationArgs:
    def __init__(
        __self__,
        *,
        owner: pulumi.Input[_builtins.str],
    ) -> None: ...

class BucketReplicationConfigurationRuleDestinationArgs:
    def __init__(
        __self__,
        *,
        bucket: pulumi.Input[_builtins.str],
        access_control_translation: pulumi.Input[Optional['BucketReplicationConfigurationRuleDestinationAccessControlTranslationArgs']] = None,
        account_id: pulumi.Input[Optional[_builtins.str]] = None,
        metrics: pulumi.Input[Optional['BucketReplicationConfigurationRuleDestinationMetricsArgs']] = None,
        replica_kms_key_id: pulumi.Input[Optional[_builtins.str]] = None,
        replication_time: pulumi.Input[Optional['BucketReplicationConfigurationRuleDestinationReplicationTimeArgs']] = None,
        storage_class: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class BucketReplicationConfigurationRuleDestinationMetricsArgs:
    def __init__(
        __self__,
        *,
        minutes: pulumi.Input[Optional[_builtins.int]] = None,
        status: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class BucketReplicationConfigurationRuleDestinationReplicationTimeArgs:
    def __init__(
        __self__,
        *,
        minutes: pulumi.Input[Optional[_builtins.int]] = None,
        status: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class BucketReplicationConfigurationRuleFilterArgs:
    def __init__(
        __self__,
        *,
        prefix: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BucketReplicationConfigurationRuleSourceSelectionCriteriaArgs:
    def __init__(
        __self__,
        *,
        sse_kms_encrypted_objects: pulumi.Input[Optional['BucketReplicationConfigurationRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs']] = None,
    ) -> None: ...

class BucketReplicationConfigurationRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs:
    def __init__(
        __self__,
        *,
        enabled: pulumi.Input[_builtins.bool],
    ) -> None: ...

class BucketServerSideEncryptionConfiguration(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        bucket: pulumi.Input[_builtins.str],
        rules: pulumi.Input[Sequence[pulumi.Input['BucketServerSideEncryptionConfigurationRuleArgs']]],
        expected_bucket_owner: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def bucket(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def expected_bucket_owner(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...

class BucketServerSideEncryptionConfigurationArgs:
    def __init__(
        __self__,
        *,
        rule: pulumi.Input['BucketServerSideEncryptionConfigurationRuleArgs'],
    ) -> None: ...

class BucketServerSideEncryptionConfigurationInitArgs:
    def __init__(
        __self__,
        *,
        bucket: pulumi.Input[_builtins.str],
        rules: pulumi.Input[Sequence[pulumi.Input['BucketServerSideEncryptionConfigurationRuleArgs']]],
        expected_bucket_owner: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs:
    def __init__(
        __self__,
        *,
        sse_algorithm: pulumi.Input[_builtins.str],
        kms_master_key_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class BucketServerSideEncryptionConfigurationRuleArgs:
    def __init__(
        __self__,
        *,
        apply_server_side_encryption_by_default: pulumi.Input[Optional['BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs']] = None,
        blocked_encryption_types: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        bucket_key_enabled: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class BucketVersioning(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        bucket: pulumi.Input[_builtins.str],
        versioning_configuration: pulumi.Input['BucketVersioningVersioningConfigurationArgs'],
        expected_bucket_owner: pulumi.Input[Optional[_builtins.str]] = None,
        mfa: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def bucket(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def expected_bucket_owner(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def mfa(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...

class BucketVersioningArgs:
    def __init__(
        __self__,
        *,
        enabled: pulumi.Input[Optional[_builtins.bool]] = None,
        mfa_delete: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class BucketVersioningInitArgs:
    def __init__(
        __self__,
        *,
        bucket: pulumi.Input[_builtins.str],
        versioning_configuration: pulumi.Input['BucketVersioningVersioningConfigurationArgs'],
        expected_bucket_owner: pulumi.Input[Optional[_builtins.str]] = None,
        mfa: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class BucketVersioningVersioningConfigurationArgs:
    def __init__(
        __self__,
        *,
        status: pulumi.Input[_builtins.str],
        mfa_delete: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class BucketWebsiteArgs:
    def __init__(
        __self__,
        *,
        error_document: pulumi.Input[Optional[_builtins.str]] = None,
        index_document: pulumi.Input[Optional[_builtins.str]] = None,
        redirect_all_requests_to: pulumi.Input[Optional[_builtins.str]] = None,
        routing_rules: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class CannedAcl(_builtins.str, Enum):
    PRIVATE = 'private'
    PUBLIC_READ = 'public-read'
    PUBLIC_READ_WRITE = 'public-read-write'
    AWS_EXEC_READ = 'aws-exec-read'
    AUTHENTICATED_READ = 'authenticated-read'
    BUCKET_OWNER_READ = 'bucket-owner-read'
    BUCKET_OWNER_FULL_CONTROL = 'bucket-owner-full-control'
    LOG_DELIVERY_WRITE = 'log-delivery-write'

class GetBucketResult:
    @_builtins.property
    def arn(self) -> _builtins.str: ...
    @_builtins.property
    def bucket(self) -> _builtins.str: ...
    @_builtins.property
    def bucket_domain_name(self) -> _builtins.str: ...
    @_builtins.property
    def bucket_region(self) -> _builtins.str: ...
    @_builtins.property
    def bucket_regional_domain_name(self) -> _builtins.str: ...
    @_builtins.property
    def hosted_zone_id(self) -> _builtins.str: ...
    @_builtins.property
    def id(self) -> _builtins.str: ...
    @_builtins.property
    def region(self) -> _builtins.str: ...
    @_builtins.property
    def website_domain(self) -> _builtins.str: ...
    @_builtins.property
    def website_endpoint(self) -> _builtins.str: ...

class PolicyDocumentArgs:
    def __init__(
        __self__,
        *,
        statement: pulumi.Input[Sequence[pulumi.Input['_iam.PolicyStatementArgs']]],
        version: pulumi.Input['iam.PolicyDocumentVersion'],
        id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

def get_bucket(
    bucket: Optional[_builtins.str] = None,
    region: Optional[_builtins.str] = None,
    opts: Optional[pulumi.InvokeOptions] = None,
) -> GetBucketResult: ...
