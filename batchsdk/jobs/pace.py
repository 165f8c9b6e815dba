"""How long until the next look at a job. Pure.

A job whose duration is unknown is looked at after a part of the time that it has spent in its
status: its end is then known at most that part late. Once the durations of jobs like it are known
(:class:`Durations`), it is looked at seldom until one of them is over, and often around it. An
array tells by its ended children how much is left.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from batchsdk.jobs.detail import JobDetail
from batchsdk.states import JobStatus

_KEPT = 8
"""Durations of each kind that are kept, the newest."""
_KINDS = 1000
"""Kinds of jobs of which durations are kept."""
_ALIKE = 1.25
"""Factor, and a second, between the shortest and the longest of durations that foretell the next;
where they differ more, the duration counts as unknown."""
_EARLY_GROWTH = 2.0
"""Growth of the intervals before the shortest known duration is over: a job that ends early, as
failed jobs may, is known within twice its time."""
_STEP, _SMALLEST_STEP = 0.05, 0.5
"""Part of the time spent, and seconds, between looks around the expected end."""
_NEXT = 0.1
"""Seconds between two looks at least: clocks are not exact."""
_KNOWN_BEFORE_START = 10.0
"""Seconds between looks at a job that has not started, if its duration is known, at most."""
BEFORE_START = 4.5
"""Factor by which the intervals of an array none of whose children has started grow more quickly:
they have to run before it can end."""
LONGEST_BEFORE_START = 2.5
"""Seconds up to which they do."""
STARTED_BEFORE = 0.6
"""Part of the last interval for which the first children of an array are taken to have run when
they are first seen to: an array does not tell."""

Kind = tuple[str, int | None]
"""Name of the job definition, without its revision, and the size of an array."""


def kind_of(definition: str, array_size: int | None = None) -> Kind:
    """Return what jobs of like duration have in common.

    Args:
        definition: name, ``name:revision`` or ARN.
        array_size: number of children; ``None`` if the job is no array.
    """
    return definition.rpartition("/")[2].partition(":")[0], array_size


@dataclass(frozen=True)
class Expected:
    """How long a job is expected to run, in seconds."""

    shortest: float
    longest: float


class Durations:
    """How long jobs ran, by their kind. Any thread may use it."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._lock = threading.Lock()
        self._known: dict[Kind, deque[float]] = {}

    def note(self, kind: Kind, seconds: float) -> None:
        """Learn that a job of a kind succeeded after so many seconds."""
        if seconds <= 0:
            return
        with self._lock:
            known = self._known.setdefault(kind, deque(maxlen=_KEPT))
            known.append(seconds)
            if len(self._known) > _KINDS:
                del self._known[next(iter(self._known))]

    def note_end(self, detail: JobDetail) -> None:
        """Learn from a job that has ended; a failed one tells nothing of the others."""
        began = began_at(detail)
        if detail.status is JobStatus.SUCCEEDED and detail.stopped_at is not None and began:
            self.note(_kind(detail), (detail.stopped_at - began).total_seconds())

    def expected(self, detail: JobDetail) -> Expected | None:
        """Return how long a job will run; ``None`` if those like it differ, or none is known."""
        with self._lock:
            known = list(self._known.get(_kind(detail), ()))
        if not known or max(known) > _ALIKE * min(known) + 1:
            return None
        return Expected(min(known), max(known))


def began_at(detail: JobDetail) -> datetime | None:
    """Return when what a job's duration is counted from took place; of an array its creation."""
    return detail.created_at if detail.is_array_parent else detail.started_at


def _kind(detail: JobDetail) -> Kind:
    size = detail.array.size if detail.array and detail.is_array_parent else None
    return kind_of(detail.definition, size)


@dataclass(frozen=True)
class Progress:
    """What a description tells of how far a job has come."""

    has_started: bool
    """It runs, or a child of it runs or has."""
    ended: int = 0
    """Children that have ended."""
    left: int = 0
    """Children that have not."""

    @classmethod
    def of(cls, detail: JobDetail) -> Progress:
        """Read a description."""
        if detail.array is None or not detail.is_array_parent:
            return cls(detail.status is JobStatus.RUNNING)
        counts = detail.array.status_summary
        ended = sum(counts.get(each, 0) for each in JobStatus if each.is_terminal)
        running = ended + counts.get(JobStatus.RUNNING, 0)
        return cls(running > 0, ended, (detail.array.size or 0) - ended)


NOT_STARTED = Progress(has_started=False)


def step(spent: float) -> float:
    """Return the seconds between two looks around the expected end."""
    return _SMALLEST_STEP + _STEP * spent


def until_known(expected: Expected, spent: float, usual: float, *, runs: bool) -> float:
    """Return the seconds until the next look at a job whose duration is known.

    Args:
        expected: its duration.
        spent: seconds since it began to run, or since it waits to.
        usual: seconds until the next look if nothing were known.
        runs: it has begun to run.
    """
    if not runs:
        return max(usual, min(expected.shortest / 2, _KNOWN_BEFORE_START))
    first = expected.shortest + step(expected.shortest) / 2
    if spent < first:
        early = _SMALLEST_STEP + (_EARLY_GROWTH - 1) * spent
        # A look shortly before the end that is expected would be one in vain.
        return max(first - spent, _NEXT) if spent + 1.5 * early >= first else early
    if spent <= expected.longest + step(expected.longest):
        return min(usual, step(spent))
    return usual


def until_children_end(progress: Progress, spent: float, usual: float) -> float:
    """Return the seconds until the next look at an array of which some children have ended.

    Args:
        progress: how many.
        spent: seconds since the first child began to run.
        usual: seconds until the next look if nothing were known.
    """
    rest = spent * progress.left / progress.ended
    return min(usual, max(rest, step(spent)))
