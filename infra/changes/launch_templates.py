"""The facts of a compute environment's launch template, from config and from the state."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from infra.compute_environments.user_data import encoded

if TYPE_CHECKING:
    from infra.settings.launch_templates import LaunchTemplate

MADE = "made by the stack"


def of_settings(template: LaunchTemplate) -> dict[str, Any]:
    """Return what the config asks for."""
    volume = template.root_volume.model_dump(by_alias=True, exclude_none=True)
    return {
        "launchTemplate": MADE,
        "launchTemplate.rootVolume": volume,
        "launchTemplate.userData": _user_data(encoded(template)),
    }


def of_state(inputs: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the same of a launch template's inputs; None where there is no template."""
    if inputs is None:
        return dict.fromkeys(
            ("launchTemplate", "launchTemplate.rootVolume", "launchTemplate.userData")
        )
    root = (inputs.get("blockDeviceMappings") or [{}])[0]
    fixed = {"encrypted", "deleteOnTermination"}
    volume = {
        key: value
        for key, value in (root.get("ebs") or {}).items()
        if key not in fixed and not key.startswith("__")
    }
    return {
        "launchTemplate": MADE,
        "launchTemplate.rootVolume": {"deviceName": root.get("deviceName"), **volume},
        "launchTemplate.userData": _user_data(inputs.get("userData")),
    }


def _user_data(given: str | None) -> str | None:
    """Return a short text that differs where the user data differ."""
    if not given:
        return None
    text = base64.b64decode(given)
    return f"{len(text)} bytes, SHA-256 {hashlib.sha256(text).hexdigest()[:12]}"
