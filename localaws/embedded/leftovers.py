"""What creations that were cut off have left in the local AWS, which the record cannot know."""

from __future__ import annotations

from batch_platform.recovery.interrupted import CREATING, PendingOperation, Resource, State
from batch_platform.recovery.orphan_type import Aws
from batch_platform.recovery.orphans import OrphanError, find_orphans
from batch_platform.recovery.recover import wait_until
from localaws.embedded.errors import DeploymentError
from localaws.embedded.registrations import Entry, Record
from localaws.resources.clients import Clients


def take_away(record: Record, clients: Clients, environment: str) -> None:
    """Delete what a run that was killed had begun to create, as ``recover`` does for the engine.

    Args:
        record: has the creations that were begun, and loses them.
        clients: of the region of the run.
        environment: name of the stack, with which its resources are tagged.

    Raises:
        DeploymentError: it cannot be told what is a leftover, or the local AWS refuses.
    """
    begun = [urn for urn, entry in record.items() if entry.condition == "creating"]
    if not begun:
        return
    pending = [PendingOperation(CREATING, _resource(urn, record[urn])) for urn in begun]
    there = [_resource(urn, entry) for urn, entry in record.items() if urn not in begun]
    aws = Aws(environment, clients, wait_until)
    try:
        found = list(find_orphans(aws, State(tuple(there), tuple(pending))))
        for operation, orphans in found:
            for orphan in orphans:
                if orphan.found.kept is None:
                    orphan.delete(aws)
            record.remove(operation.resource.urn)
    except OrphanError as error:
        raise DeploymentError(
            f"{error}; or `python -m localaws reset` empties the local AWS"
        ) from error


def _resource(urn: str, entry: Entry) -> Resource:
    return Resource(
        urn=urn,
        type=entry.type,
        id=entry.own_id or None,
        inputs=entry.inputs,
        is_custom=entry.custom,
    )
