"""What goes through all of it is held against IAM, as on AWS."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def enforced(request):
    """Have the local AWS, where a test has one, hold every call against the policies of IAM."""
    local = request.getfixturevalue("local") if "local" in request.fixturenames else None
    if local is None:
        yield
        return
    local.enforce_iam = True
    yield
    local.enforce_iam = False
