"""How the provider says that there is none of what was asked for, or more than one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def found(invoke: Callable[[], Any]) -> Any:
    """Return what ``invoke`` finds, or None where the provider says that there is none."""
    try:
        return invoke()
    except Exception as error:
        # The SDK raises a bare Exception with the provider's text.
        if any(words in str(error) for words in ("no matching", "NotFound", "couldn't find")):
            return None
        raise


def is_one_of_several(error: Exception) -> bool:
    """Tell whether the provider refuses because more than one matches."""
    return "multiple" in str(error)
