# Written by tools/provider_stubs.py (`make docs`) from the installed pulumi-aws; not by hand.
import builtins as _builtins
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, Optional, TypedDict, Union

import pulumi

class LifecyclePolicy(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        policy: pulumi.Input[Union[_builtins.str, 'LifecyclePolicyDocumentArgs']],
        repository: pulumi.Input[_builtins.str],
        region: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def policy(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def registry_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def repository(self) -> pulumi.Output[_builtins.str]: ...

class LifecyclePolicyActionArgs:
    def __init__(
        __self__,
        *,
        type: pulumi.Input[Union[_builtins.str, 'LifecyclePolicyActionType']],
        target_storage_class: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class LifecyclePolicyActionType(_builtins.str, Enum):
    EXPIRE = 'expire'
    TRANSITION = 'transition'

class LifecyclePolicyArgs:
    def __init__(
        __self__,
        *,
        policy: pulumi.Input[Union[_builtins.str, 'LifecyclePolicyDocumentArgs']],
        repository: pulumi.Input[_builtins.str],
        region: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class LifecyclePolicyCountType(_builtins.str, Enum):
    IMAGE_COUNT_MORE_THAN = 'imageCountMoreThan'
    SINCE_IMAGE_PUSHED = 'sinceImagePushed'
    SINCE_IMAGE_PULLED = 'sinceImagePulled'
    SINCE_IMAGE_TRANSITIONED = 'sinceImageTransitioned'

class LifecyclePolicyDocumentArgs:
    def __init__(
        __self__,
        *,
        rules: pulumi.Input[Sequence[pulumi.Input['LifecyclePolicyRuleArgs']]],
    ) -> None: ...

class LifecyclePolicyRuleArgs:
    def __init__(
        __self__,
        *,
        action: pulumi.Input['LifecyclePolicyActionArgs'],
        rule_priority: pulumi.Input[_builtins.int],
        selection: pulumi.Input['LifecyclePolicySelectionArgs'],
        description: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class LifecyclePolicySelectionArgs:
    def __init__(
        __self__,
        *,
        count_number: pulumi.Input[_builtins.int],
        count_type: pulumi.Input[Union[_builtins.str, 'LifecyclePolicyCountType']],
        tag_status: pulumi.Input[Union[_builtins.str, 'LifecyclePolicyTagStatus']],
        count_unit: pulumi.Input[Optional[_builtins.str]] = None,
        storage_class: pulumi.Input[Optional[_builtins.str]] = None,
        tag_prefix_list: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class LifecyclePolicyTagStatus(_builtins.str, Enum):
    TAGGED = 'tagged'
    UNTAGGED = 'untagged'
    ANY = 'any'

class Repository(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        encryption_configurations: pulumi.Input[Optional[Sequence[pulumi.Input['RepositoryEncryptionConfigurationArgs']]]] = None,
        force_delete: pulumi.Input[Optional[_builtins.bool]] = None,
        image_scanning_configuration: pulumi.Input[Optional['RepositoryImageScanningConfigurationArgs']] = None,
        image_tag_mutability: pulumi.Input[Optional[_builtins.str]] = None,
        image_tag_mutability_exclusion_filters: pulumi.Input[Optional[Sequence[pulumi.Input['RepositoryImageTagMutabilityExclusionFilterArgs']]]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def force_delete(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def image_tag_mutability(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def registry_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def repository_url(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...

class RepositoryArgs:
    def __init__(
        __self__,
        *,
        encryption_configurations: pulumi.Input[Optional[Sequence[pulumi.Input['RepositoryEncryptionConfigurationArgs']]]] = None,
        force_delete: pulumi.Input[Optional[_builtins.bool]] = None,
        image_scanning_configuration: pulumi.Input[Optional['RepositoryImageScanningConfigurationArgs']] = None,
        image_tag_mutability: pulumi.Input[Optional[_builtins.str]] = None,
        image_tag_mutability_exclusion_filters: pulumi.Input[Optional[Sequence[pulumi.Input['RepositoryImageTagMutabilityExclusionFilterArgs']]]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class RepositoryEncryptionConfigurationArgs:
    def __init__(
        __self__,
        *,
        encryption_type: pulumi.Input[Optional[_builtins.str]] = None,
        kms_key: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class RepositoryImageScanningConfigurationArgs:
    def __init__(
        __self__,
        *,
        scan_on_push: pulumi.Input[_builtins.bool],
    ) -> None: ...

class RepositoryImageTagMutabilityExclusionFilterArgs:
    def __init__(
        __self__,
        *,
        filter: pulumi.Input[_builtins.str],
        filter_type: pulumi.Input[_builtins.str],
    ) -> None: ...
