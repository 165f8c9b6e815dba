"""Which jobs a sweep becomes. Pure: no I/O, no time, no chance.

The table of an array goes into an environment variable of the job, where it survives this process
and needs no permission. ECS takes 8,192 characters of overrides; a table that is longer goes into
an object of S3, or, where there is no storage or only a shell to read it, the sweep becomes more
arrays with a part of the table each.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from batchsdk import limits, names, sweep_task
from batchsdk.errors import InvalidSubmissionError, Problem
from batchsdk.submit import checks, references
from batchsdk.submit.dependencies import as_dependencies
from batchsdk.submit.escalation import Escalation, History
from batchsdk.submit.submission import Submission
from batchsdk.submit.targets import Definition, Queue
from batchsdk.sweeps import shell
from batchsdk.sweeps.points import Points
from batchsdk.sweeps.table import encode, rows

Through = Literal["auto", "shell", "task"]
"""How a job is to find its parameters; see ``Batch.sweep``."""

FoundBy = Literal["parameters", "shell", "task"]
"""How it finds them; ``parameters`` are those of separate jobs, which Batch puts into ``Ref::``."""

_MOST_ARRAYS = limits.DEPENDENCIES
"""A sweep that is split for its table stays within what one job can depend on."""


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
        problems = list(self._problems())
        if problems:
            raise InvalidSubmissionError(problems)
        chosen = tuple(range(len(self.points))) if indices is None else tuple(indices)
        if self.as_separate_jobs:
            return [self._single(index) for index in chosen]
        return self._arrays(chosen)

    def _arrays(self, indices: tuple[int, ...]) -> list[SweepPart]:
        fewest = math.ceil(len(indices) / limits.ARRAY_SIZE_MAX)
        inline = self._inline(indices, fewest)
        if all(map(self._fits, inline)):
            found = inline
        elif self.storage is not None and not self.uses_shell:
            stored = self._split(indices, fewest, self._stored)
            found = [a if self._fits(a) else b for a, b in zip(inline, stored, strict=True)]
        else:
            found = self._split_to_fit(indices, fewest)
        if len(found) > 1:
            self._refuse_pairing(len(found))
        return found

    def _split_to_fit(self, indices: tuple[int, ...], fewest: int) -> list[SweepPart]:
        length = len(encode(self.points, indices))
        # No way of splitting says it in fewer characters than the whole.
        first = max(fewest + 1, -(-length // limits.OVERRIDES_LENGTH))
        for count in range(first, min(_MOST_ARRAYS, len(indices)) + 1):
            parts = self._inline(indices, count)
            if all(map(self._fits, parts)):
                return parts
        ways = "shorten the values, or give as_separate_jobs=True"
        if not self.uses_shell:
            ways = f"give storage='s3://bucket/prefix', {ways}"
        else:
            ways = f"give through='task' and storage='s3://bucket/prefix', {ways}"
        problem = Problem(
            "over",
            f"{len(indices)} points, {length} characters",
            f"a job takes at most {limits.OVERRIDES_LENGTH} characters of overrides, and a sweep "
            f"is split into at most {_MOST_ARRAYS} arrays",
            ways,
        )
        raise InvalidSubmissionError([problem])

    def _inline(self, indices: tuple[int, ...], count: int) -> list[SweepPart]:
        return self._split(indices, count, lambda text: ({sweep_task.TABLE: text}, None))

    def _stored(self, text: str) -> tuple[dict[str, str], StoredTable]:
        bucket, _, prefix = (self.storage or "").removeprefix("s3://").partition("/")
        digest = hashlib.sha256(text.encode()).hexdigest()[:32]
        key = "/".join(filter(None, [prefix.strip("/"), "sweeps", digest]))
        table = StoredTable(bucket=bucket, key=key, text=text)
        return {sweep_task.OBJECT: table.uri, sweep_task.REGION: self.region}, table

    def _split(
        self,
        indices: tuple[int, ...],
        count: int,
        carried: Callable[[str], tuple[dict[str, str], StoredTable | None]],
    ) -> list[SweepPart]:
        """Split into ``count`` parts whose sizes differ by one at most: an array has at least 2."""
        bounds = [len(indices) * number // count for number in range(count + 1)]
        parts = []
        for number, (start, end) in enumerate(itertools.pairwise(bounds)):
            some = indices[start:end]
            variables, table = carried(encode(self.points, some))
            submission = dataclasses.replace(
                self.wanted,
                name=self.name if count == 1 else _numbered(self.name, number),
                command=self._command(),
                environment={**self.wanted.environment, **variables},
                array_size=len(some) if len(some) > 1 else None,
            )
            parts.append(SweepPart(submission=submission, indices=some, table=table))
        return parts

    def _single(self, index: int) -> SweepPart:
        point = self.points[index]
        used = {name: value for name, value in point.items() if name in self._referred}
        variables: dict[str, str] = {}
        if self.found_by == "shell":
            variables = {**point, sweep_task.INDEX: str(index)}
        elif self.found_by == "task":
            variables = {sweep_task.TABLE: rows(self.points, [index])}
        submission = dataclasses.replace(
            self.wanted,
            name=_numbered(self.name, index),
            parameters={**self.wanted.parameters, **used},
            environment={**self.wanted.environment, **variables},
        )
        return SweepPart(submission=submission, indices=(index,))

    @functools.cached_property
    def _referred(self) -> frozenset[str]:
        """The names of the sweep that the command has a ``Ref::`` of."""
        used = {name for each in self._commands() for name in references.referenced(each)}
        return frozenset(used & set(self.points.names))

    @property
    def found_by(self) -> FoundBy:
        """How a job finds its values."""
        if self.through != "auto":
            return self.through
        if self._reads_variables:
            return "shell"
        if not self.as_separate_jobs:
            return "shell" if self._referred else "task"
        return "parameters" if self._referred >= set(self.points.names) else "task"

    @property
    def uses_shell(self) -> bool:
        """The command of the arrays is run by ``sh``."""
        return self.found_by == "shell"

    @property
    def _reads_variables(self) -> bool:
        names = self.points.names
        return any(shell.reads_variables(each, names) for each in self._commands())

    def _commands(self) -> tuple[tuple[str, ...], ...]:
        given = self.wanted.command
        return self.definition.commands if given is None else (tuple(given),)

    def _command(self) -> Sequence[str] | None:
        if not self.uses_shell:
            return self.wanted.command
        return shell.wrapped(self._commands()[0], self.points.names)

    def _fits(self, part: SweepPart) -> bool:
        request = part.submission.to_request(
            name=part.submission.name or "",
            queue=self.queue.identifier,
            job_definition=self.definition.identifier,
        )
        return not any(checks.size_problems(part.submission, self.definition, request))

    def _problems(self) -> Iterator[Problem]:
        for field in ("parameters", "environment"):
            for name in sorted(set(self.points.names) & getattr(self.wanted, field).keys()):
                yield Problem(
                    f"{field}[{name!r}]",
                    getattr(self.wanted, field)[name],
                    "the sweep goes over this name",
                    "drop it here, or in over",
                )
        inside = {name for each in self._commands() for name in references.embedded(each)}
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
        elif self.uses_shell and not self.as_separate_jobs and len(self._commands()) != 1:
            known = len(self._commands())
            yield Problem(
                "command",
                None,
                f"{known} commands are known, and a shell can run one"
                if known
                else "is in the image, so that no shell can be put before it",
                "give as_separate_jobs=True" if known else "give command=[...]",
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


def _numbered(name: str, number: int) -> str:
    suffix = f"-{number}"
    # A name that is wrong stays as it is, for the checks to show it.
    if not names.is_job_name(name):
        return name
    return name[: limits.JOB_NAME_LENGTH - len(suffix)] + suffix


def _is_s3_uri(text: str) -> bool:
    bucket = text.removeprefix("s3://").partition("/")[0]
    return text.startswith("s3://") and bool(bucket)
