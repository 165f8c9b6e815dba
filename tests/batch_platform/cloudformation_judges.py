"""`cfn-lint`, `cfn-guard` with the rules of AWS Control Tower, and `cdk-nag`, over templates."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.conftest import refuse
from tests.tool_environment import CACHE, node_packages, tool_environment, unpack

CFN_LINT = "1.58.0"
RULES, RULES_VERSION = "@cdklabs/cdk-validator-cfnguard", "0.0.62"
RULES_SHA512 = (
    "Sg2k8067B0AIJ82QFSLhHTUIqxOYTKABvVrTHiyc6j0rE2NHli2diIYqf+w+DkuDKCYYgMIOga3OrYMOHUw0mQ=="
)
"""Of the package, which also has the program for Linux and macOS."""
CDK_NAG = Path(__file__).parent / "scanners" / "cdk_nag"
"""A Node program with its locked packages."""
REGION = "ap-northeast-1"

Add = Callable[[str, str, str, str], None]
"""Takes note of a finding: environment, check, type of resource, resource."""


def ask_cfn_lint(folder: Path, add: Add) -> None:
    """Add what `cfn-lint` finds in the templates of a folder, advice too."""
    python = tool_environment(f"scanners-cfn-lint-{CFN_LINT}", [f"cfn-lint=={CFN_LINT}"])
    answer = subprocess.run(
        [
            python.with_name("cfn-lint"),
            *("--regions", REGION, "--include-checks", "I", "--format", "json", "--"),
            *sorted(folder.glob("*.json")),
        ],
        capture_output=True,
        text=True,
        check=False,  # other than 0 where something is found
    )
    assert answer.stdout.startswith("["), answer.stderr[-2000:]
    for found in json.loads(answer.stdout):
        label = found["Location"]["Path"][1]
        path = Path(found["Filename"])
        add(path.stem, found["Rule"]["Id"], _type_of(path, label), label)


def ask_cfn_guard(folder: Path, add: Add, passed: Callable[[str], None]) -> None:
    """Add what the rules of Control Tower find in the templates of a folder.

    Args:
        folder: of the templates.
        add: takes note of a finding.
        passed: is told the name of each rule that a template keeps.
    """
    package = _package()
    system = {"Linux": "ubuntu", "Darwin": "macos"}[platform.system()]
    machine = {"arm64": "aarch64"}.get(platform.machine(), platform.machine())
    answer = subprocess.run(
        [
            package / "bin" / system / machine / "cfn-guard",
            *("validate", "--rules", package / "rules" / "control-tower" / "cfn-guard"),
            *("--data", folder),
            *("--structured", "--output-format", "json", "--show-summary", "none"),
        ],
        capture_output=True,
        text=True,
        check=False,  # other than 0 where something is found
    )
    assert answer.stdout.startswith("["), answer.stderr[-2000:]
    for judged in json.loads(answer.stdout):
        path = folder / Path(judged["name"]).name
        for name in judged["compliant"]:
            passed(name)
        for rule in judged["not_compliant"]:
            for check, label in _findings(rule, ""):
                add(path.stem, check, _type_of(path, label), label)


def ask_cdk_nag(folder: Path, add: Add) -> None:
    """Add what the pack AWS Solutions of `cdk-nag` finds in the templates of a folder."""
    modules = node_packages("scanners-cdk-nag", CDK_NAG) / "node_modules"
    with tempfile.TemporaryDirectory() as output:
        answer = subprocess.run(
            ["node", CDK_NAG / "findings.cjs", folder, output],
            env={**os.environ, "NODE_PATH": str(modules)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert answer.returncode == 0, answer.stderr[-2000:]
    for found in json.loads(answer.stdout):
        environment, _, label = found["path"].split("/")
        path = folder / f"{environment}.json"
        # A rule about wildcards names the wildcard: AwsSolutions-IAM5[Action::batch:*].
        rule, _, detail = found["rule"].partition("[")
        check = f"{rule} {detail.partition('::')[0]}" if detail else rule
        add(environment, check, _type_of(path, label), label)


def _findings(node: Any, check: str) -> Iterator[tuple[str, str]]:
    """Yield each control, e.g. CT.EC2.PR.12, and the resource that does not keep it."""
    if isinstance(node, Mapping):
        message = str((node.get("messages") or {}).get("custom_message") or "")
        if named := re.search(r"\[(CT\.[A-Z0-9.]+)\]", message):
            check = named[1]
        if isinstance(path := node.get("path"), str) and path.startswith("/Resources/"):
            yield check, path.split("/")[2]
    inner = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
    for each in inner:
        yield from _findings(each, check)


def _type_of(path: Path, label: str) -> str:
    return str(json.loads(path.read_text())["Resources"][label]["Type"])


def _package() -> Path:
    """Return the folder of the rules' npm package, got once for all clones of this user."""
    folder = CACHE / f"scanners-control-tower-{RULES_VERSION}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        done = subprocess.run(
            ["npm", "pack", "--silent", "--pack-destination", folder, f"{RULES}@{RULES_VERSION}"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            refuse(f"{RULES} cannot be had by npm: {done.stderr[-500:]}")
        (archive,) = folder.glob("*.tgz")
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        assert digest == RULES_SHA512
        unpack(archive, folder)
        archive.unlink()
        (folder / "complete").touch()
    return folder / "package"
