"""Parameter substitution when a job is submitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from batchsdk.submit.references import referenced, render
from localaws.batch.errors import ClientException


def substitute(command: Sequence[str], parameters: Mapping[str, str]) -> list[str]:
    """Return the command with every reference replaced by its parameter's value.

    Raises:
        ClientException: a reference has no parameter; the message is AWS's.
    """
    for name in referenced(command):
        if name not in parameters:
            raise ClientException(
                f"Unable to substitute value. No parameter found for reference {name}"
            )
    return render(command, parameters)
