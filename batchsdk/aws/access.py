"""Whose credentials the calls of AWS are made with, as the caller says it. Imports no boto3."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batchsdk.errors import ConnectionSettingsError

if TYPE_CHECKING:
    from boto3.session import Session

    Boto3Session = Session


_FORMS = {
    "external_id": (
        re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII),
        "2 to 1224 letters, digits and characters of _+=,.@:/-",
    ),
    "role_session_name": (
        re.compile(r"[\w+=,.@-]{2,64}", re.ASCII),
        "2 to 64 letters, digits and characters of _+=,.@-",
    ),
}
"""What goes with a role, and its form (API: AssumeRole)."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """Where credentials are from; without any of it, from where boto3 finds them by itself."""

    session: Boto3Session | None = None
    """A session of boto3 that the caller made."""
    profile: str | None = None
    """A profile of the shared configuration files."""
    role_arn: str | None = None
    """Role to assume with the credentials that the rest names."""
    external_id: str | None = None
    role_session_name: str | None = None
    environ: Mapping[str, str] | None = field(default=None, repr=False)
    """Used in the place of the process's variables."""

    def __post_init__(self) -> None:
        """Refuse what contradicts itself.

        Raises:
            ConnectionSettingsError: it does.
        """
        given: object = self.session
        if given is not None and not (hasattr(given, "client") and hasattr(given, "region_name")):
            raise ConnectionSettingsError(
                f"session must be a boto3.Session, not of type {type(given).__name__}",
                hint="Give session=boto3.Session(...), or leave it out.",
            )
        if given is not None and self.profile is not None:
            raise ConnectionSettingsError(
                "session and profile are both given",
                hint=f"Give session=boto3.Session(profile_name={self.profile!r}).",
            )
        if self.role_arn is not None and ":role/" not in self.role_arn:
            raise ConnectionSettingsError(
                f"role_arn = {self.role_arn!r}: must be the ARN of a role",
                hint="Give e.g. arn:aws:iam::123456789012:role/submitter.",
            )
        for name, (form, rule) in _FORMS.items():
            text = getattr(self, name)
            if text is None:
                continue
            if self.role_arn is None:
                raise ConnectionSettingsError(
                    f"{name} is given, and there is no role to assume", hint="Give role_arn=."
                )
            if not form.fullmatch(text):
                raise ConnectionSettingsError(
                    f"{name} = {text[:80]!r}: must have {rule}",
                    hint="AWS STS takes no other (API: AssumeRole).",
                )

    @property
    def options(self) -> str:
        """What the command line takes for the same credentials, such as `` --profile staging``."""
        names = ("profile", "role_arn", "external_id", "role_session_name")
        given = {name: text for name in names if (text := getattr(self, name)) is not None}
        return "".join(
            f" --{name.replace('_', '-')} {shlex.quote(text)}" for name, text in given.items()
        )

    @property
    def is_bound(self) -> bool:
        """It has credentials that must not leave this process, or may have."""
        variables = self.environ or {}
        return self.session is not None or any(name.startswith("AWS_") for name in variables)
