"""A valid config, and how tests change and load it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from batch_platform.changes.snapshot import Snapshot, of_settings
from batch_platform.settings import Settings, SettingsError, read_stack_file, validate_stack_file
from tests.batch_platform.schema_validation import faults

VALID: dict[str, Any] = {
    "aws:region": "ap-northeast-1",
    "batch-platform:network": {"mode": "public"},
    "batch-platform:computeEnvironments": {"default": {"type": "EC2"}, "spot": {"type": "SPOT"}},
    "batch-platform:jobQueues": {"default": {"computeEnvironments": ["default"]}},
    "batch-platform:jobDefinitions": {"hello": {"image": "busybox", "memory": 100}},
}


def changed(path: str, value: object) -> dict[str, Any]:
    """Return the valid config with ``value`` at ``path``, e.g. ``network/mode``."""
    config: dict[str, Any] = json.loads(json.dumps(VALID))
    block = config
    *parents, last = path.split("/")
    parents = [f"batch-platform:{key}" if not n else key for n, key in enumerate(parents)]
    for key in parents:
        block = block.setdefault(key, {})
    block[last if parents or ":" in last else f"batch-platform:{last}"] = value
    return config


def load(config: dict[str, Any], folder: Path) -> Settings:
    path = folder / "Pulumi.dev.yaml"
    path.write_text(yaml.dump({"config": config}, Dumper=yaml.CSafeDumper, sort_keys=False))
    stack_file = read_stack_file(path)
    settings = validate_stack_file(stack_file)
    assert faults(stack_file) == [], "what the loader takes, the schema takes"
    return settings


def snapshot(config: dict[str, Any], folder: Path) -> Snapshot:
    """Return what the program registers for a config; each config is recorded once."""
    settings, text = load(config, folder), json.dumps(config)
    if text not in _SNAPSHOTS:
        _SNAPSHOTS[text] = of_settings(settings, "config")
    return _SNAPSHOTS[text]


_SNAPSHOTS: dict[str, Snapshot] = {}


def refusals(config: dict[str, Any], folder: Path) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(config, folder)
    return caught.value.lines


CE = "computeEnvironments/default"
JOB = "jobDefinitions/hello"
