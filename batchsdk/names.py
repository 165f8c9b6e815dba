"""Names of jobs: what Batch takes, and names of our own making."""

from __future__ import annotations

import difflib
import functools
import hashlib
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from batchsdk import limits

JOB_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*", re.ASCII)
"""Pattern of a whole job name (API: SubmitJob ``jobName``)."""


_UNIQUE = re.compile(r"-\d{8}-\d{6}-[0-9a-f]{8}(?:-|$)", re.ASCII)
_JOB_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}([:#]\d+)?", re.ASCII)


def is_job_id(text: str) -> bool:
    """Tell whether a text has the form of a job's id.

    It is a UUID, behind it ``:`` and the index of a child, or ``#`` and that of a node.
    """
    return _JOB_ID.fullmatch(text) is not None


_RUN_STEM = 40
"""Characters of a run's name in the names of its jobs."""
_RUN_FAMILY = 8
"""Digits of a run's id that stay when it is begun anew."""


def is_job_name(name: str) -> bool:
    """Tell whether Batch takes ``name`` as the name of a job."""
    return len(name) <= limits.JOB_NAME_LENGTH and JOB_NAME.fullmatch(name) is not None


def unique_job_name(base: str, moment: datetime, randomness: random.Random) -> str:
    """Make a name that no other job has, so that a submission whose answer is lost can be found.

    Args:
        base: what the job is, e.g. the key of its definition; other characters become ``-``.
        moment: when, aware; the name shows it in UTC.
        randomness: source of the suffix.

    Returns:
        E.g. ``hello-20260131-235959-1f3a5b7c``; lower case, since the JOB_NAME filter of ListJobs
        does not tell cases apart.
    """
    suffix = f"-{_in_utc(int(moment.timestamp()))}-{randomness.getrandbits(32):08x}"
    return _stem(base)[: limits.JOB_NAME_LENGTH - len(suffix)] + suffix


@functools.lru_cache(maxsize=16)  # many names are made in a second
def _in_utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%d-%H%M%S")


def is_unique_job_name(name: str) -> bool:
    """Tell whether a name is one of :func:`unique_job_name`, or begins with one."""
    return _UNIQUE.search(name) is not None


def run_id(scope: str, name: str, begun_anew: datetime | None = None) -> str:
    """Return the id of a run: the same, whoever computes it.

    Args:
        scope: account, region and environment.
        name: of the run.
        begun_anew: when the run was last begun anew, if it ever was.

    Returns:
        Eight hexadecimal digits, and eight more (the seconds since 1970) if it was begun anew: of
        two ids of a run the greater is the newer.
    """
    family = hashlib.sha256(f"{scope}\n{name}".encode()).hexdigest()[:_RUN_FAMILY]
    return family + (f"{int(begun_anew.timestamp()):08x}" if begun_anew else "")


def begun_anew_at(run_id: str) -> datetime | None:
    """Return when a run was begun anew, by its id; ``None`` if it never was."""
    seconds = run_id[_RUN_FAMILY:]
    return datetime.fromtimestamp(int(seconds, 16), UTC) if seconds else None


def run_prefix(name: str, run_id: str) -> str:
    """Return what the names of all jobs of a run start with, and no other job's."""
    return f"{_run_stem(name)}-{run_id}-"


def run_pattern(name: str, run_id: str) -> str:
    """Return the JOB_NAME filter that finds the jobs of a run, also of one begun anew since."""
    return f"{_run_stem(name)}-{run_id[:_RUN_FAMILY]}*"


def run_id_in(job_name: str, name: str, run_id: str) -> str | None:
    """Return which of the run's ids is in the name of a job; ``None`` if it is another run's."""
    start = re.escape(f"{_run_stem(name)}-{run_id[:_RUN_FAMILY]}")
    found = re.match(rf"{start}((?:[0-9a-f]{{8}})?)-", job_name)
    return run_id[:_RUN_FAMILY] + found[1] if found else None


@dataclass(frozen=True, kw_only=True)
class RunJobName:
    """What the name of a run's job says of it."""

    run: str
    """The run's name, as far as a job name can hold it: 40 characters, in lower case."""
    step: str
    """The key, or the step of a workflow: without the numbers that tell its jobs, and its
    repetitions, apart. As far as a job name can hold it, in lower case."""
    part: str
    """Those numbers: ``.2`` is the third of a step's jobs, ``~2`` its first repetition."""
    key_digest: str
    """See :func:`key_digest`."""
    request_digest: str
    """The first digits of the request's digest; empty in a name from before names had it."""
    attempt: int

    @classmethod
    def of(cls, name: str) -> Self | None:
        """Read a name that :func:`run_job_name` made; ``None`` for another."""
        found = _RUN_JOB_NAME.search(name)
        if found is None:
            return None
        run, step, part = _run_and_step(name[: found.start()], found[1])
        return cls(
            run=run,
            step=step,
            part=part,
            key_digest=found[1],
            request_digest=found[2] or "",
            attempt=int(found[3]),
        )

    @property
    def label(self) -> str:
        """The step and its numbers, e.g. ``train.2``."""
        return self.step + self.part

    @property
    def is_barrier(self) -> bool:
        """The job only waits: a workflow has made it, and no step."""
        return _BARRIER.fullmatch(self.step) is not None


_RUN_JOB_NAME = re.compile(r"-([0-9a-f]{10})(?:-([0-9a-f]{6}))?-([1-9][0-9]{0,5})$", re.ASCII)
_RUN_ID = re.compile(r"-(?=([0-9a-f]{8}(?:[0-9a-f]{8})?)-)", re.ASCII)
_NUMBERS = re.compile(r"-(\d+)(?:-(\d+))?$", re.ASCII)
_BARRIER = re.compile(r"barrier-[0-9a-f]{12}", re.ASCII)


def _run_and_step(start: str, digest: str) -> tuple[str, str, str]:
    """Split what stands before the digests of a job's name: run, step and the step's numbers.

    A date in the name of a run looks like an id. The digest of the key tells where the key begins,
    unless a job name cannot hold all of the key: then an id that has a letter is taken.
    """
    splits = [
        (start[: each.start()], each[1], start[each.end() + len(each[1]) + 1 :])
        for each in _RUN_ID.finditer(start)
        if each.start()
    ]
    for run, _, stem in splits:
        for step, part in _steps_of(stem):
            if key_digest(step + part) == digest:
                return run, step, part
    if not splits:
        return "", start, ""
    run, _, stem = min(splits, key=lambda each: each[1].isdigit())
    return run, stem, ""


def _steps_of(stem: str) -> Iterator[tuple[str, str]]:
    """Yield the keys that may stand behind what a job name has of one."""
    yield stem, ""
    if numbers := _NUMBERS.search(stem):
        step, one, other = stem[: numbers.start()], numbers[1], numbers[2]
        if other is not None:
            yield step, f".{one}~{other}"
            step = f"{step}-{one}"
            one = other
        yield step, f".{one}"
        yield step, f"~{one}"


def key_digest(key: str) -> str:
    """Return ten hexadecimal digits that stand for a key in the names of its jobs."""
    return hashlib.sha256(key.encode()).hexdigest()[:10]


def run_job_name(prefix: str, key: str, request_digest: str, attempt: int) -> str:
    """Return the name of one attempt at one key of a run: the same, whoever computes it.

    Args:
        prefix: of :func:`run_prefix`.
        key: any text; a digest stands for what a job name cannot hold of it.
        request_digest: SHA-256 of the request; the name has its first six digits, so that a list
            tells whether a job was submitted with the same request.
        attempt: from 1.
    """
    known_by = [key_digest(key), request_digest[:6], str(attempt)]
    suffix = "".join(f"-{each}" for each in known_by if each)
    room = limits.JOB_NAME_LENGTH - len(prefix) - len(suffix)
    return prefix + _stem(key)[:room].rstrip("-") + suffix


def _run_stem(name: str) -> str:
    return _stem(name)[:_RUN_STEM].rstrip("-")


@functools.lru_cache(maxsize=256)  # a thousand jobs of one definition have one
def _stem(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-_") or "job"


def camel_case(name: str) -> str:
    """Return ``array_size`` as ``arraySize``."""
    return re.sub(r"_(.)", lambda match: match[1].upper(), name)


def suggestion(given: str, known: Iterable[str]) -> str:
    """Return `` did you mean 'x'? known: 'x', 'y'`` for a name that is not known."""
    names = sorted(known)
    by_letters = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(given, names, n=1) or [
        by_letters[each] for each in difflib.get_close_matches(given.casefold(), by_letters, n=1)
    ]
    listed = ", ".join(map(repr, names)) or "none"
    return f"did you mean {near[0]!r}? known: {listed}" if near else f"known: {listed}"
