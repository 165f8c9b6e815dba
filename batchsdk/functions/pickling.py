"""Functions, arguments and results as pickles, and what must be alike where they are read."""

from __future__ import annotations

import contextlib
import functools
import importlib
import io
import sys
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from batchsdk.errors import InvalidArgumentError, Problem, UsageError
from batchsdk.functions import task

_PLAIN = frozenset({bool, bytes, dict, float, frozenset, int, list, set, str, tuple, type(None)})
_REGISTERING = threading.Lock()
"""cloudpickle's registry of modules is one of the process."""


@dataclass(frozen=True)
class Pickle:
    """A pickle, and the packages whose versions it depends on."""

    body: bytes
    packages: Mapping[str, str]
    """Name of a distribution -> its version here."""

    @property
    def head(self) -> dict[str, Any]:
        """What :func:`batchsdk.functions.task.other_versions` compares."""
        return {"python": task.python_version(), "packages": dict(self.packages)}


def cloudpickle() -> Any:
    """Return the module.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import cloudpickle as found  # noqa: PLC0415  # an extra: only functions need it
    except ModuleNotFoundError as fault:
        raise UsageError(
            "functions as jobs need cloudpickle, which is not installed",
            hint="Install it: pip install 'batchsdk[functions]'",
        ) from fault
    return found


def modules_to_ship(given: object) -> tuple[ModuleType, ...]:
    """Return the modules whose code is to be in the pickles, of modules or their names.

    Raises:
        InvalidArgumentError: one is neither, or cannot be imported.
    """
    many = [given] if isinstance(given, str | ModuleType) else given
    if not isinstance(many, Iterable):
        rule = f"must be modules or their names, not of type {type(given).__name__}"
        raise InvalidArgumentError(Problem("ship", given, rule, "give ship=[mypackage]"))
    return tuple(_module(place, each) for place, each in enumerate(many))


def _module(place: int, given: object) -> ModuleType:
    if isinstance(given, ModuleType):
        return given
    field = f"ship[{place}]"
    if not isinstance(given, str) or not given:
        rule, fix = "must be a module or its name", "give ship=[mypackage] or ship=['mypackage']"
        raise InvalidArgumentError(Problem(field, given, rule, fix))
    try:
        return importlib.import_module(given)
    except (ImportError, TypeError, ValueError) as fault:
        rule, fix = f"cannot be imported: {fault}", "correct the name, or install it"
        raise InvalidArgumentError(Problem(field, given, rule, fix)) from fault


class Pickling:
    """How one executor makes pickles."""

    def __init__(self, ship: Iterable[ModuleType], ignored: Collection[str]) -> None:
        """Import cloudpickle.

        Args:
            ship: modules whose functions and classes are in the pickles, not only their names.
            ignored: distributions whose versions may differ in the job.

        Raises:
            UsageError: cloudpickle is not installed.
        """
        self._cloudpickle = cloudpickle()
        self._ship = tuple(ship)
        self._ignored = frozenset(ignored)

    def pickle(self, value: object, what: str, shown: str) -> Pickle:
        """Return a value as a pickle.

        Args:
            value: what to pickle.
            what: the argument that errors name.
            shown: what errors call the value.

        Raises:
            InvalidArgumentError: it cannot be pickled.
        """
        file = io.BytesIO()
        pickler, packages = _pickler(self._cloudpickle, file)
        try:
            with self._by_value():
                pickler.dump(value)
        except Exception as fault:  # __reduce__ of any class may raise anything
            raise InvalidArgumentError(
                Problem(
                    what,
                    None,
                    f"{shown} cannot be pickled: {type(fault).__name__}: {fault}",
                    "open files, connections and locks inside the function, and give plain values",
                )
            ) from fault
        return Pickle(file.getvalue(), self._versions(packages))

    @contextlib.contextmanager
    def _by_value(self) -> Iterator[None]:
        with _REGISTERING:
            known = self._cloudpickle.list_registry_pickle_by_value()
            new = [each for each in self._ship if each.__name__ not in known]
            for each in new:
                self._cloudpickle.register_pickle_by_value(each)
            try:
                yield
            finally:
                for each in new:
                    self._cloudpickle.unregister_pickle_by_value(each)

    def _versions(self, modules: Iterable[str]) -> dict[str, str]:
        shipped = {each.__name__.partition(".")[0] for each in self._ship}
        found = {"cloudpickle": metadata.version("cloudpickle")}
        for each in modules:
            top = each.partition(".")[0]
            known = _distribution(top)
            if known is not None and top not in shipped:
                found[known[0]] = known[1]
        return {name: found[name] for name in sorted(found) if name not in self._ignored}


def _pickler(cloudpickle: Any, file: io.BytesIO) -> tuple[Any, set[str]]:
    """Return a pickler, and the set of the modules of all that it has pickled."""
    modules: set[str] = set()

    class Noting(cloudpickle.Pickler):  # type: ignore[misc]  # what an extra has is Any
        def persistent_id(self, value: object) -> None:
            """Note of what module a value is; pickle it as usual."""
            kind = type(value)
            if kind in _PLAIN:
                return
            if isinstance(value, ModuleType):
                modules.add(value.__name__)
            elif isinstance(value, type | FunctionType | BuiltinFunctionType):
                modules.add(value.__module__ or "")
            else:
                modules.add(kind.__module__)

    return Noting(file), modules


_INSTALLED = frozenset({"site-packages", "dist-packages"})
"""Folders of modules that a distribution has installed."""


@functools.cache
def _distribution(top: str) -> tuple[str, str] | None:
    """Return the distribution that has a top-level module, and its version.

    ``None`` where it has none: the standard library, and code that was not installed.
    """
    module = sys.modules.get(top)
    file = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), "")
    if top in sys.stdlib_module_names or not _INSTALLED & set(Path(file).parts):
        return None
    try:
        return top, metadata.version(top)  # most are called as their module
    except metadata.PackageNotFoundError:
        names = set(_distributions_of().get(top, ()))
    if len(names) != 1:  # a namespace of several
        return None
    (name,) = names
    return name, metadata.version(name)


@functools.cache
def _distributions_of() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()  # reads what every distribution has installed
