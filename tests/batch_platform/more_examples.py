"""How many configs are generated: some every day, more in CI, as many as one likes otherwise."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

from tests.conftest import MORE_EXAMPLES, NO_SKIPS

EVERYDAY_SHARE = 6
"""Of the examples of CI, every sixth is drawn every day."""


def examples(count: int) -> settings:
    """Return the settings of a test with ``count`` examples.

    A sixth of them where tests may skip, that is every day; all in CI; times what the environment
    asks for. They are the same at each run, unless it asks for a number.

    A failure prints its example as it was drawn: to make it smaller takes minutes, and so longer
    than a test may.
    """
    if NO_SKIPS not in os.environ and MORE_EXAMPLES not in os.environ:
        count = -(-count // EVERYDAY_SHARE)
    return settings(
        max_examples=count * int(os.environ.get(MORE_EXAMPLES, "1")),
        phases=set(Phase) - {Phase.explain, Phase.shrink},
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.function_scoped_fixture,
        ],
    )
