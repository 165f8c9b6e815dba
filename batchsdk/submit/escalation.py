"""Escalation: after failures of a certain kind, the next attempt's request is another one.

The rules are declared once, by kind of failure. What an attempt asks for follows from the declared
submission, the rules and the failures of the attempts before it, so that whoever knows these, in
whatever process, asks for the same. The failures travel with the job, as text in the environment
variable ``BATCHSDK_ESCALATION``: a client whose ledger is lost reads them there.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from batchsdk import limits
from batchsdk.arguments import as_mebibytes, as_number, as_seconds, as_whole, is_number, is_whole
from batchsdk.errors import InvalidArgumentError, InvalidSubmissionError, Problem
from batchsdk.failure_kinds import FailureKind
from batchsdk.names import suggestion
from batchsdk.submit.fields import whole_fault
from batchsdk.submit.override_checks import override_problems
from batchsdk.submit.preparation import Preparation
from batchsdk.submit.submission import PreparedSubmission, Submission
from batchsdk.submit.targets import Definition, Queue
from batchsdk.submit.tasks import main_memory

VARIABLE = "BATCHSDK_ESCALATION"
"""Environment variable of an attempt that comes after failures: which, and what has changed."""

_MOST_FAILURES = 20
"""Failed attempts that are remembered, the newest: memory has reached any cap by then."""
_LONGEST_TEXT = 300
"""Room for ``VARIABLE`` that is kept when the first request is checked, in characters."""

CAP_FAULTS = {
    "memory": whole_fault("MiB", with_unit="16GiB"),
    "timeout": whole_fault("seconds", with_unit="6h"),
}
"""The rule and the fix for a cap that is no number."""

Failures = Mapping[FailureKind, int]
"""How one job failed: kind -> how many of its attempts failed so."""
History = tuple[Failures, ...]
"""How the jobs before failed, oldest first."""


@dataclass(frozen=True, kw_only=True)
class Escalate:
    """How the request of the next attempt differs after failures of one kind.

    ``on_failure={"OUT_OF_MEMORY": Escalate(memory_factor=2, memory_cap="16GiB")}`` gives each
    attempt after one that ran out of memory twice as much, up to 16 GiB.
    """

    memory_factor: float | None = None
    """What the memory is multiplied by, each time; more than 1."""
    memory_cap: int | str | None = None
    """The most memory, in MiB or with a unit (``16GiB``); required with ``memory_factor``."""
    timeout_factor: float | None = None
    """What the submission's ``timeout`` is multiplied by, each time; more than 1."""
    timeout_cap: int | str | timedelta | None = None
    """The longest timeout, in seconds or with a unit; required with ``timeout_factor``."""
    queue: str | None = None
    """Key, name or ARN of the queue that the next attempts go to."""
    after: int = 1
    """How many attempts must have failed so, those by Batch's own retry strategy included."""

    def __post_init__(self) -> None:
        """Take numbers of any type, and those with units."""
        taken = {
            "memory_factor": as_number,
            "memory_cap": as_mebibytes,
            "timeout_factor": as_number,
            "timeout_cap": as_seconds,
            "after": as_whole,
        }
        for name, take in taken.items():
            object.__setattr__(self, name, take(getattr(self, name)))

    def problems(self) -> Iterator[Problem]:
        """Yield every rule that is broken whatever the submission is."""
        for what in ("memory", "timeout"):
            factor, cap = getattr(self, f"{what}_factor"), getattr(self, f"{what}_cap")
            if factor is not None and not (is_number(factor) and 1 < factor < math.inf):
                rule = "must be a number greater than 1"
                yield Problem(f"{what}_factor", factor, rule, "give e.g. 2")
            if cap is not None and not is_whole(cap):
                yield Problem(f"{what}_cap", cap, *CAP_FAULTS[what])
            if (factor is None) != (cap is None):
                missing = f"{what}_cap" if cap is None else f"{what}_factor"
                yield Problem(missing, None, "factor and cap need one another", f"give {missing}")
        queue: object = self.queue
        if queue is not None and not isinstance(queue, str):
            yield Problem("queue", queue, "must be a string", "give the key of a queue")
        if not is_whole(self.after) or self.after < 1:
            yield Problem("after", self.after, "must be a whole number, at least 1", "correct it")
        if self.memory_factor is None and self.timeout_factor is None and self.queue is None:
            rule = "changes nothing"
            yield Problem(
                "memory_factor", None, rule, "give memory_factor, timeout_factor or queue"
            )


OnFailure = Mapping[FailureKind, Escalate] | Mapping[str, Escalate]
"""Kind of failure, or its name, -> how the next attempt differs."""
Rules = Mapping[FailureKind, Escalate]

_OTHERS = (FailureKind.CHILDREN, FailureKind.DEPENDENCY)
"""Kinds that only tell of other jobs' failures."""


def rules_of(given: object) -> dict[FailureKind, Escalate]:
    """Return the rules that a caller gave; none for ``None``.

    Raises:
        InvalidArgumentError: a rule is broken.
    """
    found, problems = read_rules({} if given is None else given)
    if problems:
        raise InvalidArgumentError(problems[0])
    return found


def read_rules(given: object) -> tuple[dict[FailureKind, Escalate], list[Problem]]:
    """Return the rules that a caller gave, and what is wrong with them."""
    if not isinstance(given, Mapping):
        rule = f"must be a mapping, not of type {type(given).__name__}"
        fix = 'give {"OUT_OF_MEMORY": batchsdk.Escalate(memory_factor=2, memory_cap="16GiB")}'
        return {}, [Problem("on_failure", given, rule, fix)]
    kinds = [each for each in FailureKind if each not in _OTHERS]
    found: dict[FailureKind, Escalate] = {}
    problems: list[Problem] = []
    for name, each in given.items():
        place = f"on_failure[{str(name)!r}]"
        if name not in kinds:
            fix = suggestion(str(name), kinds)
            problems.append(Problem(place, None, "no kind of failure of a job's own", fix))
        elif not isinstance(each, Escalate):
            rule = f"must be a batchsdk.Escalate, not of type {type(each).__name__}"
            fix = "give batchsdk.Escalate(memory_factor=2, memory_cap='16GiB')"
            problems.append(Problem(place, each, rule, fix))
        else:
            found[FailureKind(name)] = each
            problems += [problem.within(place) for problem in each.problems()]
    return found, problems


class Escalation:
    """The rules of a run, a step or a sweep, for the submissions that are declared in it."""

    def __init__(self, preparation: Preparation, rules: Rules) -> None:
        """Take the rules, and what checks submissions."""
        self._preparation = preparation
        self._rules = rules

    @property
    def queues(self) -> list[str]:
        """The queues that rules name, as they are given."""
        return list(dict.fromkeys(each.queue for each in self._rules.values() if each.queue))

    def check(self, wanted: Submission) -> None:
        """Check that every attempt the rules can lead to keeps the rules of AWS and the stack.

        Args:
            wanted: the declared submission, which keeps them itself.

        Raises:
            InvalidSubmissionError: one does not; ``problems`` has all of them.
            ServiceError: AWS refused to describe the job definition.
        """
        found: list[Problem] = []
        _, definition = self._preparation.targets(wanted)
        for kind, rule in self._rules.items():
            own = list(_own_problems(wanted, rule, definition))
            targets = [rule.queue] if rule.memory_cap is None else [wanted.queue, *self.queues]
            for target in () if own else dict.fromkeys(targets):
                own += self._problems_of_largest(wanted, rule, target)
            found += [each.within(f"on_failure[{str(kind)!r}]") for each in own]
        if found:
            raise InvalidSubmissionError(list({str(each): each for each in found}.values()))

    def _problems_of_largest(
        self, wanted: Submission, rule: Escalate, queue: str | None
    ) -> list[Problem]:
        """Return what is wrong with the largest request that a rule leads to, in one queue."""
        largest = dataclasses.replace(
            wanted,
            queue=queue if queue is not None else wanted.queue,
            memory=rule.memory_cap or wanted.memory,
            timeout=rule.timeout_cap or wanted.timeout,
            environment={**wanted.environment, VARIABLE: "x" * _LONGEST_TEXT},
        )
        try:
            target, _ = self._preparation.targets(largest)
            self._preparation.prepare(largest)
        except InvalidSubmissionError as error:
            return [_of_rule(each, rule) for each in error.problems]
        return list(_place_problems(rule, target))

    def next(self, wanted: Submission, history: History) -> Submission:
        """Return what the attempt after some failures asks for.

        Args:
            wanted: the declared submission.
            history: how the jobs before it failed, oldest first.

        Raises:
            InvalidSubmissionError, ServiceError: as for :meth:`check`.
        """
        if not self._rules or not history:
            return wanted
        _, definition = self._preparation.targets(wanted)
        changes: dict[str, Any] = {}
        counts: dict[FailureKind, int] = {}
        memory, timeout = _memory(wanted, definition), wanted.timeout
        for failures in history:
            for kind, rule in self._rules.items():
                counts[kind] = counts.get(kind, 0) + failures.get(kind, 0)
                if not failures.get(kind) or counts[kind] < rule.after:
                    continue
                if rule.queue is not None:
                    changes["queue"] = rule.queue
                if rule.memory_factor is not None and memory is not None:
                    memory = _grown(memory, rule.memory_factor, rule.memory_cap)
                    changes["memory"] = memory
                if rule.timeout_factor is not None and is_whole(timeout):
                    timeout = _grown(timeout, rule.timeout_factor, rule.timeout_cap)
                    changes["timeout"] = timeout
        if "memory" in changes:
            elsewhere = dataclasses.replace(wanted, queue=changes.get("queue", wanted.queue))
            queue, _ = self._preparation.targets(elsewhere)
            changes["memory"] = _offered(changes["memory"], wanted, queue, definition)
        text = _described(history, wanted, definition, changes)
        environment = {**wanted.environment, VARIABLE: text}
        return dataclasses.replace(wanted, environment=environment, **changes)

    def prepare(self, wanted: Submission) -> PreparedSubmission:
        """Prepare what :meth:`next` returns, as ``Batch.prepare`` does."""
        return self._preparation.prepare(wanted)


_UNITS = {"memory": "MiB", "timeout": "seconds"}


def _own_problems(wanted: Submission, rule: Escalate, definition: Definition) -> Iterator[Problem]:
    """Yield what is wrong with the factors and caps of a rule, for one submission."""
    starts = {"memory": _memory(wanted, definition), "timeout": wanted.timeout}
    for what, start in starts.items():
        cap = getattr(rule, f"{what}_cap")
        if cap is not None and start is None:
            text = f"multiplies the submission's {what}, which is not known"
            factor = getattr(rule, f"{what}_factor")
            yield Problem(f"{what}_factor", factor, text, f"give {what}= as well")
        elif cap is not None and is_whole(start) and cap < start:
            text = f"is less than the first attempt has: {start} {_UNITS[what]}"
            yield Problem(f"{what}_cap", cap, text, "give a larger one")


def _of_rule(problem: Problem, rule: Escalate) -> Problem:
    """Tell a problem of the largest memory or timeout by the name of its cap."""
    name = f"{problem.field}_cap" if problem.field in _UNITS else problem.field
    has_cap = getattr(rule, name, None) is not None
    return dataclasses.replace(problem, field=name) if has_cap else problem


def _memory(wanted: Submission, definition: Definition) -> int | None:
    memory = wanted.memory
    if memory is None and not any(override_problems(wanted, definition)):
        memory = main_memory(wanted, definition)
    return memory if is_whole(memory) else None


def _grown(value: int, factor: float, cap: Any) -> int:
    return max(value, min(int(cap), math.ceil(value * factor)))


def _offered(memory: int, wanted: Submission, queue: Queue, definition: Definition) -> int:
    """Return the memory that Fargate has for at least so much, or the most that it has."""
    vcpus = wanted.vcpus if wanted.vcpus is not None else definition.vcpus
    sizes = limits.FARGATE_MEMORY_MIB.get(vcpus) if queue.is_fargate and vcpus else None
    return min((each for each in sizes if each >= memory), default=sizes[-1]) if sizes else memory


def _place_problems(rule: Escalate, queue: Queue) -> Iterator[Problem]:
    cap = rule.memory_cap
    largest = [each.largest_instance for each in queue.environments.values()]
    known = [each.memory for each in largest if each is not None]
    if is_whole(cap) and known and len(known) == len(largest) and cap > max(known):
        text = f"no instance of queue {queue.key!r} has more than {max(known)} MiB"
        yield Problem("memory_cap", cap, text, "lower it, or name another queue")


def _described(
    history: History, wanted: Submission, definition: Definition, changes: Mapping[str, Any]
) -> str:
    """Return the failures and, in words, what has changed."""
    before = {"memory": _memory(wanted, definition), "timeout": wanted.timeout}
    words = [
        f"{name} {before[name]} -> {changes[name]} {unit}"
        for name, unit in _UNITS.items()
        if name in changes
    ]
    if "queue" in changes:
        words.append(f"queue {changes['queue']}")
    failures = to_text(history)
    return f"{failures}: {', '.join(words)}" if words else failures


def worst_of(jobs: Iterable[Failures]) -> Failures:
    """Return one account of the failures of several jobs: of each kind the largest number."""
    found: dict[FailureKind, int] = {}
    for failures in jobs:
        for kind, count in failures.items():
            found[kind] = max(count, found.get(kind, 0))
    return found


def to_text(history: Iterable[Failures]) -> str:
    """Return failures as text: ``OUT_OF_MEMORY;SPOT_RECLAIM*2,APPLICATION`` is of two jobs."""
    newest = list(history)[-_MOST_FAILURES:]
    return ";".join(
        ",".join(f"{kind}*{count}" if count > 1 else str(kind) for kind, count in each.items())
        for each in newest
    )


def history_in(text: str | None) -> History:
    """Read what :func:`to_text` gave, or the value of ``VARIABLE``; other texts are empty."""
    jobs = (text or "").partition(":")[0].split(";") if text else []
    found: list[Failures] = []
    for job in jobs:
        failures: dict[FailureKind, int] = {}
        for each in job.split(","):
            kind, _, count = each.strip().partition("*")
            if kind in list(FailureKind) and (not count or count.isdecimal()):
                failures[FailureKind(kind)] = int(count or 1)
        found.append(failures)
    return tuple(found)
