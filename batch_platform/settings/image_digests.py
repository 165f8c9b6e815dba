"""``images.<stack>.lock.json``: which digest each image of the stack has, account by account.

A file of its own, so that a push rewrites no line of the stack file and none of its comments. It is
JSON under a name that no pattern for stack files (``Pulumi.*.yaml``) matches.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from batch_platform.settings.errors import Problem, SettingsError, shown

DIGEST = r"sha256:[0-9a-f]{64}"
ACCOUNT = r"[0-9]{12}"
LOCAL_ACCOUNT = "123456789012"
"""Account of the local AWS, and of the examples in AWS's documentation."""


@dataclass(frozen=True)
class ImageDigests:
    """The digests of one stack.

    Attributes:
        by_account: account (twelve digits) to the digests of its registry, by the names of images.
    """

    by_account: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, account_id: str) -> Mapping[str, str]:
        """Return the digests in the registry of an account, by the names of images.

        For the local AWS, what was never pushed there has the digest of another account: a job
        that runs as a process needs no image, and one in a container says that it lacks its own.
        """
        own = self.by_account.get(account_id, {})
        if account_id != LOCAL_ACCOUNT:
            return own
        others: dict[str, str] = {}
        for account in sorted(self.by_account):
            others.update(self.by_account[account])
        return {**others, **own}

    def likely_account(self) -> str | None:
        """Return the account of the stack, where only a file can tell: AWS before the local one."""
        accounts = sorted(self.by_account)
        return next((each for each in accounts if each != LOCAL_ACCOUNT), None) or next(
            iter(accounts), None
        )

    def with_digest(self, account_id: str, image: str, digest: str) -> ImageDigests:
        """Return the digests with a new one."""
        own = {**self.by_account.get(account_id, {}), image: digest}
        return ImageDigests({**self.by_account, account_id: own})

    def text(self) -> str:
        """Return the file's text: sorted, so that a change is a line of its own."""
        return json.dumps(self.by_account, indent=2, sort_keys=True) + "\n"


def path_of(folder: FilePath, stack: str) -> FilePath:
    """Return where the digests of a stack are: beside its stack file."""
    return folder / f"images.{stack}.lock.json"


def read_digests(path: FilePath) -> ImageDigests:
    """Read the file; without it nothing has a digest.

    Raises:
        SettingsError: it cannot be read, or has another form.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ImageDigests()
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(path.name, f"cannot be read ({error})") from error
    return parse_digests(text, path.name)


def parse_digests(text: str, name: str) -> ImageDigests:
    """Parse the text of the file.

    Args:
        text: JSON.
        name: what to call it in messages.

    Raises:
        SettingsError: it has another form.
    """
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _refused(name, f"is no JSON ({error})") from error
    if not isinstance(found, dict):
        raise _refused(name, "is no object of accounts")
    for account, digests in found.items():
        if not re.fullmatch(ACCOUNT, account) or not isinstance(digests, dict):
            raise _refused(name, f"{shown(account)} is no account with its digests")
        for image, digest in digests.items():
            if not isinstance(digest, str) or not re.fullmatch(DIGEST, digest):
                raise _refused(name, f"{shown(digest)} of {shown(image)} is no digest")
    return ImageDigests(found)


def write_digests(path: FilePath, digests: ImageDigests) -> None:
    """Write the file whole, or leave it as it is.

    Raises:
        OSError: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(digests.text(), encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _refused(name: str, fault: str) -> SettingsError:
    fix = "take it from git as it was, or delete it and run `batch-platform images push` again"
    return SettingsError([Problem((), f"{name}: {fault}", fix).describe()])
