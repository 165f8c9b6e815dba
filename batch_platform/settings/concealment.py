"""Values of parameters and environment may be secrets: no message and no plan shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

CONCEALED_KEYS = frozenset({"environment", "parameters"})
"""Keys of a job definition, in the config's form and in the API's, whose texts are not shown."""


def concealed(value: Any, path: Sequence[str | int] = ()) -> Any:
    """Return ``value`` with a description in the place of each text that may be a secret.

    Names, numbers and what is empty stay: a number is rather a port or a size.

    Args:
        value: from a config, or from a resource's inputs.
        path: where it is; what is below ``environment`` or ``parameters`` is concealed.
    """
    if isinstance(value, Mapping):
        return {key: concealed(item, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [concealed(item, (*path, index)) for index, item in enumerate(value)]
    is_secret = not CONCEALED_KEYS.isdisjoint(path) and path[-1] != "name"
    if is_secret and isinstance(value, str) and value:
        return _Description(f"(a text of {len(value)} characters, not shown)")
    return value


class _Description(str):
    """A text that stands for another, and is shown without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)
