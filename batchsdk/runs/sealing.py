"""Text with a checksum, so that a record that was damaged is noticed and not believed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)
"""What reading a damaged record raises."""
_SEAL = "checksum"


def to_sealed(content: Mapping[str, Any]) -> str:
    """Return a record as JSON, with a checksum of the rest in it."""
    return json.dumps({**content, _SEAL: _checksum(_text(content))}, sort_keys=True)


def from_sealed(text: str | bytes) -> dict[str, Any]:
    """Read what :func:`to_sealed` gave, or a record from before that has no checksum.

    Raises:
        ValueError, TypeError, RecursionError: it is damaged.
    """
    content = json.loads(text)
    if not isinstance(content, dict):
        raise TypeError(f"a record must be an object, not {content!r:.100}")
    seal = content.pop(_SEAL, None)
    if seal is not None and seal != _checksum(_text(content)):
        raise ValueError("a record is damaged: it does not agree with its checksum")
    return content


def sealed_text(text: str) -> str:
    """Return a text as JSON, with its checksum."""
    return to_sealed({"text": text})


def from_sealed_text(text: str) -> str:
    """Read what :func:`sealed_text` gave, or a text from before, which stands for itself.

    Raises:
        ValueError, TypeError, RecursionError: it is damaged.
    """
    content = from_sealed(text)
    if content.keys() == {"text"}:
        return str(content["text"])
    if "text" in content and len(content) == len({"text", _SEAL}):
        raise ValueError("a text is damaged: its checksum has another name")
    return text


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True)


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
