"""Resource types of the local AWS of which one handler is a test's own."""

from __future__ import annotations


def with_handler(resource_type, verb, handler):
    """Return the type with another ``create``, ``read``, ``update`` or ``delete``."""
    changed = type("Changed", (type(resource_type),), {verb: staticmethod(handler)})
    return changed(**vars(resource_type))
