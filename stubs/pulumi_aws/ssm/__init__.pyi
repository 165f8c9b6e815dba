# Written by tools/provider_stubs.py (`make docs`) from the installed pulumi-aws; not by hand.
import builtins as _builtins
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, Optional, TypedDict, Union

import pulumi

class GetParameterResult:
    @_builtins.property
    def arn(self) -> _builtins.str: ...
    @_builtins.property
    def id(self) -> _builtins.str: ...
    @_builtins.property
    def insecure_value(self) -> _builtins.str: ...
    @_builtins.property
    def name(self) -> _builtins.str: ...
    @_builtins.property
    def region(self) -> _builtins.str: ...
    @_builtins.property
    def type(self) -> _builtins.str: ...
    @_builtins.property
    def value(self) -> _builtins.str: ...
    @_builtins.property
    def version(self) -> _builtins.int: ...
    @_builtins.property
    def with_decryption(self) -> Optional[_builtins.bool]: ...

class Parameter(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        type: pulumi.Input[Union[_builtins.str, 'ParameterType']],
        allowed_pattern: pulumi.Input[Optional[_builtins.str]] = None,
        arn: pulumi.Input[Optional[_builtins.str]] = None,
        data_type: pulumi.Input[Optional[_builtins.str]] = None,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        insecure_value: pulumi.Input[Optional[_builtins.str]] = None,
        key_id: pulumi.Input[Optional[_builtins.str]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        overwrite: pulumi.Input[Optional[_builtins.bool]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        tier: pulumi.Input[Optional[_builtins.str]] = None,
        value: pulumi.Input[Optional[_builtins.str]] = None,
        value_wo: pulumi.Input[Optional[_builtins.str]] = None,
        value_wo_version: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...
    @_builtins.property
    def allowed_pattern(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def data_type(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def description(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def has_value_wo(self) -> pulumi.Output[_builtins.bool]: ...
    @_builtins.property
    def insecure_value(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def key_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def overwrite(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def tier(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def type(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def value(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def value_wo(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def value_wo_version(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def version(self) -> pulumi.Output[_builtins.int]: ...

class ParameterArgs:
    def __init__(
        __self__,
        *,
        type: pulumi.Input[Union[_builtins.str, 'ParameterType']],
        allowed_pattern: pulumi.Input[Optional[_builtins.str]] = None,
        arn: pulumi.Input[Optional[_builtins.str]] = None,
        data_type: pulumi.Input[Optional[_builtins.str]] = None,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        insecure_value: pulumi.Input[Optional[_builtins.str]] = None,
        key_id: pulumi.Input[Optional[_builtins.str]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        overwrite: pulumi.Input[Optional[_builtins.bool]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        tier: pulumi.Input[Optional[_builtins.str]] = None,
        value: pulumi.Input[Optional[_builtins.str]] = None,
        value_wo: pulumi.Input[Optional[_builtins.str]] = None,
        value_wo_version: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class ParameterType(_builtins.str, Enum):
    STRING = 'String'
    STRING_LIST = 'StringList'
    SECURE_STRING = 'SecureString'

def get_parameter(
    name: Optional[_builtins.str] = None,
    region: Optional[_builtins.str] = None,
    with_decryption: Optional[_builtins.bool] = None,
    opts: Optional[pulumi.InvokeOptions] = None,
) -> GetParameterResult: ...
