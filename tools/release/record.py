"""Records what the program registers for stacks of every kind, for comparison by the next version.

A maintainer runs it at each release (CONTRIBUTING.md, "Release"). The record is one file, that of
the newest release. `tests/batch_platform/test_upgrade.py` compares it with what the program of the
day registers for the same stack files, and that with what CHANGELOG.md announces.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from batch_platform.changes.recording import recorded
from batch_platform.changes.registrations import Registration
from batch_platform.plan import assumed_plan
from batch_platform.program.project import Project
from batch_platform.settings import parse_stack_file, validate_stack_file
from batchsdk import __version__

PROJECT = Path(__file__).resolve().parents[2]
RECORD = PROJECT / "tests" / "batch_platform" / "last_release.json"
EVERYTHING = PROJECT / "tests" / "batch_platform" / "iam_judge" / "everything.yaml"
"""A stack with every feature."""

Resources = Mapping[str, Registration]
"""What the program registers, by URN."""


def stack_files() -> dict[str, str]:
    """Return the text of each stack file that is recorded, by the name of its stack."""
    texts = {
        path.name.split(".")[1]: path.read_text(encoding="utf-8")
        for path in sorted((PROJECT / "examples" / "environments").glob("Pulumi.*.yaml"))
    }
    with tempfile.TemporaryDirectory() as folder:
        texts["new-project"] = Project(Path(folder), "us-east-1").contents()["Pulumi.dev.yaml"]
    return texts | {"everything": EVERYTHING.read_text(encoding="utf-8")}


def registered(stack: str, text: str) -> Resources:
    """Return what the program of today registers for a stack file.

    Raises:
        SettingsError: the program refuses the stack file.
    """
    settings = validate_stack_file(parse_stack_file(text, Path(f"Pulumi.{stack}.yaml")))
    return recorded(assumed_plan(settings))


def as_text(version: str, texts: Mapping[str, str]) -> str:
    """Return the record of a release: JSON, with a line for each resource."""
    stacks = []
    for stack, text in texts.items():
        lines = [
            f"{json.dumps(urn)}: {json.dumps(_kept(one), sort_keys=True)}"
            for urn, one in sorted(registered(stack, text).items())
        ]
        resources = ",\n".join(lines)
        stacks.append(
            f"{json.dumps(stack)}: {{\n"
            f'"stack file": {json.dumps(text)},\n"resources": {{\n{resources}\n}}}}'
        )
    joined = ",\n".join(stacks)
    return f'{{\n"version": {json.dumps(version)},\n"stacks": {{\n{joined}\n}}}}\n'


def _kept(one: Registration) -> dict[str, Any]:
    return {"inputs": one.inputs} | ({"trigger": one.trigger} if one.trigger else {})


def read(text: str) -> tuple[str, dict[str, tuple[str, Resources]]]:
    """Return what :func:`as_text` has made: the version, and stack file and resources by stack."""
    document = json.loads(text)
    stacks: dict[str, tuple[str, Resources]] = {
        stack: (
            each["stack file"],
            {
                urn: Registration(
                    type=urn.split("::")[2].rpartition("$")[2],
                    name=urn.split("::")[3],
                    inputs=kept["inputs"],
                    trigger=kept.get("trigger"),
                )
                for urn, kept in each["resources"].items()
            },
        )
        for stack, each in document["stacks"].items()
    }
    return document["version"], stacks


def main() -> int:
    """Write the record of this version."""
    RECORD.write_text(as_text(__version__, stack_files()), encoding="utf-8")
    print(f"{RECORD.relative_to(PROJECT)} is of {__version__}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
