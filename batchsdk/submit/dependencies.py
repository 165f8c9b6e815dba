"""What a job waits for (API: JobDependency)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class HasId(Protocol):
    """Anything with a job id, such as a Job."""

    @property
    def id(self) -> str:
        """The job's id."""


@dataclass(frozen=True, kw_only=True)
class Dependency:
    """One entry of ``dependsOn``: that job must succeed first."""

    job_id: str | None = None
    type: str | None = None
    """``None``, ``SEQUENTIAL`` or ``N_TO_N``."""

    def to_request(self) -> dict[str, str]:
        """Return the API's form."""
        named = {"jobId": self.job_id, "type": self.type}
        return {key: value for key, value in named.items() if value is not None}


SEQUENTIAL = Dependency(type="SEQUENTIAL")
"""Each child of the array that is being submitted waits for the child before it."""


def n_to_n(array: HasId | str) -> Dependency:
    """Make each child wait for the child of the same index of another array (a Job or its id)."""
    return Dependency(job_id=_id_of(array), type="N_TO_N")


def as_dependencies(
    depends_on: HasId | str | Dependency | Sequence[HasId | str | Dependency],
) -> tuple[Dependency, ...]:
    """Bring whatever ``submit(depends_on=…)`` takes into one form.

    What is neither a job nor an id gets the id ``""``, which the checks refuse.
    """
    many: Sequence[HasId | str | Dependency] = (
        depends_on
        if isinstance(depends_on, Sequence) and not isinstance(depends_on, str)
        else (depends_on,)
    )
    return tuple(
        each if isinstance(each, Dependency) else Dependency(job_id=_id_of(each)) for each in many
    )


def _id_of(job: HasId | str) -> str:
    given = job if isinstance(job, str) else getattr(job, "id", "")
    return given if isinstance(given, str) else ""
