"""Values that several blocks of a generated config have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Strategy = st.SearchStrategy

ACCOUNT = "123456789012"

KEYS = st.sampled_from(["default", "a", "B-2", "gpu_x", "0", "z" * 20])
"""Of compute environments, job queues and job definitions."""

WORDS = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
    lambda text: bool(text.strip())
)
"""With something in it that is no space."""

TAGS = st.dictionaries(
    TEXT.filter(lambda name: not name.lower().startswith("aws:")), TEXT, max_size=3
)

POLICIES = [
    "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    f"arn:aws:iam::{ACCOUNT}:policy/team/own",
]


def block(
    given: dict[str, Strategy[Any]], more: dict[str, Strategy[Any]] | None = None
) -> Strategy[dict[str, Any]]:
    """Return a strategy for a block with all the keys of ``given`` and any of ``more``."""
    return st.fixed_dictionaries(given, optional=more or {})


def some(
    items: Strategy[T], *, least: int = 0, key: Callable[[T], Any] | None = None
) -> Strategy[list[T]]:
    """Return a strategy for lists of at most three different items."""
    return st.lists(items, min_size=least, max_size=3, unique_by=key, unique=key is None)


def kms_key(region: str) -> Strategy[str]:
    """Return a strategy for ARNs of KMS keys."""
    keys = [f"arn:aws:kms:{region}:{ACCOUNT}:key/{name}" for name in ("1234abcd-12ab", "mrk-0")]
    return st.sampled_from(keys)


def policies() -> Strategy[list[str]]:
    """Return a strategy for lists of ARNs of managed policies."""
    return some(st.sampled_from(POLICIES))
