# Written by tools/provider_stubs.py (`make docs`) from the installed pulumi-aws; not by hand.
import builtins as _builtins
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, Optional, TypedDict, Union

import pulumi

from . import outputs as outputs

class GetResourcesResourceTagMappingListComplianceDetailResult:
    @_builtins.property
    def compliance_status(self) -> _builtins.bool: ...
    @_builtins.property
    def keys_with_noncompliant_values(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def non_compliant_keys(self) -> Sequence[_builtins.str]: ...

class GetResourcesResourceTagMappingListResult:
    @_builtins.property
    def compliance_details(self) -> Sequence['outputs.GetResourcesResourceTagMappingListComplianceDetailResult']: ...
    @_builtins.property
    def resource_arn(self) -> _builtins.str: ...
    @_builtins.property
    def tags(self) -> Mapping[str, _builtins.str]: ...

class GetResourcesTagFilterResult:
    @_builtins.property
    def key(self) -> _builtins.str: ...
    @_builtins.property
    def values(self) -> Optional[Sequence[_builtins.str]]: ...
