"""How the provider says that there is none of what was asked for, more than one, or no right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


# The SDK raises a bare Exception with the provider's text. Most data sources say "no matching",
# aws_route_table "returned no results" (terraform-provider-aws, vpc_route_table_data_source.go).
_NONE = ("no matching", "returned no results", "NotFound", "couldn't find")

_DENIED = ("AccessDenied", "UnauthorizedOperation")
"""How STS, IAM and EC2 say that the caller may not."""


def found(invoke: Callable[[], Any]) -> Any:
    """Return what ``invoke`` finds, or None where the provider says that there is none."""
    try:
        return invoke()
    except Exception as error:
        if any(words in str(error) for words in _NONE):
            return None
        raise


def unless_denied(invoke: Callable[[], Any]) -> Any:
    """Return what ``invoke`` finds, or None where there is none or the caller may not ask."""
    try:
        return found(invoke)
    except Exception as error:
        if is_denied(error):
            return None
        raise


def is_denied(error: Exception) -> bool:
    """Tell whether AWS refuses because the caller may not ask."""
    return any(word in str(error) for word in _DENIED)


def is_one_of_several(error: Exception) -> bool:
    """Tell whether the provider refuses because more than one matches."""
    return "multiple" in str(error)
