"""The real Terraform with the real AWS provider, over the local AWS."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.batch_platform.real_provider.terraform_configuration import SOURCE, VERSION

PROVIDER = f"registry.terraform.io/{SOURCE}/{VERSION}"
PLUGIN_FOLDERS = ("~/.terraform.d/plugins", "/usr/share/terraform/plugins", "/opt/*")
"""Where an unpacked provider may be; this is no test of downloads."""
PLAN = "plan"
"""File of the last plan."""
NO_CHANGES, CHANGES = 0, 2
"""Exit codes of ``plan -detailed-exitcode``."""
PARALLELISM = "-parallelism=40"
"""Calls wait more than they work."""


def plugins() -> Path:
    """Return the folder that has the unpacked provider; skip where Terraform or it is absent."""
    found = [
        folder
        for pattern in PLUGIN_FOLDERS
        for folder in Path("/").glob(str(Path(pattern).expanduser()).removeprefix("/"))
        if (folder / PROVIDER).is_dir()
    ]
    if shutil.which("terraform") is None or not found:
        # The provider is built by nobody but HashiCorp, who serve it from their own registry.
        pytest.skip(f"no terraform on PATH with an unpacked {SOURCE} {VERSION}")
    return found[0]


@dataclass(frozen=True)
class Terraform:
    """One configuration and its state.

    Attributes:
        folder: of both.
        environ: credentials and endpoint of the local AWS, and where the provider is.
    """

    folder: Path
    environ: Mapping[str, str]

    @classmethod
    def at(cls, folder: Path, local: Mapping[str, str]) -> Terraform:
        """Prepare a folder; skip where Terraform or the provider is absent."""
        config = folder / "terraform.rc"
        config.write_text(
            "disable_checkpoint = true\n"
            f'provider_installation {{ filesystem_mirror {{ path = "{plugins()}" }} }}\n'
        )
        own = {"TF_CLI_CONFIG_FILE": str(config), "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}
        inherited = {name: os.environ[name] for name in ("PATH", "HOME")}
        return cls(folder, {**inherited, **local, **own, "AWS_EC2_METADATA_DISABLED": "true"})

    def configure(self, configuration: Mapping[str, Any]) -> None:
        """Write the configuration in place of the one before."""
        is_new = not (self.folder / ".terraform").exists()
        (self.folder / "main.tf.json").write_text(json.dumps(configuration, indent=1))
        if is_new:
            self._run("init")

    def apply(self) -> None:
        """Make what the configuration says."""
        self._run("apply", "-auto-approve", PARALLELISM)

    def apply_plan(self) -> None:
        """Make what the last plan says, without making it again."""
        self._run("apply", PARALLELISM, PLAN)

    def destroy(self) -> None:
        """Delete all that was made, as the state has it."""
        self._run("destroy", "-auto-approve", "-refresh=false", PARALLELISM)

    def plan(self, *, refresh: bool = True) -> dict[str, Any]:
        """Return the change of each resource that would change, by its address.

        As ``terraform show -json`` has it: ``actions``, ``before``, ``after``, ``replace_paths``.

        Args:
            refresh: read every resource first; needless if the plan before has just done so.
        """
        asked = ("-detailed-exitcode", f"-refresh={str(refresh).lower()}", PARALLELISM)
        answer = self._answer("plan", f"-out={PLAN}", *asked)
        if answer.returncode == NO_CHANGES:
            return {}
        assert answer.returncode == CHANGES, f"{answer.stdout[-4000:]}{answer.stderr[-4000:]}"
        shown = json.loads(self._run("show", "-json", PLAN))
        return {
            each["address"]: each["change"]
            for each in shown["resource_changes"]
            if each["change"]["actions"] != ["no-op"]
        }

    def addresses(self) -> set[str]:
        """Return what the state has."""
        return {*self._run("state", "list").split()}

    def _run(self, verb: str, *arguments: str) -> str:
        answer = self._answer(verb, *arguments)
        assert answer.returncode == 0, f"{answer.stdout[-4000:]}{answer.stderr[-4000:]}"
        return answer.stdout

    def _answer(self, verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        color = () if verb in {"show", "state"} else ("-no-color",)
        return subprocess.run(
            ["terraform", verb, *color, *arguments],
            cwd=self.folder,
            env=dict(self.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=800,
        )


def actions(plan: Mapping[str, Any], kinds: Iterable[str] = ()) -> dict[str, list[str]]:
    """Return the actions of a plan by address, of these types of resource if any are named."""
    kinds = tuple(kinds)
    return {
        address: change["actions"]
        for address, change in plan.items()
        if not kinds or address.partition(".")[0] in kinds
    }
