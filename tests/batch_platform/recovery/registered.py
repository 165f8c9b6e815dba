"""`python -m tests.batch_platform.recovery.registered FOLDER STACK...`: deploy without an engine.

Prints what an engine would know then: each resource with its stack, its inputs and its id, as JSON
lines. A fork for each stack: Pulumi's run time keeps global state, and takes seconds to import.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from pathlib import Path

from localaws.credentials.connection import Connection
from localaws.embedded import deploy
from localaws.resources.table import RESOURCE_TYPES
from tests.resource_handlers import with_handler


def told(stack, token, create):
    def telling(clients, inputs):
        identifier, outputs = create(clients, inputs)
        line = {"stack": stack, "type": token, "id": identifier, "inputs": dict(inputs)}
        sys.stdout.write(f"{json.dumps(line)}\n")
        return identifier, outputs

    return telling


def deploy_one(folder, stack):
    for token, kind in RESOURCE_TYPES.items():
        RESOURCE_TYPES[token] = with_handler(kind, "create", told(stack, token, kind.create))
    deploy(Connection.from_environ(), stack=stack, project=folder)


if __name__ == "__main__":
    forks = multiprocessing.get_context("fork")
    for stack in sys.argv[2:]:
        fork = forks.Process(target=deploy_one, args=(Path(sys.argv[1]), stack))
        fork.start()
        fork.join()
        if fork.exitcode != 0:
            sys.exit(1)
