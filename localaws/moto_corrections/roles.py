"""UpdateRole changes what it is given."""

from __future__ import annotations

from moto.iam.models import IAMBackend, Role

_update_role = IAMBackend.update_role


def correct() -> None:
    """Have UpdateRole without ``Description`` keep the description; moto erases it."""
    IAMBackend.update_role = _update  # type: ignore[method-assign]


def _update(
    self: IAMBackend, role_name: str, role_description: str | None, max_session_duration: str
) -> Role:
    if role_description is None:
        role_description = self.get_role(role_name).description
    return _update_role(self, role_name, role_description, max_session_duration)
