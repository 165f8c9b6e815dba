"""A run that changes the local AWS, and keeps each change on record as soon as it is made."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Collection, Mapping
from typing import Any

from localaws.embedded.errors import DeploymentError
from localaws.embedded.monitor import Hooks
from localaws.embedded.registrations import STASH, Entry, Record, Registration
from localaws.embedded.steps import (
    Action,
    Step,
    stashed,
    step_for,
    type_of,
    without_notes,
)
from localaws.provider import schema
from localaws.resources.clients import Clients
from localaws.resources.resource_type import PartiallyCreated

OnStep = Callable[[Action, Entry], None]
"""Told of each step that was made."""


class Changer:
    """Creates and updates what the program registers.

    Attributes:
        registered: URNs of all that the program has registered so far.
    """

    def __init__(self, record: Record, clients: Clients, on_step: OnStep) -> None:
        self._record = record
        self._clients = clients
        self._on_step = on_step
        self._lock = threading.Lock()  # Pulumi registers independent resources from threads
        self.registered: set[str] = set()

    def register(self, wanted: Registration, hooks: Hooks) -> tuple[str, Mapping[str, Any]]:
        """Bring a resource to what the program wants; return its id and state.

        Raises:
            DeploymentError: the local AWS refuses.
        """
        with self._lock:
            self.registered.add(wanted.urn)
        old = self._record.get(wanted.urn)
        if old is not None and old.condition == "unfinished":
            old = self._as_it_is(old)
        step = step_for(wanted, old, self._clients.region)
        if step.action is Action.REPLACE:
            raise DeploymentError(
                f"{wanted.title}: {', '.join(step.causes)} cannot be changed in place; "
                "the next `deploy` tells what it takes"
            )
        entry = Entry(
            type=wanted.type,
            name=wanted.name,
            custom=wanted.custom,
            region=self._clients.region,
            id="" if old is None else old.id,
            inputs=step.inputs,
            state=step.inputs if old is None else old.state,
            dependencies=wanted.dependencies,
            trigger=wanted.trigger,
            retained=wanted.retained,
        )
        if wanted.is_of_aws:
            entry = self._carried_out(wanted, old, step, entry, hooks)
        else:
            entry = self._of_the_program(wanted, old, step, entry, hooks)
        with self._lock:
            self._record.put(wanted.urn, entry)
            if wanted.is_of_aws:
                self._on_step(step.action, entry)
        return entry.id, entry.state

    def _of_the_program(
        self, wanted: Registration, old: Entry | None, step: Step, entry: Entry, hooks: Hooks
    ) -> Entry:
        if wanted.type == STASH:
            state = stashed(wanted, old, step.inputs)
            return dataclasses.replace(entry, id=wanted.name, state=state)
        if old is not None and step.action is Action.UPDATE:
            hooks.call("before_update", wanted, old)
            hooks.call("after_update", wanted, old, step.inputs)
        return dataclasses.replace(entry, state=step.inputs)

    def _carried_out(
        self, wanted: Registration, old: Entry | None, step: Step, entry: Entry, hooks: Hooks
    ) -> Entry:
        if old is None:
            hooks.call("before_create", wanted, None)
            entry = self._created(wanted, step, entry)
            hooks.call("after_create", wanted, None, entry.state)
            return entry
        if step.action is Action.UPDATE:
            hooks.call("before_update", wanted, old)
            entry = self._updated(wanted, old, step, entry)
            hooks.call("after_update", wanted, old, entry.state)
        return entry

    def _created(self, wanted: Registration, step: Step, entry: Entry) -> Entry:
        self._put(wanted.urn, dataclasses.replace(entry, condition="creating"))
        inputs = without_notes(step.inputs)
        try:
            identifier, outputs = type_of(wanted).create(self._clients, inputs)
        except PartiallyCreated as partial:
            self._put_partial(wanted, entry, {**inputs, **partial.outputs}, partial)
            raise DeploymentError(f"{wanted.title}: {partial.reason}") from partial
        except Exception as error:
            # Whether AWS has something of it all the same is found out by the next run.
            raise DeploymentError(f"{wanted.title}: {error}") from error
        return dataclasses.replace(entry, id=identifier, state={**inputs, **outputs})

    def _updated(self, wanted: Registration, old: Entry, step: Step, entry: Entry) -> Entry:
        kind = type_of(wanted)
        inputs = without_notes(step.inputs)
        if kind.update is None:
            raise AssertionError(wanted.type)  # a difference of such a type replaces
        try:
            outputs = kind.update(self._clients, old.own_id, old.state, inputs)
        except PartiallyCreated as partial:
            self._put_partial(wanted, entry, {**old.state, **partial.outputs}, partial)
            raise DeploymentError(f"{wanted.title}: {partial.reason}") from partial
        except Exception as error:
            raise DeploymentError(f"{wanted.title}: {error}") from error
        only_outputs = schema.output_names(kind) - schema.input_names(kind)
        kept = {key: value for key, value in old.state.items() if key in only_outputs}
        return dataclasses.replace(entry, state={**kept, **inputs, **outputs})

    def _put_partial(
        self,
        wanted: Registration,
        entry: Entry,
        state: Mapping[str, Any],
        partial: PartiallyCreated,
    ) -> None:
        left = dataclasses.replace(entry, id=partial.id, state=state, condition="unfinished")
        self._put(wanted.urn, left)

    def _put(self, urn: str, entry: Entry) -> None:
        with self._lock:
            self._record.put(urn, entry)

    def _as_it_is(self, old: Entry) -> Entry | None:
        """Return what AWS has of a resource of which a step has failed; ``None`` if it is gone.

        One that cannot be updated is deleted first.
        """
        kind = type_of(old)
        if kind.update is None:
            kind.delete(self._clients, old.own_id, old.state)
            return None
        found = kind.read(self._clients, old.own_id)
        return None if found is None else dataclasses.replace(old, state={**old.state, **found})


def delete(
    record: Record,
    urns: Collection[str],
    clients_of: Callable[[str], Clients],
    on_step: OnStep,
) -> None:
    """Delete resources, each after those that depend on it.

    Args:
        record: has them, and loses each that is gone.
        urns: theirs.
        clients_of: returns the clients of a region.
        on_step: told of each deletion.

    Raises:
        DeploymentError: the local AWS refuses.
    """
    for urn in record.dependents_first(urns):
        entry = record[urn]
        if entry.retained:
            record.remove(urn)
            continue
        if entry.is_of_aws:
            record.put(urn, dataclasses.replace(entry, condition="unfinished"))
            try:
                clients = clients_of(entry.region)
                type_of(entry).delete(clients, entry.own_id, entry.state)
            except DeploymentError:
                raise
            except Exception as error:
                raise DeploymentError(f"{entry.title} cannot be deleted: {error}") from error
        record.remove(urn)
        if entry.is_of_aws:
            on_step(Action.DELETE, entry)
