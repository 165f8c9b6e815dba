"""The fixture that makes resources of the local AWS, and takes them away again."""

from __future__ import annotations

import pytest

from localaws.resources.clients import Clients
from tests.localaws.resources.made_resources import Makes


@pytest.fixture(scope="session")
def clients(local):
    """The clients that all handlers use, as they do in the provider."""
    return Clients(local.connection, "us-east-1")


@pytest.fixture
def makes(clients):
    """Makes resources by the handlers."""
    made = Makes(clients)
    yield made
    made.clean()
