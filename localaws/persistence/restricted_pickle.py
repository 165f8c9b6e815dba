"""Reading a pickle that may name no more than what a data directory holds.

A pickle is a program: it can name any callable of any module, and have it called. Here it may name
the classes of moto's models and of the local Batch, and a few more by name; so a file that somebody
else has written cannot run a command. It can still make resources that nobody asked for.
"""

from __future__ import annotations

import pickle
import re
from enum import EnumType
from types import MethodType
from typing import IO, Any

CLASSES = re.compile(
    r"moto\.(core|utilities)\.\w+"
    r"|moto\.(cloudwatch|ec2|ecs|events|iam|logs|s3|sns|sqs|ssm|sts)(\.\w+)*"
    r"|localaws\.batch\.(fleet|lives|models|scheduler|settling|state)"
    r"|batchsdk(\.\w+)*\.states"
)
"""Modules whose own classes may be named."""
OTHERS = frozenset(
    {
        "builtins.bytearray",
        "builtins.dict",
        "builtins.frozenset",
        "builtins.list",
        "builtins.set",
        "collections.OrderedDict",
        "collections.defaultdict",
        "collections.deque",
        "datetime.date",
        "datetime.datetime",
        "datetime.timedelta",
        "datetime.timezone",
        "decimal.Decimal",
        "ipaddress.IPv4Address",
        "ipaddress.IPv4Network",
        "ipaddress.IPv6Address",
        "ipaddress.IPv6Network",
        "localaws.batch.state.every_network",
        "localaws.batch.state.ignore_move",
        "localaws.batch.state.no_delay",
        "localaws.batch.state.no_problem",
        "localaws.batch.state.no_shortage",
        "localaws.persistence.data_directory._get_new_tags",
        "localaws.persistence.data_directory._make_defaultdict",
        "re._compile",
        "requests.structures.CaseInsensitiveDict",
        "threading.Condition",
        "uuid.UUID",
    }
)


class ForbiddenObjectError(RuntimeError):
    """A pickle names what no data directory holds."""


def load(file: IO[bytes]) -> Any:
    """Read a pickle.

    Raises:
        ForbiddenObjectError: it names what no data directory holds.
    """
    return _Unpickler(file).load()


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if f"{module}.{name}" == "builtins.getattr":  # a bound method, or a member of an enum
            return _attribute
        if f"{module}.{name}" in OTHERS:
            return super().find_class(module, name)
        if CLASSES.fullmatch(module):
            found = super().find_class(module, name)
            # A name with dots leads elsewhere: `os.system` of a module that imports os.
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise ForbiddenObjectError(f"it names {module}.{name}, which no saved state holds")


def _attribute(owner: Any, name: str) -> Any:
    """Return a member of an enum, as Python before 3.11.4 pickles it, or a public method."""
    if isinstance(owner, EnumType) and CLASSES.fullmatch(owner.__module__):
        if name in owner.__members__:
            return owner.__members__[name]
        raise ForbiddenObjectError(f"it names {name!r}, no member of {owner.__name__}")
    return _method(owner, name)


def _method(owner: Any, name: str) -> MethodType:
    """Return a public method of an object that :data:`CLASSES` has."""
    found = None
    if CLASSES.fullmatch(type(owner).__module__) and not name.startswith("_"):
        found = getattr(owner, name)
    if not isinstance(found, MethodType) or found.__self__ is not owner:
        raise ForbiddenObjectError(f"it names {name!r} of a {type(owner).__name__}")
    return found
