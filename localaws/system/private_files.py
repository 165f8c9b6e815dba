"""Folders and files that belong to this user, and that nobody else can write.

What is written here is a key, or runs later as this user. So a folder of somebody else, or one that
others may write, is refused; a symbolic link is not followed; and the process's umask has no say.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path

FOLDER_MODE = 0o700
FILE_MODE = 0o600
WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class UnsafePathError(OSError):
    """Somebody else can change what is at a path, or a symbolic link leads away from it."""


def private_folder(path: Path) -> Path:
    """Return a folder that only this user can write; it is made, with its parents, if need be.

    Raises:
        UnsafePathError: it is another user's, or others may write it.
        OSError: it cannot be made, or is no folder.
    """
    for folder in (*reversed(path.parents), path):
        if not folder.exists():
            folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    check_folder(path)
    return path


def check_folder(path: Path) -> None:
    """Make sure that only this user can write a folder that is there.

    Raises:
        UnsafePathError: it is another user's, or others may write it.
        FileNotFoundError: it is not there.
    """
    _check(path, path.stat())


def open_private(path: Path, flags: int) -> int:
    """Open a file of this user alone; return its descriptor.

    Args:
        path: a symbolic link there is refused.
        flags: of :func:`os.open`; a file that is made is readable by this user alone.

    Raises:
        UnsafePathError: it is a symbolic link, or somebody else can write it.
        OSError: as of :func:`os.open`.
    """
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW, FILE_MODE)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UnsafePathError(
                f"{path} is a symbolic link, and none is followed here: remove it"
            ) from None
        raise
    try:
        _check(path, os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def write_private(path: Path, text: str) -> None:
    """Write a new file that this user alone can read, in the place of what is there.

    Who reads it meanwhile reads the old one or the new one, whole.

    Raises:
        OSError: it cannot be written.
    """
    descriptor, written = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        Path(written).replace(path)
    except BaseException:
        Path(written).unlink(missing_ok=True)
        raise


def _check(path: Path, found: os.stat_result) -> None:
    if found.st_uid != os.geteuid():
        raise UnsafePathError(
            f"{path} belongs to user {found.st_uid}, and must be of user {os.geteuid()}, who runs "
            "this: use another, or change its owner"
        )
    if found.st_mode & WRITABLE_BY_OTHERS:
        raise UnsafePathError(
            f"{path} may be written by others (mode {stat.S_IMODE(found.st_mode):04o}), who could "
            f"have put anything there: look at what it holds, then `chmod go-w {path}`"
        )
