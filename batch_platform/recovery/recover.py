"""Taking away what a killed update has left, so that the next one starts from what is known."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from batch_platform.recovery.engine import Engine
from batch_platform.recovery.interrupted import PendingOperation, Resource, State, read_state
from batch_platform.recovery.orphan_type import Aws
from batch_platform.recovery.orphans import ORPHAN_TYPES, Orphan, OrphanError, find_orphans

POLL_SECONDS = 0.5
WAIT_SECONDS = 1200.0
"""AWS Batch takes minutes to delete a compute environment; a NAT gateway takes about one."""

IN_FLIGHT = timedelta(minutes=5)
"""A provider plugin notices within five minutes that its engine is gone (Pulumi's
``rpcutil.Healthcheck``); until then it ends the requests that it has begun."""
SETTLE_SECONDS = 3.0
"""Between two looks at AWS. Its lists also lag a little behind what was created."""

OTHER_UPDATE = "another update has changed the stack in the meantime: run this again, alone"


@dataclass(frozen=True)
class Recovery:
    """What there is to do.

    Attributes:
        state: as it was read.
        orphans: of each cut-off creation, what it has left in AWS.
    """

    state: State
    orphans: tuple[tuple[PendingOperation, tuple[Orphan, ...]], ...]

    @property
    def doomed(self) -> tuple[Orphan, ...]:
        """The orphans to delete."""
        return tuple(
            orphan for _, left in self.orphans for orphan in left if orphan.found.kept is None
        )

    def lines(self) -> list[str]:
        """Tell, in a line for each pending operation, what was found and what will be done."""
        told = []
        for operation, left in self.orphans:
            begun = f"creating {operation.resource.title}"
            if not left:
                told.append(f"{begun}: AWS has nothing that the state lacks")
            for orphan in left:
                reason = orphan.found.kept
                fate = "to be deleted" if reason is None else f"stays: {reason}"
                told.append(f"{begun}: AWS has {orphan.found.id}, {fate}")
        told += [
            f"{each.kind} {each.resource.title}: in the state, to be refreshed"
            for each in self.state.changing
        ]
        return told


def look(aws: Aws, state: State) -> Recovery:
    """Find out what the pending operations of ``state`` have left.

    Raises:
        OrphanError: a person must look; nothing was changed.
    """
    return Recovery(state, tuple(find_orphans(aws, state)))


def look_until_settled(
    aws: Aws,
    state: State,
    *,
    on_wait: Callable[[], object],
    sleep: Callable[[float], None] = time.sleep,
) -> Recovery:
    """Look until two looks find the same, if the update was killed just now.

    Args:
        aws: where to look.
        state: as the killed engine left it.
        on_wait: called before the first wait of three seconds.
        sleep: waits some seconds.

    Raises:
        OrphanError: a person must look; nothing was changed.
    """
    found = look(aws, state)
    if not state.creating or state.age(datetime.now(UTC)) > IN_FLIGHT:
        return found
    on_wait()
    while True:
        sleep(SETTLE_SECONDS)
        before, found = found, look(aws, state)
        if found == before:
            return found


def recover(recovery: Recovery, aws: Aws, engine: Engine) -> None:
    """Delete the orphans, and make the engine forget the pending operations.

    A creation that was cut off is not adopted: it may have been cut off half-way, and nothing can
    depend on a resource whose id nobody was told. Run again after a failure, it goes on.

    Raises:
        EngineError: an update is under way; nothing was changed.
        OrphanError: AWS refuses a deletion, or an update came in between.
    """
    changing = [each.resource for each in recovery.state.changing]
    for resource in changing:
        aws.wait(f"{resource.title} at rest", functools.partial(_is_at_rest, aws, resource))
    # The engine takes the lock for it: so no other update is at work.
    engine.refresh([each.urn for each in changing] or _root(recovery.state))
    refreshed = read_state(engine.export())
    _require_unchanged(recovery, refreshed)
    for orphan in recovery.doomed:
        orphan.delete(aws)
    exported = engine.export()
    if read_state(exported).written_at != refreshed.written_at:
        raise OrphanError(OTHER_UPDATE)
    engine.forget_pending(exported)


def _is_at_rest(aws: Aws, resource: Resource) -> bool:
    kind = ORPHAN_TYPES.get(resource.type)
    if kind is None or kind.is_changing is None:
        return True
    return not kind.is_changing(aws, resource.inputs)


def wait_until(
    description: str,
    is_true: Callable[[], bool],
    *,
    timeout: float = WAIT_SECONDS,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Return when ``is_true`` returns true.

    Raises:
        OrphanError: it has not within ``timeout`` seconds.
    """
    deadline = monotonic() + timeout
    while not is_true():
        if monotonic() >= deadline:
            raise OrphanError(
                f"after {timeout:g} seconds still not: {description}. Look at it in AWS, and run "
                "this again"
            )
        sleep(POLL_SECONDS)


def _root(state: State) -> list[str]:
    """Return the URN of what is quickly read; none in a state that has nothing yet."""
    return [each.urn for each in state.resources if each.type == "pulumi:pulumi:Stack"]


def _require_unchanged(recovery: Recovery, refreshed: State) -> None:
    """Raise if another update came between the look and the refresh."""
    known = {(each.type, each.id) for each in refreshed.resources}
    doomed = {(each.operation.resource.type, each.found.id) for each in recovery.doomed}
    if refreshed.creating != recovery.state.creating or known & doomed:
        raise OrphanError(OTHER_UPDATE)
