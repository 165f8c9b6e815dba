"""Fixtures of all tests: a local AWS that runs for the session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from localaws import LocalAws


@pytest.fixture(scope="session")
def local() -> Iterator[LocalAws]:
    """A local AWS whose jobs are processes of this machine."""
    with LocalAws(executor="process") as running:
        yield running
