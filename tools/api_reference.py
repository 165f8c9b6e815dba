"""Writes docs/api.md from the docstrings of batchsdk's public names: ``make docs``.

The text is that of the source: annotations as they are written there, and the docstring under a
field as its description. So it is the same with every version of Python.
"""

from __future__ import annotations

import ast
import dataclasses
import enum
import functools
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent
PAGE = PROJECT / "docs" / "api.md"

_HEAD = """\
# batchsdk: API reference

Made from the source by `make docs`; a test checks that it is current. The [guide](batchsdk.md) says
how the parts are used together. All times are timezone-aware datetimes; memory is in MiB,
durations are in
seconds.
"""
_SECTION = re.compile(r"^(Args|Returns|Raises|Attributes|Yields):$")
_ROLE = re.compile(r":\w+:`~?(?:[\w.]+\.)?(\w+)`")


def reference() -> str:
    """Return the whole page."""
    import batchsdk  # noqa: PLC0415  # found by the path that main() sets

    public = {
        name: getattr(batchsdk, name)
        for name in sorted(batchsdk.__all__, key=str.lower)
        if name != "__version__"
    }
    errors = {name for name, each in public.items() if _is_a(each, BaseException)}
    classes = {name for name, each in public.items() if inspect.isclass(each)} - errors
    groups = (
        ("Functions and constants", public.keys() - classes - errors),
        ("Classes", classes),
        ("Errors", errors),
    )
    parts = [_HEAD]
    for title, names in groups:
        links = ", ".join(f"[`{name}`](#{name.lower()})" for name in public if name in names)
        parts += [f"## {title}\n", links + "\n"]
        parts += [part for name in public if name in names for part in _entry(name, public[name])]
    return "\n".join(parts)


def _is_a(value: object, kind: type) -> bool:
    return inspect.isclass(value) and issubclass(value, kind)


def _entry(name: str, value: Any) -> Iterator[str]:
    yield f"### {name}\n"
    if inspect.isclass(value):
        yield from _class(name, value)
    elif callable(value):
        yield _code(_signature(name, value))
        yield _text(value.__doc__)
    else:
        yield f"`{name}` = `{value!r}`\n"


def _class(name: str, kind: type) -> Iterator[str]:
    bases = ", ".join(each.__name__ for each in kind.__bases__ if each is not object)
    if bases:
        yield f"Base: `{bases}`.\n"
    yield _text(kind.__doc__)
    described = _descriptions(kind)
    if _is_a(kind, enum.Enum):
        members = [
            f"* `{each.name}`{_after(described.get(each.name))}"
            for each in kind  # type: ignore[attr-defined]  # its members
        ]
        yield "\n".join(members) + "\n"
    elif dataclasses.is_dataclass(kind):
        fields = [each for each in dataclasses.fields(kind) if not each.name.startswith("_")]
        described |= _declared(kind)
        listed = [
            f"* `{each.name}: {each.type}`{_after(described.get(each.name))}" for each in fields
        ]
        yield "\n".join(listed) + "\n"
    for attribute, member in sorted(_members(kind).items()):
        if not attribute.startswith("_"):
            yield from _member(name, attribute, member)


def _members(kind: type) -> dict[str, Any]:
    """Return a class's members, with those of bases that have no entry of their own."""
    import batchsdk  # noqa: PLC0415  # as in reference()

    hidden = [base for base in kind.__bases__ if base.__name__ not in batchsdk.__all__]
    inherited = [vars(base) for base in hidden if base.__module__.startswith("batchsdk")]
    return {key: member for each in [*inherited, vars(kind)] for key, member in each.items()}


def _member(owner: str, name: str, member: Any) -> Iterator[str]:
    if isinstance(member, property | functools.cached_property):
        getter = member.fget if isinstance(member, property) else member.func
        returns = getattr(getter, "__annotations__", {}).get("return", "object")
        yield f"#### {owner}.{name}\n"
        yield _code(f"{name}: {returns}  # read only")
        yield _text(member.__doc__)
        return
    function = member.__func__ if isinstance(member, classmethod | staticmethod) else member
    if inspect.isfunction(function) and function.__module__.startswith("batchsdk"):
        yield f"#### {owner}.{name}\n"
        prefix = f"{owner}." if isinstance(member, classmethod | staticmethod) else ""
        yield _code(_signature(prefix + name, function))
        yield _text(function.__doc__)


def _signature(name: str, function: Any) -> str:
    signature = inspect.signature(function)
    shown: list[str] = []
    kinds = inspect.Parameter
    starred = False
    for each in signature.parameters.values():
        if each.name in ("self", "cls"):
            continue
        if each.kind is kinds.KEYWORD_ONLY and not starred:
            shown.append("*")
            starred = True
        starred = starred or each.kind is kinds.VAR_POSITIONAL
        stars = "*" if each.kind is kinds.VAR_POSITIONAL else ""
        stars = "**" if each.kind is kinds.VAR_KEYWORD else stars
        annotation = f": {each.annotation}" if each.annotation is not kinds.empty else ""
        default = f" = {each.default!r}" if each.default is not kinds.empty else ""
        shown.append(f"{stars}{each.name}{annotation}{default}")
    returns = signature.return_annotation
    arrow = f" -> {returns}" if returns is not inspect.Signature.empty else ""
    line = f"{name}({', '.join(shown)}){arrow}"
    if len(line) <= 88:  # noqa: PLR2004  # what a page shows without scrolling
        return line
    inner = "".join(f"    {each},\n" for each in shown)
    return f"{name}(\n{inner}){arrow}"


def _descriptions(kind: type) -> dict[str, str]:
    """Return the docstring that stands under each field or member."""
    found: dict[str, str] = {}
    (parsed,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(parsed, ast.ClassDef)  # noqa: S101
    for one, other in zip(parsed.body, parsed.body[1:], strict=False):
        target = one.target if isinstance(one, ast.AnnAssign) else None
        if isinstance(one, ast.Assign):
            target = one.targets[0]  # type: ignore[assignment]  # a member of an enum
        if (
            isinstance(target, ast.Name)
            and isinstance(other, ast.Expr)
            and isinstance(other.value, ast.Constant)
        ):
            found[target.id] = " ".join(str(other.value.value).split())
    return found


def _declared(kind: type) -> dict[str, str]:
    """Return what the metadata of a submission's fields says of them."""
    from batchsdk.submit.fields import ABOUT, declared_by  # noqa: PLC0415  # as in reference()

    if not all(ABOUT in each.metadata for each in dataclasses.fields(kind)):
        return {}
    return {name: each.description for name, each in declared_by(kind).items()}


def _after(description: str | None) -> str:
    return f": {_plain(description)}" if description else ""


def _plain(text: str) -> str:
    return _ROLE.sub(r"`\1`", text).replace("``", "`")


def _code(text: str) -> str:
    return f"```python\n{text}\n```\n"


def _text(docstring: str | None) -> str:
    """Turn a docstring into Markdown: its sections become lists."""
    lines: list[str] = []
    in_section = in_literal = False
    for line in inspect.cleandoc(docstring or "").splitlines():
        heading = _SECTION.match(line)
        if line and not line.startswith(" "):
            in_section = heading is not None
            if in_literal:
                lines += ["```", ""]
                in_literal = False
        if heading:
            lines += [f"**{heading[1]}**", ""]
        elif line.strip() == "::":
            lines.append("```text")
            in_literal = True
        elif in_section and line.startswith("    ") and not line.startswith("     "):
            lines.append(f"* {_plain(line.strip())}")
        elif in_literal:
            lines.append(line.removeprefix("    "))
        else:
            lines.append(_plain(line.strip()) if not in_section else f"  {_plain(line.strip())}")
    if in_literal:
        lines.append("```")
    text = "\n".join(each.rstrip() for each in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def main() -> None:
    """Write the page."""
    sys.path.insert(0, str(PROJECT))
    PAGE.write_text(reference(), encoding="utf-8")


if __name__ == "__main__":
    main()
