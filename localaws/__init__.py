"""AWS on this machine: moto, and the Batch that moto lacks. For development and tests only.

What is public is imported when it is first used (PEP 562). moto takes seconds to import, and
commands that ask the running server, e.g. ``python -m localaws status``, need none of it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localaws.server import LocalAws, StateDelays

__all__ = ["LocalAws", "StateDelays"]

if not TYPE_CHECKING:  # a type checker would take a module's __getattr__ to have every name

    def __getattr__(name: str) -> object:
        """Import a public name when it is first used."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
        try:
            from localaws import server  # noqa: PLC0415 - see above
        except ModuleNotFoundError as missing:
            from batch_platform.program.extras import name_extra  # noqa: PLC0415

            raise name_extra(missing, f"localaws.{name}", "local") from None
        return getattr(server, name)
