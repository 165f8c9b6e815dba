"""Names of jobs: what Batch takes, and names of our own making."""

from __future__ import annotations

import difflib
import hashlib
import random
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from batchsdk import limits

JOB_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*", re.ASCII)
"""Pattern of a whole job name (API: SubmitJob ``jobName``)."""


_RUN_STEM = 40
"""Characters of a run's name in the names of its jobs."""


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
    suffix = f"-{moment.astimezone(UTC):%Y%m%d-%H%M%S}-{randomness.getrandbits(32):08x}"
    return _stem(base)[: limits.JOB_NAME_LENGTH - len(suffix)] + suffix


def run_prefix(name: str, run_id: str) -> str:
    """Return what the names of all jobs of a run start with, and no other job's."""
    return f"{_stem(name)[:_RUN_STEM].rstrip('-')}-{run_id}-"


def run_job_name(prefix: str, key: str, attempt: int) -> str:
    """Return the name of one attempt at one key of a run: the same, whoever computes it.

    Args:
        prefix: of :func:`run_prefix`.
        key: any text; a digest stands for what a job name cannot hold of it.
        attempt: from 1.
    """
    digest = hashlib.sha256(key.encode()).hexdigest()[:10]
    suffix = f"-{digest}-{attempt}"
    room = limits.JOB_NAME_LENGTH - len(prefix) - len(suffix)
    return prefix + _stem(key)[:room].rstrip("-") + suffix


def _stem(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-_") or "job"


def camel_case(name: str) -> str:
    """Return ``array_size`` as ``arraySize``."""
    return re.sub(r"_(.)", lambda match: match[1].upper(), name)


def suggestion(given: str, known: Iterable[str]) -> str:
    """Return `` did you mean 'x'? known: 'x', 'y'`` for a name that is not known."""
    names = sorted(known)
    near = difflib.get_close_matches(given, names, n=1)
    listed = ", ".join(map(repr, names)) or "none"
    return f"did you mean {near[0]!r}? known: {listed}" if near else f"known: {listed}"
