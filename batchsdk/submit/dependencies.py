"""What a job waits for (API: JobDependency)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from batchsdk.arguments import as_name
from batchsdk.errors import InvalidArgumentError, Problem


class HasId(Protocol):
    """Anything with a job id, such as a Job."""

    @property
    def id(self) -> str:
        """The job's id."""


class HasJobs(Protocol):
    """Anything that stands for its jobs: a sweep, a run, a run of a workflow."""

    @property
    def jobs(self) -> Iterable[Any]:
        """The jobs, or a mapping of which they are the values."""


Jobs = HasId | HasJobs | str | Iterable[HasId | HasJobs | str]
"""A job or several, or their ids; a sweep or a run stands for its jobs."""


@dataclass(frozen=True, kw_only=True)
class Dependency:
    """One entry of ``dependsOn``: that job must succeed first."""

    job_id: str | None = None
    type: str | None = None
    """``None``, ``SEQUENTIAL`` or ``N_TO_N``."""

    def __post_init__(self) -> None:
        """Take a job for its id."""
        if self.job_id is not None:
            object.__setattr__(self, "job_id", _id_of(self.job_id))
        object.__setattr__(self, "type", as_name(self.type))

    def to_request(self) -> dict[str, str]:
        """Return the API's form."""
        named = {"jobId": self.job_id, "type": self.type}
        return {key: value for key, value in named.items() if value is not None}


SEQUENTIAL = Dependency(type="SEQUENTIAL")
"""Each child of the array that is being submitted waits for the child before it."""


def n_to_n(array: HasId | str) -> Dependency:
    """Make each child wait for the child of the same index of another array (a Job or its id).

    Raises:
        InvalidArgumentError: it is neither a job nor an id.
    """
    return Dependency(job_id=ids_of([array], "array")[0], type="N_TO_N")


def several(given: Any) -> tuple[Any, ...]:
    """Return one job, or what an iterable of jobs gives, as a tuple; the iterable is read once.

    What has several jobs itself, such as a sweep or a run, stands for all of them, and so does the
    mapping that ``Run.submit_many`` returns.
    """
    if isinstance(given, str | bytes | Dependency) or not isinstance(given, Iterable):
        return tuple(_jobs_of(given))
    many = given.values() if isinstance(given, Mapping) else given
    return tuple(job for each in many for job in _jobs_of(each))


def _jobs_of(given: Any) -> Iterator[Any]:
    jobs = getattr(given, "jobs", None)
    many = jobs.values() if isinstance(jobs, Mapping) else jobs
    if not isinstance(many, Iterable):
        yield given
        return
    for each in many:  # a step of a workflow has a tuple of jobs
        yield from each if isinstance(each, tuple) else (each,)


def ids_of(jobs: Sequence[Any], argument: str = "jobs") -> list[str]:
    """Return the ids of jobs.

    Args:
        jobs: what :func:`several` returned.
        argument: its name in errors.

    Raises:
        InvalidArgumentError: one of them is neither a job nor an id.
    """
    ids = [_id_of(each) for each in jobs]
    for index, each in enumerate(ids):
        if not each:
            rule, fix = "must be a job or its id", "give what submit returned"
            raise InvalidArgumentError(Problem(f"{argument}[{index}]", jobs[index], rule, fix))
    return ids


def as_dependencies(depends_on: Any) -> tuple[Dependency, ...]:
    """Bring whatever ``submit(depends_on=…)`` takes into one form.

    What is neither a job nor an id gets the id ``""``, which the checks refuse.
    """
    return tuple(
        each if isinstance(each, Dependency) else Dependency(job_id=_id_of(each))
        for each in several(depends_on)
    )


def _id_of(job: Any) -> str:
    given = job if isinstance(job, str) else getattr(job, "id", "")
    return str(as_name(given)) if isinstance(given, str) else ""
