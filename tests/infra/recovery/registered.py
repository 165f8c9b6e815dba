"""`python -m tests.infra.recovery.registered STACK FOLDER`: deploy without an engine.

Prints what an engine would know then: each resource with its inputs and its id, as JSON lines.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

from localaws.credentials import Connection
from localaws.embedded import deploy
from localaws.resources.table import RESOURCE_TYPES


def told(token, create):
    def telling(clients, inputs):
        identifier, outputs = create(clients, inputs)
        line = {"type": token, "id": identifier, "inputs": dict(inputs)}
        sys.stdout.write(f"{json.dumps(line)}\n")
        return identifier, outputs

    return telling


if __name__ == "__main__":
    for token, kind in RESOURCE_TYPES.items():
        RESOURCE_TYPES[token] = dataclasses.replace(kind, create=told(token, kind.create))
    deploy(Connection.from_environ(), stack=sys.argv[1], project=Path(sys.argv[2]))
