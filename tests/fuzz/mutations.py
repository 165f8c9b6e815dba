"""Valid documents, changed at random places: values of other types, depth, size, bad text."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import yaml

Place = tuple[Any, ...]

DEEP = 100_000
"""Levels that no recursion survives."""
RUBBISH: list[Any] = [
    *(None, True, False, 0, -1, 1, 1.5, 1e308, -1e308, 10**30, -(10**18), 2**31, 2**63, 10**400),
    *(float("nan"), float("inf"), float("-inf")),
    *("", " ", "x", "0", "8", "-1", "1e9", "true", "null", "\x00", "a\nb", "\r", "\x1b[31m"),
    *("\u2028", "\u202e", "\U0001f600", "\ud800", "\udfff", "\ufeff", "é", "٣", "²", "İ"),
    *("Ref::", "Ref::x", "${x}", "${parameters.x}", "${", "$${", "*", "?", "[", "%s", "{0}"),
    *("arn:aws:iam::", "arn:aws:batch:us-east-1:123456789012:job-queue/x", "s3://", "10.0.0.0/99"),
    *("2026-01-31", "2026-01-31T00:00:00+00:00", "9999-12-31T23:59:59+00:00", "0001-01-01"),
    *("../../etc/passwd", "/dev/zero", "http://[", "sqs://", "a" * 300, "ä" * 5_000),
    *([], {}, [[]], [None], [{}], {"": ""}, {"x": None}, {"a": {"b": [{"c": None}]}}),
    *(["a", "a"], [1, "1"], {"\n": 1}, {"0": 0}, list(range(1000)), ["x"] * 5_000),
]
PIECES = [
    *("&a ", "*a", "<<: ", "- ", "? ", ": ", "{", "}", "[", "]", "'", '"', "|\n", ">\n", "#", "%"),
    *("!!int ", "!!float ", "!!bool ", "!!null ", "!!binary ", "!!python/none ", "!x ", "---\n"),
    *("...\n", "\t", "\n", "\r", "\x00", "\x85", "\ufeff", "1e999", "0o7", ".inf", ".nan", "~"),
    *('"\\ud800"', '"\\x41', "\\", "@", "`", "NaN", "-Infinity", "9" * 5_000, ",,", "{}", "[]"),
]
BYTES = [b"\xff\xfe", b"\x00", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5", b"\x80" * 8, b"\xef\xbb\xbf"]


NUMBERS = [each for each in RUBBISH if isinstance(each, int | float)] + ["1", "NaN", 0.1, 1e-320]
TEXTS = [each for each in RUBBISH if isinstance(each, str)]


class Mutator:
    """Changes documents; the same number gives the same changes."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def pick(self, *options: Any) -> Any:
        return self._chance.choice(options)

    def document(self, whole: Any) -> Any:
        """Return a document with one to four changes somewhere in it."""
        changed = {"": copy.deepcopy(whole)}
        for _ in range(self._chance.choice([1, 1, 1, 2, 2, 3, 4])):
            self._change(changed)
        return changed[""]

    def json(self, whole: Any) -> bytes:
        """Return JSON of a changed document; now and then what is hardly JSON."""
        text = json.dumps(self.document(whole), ensure_ascii=self._chance.random() < 0.5)
        return self._text(text, f"{'[' * DEEP}{']' * DEEP}", '{"a":' * DEEP)

    def yaml(self, whole: Any) -> bytes:
        """Return YAML of a changed document; now and then what is hardly YAML."""
        found = self.document(whole)
        try:
            text = self.pick(json.dumps, yaml.dump)(found)
        except (ValueError, RecursionError):  # a number of more digits than may be written
            text = repr(found)
        return self._text(text, "[" * DEEP, "- " * DEEP, "a: &a [*a]", self._aliases(text))

    def bytes(self, whole: bytes) -> bytes:
        """Return a file with some bits changed, a part cut out, or something put in."""
        changed = bytearray(whole)
        for _ in range(self._chance.choice([1, 1, 2, 20])):
            at = self._chance.randrange(len(changed) or 1)
            match self._chance.choice(["bit", "bit", "cut", "hole", "zeros", "more", "end"]):
                case "bit" if changed:
                    changed[at] ^= 1 << self._chance.randrange(8)
                case "cut":
                    del changed[at:]
                case "hole":
                    del changed[at : at + self._chance.randrange(5_000)]
                case "zeros":
                    length = min(self._chance.randrange(5_000), len(changed) - at)
                    changed[at : at + length] = bytes(length)
                case "end":
                    changed += self._chance.randbytes(self._chance.randrange(10_000))
                case _:
                    changed[at:at] = self._chance.randbytes(self._chance.randrange(100))
        return bytes(changed)

    def _change(self, changed: dict[str, Any]) -> None:
        places = list(places_of(changed))
        *above, last = self._chance.choice(places)
        block: Any = changed
        for key in above:
            block = block[key]
        match self._chance.choice(
            ["rubbish", "rubbish", "gone", "wrapped", "twice", "many", "moved", "renamed", "more"]
        ):
            case "gone":
                del block[last]
                changed.setdefault("", {})
            case "wrapped":
                levels = self._chance.choice([1, 2, 40, 60, 200])
                for _ in range(levels):
                    block[last] = self._chance.choice([[block[last]], {"x": block[last]}])
            case "twice" if isinstance(block[last], list):
                block[last] = block[last] * 2
            case "many":
                few = isinstance(block[last], dict | list)  # or it grows without an end
                block[last] = [block[last]] * (10 if few else 2_000)
            case "moved":
                block[last] = copy.deepcopy(self._value(changed))
            case "renamed" if isinstance(block, dict) and last != "":
                block[self._key()] = block.pop(last)
            case "more" if isinstance(block[last], dict):
                block[last][self._key()] = copy.deepcopy(self._chance.choice(RUBBISH))
            case _:
                block[last] = copy.deepcopy(self._chance.choice(self._likely(block[last])))

    def _likely(self, value: Any) -> list[Any]:
        """Return what is likely to get further than anything: mostly values of the same kind."""
        if self._chance.random() < 0.5:
            if isinstance(value, int | float):
                return NUMBERS
            if isinstance(value, str):
                return TEXTS
        return RUBBISH

    def _value(self, changed: dict[str, Any]) -> Any:
        value: Any = changed
        for key in self._chance.choice(list(places_of(changed))):
            value = value[key]
        return value

    def _key(self) -> str:
        key: str = self._chance.choice(TEXTS)
        return key

    def _text(self, text: str, *others: str) -> bytes:
        """Return the text as bytes, mostly as it is."""
        at = self._chance.randrange(len(text) + 1)
        match self._chance.choice(
            ["whole"] * 8 + ["piece", "hole", "cut", "bytes", "other", "twice"]
        ):
            case "piece":
                text = text[:at] + self._chance.choice(PIECES) + text[at:]
            case "hole":
                text = text[:at] + text[at + self._chance.randrange(1, 40) :]
            case "cut":
                text = text[:at]
            case "twice":
                text = text + self._chance.choice(["", "\n", ","]) + text
            case "other":
                text = self._chance.choice([*others, "", " " * 3_000_000, "x" * 6_000_000])
            case "bytes":
                data = text.encode(errors="surrogatepass")
                return data[:at] + self._chance.choice(BYTES) + data[at:]
        return text.encode(errors="surrogatepass")

    def _aliases(self, text: str) -> str:
        """Return a text in which aliases stand for more than memory holds."""
        bomb = "x0: &x0 [0]\n" + "".join(
            f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]\n" for n in range(1, 12)
        )
        return self._chance.choice([bomb + text, text + bomb])


def places_of(value: Any, above: Place = ()) -> Iterator[Place]:
    """Yield the way to every value below, of deep ones the upper part."""
    if len(above) > 60:
        return
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        yield (*above, key)
        if isinstance(item, dict | list) and len(item) < 500:
            yield from places_of(item, (*above, key))
