"""Where Pulumi keeps the state of stacks on a local AWS: as long as that AWS, and no longer.

State that outlived the resources it names would make the next ``up`` look for them in vain; so a
data directory has both in one file (:mod:`localaws.persistence.data_directory`).
"""

from __future__ import annotations

import gzip
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from localaws.system.private_files import open_private, private_folder, write_private
from localaws.system.temporary_folders import TemporaryFolder

SECRETS_KEYS = frozenset({"secretsprovider", "encryptedkey", "encryptionsalt"})
"""Top-level keys of a stack file that say how another backend encrypts its secrets."""
REGION_KEY = "aws:region"
PASSPHRASE = "passphrase"  # noqa: S105 - the file's name
STACKS = "stacks"
"""Pulumi's folder of states."""


class PulumiState:
    """A file backend of Pulumi (``file://…``), with a passphrase of its own."""

    def __init__(self, path: Path, temporary: TemporaryFolder | None = None) -> None:
        self.path = path
        self._temporary = temporary

    @classmethod
    def temporary(cls) -> PulumiState:
        """Make one that nothing keeps, and remove those that killed servers left."""
        folder = TemporaryFolder("localaws-pulumi-")
        return cls(folder.path, folder)

    @property
    def environ(self) -> dict[str, str]:
        """The variables that make Pulumi use it.

        Raises:
            OSError: the folder is another user's, or may be written by others.
        """
        passphrase = private_folder(self.path) / PASSPHRASE
        if not passphrase.exists():
            write_private(passphrase, secrets.token_hex())
        return {
            # Without the files beside each file that gocloud writes in two steps: an engine that
            # is killed between them leaves a state that none can read.
            "PULUMI_BACKEND_URL": f"{self.path.as_uri()}?metadata=skip",
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(passphrase),
            # The salt is in the state, so the stack's own file needs none.
            "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    def has_stack(self, project: Path, stack: str) -> bool:
        """Return whether the stack has been made, and not been removed."""
        return any(each.exists() for each in self._states_of(project, stack))

    def has_resources(self, project: Path, stack: str) -> bool:
        """Return whether the engine has deployed the stack, and not destroyed it since."""
        for path in self._states_of(project, stack):
            if path.exists():
                text = path.read_bytes()
                state = json.loads(gzip.decompress(text) if path.suffix == ".gz" else text)
                latest = state["checkpoint"].get("latest") or {}
                return bool(latest.get("resources") or latest.get("pending_operations"))
        return False

    def _states_of(self, project: Path, stack: str) -> list[Path]:
        folder = self.path / ".pulumi" / STACKS / project_name(project)
        return [folder / f"{stack}.{ending}" for ending in ("json", "json.gz")]

    def copy_stack_file(self, project: Path, stack: str) -> Path:
        """Copy ``Pulumi.<stack>.yaml`` and ``Pulumi.yaml``, and return the former's copy.

        Pulumi writes into the stack file that it is given; so the user's own stays as it is. The
        copy lacks what is about a real account: how secrets are encrypted, and all settings of the
        ``aws`` provider but the region (profile, roles, endpoints).

        Raises:
            FileNotFoundError: the project has no such file.
            ValueError: its Pulumi.yaml has no name.
        """
        folder = self.path / "projects" / project_name(project) / stack
        private_folder(folder)
        write_private(folder / "Pulumi.yaml", (project / "Pulumi.yaml").read_text())
        copy = folder / f"Pulumi.{stack}.yaml"
        write_private(copy, _for_local((project / copy.name).read_text()))
        return copy

    def to_save(self) -> dict[str, bytes]:
        """Return the files that a restart needs, by their paths in this folder."""
        return {
            str(each.relative_to(self.path)): each.read_bytes()
            for each in self._files_to_save()
            if each.exists()
        }

    def changed_at(self) -> tuple[tuple[str, int], ...]:
        """Return what is another as soon as an engine has written a stack's state."""
        return tuple(
            (str(each), each.stat().st_mtime_ns) for each in self._files_to_save() if each.exists()
        )

    def restore(self, saved: dict[str, bytes], former: Iterable[Path]) -> None:
        """Put back what was saved, locked by nobody.

        Args:
            saved: what :meth:`to_save` returned.
            former: folders of earlier starts, newest first. The first in which there has been a
                passphrase is taken over with what is not saved, the history of updates.
        """
        own = next((each for each in former if (each / PASSPHRASE).exists()), None)
        if own is not None:
            own.rename(self.path)
        for name in (STACKS, "locks"):
            shutil.rmtree(self.path / ".pulumi" / name, ignore_errors=True)
        for name, content in saved.items():
            file = self.path / name
            private_folder(file.parent)
            descriptor = open_private(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(content)

    def _files_to_save(self) -> Iterator[Path]:
        yield self.path / PASSPHRASE
        yield self.path / ".pulumi" / "meta.yaml"
        found = (self.path / ".pulumi" / STACKS).rglob("*.json*")
        # Pulumi writes each file under a temporary name first.
        yield from sorted(each for each in found if each.suffix != ".tmp")

    def clear(self) -> None:
        """Forget every stack."""
        if self.path.exists():
            for each in self.path.iterdir():
                is_folder = each.is_dir() and not each.is_symlink()
                shutil.rmtree(each) if is_folder else each.unlink()

    def remove(self) -> None:
        """Take the folder away, if nothing keeps it."""
        if self._temporary is not None:
            self._temporary.remove()


def project_name(project: Path) -> str:
    """Return the name in a folder's ``Pulumi.yaml``.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it has no name.
    """
    path = project / "Pulumi.yaml"
    try:
        return str(yaml.safe_load(path.read_text())["name"])
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: a Pulumi project needs a top-level `name: <project>`") from error


def _for_local(text: str) -> str:
    """Return a stack file without what is about a real account; each value as it is written."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return text  # the engine says what is wrong with it
    if not isinstance(root, yaml.MappingNode):
        return text
    root.value = [(key, value) for key, value in root.value if key.value not in SECRETS_KEYS]
    for key, value in root.value:
        if key.value == "config" and isinstance(value, yaml.MappingNode):
            value.value = [pair for pair in value.value if _is_kept(str(pair[0].value))]
    return str(yaml.serialize(root, Dumper=yaml.SafeDumper))


def _is_kept(key: str) -> bool:
    return key == REGION_KEY or not key.startswith("aws:")
