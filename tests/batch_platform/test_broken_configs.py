"""A broken config is refused line by line, each with its place and a fix; never a traceback."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from batch_platform.__main__ import main
from batch_platform.settings import Settings, SettingsError, parse_stack_file, validate_stack_file
from tests.batch_platform.api_forms import API_FORMS
from tests.batch_platform.broken_configs import WHOLE, broken_configs, places_of, raw_texts
from tests.batch_platform.more_examples import examples
from tests.batch_platform.planned import STACK, loaded, planned
from tests.batch_platform.recorded_run import RunProgram

pytestmark = pytest.mark.sampled(3)

ROOT = Path(__file__).parents[2]

OF_A_VALUE = r"Pulumi\.test\.yaml:\d+: (batch-platform|aws):.*: .+; fix: .+"
OF_A_MISSING_BLOCK = r"Pulumi\.test\.yaml: (batch-platform|aws):\w+: missing.*; fix: .+"
OF_THE_TEXT = r"Pulumi\.test\.yaml(:\d+)?: .+; fix: .+"


def refused(error: SettingsError, *forms: str) -> None:
    """Hold every line against the forms; what is printed has nothing that a terminal obeys."""
    assert error.lines
    for line in error.lines:
        assert any(re.fullmatch(form, line) for form in forms), line
        assert line.isprintable(), line
        assert line.encode()
        assert not line.endswith("fix: correct the value"), f"pydantic's own words: {line}"


@examples(120)
@given(broken_configs())
def test_a_broken_config_is_valid_all_the_same_or_refused_with_its_places(
    config: dict[str, Any],
) -> None:
    try:
        assert planned(loaded(config))  # the zones of a region only the plan knows
    except SettingsError as error:
        refused(error, OF_A_VALUE, OF_A_MISSING_BLOCK)


@pytest.mark.parametrize("key", API_FORMS["jobDefinitions"])
def test_a_key_without_a_value_in_the_apis_form_is_as_if_it_were_not_there(key: str) -> None:
    """It was a traceback in a dozen places."""
    definition = API_FORMS["jobDefinitions"][key]
    for *above, last in places_of(definition):
        config = json.loads(json.dumps({**API_FORMS, "jobDefinitions": {key: definition}}))
        block = config["jobDefinitions"][key]
        for part in above:
            block = block[part]
        block[last] = None
        try:
            assert planned(loaded(config))
        except SettingsError as error:
            refused(error, OF_A_VALUE)


def test_what_is_no_number_is_told_once_and_where_it_is() -> None:
    config = json.loads(json.dumps(API_FORMS))
    container = config["jobDefinitions"]["on-fargate"]["containerProperties"]
    container["resourceRequirements"][1]["value"] = 1.5
    with pytest.raises(SettingsError) as caught:
        loaded(config)
    (line,) = caught.value.lines
    assert "on-fargate.containerProperties.resourceRequirements[1].value: 1.5 is not text" in line


@examples(150)
@given(raw_texts())
def test_rubbish_in_a_stack_file_is_refused(text: str) -> None:
    try:
        settings = validate_stack_file(parse_stack_file(text, STACK))
    except SettingsError as error:
        refused(error, OF_THE_TEXT)
    else:
        assert isinstance(settings, Settings)


def within(value: str) -> str:
    """Return a stack file with ``value`` as the priority of its queue."""
    return WHOLE.replace("[default]}", f"[default], priority: {value}}}")


ALIASES = "".join(f"  x:{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))

RAW = {
    "no int": (within("!!int many"), ":5: .*priority: 'many' is of YAML's type int"),
    "half a hex": (within("0x_"), ":5: .*priority: '0x_' is of YAML's type int"),
    "no bool": (within("!!bool maybe"), ":5: .*'maybe' is of YAML's type bool"),
    "too many digits": (within("9" * 5000), ":5: .*priority: '999.* is of YAML's type int"),
    "too large": (within("0x" + "f" * 5000), ":5: .*priority: '0xfff.* is of YAML's type int"),
    "no end": (within("1e999"), ":5: .*priority: '1e999' is of YAML's type float"),
    "half a character": (within(r'"\ud800"'), r":5: .*priority: '\\ud800' is of YAML's type str"),
    "half a key": (WHOLE + '  "a:\\ud800": 1\n', r":6: a:\\ud800: a key must be plain text"),
    "a key that breaks lines": (
        WHOLE.replace("{mode: public}", '{mode: public, "a\\n\\e[31m": 1}'),
        r":3: batch-platform:network\.a\\n\\x1b\[31m: unknown key",
    ),
    "a long key": (
        WHOLE + f"  batch-platform:{'x' * 1000}: 1\n",
        r":6: batch-platform:x{62}\.\.\.:",
    ),
    "a character that YAML has not": (WHOLE + "# \x00\n", r":6: malformed YAML: .*'\\x00' is not"),
    "itself": (WHOLE + "  x:y: &a {b: *a}\n", r":6: .*nested deeper than 50 levels"),
    "aliases of aliases": (
        f"{WHOLE}  x:0: &a0 [0]\n{ALIASES}",
        r":\d+: .*more than 50000 values, including those behind aliases",
    ),
    "very deep": (WHOLE + "  x:y: " + "[" * 5000, r":\d+: .*nested deeper than 50 levels"),
    "deep": (WHOLE + f"  x:y: {'[' * 60}{']' * 60}", r":6: .*nested deeper than 50 levels"),
    "long": (WHOLE + "#" * 2**20, ": has more than 1048576 characters"),
    "merged": (WHOLE + "  x:y: {<<: {a: 1}}\n", ":6: x:y.<<: a key must be plain text"),
    "twice": (WHOLE + "  aws:region: eu-west-1\n", ":6: aws:region: the key is already on line 2"),
}


@pytest.mark.parametrize("name", RAW)
def test_what_yaml_allows_and_no_config_needs_is_refused_in_one_line(name: str) -> None:
    text, said = RAW[name]
    with pytest.raises(SettingsError) as caught:
        validate_stack_file(parse_stack_file(text, STACK))
    refused(caught.value, OF_THE_TEXT)
    (line,) = caught.value.lines
    assert re.match(rf"Pulumi\.test\.yaml{said}", line), line


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 10**400])
def test_numbers_that_only_the_command_line_can_give_are_refused(
    run_program: RunProgram, number: float
) -> None:
    for key, queue in (
        ("priority", {"priority": number}),
        ("weightFactor", {"fairsharePolicy": {"shareDistribution": [{"shareIdentifier": "a",
                                                                     "weightFactor": number}]}}),
    ):  # fmt: skip
        given = {"default": {"computeEnvironments": ["default"], **queue}}
        run = run_program(WHOLE, overrides={"batch-platform:jobQueues": given})
        assert run.resources == []
        (line,) = run.refused
        assert re.fullmatch(rf"batch-platform:jobQueues\.default.*{key}: .+; fix: .+", line), line


FILES = {
    "broken YAML": b"config: [",
    "binary": bytes(range(256)),
    "aliases of aliases": RAW["aliases of aliases"][0].encode(),
    "very deep": RAW["very deep"][0].encode(),
    "a key that breaks lines": RAW["a key that breaks lines"][0].encode(),
    "values of other types": WHOLE.replace("{default: {type: EC2}}", "[{}, null, 1.5]").encode(),
}


@pytest.mark.parametrize("name", FILES)
def test_the_command_refuses_without_an_error_of_its_own(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Pulumi.test.yaml").write_bytes(FILES[name])
    output = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    errors = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace")
    monkeypatch.setattr(sys, "stdout", output)
    monkeypatch.setattr(sys, "stderr", errors)
    code = main(["check", "--stack", "test", "--directory", str(tmp_path)])
    told = [each.seek(0) or each.read() for each in (output, errors)]
    assert (code, told[0]) == (1, "")
    assert told[1].splitlines() != []
    for line in told[1].splitlines():
        assert re.fullmatch(OF_THE_TEXT, line), line


def test_the_command_refuses_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.test.yaml").write_bytes(FILES["a key that breaks lines"])
    command = [sys.executable, "-m", "batch_platform", "check", "--stack", "test"]
    done = subprocess.run(
        [*command, "--directory", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    for line in done.stderr.splitlines():
        assert re.fullmatch(OF_THE_TEXT, line), line
