"""Reading ``Pulumi.<stack>.yaml``: positions, faults of the YAML itself, the engine's config."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from batch_platform.settings import SettingsError, read_stack_file, validate_stack_file


def written(folder: Path, text: str) -> Path:
    path = folder / "Pulumi.dev.yaml"
    path.write_text(text)
    return path


def refusals(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        read_stack_file(written(folder, text))
    return caught.value.lines


def test_the_line_of_every_key_and_list_item_is_known(tmp_path: Path) -> None:
    text = "config:\n  a:b:\n    key: [1,\n      2]\n    list:\n    - x\n    - y\n"
    stack_file = read_stack_file(written(tmp_path, text))

    assert stack_file.stack == "dev"
    assert stack_file.values == {"a:b": {"key": [1, 2], "list": ["x", "y"]}}
    assert stack_file.location(("a:b",)) == "Pulumi.dev.yaml:2"
    assert stack_file.location(("a:b", "key", 1)) == "Pulumi.dev.yaml:4"
    assert stack_file.location(("a:b", "list", 1)) == "Pulumi.dev.yaml:7"
    assert stack_file.location(("a:b", "list", 1, "below")) == "Pulumi.dev.yaml:7"
    assert stack_file.location(("elsewhere",)) == "Pulumi.dev.yaml"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("config:\n  a:b: [1, 2\n  c:d: 1\n", "Pulumi.dev.yaml:3: malformed YAML"),
        ("config:\n  a:b: 'x\n", "Pulumi.dev.yaml:3: malformed YAML"),
        ("config:\n\ta: 1\n", "Pulumi.dev.yaml:2: malformed YAML"),
        ("config: &a [*a]\n", "Pulumi.dev.yaml:1: [0][0][0]: nested deeper than 50 levels"),
        ("- config\n", "Pulumi.dev.yaml:1: the file is not a mapping"),
        ("config: 5\n", "Pulumi.dev.yaml:1: config: is not a block of keys"),
        ("config: {}\nconfg: {}\n", "Pulumi.dev.yaml:2: confg: unknown top-level key (did you"),
        ("config:\n  network: {}\n", "Pulumi.dev.yaml:2: network: a config key needs its"),
        ("config:\n  a:b: {<<: {x: 1}}\n", "Pulumi.dev.yaml:2: a:b.<<: a key must be plain text"),
    ],
)
def test_one_clear_error_for_what_is_no_stack_file(tmp_path: Path, text: str, place: str) -> None:
    (line,) = refusals(tmp_path, text)

    assert line.startswith(place)
    assert "; fix: " in line


def test_a_key_given_twice_names_both_lines(tmp_path: Path) -> None:
    (line,) = refusals(tmp_path, "config:\n  a:b:\n    key: 1\n    other: 2\n    key: 3\n")

    assert line.startswith("Pulumi.dev.yaml:5: a:b.key: the key is already on line 3")


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Pulumi\.none\.yaml: cannot be read"):
        read_stack_file(tmp_path / "Pulumi.none.yaml")


def test_an_empty_file_has_no_values(tmp_path: Path) -> None:
    assert read_stack_file(written(tmp_path, "")).values == {}


def test_scalars_are_those_of_the_engine_and_not_of_yaml_1_1(tmp_path: Path) -> None:
    text = "config:\n  a:b: [on, yes, true, 1, 1.5, 1:30, ~, '5', 0x10, 2026-01-01]\n"
    stack_file = read_stack_file(written(tmp_path, text))

    assert stack_file.values["a:b"] == (
        ["on", "yes", True, 1, 1.5, "1:30", None, "5", 16, "2026-01-01"]
    )


def test_the_engines_config_has_text_as_it_is_and_the_rest_as_json(tmp_path: Path) -> None:
    text = "config:\n  aws:region: us-east-1\n  a:n: 5\n  a:t: true\n  a:b: {x: [1, y]}\n"
    config = read_stack_file(written(tmp_path, text)).pulumi_config()

    assert config["aws:region"] == "us-east-1"
    assert config["a:n"] == "5"
    assert config["a:t"] == "true"
    assert json.loads(config["a:b"]) == {"x": [1, "y"]}


@pytest.mark.parametrize(
    ("block", "key", "fix"),
    [
        ("jobDefinitions: {j: {environment: {TOKEN: %s}}}", "j.environment.TOKEN", "`secrets`"),
        ("jobDefinitions: {j: {parameters: {Key: %s}}}", "j.parameters.Key", "`secrets`"),
        ("jobDefinitions: {j: {command: [a, %s]}}", "j.command[1]", "`secrets`"),
        ("jobDefinitions: %s", "batch-platform:jobDefinitions", "`secrets`"),
        (
            "jobDefinitions: {j: {containerProperties: {environment: [{name: A, value: %s}]}}}",
            "j.containerProperties.environment[0].value",
            "`secrets`",
        ),
        (
            "jobDefinitions: {j: {logConfiguration: {options: {splunk-token: %s}}}}",
            "j.logConfiguration.options.splunk-token",
            "`secretOptions`",
        ),
        (
            "computeEnvironments: {c: {launchTemplate: {userData: [{content: %s}]}}}",
            "c.launchTemplate.userData[0].content",
            "instance role",
        ),
        ("network: {mode: %s}", "batch-platform:network.mode", "without --secret"),
        ("netwrok: %s", "batch-platform:netwrok", "without --secret"),
    ],
)
def test_an_encrypted_value_is_refused_with_its_key_and_what_to_do(
    tmp_path: Path, block: str, key: str, fix: str
) -> None:
    value = "{secure: v1:abc}"
    text = f"config:\n  batch-platform:{block.replace('%s', value)}\n"
    stack_file = read_stack_file(written(tmp_path, text))

    for refuses in (stack_file.pulumi_config, lambda: validate_stack_file(stack_file)):
        with pytest.raises(SettingsError) as caught:
            refuses()
        (line,) = caught.value.lines
        assert line.startswith("Pulumi.dev.yaml:2: batch-platform:")
        assert f"{key}: the value is encrypted" in line
        assert fix in line.partition("; fix: ")[2]
        assert "v1:abc" not in line


def test_all_encrypted_values_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    text = """config:
  aws:region: {secure: v1:abc}
  batch-platform:jobDefinitions:
    one:
      environment: {A: {secure: v1:abc}, B: plain}
    two:
      parameters: {C: {secure: v1:abc}}
"""
    with pytest.raises(SettingsError) as caught:
        validate_stack_file(read_stack_file(written(tmp_path, text)))
    places = [line.partition(": the value")[0] for line in caught.value.lines]
    assert places == [
        "Pulumi.dev.yaml:2: aws:region",
        "Pulumi.dev.yaml:5: batch-platform:jobDefinitions.one.environment.A",
        "Pulumi.dev.yaml:7: batch-platform:jobDefinitions.two.parameters.C",
    ]


def test_what_the_program_does_not_read_may_be_encrypted(tmp_path: Path) -> None:
    text = "config:\n  aws:region: us-east-1\n  aws:secretKey: {secure: v1:abc}\n  a:b: [1]\n"
    config = read_stack_file(written(tmp_path, text)).pulumi_config()
    assert config == {"aws:region": "us-east-1", "a:b": "[1]"}
