"""From steps to jobs: what is submitted in which order, and how each edge is kept. Pure.

An edge that needs success is left to Batch (``dependsOn``), so that the run goes on when the
client dies. The client keeps only what Batch cannot: to go on whatever became of another step,
conditions, and more than 20 edges where no barrier can be made.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from batchsdk import limits
from batchsdk.workflow import barriers, graph
from batchsdk.workflow.steps import Step, WorkflowDefinition


class EdgeKind(enum.StrEnum):
    """How it is kept that one step comes after another."""

    DEPENDS_ON = "DEPENDS_ON"
    """By Batch: every job of the one depends on every job of the other."""
    N_TO_N = "N_TO_N"
    """By Batch: child by child."""
    SEQUENTIAL = "SEQUENTIAL"
    """By Batch: the children of one array run one after the other."""
    BARRIER = "BARRIER"
    """By Batch, through jobs that only wait."""
    IMPLIED = "IMPLIED"
    """By other edges that imply it: left out, to stay within 20 dependencies."""
    DONE = "DONE"
    """The other step has already succeeded: nothing to wait for."""
    CLIENT = "CLIENT"
    """By the client, which must be waiting, or attach later, when the other step ends."""


@dataclass(frozen=True, kw_only=True)
class PlannedEdge:
    """That a step comes after another, and how that is kept."""

    before: str
    after: str
    kind: EdgeKind
    why: str = ""
    """Why Batch cannot enforce a CLIENT edge."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """The shape of one job of a step."""

    size: int | None = None
    """Children of an array job."""
    indices: tuple[int, ...] = ()
    """Which points of the whole step its children are, in order."""


@dataclass(frozen=True, kw_only=True)
class PlannedJob:
    """One SubmitJob request to be."""

    key: str
    """Unique in the run: the step's name; ``name.2`` for one of several jobs of a step."""
    step: str | None
    """``None`` for a barrier."""
    part: int = 0
    """Which of the step's jobs, from 0."""
    size: int | None = None
    """Children of an array job."""
    depends_on: tuple[tuple[str, str | None], ...] = ()
    """Keys of jobs that Batch waits for, each with the type of the dependency."""
    sequential: bool = False


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A workflow as jobs."""

    jobs: tuple[PlannedJob, ...]
    """In submission order: each job after all jobs that it depends on."""
    edges: tuple[PlannedEdge, ...]
    deferred: Mapping[str, str]
    """Steps that are not submitted at the start, and why."""
    done: tuple[str, ...] = ()
    """Steps that SUCCEEDED before: no job of theirs is in ``jobs``."""
    cached: Mapping[str, str] = field(default_factory=dict)
    """Those of them whose results are taken from earlier runs, and the names of these."""
    cached_points: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Sweeps of which points are taken from earlier runs: the names of these, each with how many
    points. The other points are in ``jobs``; if there are none the step is in ``done``."""
    going_on: tuple[str, ...] = ()
    """Keys of jobs that were submitted before and have not ended: they are not submitted again."""


def job_key(step: str, part: int, parts: int) -> str:
    """Return the key of one of a step's jobs."""
    return step if parts == 1 else f"{step}.{part}"


def make_plan(
    definition: WorkflowDefinition,
    parts: Mapping[str, Sequence[Part]],
    *,
    can_make_barriers: bool,
    done: Collection[str] = (),
) -> Plan:
    """Plan a workflow that keeps its rules.

    Args:
        definition: the workflow.
        parts: for each step the shapes of its jobs.
        can_make_barriers: there is a job definition for jobs that only wait.
        done: steps that succeeded before: they are left out, and so are edges to them.
    """
    return _Planner(definition, parts, can_make_barriers, frozenset(done)).plan()


class _Planner:
    def __init__(
        self,
        definition: WorkflowDefinition,
        parts: Mapping[str, Sequence[Part]],
        can_make_barriers: bool,
        done: frozenset[str],
    ) -> None:
        self._definition = definition
        self._can_make_barriers = can_make_barriers
        self._keys = {
            name: [job_key(name, part, len(own)) for part in range(len(own)) if name not in done]
            for name, own in parts.items()
        }
        self._parts = parts
        self._jobs: dict[str, PlannedJob] = {}
        self._edges: list[PlannedEdge] = []
        self._deferred: dict[str, str] = {}
        success = {step.name: step.needs_success_of for step in definition.steps}
        self._all_before = graph.ancestors(success)

    def plan(self) -> Plan:
        steps = {step.name: step for step in self._definition.steps}
        for name in graph.topological_order(self._definition.graph):
            if self._keys[name]:
                self._place(steps[name])
        return Plan(
            jobs=tuple(self._jobs.values()),
            edges=tuple(self._edges),
            deferred=self._deferred,
            done=tuple(name for name, keys in self._keys.items() if not keys),
        )

    def _place(self, step: Step) -> None:
        first = len(self._edges)
        paired = [
            name for name in step.n_to_n if name not in step.after and self._pairs_with(step, name)
        ]
        whole = [name for name in step.needs_success_of if name not in paired]
        # SEQUENTIAL itself, and the part before it where the array is split into parts.
        own = 2 if step.sequential else 0
        taken = len(paired) + own
        common = self._depends_on_whole(step, whole, limits.DEPENDENCIES - taken)
        for name in paired:
            self._edge(name, step, EdgeKind.N_TO_N if self._keys[name] else EdgeKind.DONE)
        if step.sequential:
            self._edge(step.name, step, EdgeKind.SEQUENTIAL)
        conditions = {each.step for each in step.when}
        for name in step.needs_end_of:
            if self._keys[name]:
                why = "a condition" if name in conditions else "whatever becomes of it"
                self._edge(name, step, EdgeKind.CLIENT, why)
            else:
                self._edge(name, step, EdgeKind.DONE)
        self._note_whether_deferred(step, self._edges[first:])
        for part, key in enumerate(self._keys[step.name]):
            self._jobs[key] = self._job(step, part, key, common, paired)

    def _job(
        self, step: Step, part: int, key: str, common: Sequence[str], paired: Sequence[str]
    ) -> PlannedJob:
        size = self._parts[step.name][part].size
        depends_on: list[tuple[str, str | None]] = [(each, None) for each in common]
        for name in paired:
            if self._keys[name]:
                other = self._keys[name][part]
                depends_on.append((other, "N_TO_N" if size is not None else None))
        if step.sequential and part:
            depends_on.append((self._keys[step.name][part - 1], None))
        return PlannedJob(
            key=key,
            step=step.name,
            part=part,
            size=size,
            depends_on=tuple(depends_on),
            sequential=step.sequential and size is not None,
        )

    def _pairs_with(self, step: Step, other: str) -> bool:
        """Tell whether part i of the one can wait for part i of the other."""
        return list(self._parts[step.name]) == list(self._parts[other])

    def _depends_on_whole(self, step: Step, names: Sequence[str], budget: int) -> list[str]:
        """Note the edges to whole steps; return the keys to depend on."""
        for name in names:
            if not self._keys[name]:
                self._edge(name, step, EdgeKind.DONE)
        names = [name for name in names if self._keys[name]]
        keys = [key for name in names for key in self._keys[name]]
        if len(keys) > budget:
            kept = graph.without_implied(names, self._all_before)
            for name in names:
                if name not in kept:
                    self._edge(name, step, EdgeKind.IMPLIED)
            names = kept
            keys = [key for name in names for key in self._keys[name]]
        if len(keys) <= budget:
            kind, why = EdgeKind.DEPENDS_ON, ""
        elif self._can_make_barriers:
            kind, why = EdgeKind.BARRIER, ""
            keys, needed = barriers.reduce(keys, budget)
            for each in needed:
                self._jobs.setdefault(
                    each.key,
                    PlannedJob(
                        key=each.key,
                        step=None,
                        depends_on=tuple((member, None) for member in each.members),
                    ),
                )
        else:
            kind = EdgeKind.CLIENT
            why = f"{len(keys)} jobs are more than {budget}, and there is no barrier definition"
            keys = []
        for name in names:
            self._edge(name, step, kind, why)
        return keys

    def _edge(self, before: str, step: Step, kind: EdgeKind, why: str = "") -> None:
        self._edges.append(PlannedEdge(before=before, after=step.name, kind=kind, why=why))

    def _note_whether_deferred(self, step: Step, edges: Sequence[PlannedEdge]) -> None:
        waits = [edge for edge in edges if edge.kind is EdgeKind.CLIENT]
        if waits:
            self._deferred[step.name] = "; ".join(
                f"waits for the end of {edge.before} ({edge.why})" for edge in waits
            )
            return
        later = [name for name in step.needs_success_of if name in self._deferred]
        if later:
            self._deferred[step.name] = f"comes after {', '.join(later)}"
