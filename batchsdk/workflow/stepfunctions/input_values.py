"""Texts whose values are known only when a state machine runs: in ASL, paths and intrinsics. Pure.

A workflow is checked, and its requests are made, with a *stand-in* in the place of each such value:
letters and digits that nothing else in the workflow has. In the finished request the stand-ins
become paths of the Amazon States Language (ASL), and the texts around them ``States.Format``.

Literal texts inside an intrinsic function would have to be escaped, and braces mean something else
to ``States.Format``. So a literal that is not made of plain characters stands among the data of the
execution, under ``$.texts``, and the function names its path.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

DYNAMIC = ".$"
"""End of a key of a payload template whose value is a path or an intrinsic function."""
_PLAIN = re.compile(r"[A-Za-z0-9 _./:=@,+-]+")
_MAPPINGS = frozenset({"parameters", "tags"})
"""Members of SubmitJob that are maps: their keys are the user's, not the API's."""


class InputValues:
    """Stand-ins for the values of one workflow, and the templates that they become."""

    def __init__(self, paths: Mapping[str, str], unlike: str) -> None:
        """Take the values.

        Args:
            paths: what is known only later -> where the execution has it, such as ``$.x``.
            unlike: all texts of the workflow, none of which a stand-in may be a part of.
        """
        digest = hashlib.sha256(unlike.encode()).hexdigest()
        # A digest of a text is hardly ever in the text; a longer one never is.
        mark = next(digest[:size] for size in range(12, 65) if f"v{digest[:size]}" not in unlike)
        self.stand_ins = {name: f"v{mark}n{number}n" for number, name in enumerate(paths)}
        """What is known only later -> what stands for it."""
        self._paths = {self.stand_ins[name]: path for name, path in paths.items()}
        self._pattern = re.compile(f"(v{mark}n[0-9]+n)")
        self.texts: list[str] = []
        """The literals of ``$.texts``."""

    def are_in(self, text: object) -> bool:
        """Tell whether a text has a stand-in."""
        return isinstance(text, str) and self._pattern.search(text) is not None

    def expression(self, text: str) -> str:
        """Return the path or intrinsic function that gives a text with stand-ins."""
        parts = [each for each in self._pattern.split(text) if each]
        found = [self._paths.get(each) or self.literal(each) for each in parts]
        if len(found) == 1 and parts[0] in self._paths:
            return found[0]
        return f"States.Format('{'{}' * len(found)}', {', '.join(found)})"

    def literal(self, text: str) -> str:
        """Return a literal as an argument of an intrinsic function."""
        if _PLAIN.fullmatch(text):
            return f"'{text}'"
        if text not in self.texts:
            self.texts.append(text)
        return f"$.texts[{self.texts.index(text)}]"

    def template(self, request: Mapping[str, Any], *, of_user: bool = False) -> dict[str, Any]:
        """Return a request of an API as the ``Parameters`` of a Task state: names in PascalCase.

        Args:
            request: JSON-ready, in the API's own form.
            of_user: the keys are not the API's, and stay as they are.
        """
        made: dict[str, Any] = {}
        for name, value in request.items():
            key = name if of_user else name[:1].upper() + name[1:]
            if self.are_in(value):
                made[key + DYNAMIC] = self.expression(value)
            elif isinstance(value, Mapping):
                made[key] = self.template(value, of_user=name in _MAPPINGS and not of_user)
            elif isinstance(value, Sequence) and not isinstance(value, str):
                if any(map(self.are_in, value)):
                    made[key + DYNAMIC] = self._array(value)
                else:
                    made[key] = [self._item(each) for each in value]
            else:
                made[key] = value
        return made

    def _array(self, texts: Sequence[str]) -> str:
        items = (
            self.expression(each) if self.are_in(each) else self.literal(each) for each in texts
        )
        return f"States.Array({', '.join(items)})"

    def _item(self, value: Any) -> Any:
        return self.template(value) if isinstance(value, Mapping) else value
