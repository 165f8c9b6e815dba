r"""Text of others, shown so that nothing in it can act on the terminal that shows it.

A log line, a job's name or a reason may hold escape sequences (ECMA-48: CSI, OSC, C1 controls), a
carriage return that writes over the line, or marks that reverse the direction of the text (Unicode
bidirectional controls). Each such character is shown as Python writes it in a string: ``\x1b``.
"""

from __future__ import annotations

import unicodedata

_ACTING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of Unicode: controls, formats (bidirectional marks), surrogates, separators."""

_HARMLESS = frozenset("\n\t\u200c\u200d")
"""Lines and columns; and the joiners that emoji, Persian and the scripts of India need."""


class _Escapes(dict[int, str]):
    """A table of ``str.translate`` that is filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        acts = unicodedata.category(character) in _ACTING and character not in _HARMLESS
        self[code] = ascii(character)[1:-1] if acts else character
        return self[code]


_ESCAPES = _Escapes()


def printable(text: str) -> str:
    r"""Return ``text`` with every character escaped that could act on a terminal.

    >>> printable("done\x1b[2J\r")
    'done\\x1b[2J\\r'
    """
    return text if text.isascii() and text.isprintable() else text.translate(_ESCAPES)


class _JsonEscapes(dict[int, str]):
    """The same characters as JSON writes them: UTF-16 code units."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if printable(character) == character:
            self[code] = character
        else:
            units = character.encode("utf-16-be", "surrogatepass")
            self[code] = "".join(f"\\u{pair.hex()}" for pair in (units[:2], units[2:]) if pair)
        return self[code]


_JSON_ESCAPES = _JsonEscapes()


def printable_json(text: str) -> str:
    """Return a JSON text that means the same and holds no character that could act.

    JSON itself escapes the controls below U+0020 and no others (RFC 8259, section 7).
    """
    return text if text.isascii() and "\x7f" not in text else text.translate(_JSON_ESCAPES)
