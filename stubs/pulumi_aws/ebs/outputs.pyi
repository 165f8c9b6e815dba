# Written by tools/provider_stubs.py (`make docs`) from the installed pulumi-aws; not by hand.
import builtins as _builtins
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, Optional, TypedDict, Union

import pulumi

from . import outputs as outputs

class GetSnapshotFilterResult:
    @_builtins.property
    def name(self) -> _builtins.str: ...
    @_builtins.property
    def values(self) -> Sequence[_builtins.str]: ...
