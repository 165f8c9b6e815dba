"""No key is silent: another value is another stack, a refusal or a warning.

Each base config has keys where they matter. Each key in turn gets another value, each that a
block lacks gets one, and what the program then registers, exports, warns of or refuses must
differ. Entries of a block are registered side by side, one for each change: a run of the program
costs more than they do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from batch_platform.settings import SettingsError, StackFile, validate_stack_file
from tests.batch_platform.full_configs import (
    AROUND,
    BESIDE,
    BLOCKS,
    ENTRIES,
    GIVEN,
    NETWORKS,
    OFF,
    SMALL,
    UNREACHABLE,
)
from tests.batch_platform.generated_configs import spelled, stack_file
from tests.batch_platform.program_config import BESIDE_SUBNETS, NETWORK_OF_ANOTHER, SUBNET
from tests.batch_platform.recorded_run import Answer, Run, RunProgram
from tests.batch_platform.schema_keys import Key, every_name, keys_of, lacking_keys_of

Config = dict[str, Any]

IN_A_HOOK = {
    **dict.fromkeys(
        ("Image.buildArgs", "Image.context", "Image.dockerfile", "Image.platform", "Image.target"),
        "tests/batch_platform/test_own_images.py: what the container engine is told",
    ),
    "JobDefinition.keepRevisions": "tests/engine/test_updates.py: revisions that stay ACTIVE",
    "Replacement.detachTimeout": "tests/engine/test_replacement.py: the wait that is given up",
}
"""Keys that nothing registered shows, since a hook of the engine or another verb reads them; the
test of each."""

REFUSED = {
    "PublicNetwork.mapPublicIpOnLaunch": "instances could not reach ECS without",
}
"""Keys whose every other value is refused, and why."""

EVERYDAY = 60
"""Every day one of so many keys has its turn, always the same; in CI all have."""

SIDE_BY_SIDE = {
    "computeEnvironments": 30,
    "jobQueues": 40,
    "jobDefinitions": 120,
    "images": 40,
    "schedules": 60,
    "triggers": 60,
}
"""Entries in one run: AWS Batch has 50 environments and queues for an account."""

NO_WAY_OUT: list[Answer] = [
    ("getSubnet", {}, SUBNET),
    ("getRouteTable", {}, {"routes": []}),
    *BESIDE_SUBNETS,
]


@dataclass(frozen=True)
class Change:
    """Another value for one key."""

    key: Key
    value: Any
    config: Config

    @property
    def name(self) -> str:
        return f"{self.key.name} at {'.'.join(map(str, self.key.path))}: {self.value!r}"


def changes(config: Config, is_meant: Callable[[Key], bool]) -> Iterator[Change]:
    """Yield the first other value of each key that the loader takes."""
    for key in filter(is_meant, keys_of(config)):
        for value in key.others():
            changed = with_value(config, key.path, value)
            if is_taken(changed):
                yield Change(key, value, changed)
                break


def with_value(config: Config, path: Sequence[str | int], value: Any) -> Config:
    copy = json.loads(json.dumps(config))
    *parents, last = path
    block = copy
    for part in parents:
        block = block[part]
    block[last] = value
    return copy  # type: ignore[no-any-return]


def is_taken(config: Config) -> bool:
    try:
        validate_stack_file(StackFile(Path("Pulumi.test.yaml"), "test", config, {}))
    except SettingsError:
        return False
    return True


def _bases() -> dict[tuple[str, str], Config]:
    """Return whole configs: by block and name for entries, by name for blocks of one stack."""
    networks = {name: {**SMALL, "network": block} for name, block in NETWORKS.items()}
    networks["unreachable"] = {**SMALL, "network": UNREACHABLE}
    small = {**SMALL, **AROUND}
    blocks = networks | {
        "blocks": {**small, **BLOCKS},
        "off": {**small, **OFF},
        "given": {**small, **GIVEN},
    }
    entries = {
        (block, name): {
            **SMALL,
            **BESIDE.get(block, {}),
            block: {**SMALL.get(block, {}), BASE: entry},
        }
        for block, every in ENTRIES.items()
        for name, entry in every.items()
    }
    bases = {(ONCE, name): config for name, config in blocks.items()} | entries
    return {place: spelled(config) for place, config in bases.items()}


ONCE, BASE = "", "base"
BASES = _bases()
BLOCKS_ONCE = [name for block, name in BASES if block == ONCE]


@cache
def changes_of(place: tuple[str, str], *, lacking: bool = False) -> list[Change]:
    """Return the changes of the entry that a base is for, or of all that is no entry.

    Args:
        place: of the base.
        lacking: give it keys that it lacks, instead of other values for those that it has.
    """
    block, _ = place
    entries = tuple(f"batch-platform:{each}" for each in ENTRIES)

    def is_meant(key: Key) -> bool:
        if block == ONCE:
            return key.path[0] not in entries
        return key.path[:2] == (f"batch-platform:{block}", BASE)

    if not lacking:
        return list(changes(BASES[place], is_meant))
    found: dict[str, Change] = {}
    known = [key for base in BASES.values() for key in keys_of(base)]
    for key in filter(is_meant, lacking_keys_of(BASES[place], known)):
        changed = with_value(BASES[place], key.path, key.value)
        if key.name not in found and is_taken(changed):
            found[key.name] = Change(key, key.value, changed)
    return list(found.values())


def test_every_key_has_a_base_and_another_value() -> None:
    there = [key for base in BASES.values() for key in keys_of(base)]
    assert sorted(every_name() - {key.name for key in there}) == [], "add it to full_configs.py"

    changed = {change.key.name for place in BASES for change in changes_of(place)}
    changeable = {
        key.name for key in there if not key.has_one_value and any(True for _ in key.others())
    }
    assert sorted(changeable - changed) == sorted(REFUSED)


def check_entries(
    run_program: RunProgram, block: str, *, everyday: bool = False, lacking: bool = False
) -> None:
    silent: set[str] = set()
    found: list[tuple[Config, Change]] = [
        (BASES[place][f"batch-platform:{block}"][BASE], change)
        for place in BASES
        if place[0] == block
        for change in changes_of(place, lacking=lacking)
    ][:: EVERYDAY if everyday else 1]
    assert found
    size = SIDE_BY_SIDE[block]
    for start in range(0, len(found), size):
        silent |= silent_entries(run_program, block, found[start : start + size])
    hooks = {each for each in silent if each.partition(" at ")[0] in IN_A_HOOK}
    assert sorted(silent - hooks) == []
    if not everyday:
        assert {each.partition(" at ")[0] for each in hooks} == IN_A_HOOK.keys() & {
            change.key.name for _, change in found
        }, "a key that something registered shows needs no exception"


def silent_entries(
    run_program: RunProgram, block: str, found: Sequence[tuple[Config, Change]]
) -> set[str]:
    """Register bases and changes side by side, and return the changes that are alike."""
    entries: Config = {}
    tokens: dict[str, str] = {}
    for number, (base, change) in enumerate(found):
        text = json.dumps(base)
        if text not in tokens:
            tokens[text] = f"k{len(tokens):03}base"
            entries[tokens[text]] = base
        entries[f"k{number:03}change"] = change.config[f"batch-platform:{block}"][BASE]
    config = spelled({**SMALL, **BESIDE.get(block, {}), block: {**SMALL.get(block, {}), **entries}})
    run = run_of(run_program, config, NETWORK_OF_ANOTHER)
    assert run.refused == []
    return {
        change.name
        for number, (base, change) in enumerate(found)
        if entry_of(run, f"k{number:03}change") == entry_of(run, tokens[json.dumps(base)])
    }


def entry_of(run: Run, key: str) -> str:
    """Return what is registered and exported under the name of an entry."""
    resources = [asdict(one) for one in run.resources if key in one.name]
    assert resources
    outputs = [each[key] for each in run.outputs.values() if isinstance(each, dict) and key in each]
    ordered = sorted(json.dumps(each, sort_keys=True) for each in (*resources, *outputs))
    return "\n".join(ordered).replace(key, "KEY")


def silent_blocks(run_program: RunProgram, name: str, found: Sequence[Change]) -> list[Change]:
    """Run the program for a base and each change of it, and return the changes that are alike."""
    answers = NO_WAY_OUT if name == "unreachable" else NETWORK_OF_ANOTHER
    before = whole(run_of(run_program, BASES[ONCE, name], answers))
    return [
        change for change in found if whole(run_of(run_program, change.config, answers)) == before
    ]


def run_of(run_program: RunProgram, config: Config, answers: Sequence[Answer]) -> Run:
    """Run the program with a config as `pulumi up --config` gives it: to read YAML takes longer."""
    return run_program(stack_file(SMALL), overrides=config, answers=answers)


def whole(run: Run) -> str:
    """Return what a run registers, exports, refuses and warns of."""
    resources = sorted(json.dumps(asdict(one), sort_keys=True) for one in run.resources)
    return json.dumps([resources, run.outputs, run.refused, run.warnings], sort_keys=True)


@pytest.mark.parametrize("block", ENTRIES)
def test_no_key_of_an_entry_is_silent(run_program: RunProgram, block: str) -> None:
    check_entries(run_program, block, everyday=True)


@pytest.mark.every_key
@pytest.mark.parametrize("block", ENTRIES)
def test_no_key_of_any_entry_is_silent(run_program: RunProgram, block: str) -> None:
    check_entries(run_program, block)


@pytest.mark.every_key
@pytest.mark.parametrize("block", ["computeEnvironments", "jobDefinitions"])
def test_no_further_key_of_an_entry_is_silent(run_program: RunProgram, block: str) -> None:
    check_entries(run_program, block, lacking=True)


def test_no_key_of_a_block_is_silent(run_program: RunProgram) -> None:
    every = [(name, change) for name in BLOCKS_ONCE for change in changes_of((ONCE, name))]
    found: dict[str, list[Change]] = {}
    for name, change in every[::EVERYDAY]:
        found.setdefault(name, []).append(change)
    silent = [
        change.name
        for name, some in found.items()
        for change in silent_blocks(run_program, name, some)
        if change.key.name not in IN_A_HOOK
    ]
    assert silent == []


@pytest.mark.every_key
@pytest.mark.parametrize("name", BLOCKS_ONCE)
def test_no_key_of_any_block_is_silent(run_program: RunProgram, name: str) -> None:
    found = changes_of((ONCE, name))
    assert found
    hooks = [change.name for change in found if change.key.name in IN_A_HOOK]
    assert [change.name for change in silent_blocks(run_program, name, found)] == hooks
