# Written by tools/provider_stubs.py (`make docs`) from the installed pulumi-aws; not by hand.
import builtins as _builtins
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, Optional, TypedDict, Union

import pulumi

class AWSPrincipalArgs:
    def __init__(
        __self__,
        *,
        aws: pulumi.Input[Union[_builtins.str, Sequence[pulumi.Input[_builtins.str]]]],
    ) -> None: ...

class FederatedPrincipalArgs:
    def __init__(
        __self__,
        *,
        federated: pulumi.Input[Union[_builtins.str, Sequence[pulumi.Input[_builtins.str]]]],
    ) -> None: ...

class InstanceProfile(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        path: pulumi.Input[Optional[_builtins.str]] = None,
        role: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def create_date(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name_prefix(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def path(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def role(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def unique_id(self) -> pulumi.Output[_builtins.str]: ...

class InstanceProfileArgs:
    def __init__(
        __self__,
        *,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        path: pulumi.Input[Optional[_builtins.str]] = None,
        role: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class Policy(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        policy: pulumi.Input[Union[_builtins.str, 'PolicyDocumentArgs']],
        delay_after_policy_creation_in_ms: pulumi.Input[Optional[_builtins.int]] = None,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        path: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def attachment_count(self) -> pulumi.Output[_builtins.int]: ...
    @_builtins.property
    def delay_after_policy_creation_in_ms(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def description(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name_prefix(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def path(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def policy(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def policy_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...

class PolicyArgs:
    def __init__(
        __self__,
        *,
        policy: pulumi.Input[Union[_builtins.str, 'PolicyDocumentArgs']],
        delay_after_policy_creation_in_ms: pulumi.Input[Optional[_builtins.int]] = None,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        path: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class PolicyDocumentArgs:
    def __init__(
        __self__,
        *,
        statement: pulumi.Input[Sequence[pulumi.Input['PolicyStatementArgs']]],
        version: pulumi.Input['PolicyDocumentVersion'],
        id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class PolicyDocumentVersion(_builtins.str, Enum):
    POLICY_DOCUMENT_VERSION_2012_10_17 = '2012-10-17'
    POLICY_DOCUMENT_VERSION_2008_10_17 = '2008-10-17'

class PolicyStatementArgs:
    def __init__(
        __self__,
        *,
        effect: pulumi.Input['PolicyStatementEffect'],
        action: pulumi.Input[Optional[Union[_builtins.str, Sequence[pulumi.Input[_builtins.str]]]]] = None,
        condition: pulumi.Input[Optional[Mapping[str, Any]]] = None,
        not_action: pulumi.Input[Optional[Union[_builtins.str, Sequence[pulumi.Input[_builtins.str]]]]] = None,
        not_principal: pulumi.Input[Optional[Union[_builtins.str, 'AWSPrincipalArgs', 'ServicePrincipalArgs', 'FederatedPrincipalArgs']]] = None,
        not_resource: pulumi.Input[Optional[Union[_builtins.str, Sequence[pulumi.Input[_builtins.str]]]]] = None,
        principal: pulumi.Input[Optional[Union[_builtins.str, 'AWSPrincipalArgs', 'ServicePrincipalArgs', 'FederatedPrincipalArgs']]] = None,
        resource: pulumi.Input[Optional[Union[_builtins.str, Sequence[pulumi.Input[_builtins.str]]]]] = None,
        sid: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class PolicyStatementEffect(_builtins.str, Enum):
    ALLOW = 'Allow'
    DENY = 'Deny'

class Role(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        assume_role_policy: pulumi.Input[Union[_builtins.str, 'PolicyDocumentArgs']],
        description: pulumi.Input[Optional[_builtins.str]] = None,
        force_detach_policies: pulumi.Input[Optional[_builtins.bool]] = None,
        inline_policies: pulumi.Input[Optional[Sequence[pulumi.Input['RoleInlinePolicyArgs']]]] = None,
        managed_policy_arns: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        max_session_duration: pulumi.Input[Optional[_builtins.int]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        path: pulumi.Input[Optional[_builtins.str]] = None,
        permissions_boundary: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def assume_role_policy(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def create_date(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def description(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def force_detach_policies(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def managed_policy_arns(self) -> pulumi.Output[Sequence[_builtins.str]]: ...
    @_builtins.property
    def max_session_duration(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name_prefix(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def path(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def permissions_boundary(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def unique_id(self) -> pulumi.Output[_builtins.str]: ...

class RoleArgs:
    def __init__(
        __self__,
        *,
        assume_role_policy: pulumi.Input[Union[_builtins.str, 'PolicyDocumentArgs']],
        description: pulumi.Input[Optional[_builtins.str]] = None,
        force_detach_policies: pulumi.Input[Optional[_builtins.bool]] = None,
        inline_policies: pulumi.Input[Optional[Sequence[pulumi.Input['RoleInlinePolicyArgs']]]] = None,
        managed_policy_arns: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        max_session_duration: pulumi.Input[Optional[_builtins.int]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        path: pulumi.Input[Optional[_builtins.str]] = None,
        permissions_boundary: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class RoleInlinePolicyArgs:
    def __init__(
        __self__,
        *,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        policy: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class RolePolicy(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        policy: pulumi.Input[Union[_builtins.str, 'PolicyDocumentArgs']],
        role: pulumi.Input[_builtins.str],
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name_prefix(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def policy(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def role(self) -> pulumi.Output[_builtins.str]: ...

class RolePolicyArgs:
    def __init__(
        __self__,
        *,
        policy: pulumi.Input[Union[_builtins.str, 'PolicyDocumentArgs']],
        role: pulumi.Input[_builtins.str],
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class RolePolicyAttachment(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        policy_arn: pulumi.Input[_builtins.str],
        role: pulumi.Input[_builtins.str],
    ) -> None: ...
    @_builtins.property
    def policy_arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def role(self) -> pulumi.Output[_builtins.str]: ...

class RolePolicyAttachmentArgs:
    def __init__(
        __self__,
        *,
        policy_arn: pulumi.Input[_builtins.str],
        role: pulumi.Input[_builtins.str],
    ) -> None: ...

class ServicePrincipalArgs:
    def __init__(
        __self__,
        *,
        service: pulumi.Input[Union[_builtins.str, Sequence[pulumi.Input[_builtins.str]]]],
    ) -> None: ...
