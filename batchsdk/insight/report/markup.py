"""Elements of a page. The standard library's writer escapes every text and attribute."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, tostring

_NOT_FOR_A_PAGE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TERMINAL_CODES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


def element(tag: str, *children: Element | str | None, **attributes: object) -> Element:
    """Make an element.

    Args:
        tag: its name.
        children: elements and texts, in order; ``None`` is left out.
        attributes: ``_`` in a name stands for ``-``, one at the end for nothing (``class_``);
            those that are ``None`` are left out.
    """
    made = Element(tag)
    for name, value in attributes.items():
        if value is not None:
            made.set(name.rstrip("_").replace("_", "-"), clean(str(value)))
    for child in children:
        if isinstance(child, Element):
            made.append(child)
        elif child is not None:
            _append_text(made, clean(child))
    return made


def _append_text(made: Element, text: str) -> None:
    if len(made):
        made[-1].tail = (made[-1].tail or "") + text
    else:
        made.text = (made.text or "") + text


def clean(text: str) -> str:
    """Take out what a page cannot hold: a terminal's colour codes and control characters."""
    return _NOT_FOR_A_PAGE.sub("\N{REPLACEMENT CHARACTER}", _TERMINAL_CODES.sub("", text))


def as_html(root: Element) -> str:
    """Return the text of a whole page."""
    return "<!DOCTYPE html>\n" + tostring(root, encoding="unicode", method="html") + "\n"
