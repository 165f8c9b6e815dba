"""What a run would do, found out without changing anything."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from localaws.embedded.monitor import Hooks
from localaws.embedded.registrations import STASH, Entry, Record, Registration
from localaws.embedded.steps import Action, stashed, step_for, type_of, without_notes
from localaws.provider import previews


class Planner:
    """Answers each registration as a preview of the engine does.

    Attributes:
        replaced: by URN, the causes of each replacement.
    """

    def __init__(self, record: Record, region: str) -> None:
        self._record = record
        self._region = region
        self._lock = threading.Lock()
        self.replaced: dict[str, tuple[str, ...]] = {}

    def register(self, wanted: Registration, _hooks: Hooks) -> tuple[str, Mapping[str, Any]]:
        """Return the id, empty if it will be another, and the state as far as it is known."""
        old = self._record.get(wanted.urn)
        if old is not None and old.condition == "unfinished" and type_of(old).update is None:
            old = None  # what has no update is created anew
        step = step_for(wanted, old, self._region)
        if wanted.type == STASH:
            return wanted.name, stashed(wanted, old, step.inputs)
        if not wanted.custom:
            return "", step.inputs
        if step.action is Action.REPLACE:
            with self._lock:
                self.replaced[wanted.urn] = step.causes
        return self._previewed(wanted, old, step.action, without_notes(step.inputs))

    def _previewed(
        self, wanted: Registration, old: Entry | None, action: Action, inputs: Mapping[str, Any]
    ) -> tuple[str, Mapping[str, Any]]:
        kind = type_of(wanted)
        if old is None or action is Action.REPLACE:
            return "", previews.of_creation(kind, inputs)
        if action is Action.UPDATE:
            before = without_notes(old.inputs)
            return old.id, previews.of_update(kind, old.state, before, inputs)
        return old.id, old.state
