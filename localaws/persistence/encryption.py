"""The file of a data directory is encrypted: parameters of jobs and SecureStrings are in it.

The key is a file beside it, so that the folder can be moved. Whoever has the whole folder can read
it, as with Pulumi's passphrase; whoever comes by the file alone cannot.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from localaws.system.private_files import open_private

KEY_FILE = "key"


class WrongKeyError(RuntimeError):
    """The file was not encrypted with the key that is beside it, or is damaged."""


def encrypted(folder: Path, content: bytes) -> bytes:
    """Encrypt with the folder's key, which is made if there is none.

    Raises:
        OSError: the key cannot be read or written, or somebody else can write it.
    """
    return Fernet(_key(folder)).encrypt(content)


def decrypted(folder: Path, content: bytes) -> bytes:
    """Decrypt with the folder's key.

    Raises:
        WrongKeyError: the key is another one or is missing, or the content is damaged.
        OSError: the key cannot be read, or somebody else can write it.
    """
    try:
        return Fernet(_key(folder)).decrypt(content)
    except (InvalidToken, ValueError):  # the latter: the key is none
        raise WrongKeyError(
            f"the state in {folder} is damaged, or was encrypted with another key than "
            f"{folder / KEY_FILE}; restore both, or start with an empty directory"
        ) from None


def _key(folder: Path) -> bytes:
    with os.fdopen(open_private(folder / KEY_FILE, os.O_RDWR | os.O_CREAT), "r+b") as file:
        key = file.read()
        if not key:
            key = Fernet.generate_key()
            file.write(key)
        return key
