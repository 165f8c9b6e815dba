"""How the provider says that there is none of what was asked for, or more than one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


# The SDK raises a bare Exception with the provider's text. Most data sources say "no matching",
# aws_route_table "returned no results" (terraform-provider-aws, vpc_route_table_data_source.go).
_NONE = ("no matching", "returned no results", "NotFound", "couldn't find")


def found(invoke: Callable[[], Any]) -> Any:
    """Return what ``invoke`` finds, or None where the provider says that there is none."""
    try:
        return invoke()
    except Exception as error:
        if any(words in str(error) for words in _NONE):
            return None
        raise


def is_one_of_several(error: Exception) -> bool:
    """Tell whether the provider refuses because more than one matches."""
    return "multiple" in str(error)
