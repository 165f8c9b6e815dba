"""Which jobs a sweep becomes. Pure: no I/O, no time, no chance.

The table of an array goes into an environment variable of the job, where it survives this process
and needs no permission. ECS takes 8,192 characters of overrides. A table that is longer is
compressed, or goes into an object of S3; where that is not enough or not possible, the sweep
becomes more arrays with a part of the table each.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from batchsdk import limits, names, sweep_task
from batchsdk.contract.storage import SWEEPS
from batchsdk.errors import InvalidSubmissionError, Problem
from batchsdk.submit import checks, references
from batchsdk.submit.dependencies import as_dependencies
from batchsdk.submit.escalation import Escalation, History
from batchsdk.submit.override_checks import override_problems
from batchsdk.submit.submission import Submission
from batchsdk.submit.targets import Definition, Queue
from batchsdk.submit.tasks import Task, request_of, tasks_of, with_variables
from batchsdk.sweeps import shell
from batchsdk.sweeps.points import Points
from batchsdk.sweeps.table import compressed, encode, rows

Through = Literal["auto", "shell", "task"]
"""How a job is to find its parameters; see ``Batch.sweep``."""

FoundBy = Literal["parameters", "shell", "task"]
"""How it finds them; ``parameters`` are those of separate jobs, which Batch puts into ``Ref::``."""

_MOST_ARRAYS = limits.SWEEP_POINTS // limits.ARRAY_SIZE_MAX
"""Of a sweep that is split for its table: as many as the largest sweep has anyway."""


@dataclass(frozen=True, kw_only=True)
class StoredTable:
    """A table that was too large for a request."""

    bucket: str
    key: str
    """Ends in a digest of the text: an object is never overwritten by another."""
    text: str

    @property
    def uri(self) -> str:
        """The object's ``s3://`` address."""
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True, kw_only=True)
class _Carried:
    """How the table of an array gets to its children."""

    variables: Mapping[str, str]
    """Of their environment."""
    script: str
    """Reads the table where only a shell does."""
    table: StoredTable | None = None


@dataclass(frozen=True, kw_only=True)
class SweepPart:
    """One job of a sweep: an array, or a single job."""

    submission: Submission
    indices: tuple[int, ...]
    """Child -> its index in the sweep, ascending."""
    table: StoredTable | None = None
    """To be stored before the job is submitted."""


@dataclass(frozen=True, kw_only=True)
class SweepPlan:
    """What a sweep is to become. Making one has no effect."""

    wanted: Submission
    """What all jobs have alike."""
    name: str
    """Of the sweep; the names of its jobs begin with it."""
    queue: Queue
    definition: Definition
    points: Points
    through: Through = "auto"
    storage: str | None = None
    """``s3://bucket/prefix``."""
    prefers_storage: bool = False
    """The storage was given for the tables of this very sweep, whose image can read from S3. Else
    a shell is given a table in S3 only where no number of arrays is enough."""
    region: str = ""
    """Of the storage."""
    as_separate_jobs: bool = False
    escalation: Escalation | None = None
    """How the requests of ``rerun_failed`` differ."""
    declared: Submission | None = None
    """What the first jobs had alike, where these come after failures; else it is ``wanted``."""
    history: History = ()
    """How the jobs before these failed."""

    def parts(self, indices: Sequence[int] | None = None) -> list[SweepPart]:
        """Return the jobs to submit.

        Args:
            indices: only these points, ascending; ``None`` is all.

        Raises:
            InvalidSubmissionError: the sweep cannot be carried out like this.
        """
        # The other rules are about tasks that there are.
        problems = list(override_problems(self.wanted, self.definition)) or list(self._problems())
        if problems:
            raise InvalidSubmissionError(problems)
        chosen = tuple(range(len(self.points))) if indices is None else tuple(indices)
        if self._is_separate:
            return [self._single(index) for index in chosen]
        return self._arrays(chosen)

    def _arrays(self, indices: tuple[int, ...]) -> list[SweepPart]:
        found = self._fitting(indices)
        if len(found) > 1:
            self._refuse_pairing(len(found))
        return found

    def _fitting(self, indices: tuple[int, ...]) -> list[SweepPart]:
        """Return as few arrays as can be, whose tables are in the simplest form that fits."""
        fewest = math.ceil(len(indices) / limits.ARRAY_SIZE_MAX)
        if (plain := self._all_fitting(indices, fewest, _plain)) is not None:
            return plain
        if self.storage is not None and (self.prefers_storage or not self.uses_shell):
            return self._stored_where_needed(indices, fewest)
        length = len(compressed(encode(self.points, indices)))
        # Several tables are hardly ever shorter together than the whole.
        first = max(fewest, length // limits.OVERRIDES_LENGTH)
        for count in range(first, min(_MOST_ARRAYS, len(indices)) + 1):
            if (parts := self._all_fitting(indices, count, _compressed)) is not None:
                return parts
        if self.storage is not None:
            return self._stored_where_needed(indices, fewest)
        raise self._too_long(len(indices), length)

    def _all_fitting(
        self, indices: tuple[int, ...], count: int, carry: Callable[[str], _Carried]
    ) -> list[SweepPart] | None:
        """Return that many arrays; None if the table of one is too long."""
        parts = []
        for part in self._split(indices, count, carry):
            if not self._fits(part):
                return None
            parts.append(part)
        return parts

    def _stored_where_needed(self, indices: tuple[int, ...], count: int) -> list[SweepPart]:
        parts = list(self._split(indices, count, self._plain_or_stored))
        if all(map(self._fits, parts)):
            return parts
        stored = self._split(indices, count, self._stored)
        return [a if self._fits(a) else b for a, b in zip(parts, stored, strict=True)]

    def _too_long(self, count: int, length: int) -> InvalidSubmissionError:
        through = "" if not self.uses_shell else " (the image needs aws or curl), or through='task'"
        return InvalidSubmissionError(
            [
                Problem(
                    "over",
                    f"{count} points, {length} characters once compressed",
                    f"a job takes at most {limits.OVERRIDES_LENGTH} characters of overrides, and "
                    f"a sweep is split into at most {_MOST_ARRAYS} arrays",
                    f"give storage='s3://bucket/prefix'{through}, shorten the values, or give "
                    "as_separate_jobs=True",
                )
            ]
        )

    def _plain_or_stored(self, text: str) -> _Carried:
        return self._stored(text) if len(text) > limits.OVERRIDES_LENGTH else _plain(text)

    def _stored(self, text: str) -> _Carried:
        bucket, _, prefix = (self.storage or "").removeprefix("s3://").partition("/")
        digest = hashlib.sha256(text.encode()).hexdigest()[:32]
        key = "/".join(filter(None, [prefix.strip("/"), SWEEPS, digest]))
        table = StoredTable(bucket=bucket, key=key, text=text)
        return _Carried(
            variables={sweep_task.OBJECT: table.uri, sweep_task.REGION: self.region},
            script=shell.stored(bucket, key, self.region),
            table=table,
        )

    def _split(
        self,
        indices: tuple[int, ...],
        count: int,
        carry: Callable[[str], _Carried],
    ) -> Iterator[SweepPart]:
        """Split into ``count`` parts whose sizes differ by one at most: an array has at least 2."""
        bounds = [len(indices) * number // count for number in range(count + 1)]
        for number, (start, end) in enumerate(itertools.pairwise(bounds)):
            some = indices[start:end]
            carried = carry(encode(self.points, some))
            submission = dataclasses.replace(
                with_variables(self.wanted, self.definition, carried.variables),
                name=self.name if count == 1 else _numbered(self.name, number),
                command=self._command(carried.script),
                array_size=len(some) if len(some) > 1 else None,
            )
            yield SweepPart(submission=submission, indices=some, table=carried.table)

    def _single(self, index: int) -> SweepPart:
        point = self.points[index]
        used = {name: value for name, value in point.items() if name in self._referred}
        variables: dict[str, str] = {}
        if self.found_by == "shell":
            variables = {**point, sweep_task.INDEX: str(index)}
        elif self.found_by == "task":
            variables = {sweep_task.TABLE: rows(self.points, [index])}
        submission = dataclasses.replace(
            with_variables(self.wanted, self.definition, variables),
            name=_numbered(self.name, index),
            parameters={**self.wanted.parameters, **used},
        )
        return SweepPart(submission=submission, indices=(index,))

    @functools.cached_property
    def _tasks(self) -> list[Task]:
        """The tasks of a job, without the values."""
        return tasks_of(self.wanted, self.definition)

    @functools.cached_property
    def _commands(self) -> tuple[tuple[str, ...], ...]:
        return tuple(each for task in self._tasks for each in task.commands)

    @functools.cached_property
    def _referred(self) -> frozenset[str]:
        """The names of the sweep that a command has a ``Ref::`` of."""
        return self._referred_in(self._commands)

    def _referred_in(self, commands: Iterable[Sequence[str]]) -> frozenset[str]:
        used = {name for each in commands for name in references.referenced(each)}
        return frozenset(used & set(self.points.names))

    @property
    def _is_separate(self) -> bool:
        """Each point is a job of its own; of a multi-node parallel job there is no array."""
        return self.as_separate_jobs or self.definition.is_multi_node

    @property
    def found_by(self) -> FoundBy:
        """How a job finds its values."""
        if self.through != "auto":
            return self.through
        if self._reads_variables:
            return "shell"
        if not self._is_separate:
            return "shell" if self._referred else "task"
        return "parameters" if self._referred >= set(self.points.names) else "task"

    @property
    def uses_shell(self) -> bool:
        """The command of the arrays is run by ``sh``."""
        return self.found_by == "shell"

    @property
    def _reads_variables(self) -> bool:
        names = self.points.names
        return any(shell.reads_variables(each, names) for each in self._commands)

    def _command(self, script: str) -> Sequence[str] | None:
        if not self.uses_shell:
            return self.wanted.command
        return shell.wrapped(self._tasks[0].main_command, self.points.names, script)

    def _fits(self, part: SweepPart) -> bool:
        tasks = tasks_of(part.submission, self.definition)
        request = request_of(
            part.submission,
            self.definition,
            tasks,
            name=part.submission.name or "",
            queue=self.queue.identifier,
        )
        return not any(checks.size_problems(part.submission, self.definition, tasks, request))

    def _problems(self) -> Iterator[Problem]:
        for field in ("parameters", "environment"):
            for name in sorted(set(self.points.names) & getattr(self.wanted, field).keys()):
                yield Problem(
                    f"{field}[{name!r}]",
                    getattr(self.wanted, field)[name],
                    "the sweep goes over this name",
                    "drop it here, or in over",
                )
        inside = {name for each in self._commands for name in references.embedded(each)}
        for name in sorted(inside & set(self.points.names)):
            yield Problem(
                "command",
                f"Ref::{name}",
                "is only a part of an element, where nothing replaces it",
                f"make it a whole element; in the text of a shell write ${name}",
            )
        if self.storage is not None and not _is_s3_uri(self.storage):
            yield Problem("storage", self.storage, "must be s3://bucket/prefix", "name a bucket")
        if self.through not in ("auto", "shell", "task"):
            yield Problem("through", self.through, "must be auto, shell or task", "pick one")
        elif not self._is_separate:
            yield from self._shell_problems()
        if self.definition.is_multi_node and len(self.points) > 1 and not self.as_separate_jobs:
            yield Problem(
                "over",
                None,
                f"{self.definition.label} is a multi-node parallel job, and AWS Batch has no "
                "arrays of such",
                "give as_separate_jobs=True",
            )

    def _shell_problems(self) -> Iterator[Problem]:
        (task,) = self._tasks
        if self.uses_shell and not task.main_command:
            rule = "is in the image, so that no shell can be put before it"
            yield Problem("command", None, rule, "give command=[...]")
        others = [each for each in task.commands if each != task.main_command]
        for name in sorted(self._referred_in(others)):
            yield Problem(
                "over",
                None,
                f"another container than the main one refers to Ref::{name}, and the children of "
                "an array have one value of it",
                "give as_separate_jobs=True",
            )

    def _refuse_pairing(self, count: int) -> None:
        problems = [
            Problem(
                f"after[{index}]",
                each.type,
                f"pairs the children of one array, and this sweep is {count} arrays",
                f"split it into sweeps of at most {limits.ARRAY_SIZE_MAX}, or give storage=",
            )
            for index, each in enumerate(as_dependencies(self.wanted.depends_on))
            if each.type
        ]
        if problems:
            raise InvalidSubmissionError(problems)


def _plain(text: str) -> _Carried:
    return _Carried(variables={sweep_task.TABLE: text}, script=shell.PLAIN)


def _compressed(text: str) -> _Carried:
    return _Carried(variables={sweep_task.TABLE: compressed(text)}, script=shell.COMPRESSED)


def _numbered(name: str, number: int) -> str:
    suffix = f"-{number}"
    # A name that is wrong stays as it is, for the checks to show it.
    if not names.is_job_name(name):
        return name
    return name[: limits.JOB_NAME_LENGTH - len(suffix)] + suffix


def _is_s3_uri(text: str) -> bool:
    bucket = text.removeprefix("s3://").partition("/")[0]
    return text.startswith("s3://") and bool(bucket)
