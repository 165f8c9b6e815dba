"""The fixture that makes resources of the local AWS, and takes them away again."""

from __future__ import annotations

import pytest

from localaws.resources.clients import Clients
from tests.localaws.resources.made_resources import Makes


@pytest.fixture
def makes(local):
    """Makes resources by the handlers."""
    made = Makes(Clients(local.connection, "us-east-1"))
    yield made
    made.clean()
