"""Stacks for the tests of one module."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest

from tests.engine.stacks import Stack, stacks


@pytest.fixture(scope="module")
def new_stack(local, programs, tmp_path_factory) -> Iterator[Callable[[], Stack]]:
    """What makes a stack of its own name, with the config of ``stacks.CONFIG``."""
    with stacks(local, tmp_path_factory.mktemp("pulumi"), programs) as make:
        yield lambda: make(f"t{uuid.uuid4().hex[:6]}")
