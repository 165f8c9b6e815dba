"""Writes stubs/pulumi_aws, the types of what is used of pulumi-aws: ``make docs``.

pulumi-aws is 500 MB of generated code, which no type checker reads in good time. mypy reads these
stubs in its place: the resources, their arguments and the look-ups that the sources name, with the
annotations of the installed package. A name that is used for the first time is unknown to mypy
until the stubs are written anew.

Two things are narrower than the package: arguments are given by keyword, and a nested argument of
a resource is an object of its ``…Args`` class, not a dictionary.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parent.parent
STUBS = PROJECT / "stubs" / "pulumi_aws"
SOURCES = ("batch_platform", "localaws", "examples")
"""Folders whose modules may ``import pulumi_aws as aws``."""

PACKAGE = "pulumi_aws"

_HEAD = """\
# Written by tools/provider_stubs.py (`make docs`) from the installed pulumi-aws; not by hand.
import builtins as _builtins
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, Optional, TypedDict, Union

import pulumi
"""


def stubs(sources: Iterable[Path], package: Path) -> dict[str, str]:
    """Return the stubs' files.

    Args:
        sources: modules in which names of the provider are looked for.
        package: folder of the installed pulumi_aws.

    Returns:
        Text by path below ``stubs/pulumi_aws``.

    Raises:
        SystemExit: a source names what the package has not.
    """
    made: dict[str, _Stub] = {}
    for namespace, name in sorted({each for path in sources for each in used(path)}):
        _namespace(made, package, namespace).add(name)
    top = _namespace(made, package, "")
    below = {namespace: stub for namespace, stub in sorted(made.items()) if namespace}
    files = {"__init__.pyi": top.text([f"from . import {each} as {each}" for each in below])}
    for namespace, stub in below.items():
        files[f"{namespace}/__init__.pyi"] = stub.text()
        if stub.results:
            files[f"{namespace}/outputs.pyi"] = stub.results_text()
    return files


def used(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the names of pulumi_aws in a module as pairs, e.g. ``("batch", "JobQueue")``.

    The first of the pair is empty for a function of the package itself.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    aliases = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == PACKAGE
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        match node.value:
            case ast.Name(id=alias) if alias in aliases and "_" in node.attr:
                yield "", node.attr
            case ast.Attribute(value=ast.Name(id=alias), attr=namespace) if alias in aliases:
                yield namespace, node.attr


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _definition(text: str, name: str) -> ast.ClassDef | ast.FunctionDef | None:
    """Return a class or function of a module; None where it is not there.

    Only the piece is parsed, since some of the modules have a hundred thousand lines.
    """
    if f" {name}" not in text:  # many times faster than the search
        return None
    begin = re.search(rf"^(?:class|def) {name}\b", text, re.MULTILINE)
    if begin is None:
        return None
    end = re.compile(r"^(?:class |def |@|if )", re.MULTILINE).search(text, begin.end())
    (found,) = ast.parse(text[begin.start() : end.start() if end else None]).body
    assert isinstance(found, ast.ClassDef | ast.FunctionDef)  # noqa: S101  # it begins so
    return found


def _namespace(made: dict[str, _Stub], package: Path, name: str) -> _Stub:
    if name not in made:
        made[name] = _Stub(package / name, lambda other: _namespace(made, package, other))
    return made[name]


@dataclass
class _Stub:
    """The stub of one namespace, e.g. ``pulumi_aws.batch``.

    Attributes:
        folder: of the namespace in the installed package.
        other: returns the stub of another namespace, whose arguments this one takes too.
        parts: text by name: arguments, then what needs them.
        results: text by name of the classes of ``outputs.py`` that look-ups return.
        imports: of other namespaces.
    """

    folder: Path
    other: Callable[[str], _Stub]
    parts: dict[str, str] = field(default_factory=dict)
    results: dict[str, str] = field(default_factory=dict)
    imports: set[str] = field(default_factory=set)

    def add(self, name: str) -> None:
        """Add a resource, an argument's class or a look-up, and what its types name."""
        if name in self.parts:
            return
        node = self._find(name)
        self.parts[name] = ""  # so that a class that names itself ends here
        if isinstance(node, ast.FunctionDef):
            self.parts[name] = self._look_up(node)
        elif _bases(node) == ["str", "Enum"]:
            self.parts[name] = self._enumeration(node)
        elif name.endswith("ArgsDict"):
            self.parts[name] = self._typed_dict(node)
        elif name.endswith("Args"):
            self.parts[name] = self._class(name, "", self._parameters(_init(node)))
        else:
            self.parts[name] = self._resource(node)

    def text(self, imports: Iterable[str] = ()) -> str:
        """Return the whole ``__init__.pyi``."""
        more = [
            *imports,
            *sorted(self.imports),
            *(["from . import outputs as outputs"] if self.results else []),
        ]
        parts = [part for _, part in sorted(self.parts.items())]
        return "\n".join([_HEAD, *([*more, ""] if more else []), *parts])

    def results_text(self) -> str:
        """Return the whole ``outputs.pyi``, whose classes name one another by its name."""
        parts = [part for _, part in sorted(self.results.items())]
        return "\n".join([_HEAD, "from . import outputs as outputs\n", *parts])

    def _find(self, name: str) -> ast.ClassDef | ast.FunctionDef:
        for path in sorted(self.folder.glob("*.py")):
            if found := _definition(_text(path), name):
                return found
        raise SystemExit(f"{PACKAGE}.{self.folder.name} has no {name}")

    def _find_class(self, name: str) -> ast.ClassDef:
        found = self._find(name)
        assert isinstance(found, ast.ClassDef)  # noqa: S101  # by the names of the package
        return found

    def _resource(self, node: ast.ClassDef) -> str:
        arguments = self._arguments(node.name)
        outputs = [
            self._property(each)
            for each in _getters(node)
            # What the program reads of a resource is text and numbers.
            if "outputs." not in ast.unparse(_returned(each))
        ]
        own = ["resource_name: _builtins.str,", "opts: pulumi.ResourceOptions | None = None,"]
        parameters = self._parameters(_init(arguments))
        return self._class(node.name, "pulumi.CustomResource", parameters, own, outputs)

    def _arguments(self, resource: str) -> ast.ClassDef:
        """Return the class of a resource's inputs: ``…InitArgs`` where ``…Args`` is a block."""
        try:
            return self._find_class(f"{resource}InitArgs")
        except SystemExit:
            return self._find_class(f"{resource}Args")

    def _look_up(self, node: ast.FunctionDef) -> str:
        result = ast.unparse(_returned(node)).removeprefix("Awaitable")
        found = self._find_class(result)
        self.parts[result] = "\n".join(
            [f"class {result}:", *(self._property(each) for each in _getters(found)), ""]
        )
        parameters = "".join(f"    {each}\n" for each in self._parameters(node))
        return f"def {node.name}(\n{parameters}) -> {result}: ...\n"

    def _typed_dict(self, node: ast.ClassDef | ast.FunctionDef) -> str:
        keys = [each for each in ast.walk(node) if isinstance(each, ast.AnnAssign)]
        lines = [f"    {ast.unparse(each.target)}: {self._type(each.annotation)}" for each in keys]
        return "\n".join([f"class {node.name}(TypedDict):", *lines, ""])

    def _enumeration(self, node: ast.ClassDef) -> str:
        members = [f"    {ast.unparse(each)}" for each in node.body if isinstance(each, ast.Assign)]
        return "\n".join([f"class {node.name}(_builtins.str, Enum):", *members, ""])

    def _class(
        self,
        name: str,
        base: str,
        parameters: Iterable[str],
        own: Iterable[str] = (),
        properties: Iterable[str] = (),
    ) -> str:
        lines = ["    def __init__(", *(f"        {each}" for each in ("__self__,", *own))]
        keyword = [f"        {each}" for each in parameters]
        lines += [*(["        *,"] if keyword else []), *keyword, "    ) -> None: ..."]
        return "\n".join([f"class {name}({base}):" if base else f"class {name}:", *lines,
                          *properties, ""])  # fmt: skip

    def _parameters(self, node: ast.FunctionDef) -> Iterator[str]:
        arguments = node.args
        of_position = arguments.args
        defaults = [None] * (len(of_position) - len(arguments.defaults)) + [*arguments.defaults]
        pairs = [*zip(of_position, defaults, strict=True),
                 *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]  # fmt: skip
        for argument, default in pairs:
            if argument.annotation is not None and not argument.arg.startswith("__"):
                value = f" = {ast.unparse(default)}" if default is not None else ""
                yield f"{argument.arg}: {self._type(argument.annotation)}{value},"

    def _property(self, node: ast.FunctionDef) -> str:
        kind = self._type(_returned(node))
        return f"    @_builtins.property\n    def {node.name}(self) -> {kind}: ..."

    def _type(self, annotation: ast.expr) -> str:
        """Return an annotation as it is written there; what it names is added too."""
        for each in ast.walk(annotation):
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                module, _, name = each.value.rpartition(".")
                if module == "outputs":
                    self._add_result(name)
                elif module:
                    namespace = module.removeprefix("_")
                    self.imports.add(f"from .. import {namespace} as {module}")
                    self.other(namespace).add(name)
                else:
                    self.add(name)
        return ast.unparse(annotation)

    def _add_result(self, name: str) -> None:
        if name not in self.results:
            self.results[name] = ""
            found = _definition(_text(self.folder / "outputs.py"), name)
            assert isinstance(found, ast.ClassDef)  # noqa: S101  # nothing else is in that module
            self.results[name] = "\n".join(
                [f"class {name}:", *(self._property(each) for each in _getters(found)), ""]
            )


def _bases(node: ast.ClassDef) -> list[str]:
    return [ast.unparse(base).rpartition(".")[2] for base in node.bases]


def _init(node: ast.ClassDef | ast.FunctionDef) -> ast.FunctionDef:
    return next(
        each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"
    )


def _getters(node: ast.ClassDef) -> Iterator[ast.FunctionDef]:
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and any(
            "getter" in ast.unparse(decorator) for decorator in each.decorator_list
        ):
            yield each


def _returned(node: ast.FunctionDef) -> ast.expr:
    assert node.returns is not None  # noqa: S101  # everything there is annotated
    return node.returns


def sources() -> list[Path]:
    """Return the modules in which names of the provider are looked for."""
    return [path for name in SOURCES for path in sorted((PROJECT / name).rglob("*.py"))]


def installed() -> Path:
    """Return the folder of the installed pulumi_aws, which is not imported."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise SystemExit("pulumi-aws is not installed: make setup")
    return Path(found.origin).parent


def main() -> int:
    """Write the stubs, and remove those of names that are used no more."""
    files = stubs(sources(), installed())
    for path in STUBS.rglob("*.pyi"):
        if str(path.relative_to(STUBS)) not in files:
            path.unlink()
    for name, text in files.items():
        (STUBS / name).parent.mkdir(parents=True, exist_ok=True)
        (STUBS / name).write_text(text, encoding="utf-8")
    print(f"wrote {len(files)} files to {STUBS.relative_to(PROJECT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
