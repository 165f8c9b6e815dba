"""A broken config is refused line by line, each with its place and a fix; never a traceback."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from broken_configs import WHOLE, broken_configs, raw_texts
from generated_configs import spelled, stack_file
from hypothesis import given
from more_examples import examples
from planned import STACK, loaded, planned

from infra.settings import Settings, SettingsError, StackFile, parse_stack_file, validate_stack_file

ROOT = Path(__file__).parents[2]

OF_A_VALUE = r"Pulumi\.test\.yaml:\d+: (batch-platform|aws):[^:\n]+: .+; fix: .+"
OF_A_MISSING_BLOCK = r"Pulumi\.test\.yaml: (batch-platform|aws):\w+: missing.*; fix: .+"
OF_THE_TEXT = r"Pulumi\.test\.yaml(:\d+)?: .+; fix: .+"


def refused(error: SettingsError, *forms: str) -> None:
    """Hold every line against the forms; what is printed has nothing that a terminal obeys."""
    assert error.lines
    for line in error.lines:
        assert any(re.fullmatch(form, line) for form in forms), line
        assert line.isprintable(), line
        assert line.encode()


@examples(120)
@given(broken_configs())
def test_a_broken_config_is_valid_all_the_same_or_refused_with_its_places(
    config: dict[str, Any],
) -> None:
    try:
        settings = loaded(config)
    except SettingsError as error:
        refused(error, OF_A_VALUE, OF_A_MISSING_BLOCK)
    else:
        assert planned(settings)


@examples(150)
@given(raw_texts())
def test_rubbish_in_a_stack_file_is_refused(text: str) -> None:
    try:
        settings = validate_stack_file(parse_stack_file(text, STACK))
    except SettingsError as error:
        refused(error, OF_THE_TEXT)
    else:
        assert isinstance(settings, Settings)
