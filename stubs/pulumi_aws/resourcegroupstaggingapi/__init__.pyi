# Written by tools/provider_stubs.py (`make docs`) from the installed pulumi-aws; not by hand.
import builtins as _builtins
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, Optional, TypedDict, Union

import pulumi

from . import outputs as outputs

class GetResourcesResult:
    @_builtins.property
    def exclude_compliant_resources(self) -> Optional[_builtins.bool]: ...
    @_builtins.property
    def id(self) -> _builtins.str: ...
    @_builtins.property
    def include_compliance_details(self) -> Optional[_builtins.bool]: ...
    @_builtins.property
    def region(self) -> _builtins.str: ...
    @_builtins.property
    def resource_arn_lists(self) -> Optional[Sequence[_builtins.str]]: ...
    @_builtins.property
    def resource_tag_mapping_lists(self) -> Sequence['outputs.GetResourcesResourceTagMappingListResult']: ...
    @_builtins.property
    def resource_type_filters(self) -> Optional[Sequence[_builtins.str]]: ...
    @_builtins.property
    def tag_filters(self) -> Optional[Sequence['outputs.GetResourcesTagFilterResult']]: ...

class GetResourcesTagFilterArgs:
    def __init__(
        __self__,
        *,
        key: _builtins.str,
        values: Optional[Sequence[_builtins.str]] = None,
    ) -> None: ...

class GetResourcesTagFilterArgsDict(TypedDict):
    key: _builtins.str
    values: NotRequired[Sequence[_builtins.str]]

def get_resources(
    exclude_compliant_resources: Optional[_builtins.bool] = None,
    include_compliance_details: Optional[_builtins.bool] = None,
    region: Optional[_builtins.str] = None,
    resource_arn_lists: Optional[Sequence[_builtins.str]] = None,
    resource_type_filters: Optional[Sequence[_builtins.str]] = None,
    tag_filters: Optional[Sequence[Union['GetResourcesTagFilterArgs', 'GetResourcesTagFilterArgsDict', 'outputs.GetResourcesTagFilterResult']]] = None,
    opts: Optional[pulumi.InvokeOptions] = None,
) -> GetResourcesResult: ...
