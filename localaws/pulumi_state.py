"""Where Pulumi keeps the state of stacks on a local AWS: as long as that AWS, and no longer.

State that outlived the resources it names would make the next ``up`` look for them in vain.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from pathlib import Path

SECRETS_KEYS = ("secretsprovider:", "encryptedkey:", "encryptionsalt:")
"""Top-level lines of a stack file that say how another backend encrypts its secrets."""


class PulumiState:
    """A file backend of Pulumi (``file://…``), with a passphrase of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def temporary(cls) -> PulumiState:
        """Make one that nothing keeps."""
        return cls(Path(tempfile.mkdtemp(prefix="localaws-pulumi-")))

    @property
    def environ(self) -> dict[str, str]:
        """The variables that make Pulumi use it."""
        passphrase = self.path / "passphrase"
        if not passphrase.exists():
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(passphrase, os.O_WRONLY | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex())
        return {
            # Without the files beside each file that gocloud writes in two steps: an engine that
            # is killed between them leaves a state that none can read.
            "PULUMI_BACKEND_URL": f"{self.path.as_uri()}?metadata=skip",
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(passphrase),
            # The salt is in the state, so the stack's own file needs none.
            "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    def copy_stack_file(self, project: Path, stack: str) -> Path:
        """Copy ``Pulumi.<stack>.yaml`` and ``Pulumi.yaml``, and return the former's copy.

        Pulumi writes into the stack file that it is given; so the user's own stays as it is.

        Raises:
            FileNotFoundError: the project has no such file.
        """
        folder = self.path / "projects" / stack
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(project / "Pulumi.yaml", folder)
        copy = folder / f"Pulumi.{stack}.yaml"
        lines = (project / copy.name).read_text().splitlines(keepends=True)
        copy.write_text("".join(each for each in lines if not each.startswith(SECRETS_KEYS)))
        return copy

    def clear(self) -> None:
        """Forget every stack."""
        if self.path.exists():
            for each in self.path.iterdir():
                shutil.rmtree(each) if each.is_dir() else each.unlink()

    def remove(self) -> None:
        """Take the folder away."""
        shutil.rmtree(self.path, ignore_errors=True)
