"""What the engine's own edits of a stack file leave of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from batch_platform.settings import read_stack_file, validate_stack_file
from tests.engine.stacks import stacks

pytestmark = pytest.mark.engine

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def stack(local, tmp_path):
    """A stack whose program never runs."""
    with stacks(local, tmp_path, os.environ["PATH"]) as make:
        yield make("edited")


def test_the_line_that_names_the_schema_outlives_config_set(stack):
    stack.text = (PROJECT / "Pulumi.dev.yaml").read_text()
    path = stack.folder / f"Pulumi.{stack.name}.yaml"

    stack.pulumi("config", "set", "--path", "batch-platform:tags.team", "data")

    written = path.read_text()
    assert written.splitlines()[0] == stack.text.splitlines()[0]
    assert written.startswith("# yaml-language-server: $schema=")
    assert validate_stack_file(read_stack_file(path)).tags == {"team": "data"}
