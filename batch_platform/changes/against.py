"""What to compare a config with: git, another stack file, a stack's state or its outputs."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batch_platform.changes.outputs import of_outputs
from batch_platform.changes.snapshot import Snapshot, of_settings
from batch_platform.changes.state import of_state
from batch_platform.settings import SettingsError, parse_stack_file, validate_stack_file
from batch_platform.settings.image_digests import (
    ImageDigests,
    parse_digests,
    path_of,
    read_digests,
)
from batchsdk.contract import ContractError, StackOutputs

if TYPE_CHECKING:
    from batch_platform.settings import Settings
    from batch_platform.settings.scheduled_workflows import ReadText

STDIN = "-"
HEAD = "git's HEAD"
KINDS = (
    "give a stack file (.yaml), the JSON of `pulumi stack export` or that of "
    "`pulumi stack output --json`"
)


class AgainstError(Exception):
    """What to compare with cannot be read, or is of something else; the message has the fix."""


def of_git(path: Path, wanted: Settings) -> Snapshot | None:
    """Return what the version of ``path`` in git's HEAD asks for; None if HEAD has it not.

    Raises:
        AgainstError: it is in no git repository, or that version is not valid.
    """
    done = _shown(path)
    if done.returncode == 0:
        digests = _shown(path_of(path.parent, wanted.environment))
        beside = parse_digests(digests.stdout, HEAD) if digests.returncode == 0 else ImageDigests()
        described = f"{path.name} in {HEAD}"
        return _of_stack_file(done.stdout, path, described, wanted, beside, read_text=_in_git(path))
    if "exists on disk, but not in" in done.stderr:
        return None
    said = " ".join(done.stderr.split())
    raise AgainstError(f"git show HEAD:./{path.name}: {said}; fix: use --against, {KINDS}")


def _in_git(path: Path) -> ReadText:
    """Return how to read what HEAD has beside ``path``; another place is read from the disk."""

    def read(name: str) -> str:
        if Path(name).is_absolute():
            return Path(name).read_text(encoding="utf-8")
        done = _shown(path.parent / name, path.parent)
        if done.returncode != 0:
            raise FileNotFoundError(errno.ENOENT, f"{HEAD} has it not")
        return done.stdout

    return read


def _shown(path: Path, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Return what git says of the version of a file in HEAD, below ``folder`` or its own."""
    folder = folder or path.parent
    command = ["git", "-C", str(folder), "show", f"HEAD:./{path.relative_to(folder).as_posix()}"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError as error:
        raise AgainstError(f"git: {error.strerror}; fix: use --against, {KINDS}") from error


def renamed_from(path: Path) -> str:
    """Return the name of the one stack file that git's HEAD has beside ``path`` and the disk not.

    Returns:
        empty text where there is none, or more than one.
    """
    command = ["git", "-C", str(path.parent), "ls-tree", "--name-only", "HEAD", "./"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    gone = [
        name
        for name in done.stdout.splitlines()
        if fnmatch(name, "Pulumi.?*.yaml") and not path.with_name(name).exists()
    ]
    return gone[0] if len(gone) == 1 else ""


def of_file(name: str, wanted: Settings) -> Snapshot:
    """Return what a file tells.

    Args:
        name: a path, or ``-`` for stdin, which is JSON.
        wanted: the config that it will be compared with.

    Raises:
        AgainstError: it cannot be read, is none of the known kinds, or is of another stack.
    """
    path = Path(name)
    try:
        text = sys.stdin.read() if name == STDIN else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AgainstError(f"--against {name}: {error}; fix: {KINDS}") from error
    if path.suffix in {".yaml", ".yml"}:
        stack = path.stem.removeprefix("Pulumi.")
        return _of_stack_file(text, path, name, wanted, read_digests(path_of(path.parent, stack)))
    described = "stdin" if name == STDIN else name
    snapshot = _of_json(text, described, wanted)
    if snapshot.environment != wanted.environment:
        raise AgainstError(
            f"--against {name}: it is of the stack {snapshot.environment!r}, and the config is of "
            f"{wanted.environment!r}; fix: export that stack, e.g. `pulumi stack export --stack "
            f"{wanted.environment}`; if the stack was renamed, rename it back: under another name "
            f"everything is made anew"
        )
    return snapshot


def _of_stack_file(
    text: str,
    path: Path,
    described: str,
    wanted: Settings,
    digests: ImageDigests,
    *,
    read_text: ReadText | None = None,
) -> Snapshot:
    # By the wanted stack's name, so that two environments can be compared key by key.
    named = path.with_name(f"Pulumi.{wanted.environment}.yaml")
    try:
        settings = validate_stack_file(parse_stack_file(text, named), digests, read_text)
    except SettingsError as error:
        lines = "\n".join(error.lines)
        message = f"{described} is not valid, so it cannot be compared:\n{lines}"
        raise AgainstError(message) from error
    return of_settings(settings, described)


def _of_json(text: str, described: str, wanted: Settings) -> Snapshot:
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise AgainstError(f"{described}: neither YAML nor JSON ({error}); fix: {KINDS}") from error
    if not isinstance(document, dict):
        raise AgainstError(f"{described}: not an object; fix: {KINDS}")
    if isinstance(document.get("deployment"), dict):
        return of_state(document["deployment"], f"state in {described}", wanted.environment)
    try:
        return of_outputs(StackOutputs.from_mapping(document), f"outputs in {described}", wanted)
    except ContractError as error:
        raise AgainstError(f"{described}: {error}; fix: {KINDS}") from error
