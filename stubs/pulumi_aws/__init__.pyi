# Written by tools/provider_stubs.py (`make docs`) from the installed pulumi-aws; not by hand.
import builtins as _builtins
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, Optional, TypedDict, Union

import pulumi

from . import autoscaling as autoscaling
from . import batch as batch
from . import budgets as budgets
from . import chatbot as chatbot
from . import cloudwatch as cloudwatch
from . import ebs as ebs
from . import ec2 as ec2
from . import ecr as ecr
from . import iam as iam
from . import resourcegroupstaggingapi as resourcegroupstaggingapi
from . import s3 as s3
from . import scheduler as scheduler
from . import sns as sns
from . import sqs as sqs
from . import ssm as ssm
from . import vpc as vpc
from . import outputs as outputs

class GetAvailabilityZonesFilterArgs:
    def __init__(
        __self__,
        *,
        name: _builtins.str,
        values: Sequence[_builtins.str],
    ) -> None: ...

class GetAvailabilityZonesFilterArgsDict(TypedDict):
    name: _builtins.str
    values: Sequence[_builtins.str]

class GetAvailabilityZonesResult:
    @_builtins.property
    def all_availability_zones(self) -> Optional[_builtins.bool]: ...
    @_builtins.property
    def exclude_names(self) -> Optional[Sequence[_builtins.str]]: ...
    @_builtins.property
    def exclude_zone_ids(self) -> Optional[Sequence[_builtins.str]]: ...
    @_builtins.property
    def filters(self) -> Optional[Sequence['outputs.GetAvailabilityZonesFilterResult']]: ...
    @_builtins.property
    def group_names(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def id(self) -> _builtins.str: ...
    @_builtins.property
    def names(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def region(self) -> _builtins.str: ...
    @_builtins.property
    def state(self) -> Optional[_builtins.str]: ...
    @_builtins.property
    def zone_ids(self) -> Sequence[_builtins.str]: ...

class GetCallerIdentityResult:
    @_builtins.property
    def account_id(self) -> _builtins.str: ...
    @_builtins.property
    def arn(self) -> _builtins.str: ...
    @_builtins.property
    def id(self) -> _builtins.str: ...
    @_builtins.property
    def user_id(self) -> _builtins.str: ...

def get_availability_zones(
    all_availability_zones: Optional[_builtins.bool] = None,
    exclude_names: Optional[Sequence[_builtins.str]] = None,
    exclude_zone_ids: Optional[Sequence[_builtins.str]] = None,
    filters: Optional[Sequence[Union['GetAvailabilityZonesFilterArgs', 'GetAvailabilityZonesFilterArgsDict', 'outputs.GetAvailabilityZonesFilterResult']]] = None,
    region: Optional[_builtins.str] = None,
    state: Optional[_builtins.str] = None,
    opts: Optional[pulumi.InvokeOptions] = None,
) -> GetAvailabilityZonesResult: ...

def get_caller_identity(
    id: Optional[_builtins.str] = None,
    opts: Optional[pulumi.InvokeOptions] = None,
) -> GetCallerIdentityResult: ...
