"""The engine killed after requests of a first up, of a replacement and of a destroy.

Everyday some requests, which change with the day; with ``BATCH_PLATFORM_KILLS=all`` each request
that changes something, in a run of its own (see ``python -m tests.engine.kill_table``).
"""

from __future__ import annotations

import datetime
import os

import pytest

from tests.engine.kills import Some, lives

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite]

SEED = os.environ.get("BATCH_PLATFORM_KILLS") or datetime.datetime.now(datetime.UTC).date()
