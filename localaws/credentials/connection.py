"""The access key that one start of the local AWS makes up, and where it is written.

Only tools that can read the file, or were handed the key, can use the server.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import string
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from localaws.credentials.foreign_settings import ENDPOINT_SETTINGS, around_proxies, foreign
from localaws.system.private_files import check_folder, open_private, private_folder, write_private

ACCOUNT_ID = "123456789012"
"""moto's default account."""
PREFIX = "/_localaws/"
"""Of the server's own paths, which are no service's of AWS."""
HEALTH_PATH = f"{PREFIX}health"
DEFAULT_REGION = "us-east-1"
PROVIDER_AGENT = "localaws-provider"
"""In the user agent of an engine's provider: its requests change what the engine's state tells."""

KEY_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
"""Variables of :attr:`Connection.environ` that have the key."""


@dataclass(frozen=True)
class Connection:
    """How to reach a running local AWS."""

    endpoint_url: str
    region: str
    access_key_id: str
    secret_access_key: str

    @property
    def environ(self) -> dict[str, str]:
        """The variables that boto3, the AWS CLI and Pulumi read."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            # The key is all there is: no profile, and no instance metadata to wait for.
            "AWS_EC2_METADATA_DISABLED": "true",
            **ENDPOINT_SETTINGS,
        }

    def applied_to(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Return the variables of a process whose clients reach this local AWS alone.

        Args:
            environ: what the process would have otherwise; what would lead past the local AWS is
                left out of it.
        """
        dropped = set(foreign(environ))
        return {
            **{name: value for name, value in environ.items() if name not in dropped},
            **self.environ,
            **around_proxies(self.endpoint_url),
        }

    @classmethod
    def from_environ(cls) -> Self | None:
        """Take the connection from the variables of :attr:`environ`, if they are set here."""
        environ = os.environ
        needed = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        if not all(environ.get(name) for name in needed):
            return None
        return cls(
            endpoint_url=environ["AWS_ENDPOINT_URL"],
            region=environ.get("AWS_REGION", environ.get("AWS_DEFAULT_REGION", DEFAULT_REGION)),
            access_key_id=environ["AWS_ACCESS_KEY_ID"],
            secret_access_key=environ["AWS_SECRET_ACCESS_KEY"],
        )

    def save(self, path: Path) -> None:
        """Write the connection to ``path``, readable by its owner alone.

        Raises:
            OSError: the folder is another user's, may be written by others, or cannot be written.
        """
        private_folder(path.parent)
        write_private(path, json.dumps(asdict(self)))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what :meth:`save` wrote.

        Raises:
            FileNotFoundError: no local AWS has been started (or it has stopped).
            UnsafePathError: somebody else can write the file or its folder.
        """
        check_folder(path.parent)
        with os.fdopen(open_private(path, os.O_RDONLY)) as file:
            return cls(**json.load(file))

    def forget(self, path: Path) -> None:
        """Remove what :meth:`save` wrote, unless another local AWS has written its own since."""
        with contextlib.suppress(FileNotFoundError):
            if self.load(path) == self:
                path.unlink()


def connection_file() -> Path:
    """Return where the running server's connection is kept (``LOCALAWS_HOME`` moves it)."""
    home = os.environ.get("LOCALAWS_HOME")
    return (Path(home) if home else Path.home() / ".localaws") / "connection.json"


def make_key() -> tuple[str, str]:
    """Return a new access key id and secret, of the form that AWS gives."""
    letters = string.ascii_uppercase + "234567"
    return "AKIA" + "".join(secrets.choice(letters) for _ in range(16)), secrets.token_urlsafe(30)
