# Written by tools/provider_stubs.py (`make docs`) from the installed pulumi-aws; not by hand.
import builtins as _builtins
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, Optional, TypedDict, Union

import pulumi

from . import outputs as outputs

class GetSecurityGroupRuleFilterArgs:
    def __init__(
        __self__,
        *,
        name: _builtins.str,
        values: Sequence[_builtins.str],
    ) -> None: ...

class GetSecurityGroupRuleFilterArgsDict(TypedDict):
    name: _builtins.str
    values: Sequence[_builtins.str]

class GetSecurityGroupRuleResult:
    @_builtins.property
    def arn(self) -> _builtins.str: ...
    @_builtins.property
    def cidr_ipv4(self) -> _builtins.str: ...
    @_builtins.property
    def cidr_ipv6(self) -> _builtins.str: ...
    @_builtins.property
    def description(self) -> _builtins.str: ...
    @_builtins.property
    def filters(self) -> Optional[Sequence['outputs.GetSecurityGroupRuleFilterResult']]: ...
    @_builtins.property
    def from_port(self) -> _builtins.int: ...
    @_builtins.property
    def id(self) -> _builtins.str: ...
    @_builtins.property
    def ip_protocol(self) -> _builtins.str: ...
    @_builtins.property
    def is_egress(self) -> _builtins.bool: ...
    @_builtins.property
    def prefix_list_id(self) -> _builtins.str: ...
    @_builtins.property
    def referenced_security_group_id(self) -> _builtins.str: ...
    @_builtins.property
    def region(self) -> _builtins.str: ...
    @_builtins.property
    def security_group_id(self) -> _builtins.str: ...
    @_builtins.property
    def security_group_rule_id(self) -> _builtins.str: ...
    @_builtins.property
    def tags(self) -> Mapping[str, _builtins.str]: ...
    @_builtins.property
    def to_port(self) -> _builtins.int: ...

class GetSecurityGroupRulesFilterArgs:
    def __init__(
        __self__,
        *,
        name: _builtins.str,
        values: Sequence[_builtins.str],
    ) -> None: ...

class GetSecurityGroupRulesFilterArgsDict(TypedDict):
    name: _builtins.str
    values: Sequence[_builtins.str]

class GetSecurityGroupRulesResult:
    @_builtins.property
    def filters(self) -> Optional[Sequence['outputs.GetSecurityGroupRulesFilterResult']]: ...
    @_builtins.property
    def id(self) -> _builtins.str: ...
    @_builtins.property
    def ids(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def region(self) -> _builtins.str: ...
    @_builtins.property
    def tags(self) -> Optional[Mapping[str, _builtins.str]]: ...

class SecurityGroupEgressRule(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        ip_protocol: pulumi.Input[_builtins.str],
        security_group_id: pulumi.Input[_builtins.str],
        cidr_ipv4: pulumi.Input[Optional[_builtins.str]] = None,
        cidr_ipv6: pulumi.Input[Optional[_builtins.str]] = None,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        from_port: pulumi.Input[Optional[_builtins.int]] = None,
        prefix_list_id: pulumi.Input[Optional[_builtins.str]] = None,
        referenced_security_group_id: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        to_port: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def cidr_ipv4(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def cidr_ipv6(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def description(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def from_port(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def ip_protocol(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def prefix_list_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def referenced_security_group_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def security_group_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def security_group_rule_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def to_port(self) -> pulumi.Output[Optional[_builtins.int]]: ...

class SecurityGroupEgressRuleArgs:
    def __init__(
        __self__,
        *,
        ip_protocol: pulumi.Input[_builtins.str],
        security_group_id: pulumi.Input[_builtins.str],
        cidr_ipv4: pulumi.Input[Optional[_builtins.str]] = None,
        cidr_ipv6: pulumi.Input[Optional[_builtins.str]] = None,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        from_port: pulumi.Input[Optional[_builtins.int]] = None,
        prefix_list_id: pulumi.Input[Optional[_builtins.str]] = None,
        referenced_security_group_id: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        to_port: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class SecurityGroupIngressRule(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        ip_protocol: pulumi.Input[_builtins.str],
        security_group_id: pulumi.Input[_builtins.str],
        cidr_ipv4: pulumi.Input[Optional[_builtins.str]] = None,
        cidr_ipv6: pulumi.Input[Optional[_builtins.str]] = None,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        from_port: pulumi.Input[Optional[_builtins.int]] = None,
        prefix_list_id: pulumi.Input[Optional[_builtins.str]] = None,
        referenced_security_group_id: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        to_port: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def cidr_ipv4(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def cidr_ipv6(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def description(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def from_port(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def ip_protocol(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def prefix_list_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def referenced_security_group_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def security_group_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def security_group_rule_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def to_port(self) -> pulumi.Output[Optional[_builtins.int]]: ...

class SecurityGroupIngressRuleArgs:
    def __init__(
        __self__,
        *,
        ip_protocol: pulumi.Input[_builtins.str],
        security_group_id: pulumi.Input[_builtins.str],
        cidr_ipv4: pulumi.Input[Optional[_builtins.str]] = None,
        cidr_ipv6: pulumi.Input[Optional[_builtins.str]] = None,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        from_port: pulumi.Input[Optional[_builtins.int]] = None,
        prefix_list_id: pulumi.Input[Optional[_builtins.str]] = None,
        referenced_security_group_id: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        to_port: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

def get_security_group_rule(
    filters: Optional[Sequence[Union['GetSecurityGroupRuleFilterArgs', 'GetSecurityGroupRuleFilterArgsDict', 'outputs.GetSecurityGroupRuleFilterResult']]] = None,
    region: Optional[_builtins.str] = None,
    security_group_rule_id: Optional[_builtins.str] = None,
    opts: Optional[pulumi.InvokeOptions] = None,
) -> GetSecurityGroupRuleResult: ...

def get_security_group_rules(
    filters: Optional[Sequence[Union['GetSecurityGroupRulesFilterArgs', 'GetSecurityGroupRulesFilterArgsDict', 'outputs.GetSecurityGroupRulesFilterResult']]] = None,
    region: Optional[_builtins.str] = None,
    tags: Optional[Mapping[str, _builtins.str]] = None,
    opts: Optional[pulumi.InvokeOptions] = None,
) -> GetSecurityGroupRulesResult: ...
