"""Parameter substitution: ``Ref::name`` in a container's command.

A reference must be a whole element of the command; it is not replaced inside a longer string, nor
in the environment (user guide: Job definition parameters; see docs/localaws.md for the evidence).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from localaws.batch.errors import ClientException

PREFIX = "Ref::"


def substitute(command: Sequence[str], parameters: Mapping[str, str]) -> list[str]:
    """Return the command with every reference replaced by its parameter's value.

    Raises:
        ClientException: a reference has no parameter; the message is AWS's.
    """
    rendered = []
    for element in command:
        if element.startswith(PREFIX):
            name = element.removeprefix(PREFIX)
            if name not in parameters:
                raise ClientException(
                    f"Unable to substitute value. No parameter found for reference {name}"
                )
            rendered.append(parameters[name])
        else:
            rendered.append(element)
    return rendered
