"""Retry strategies as plain data: ``retry: 3``, or with the ends after which to try again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchsdk.names import suggestion
from batchsdk.submit.retry import Retry, RetryOn, RetryRule
from batchsdk.workflow import plain
from batchsdk.workflow.plain import Faults, at

_NAMED: Mapping[str, RetryRule] = {
    name: rule for name, rule in vars(RetryOn).items() if isinstance(rule, RetryRule)
}


def write_retry(retry: Retry) -> dict[str, Any]:
    """Return the API's form (RetryStrategy), which :func:`read_retry` takes."""
    return retry.to_request()


def read_retry(value: Any, path: str, faults: Faults) -> Retry | None:
    """Read the number of attempts, or ``{attempts, onlyOn: [names of RetryOn]}``, or the API's.

    The rules of the API itself (how many, which patterns) are :meth:`Retry.problems`.
    """
    if not isinstance(value, Mapping):
        attempts = plain.whole(value, path, faults)
        return None if attempts is None else Retry(attempts)
    read = plain.fields(value, path, _KEYS, faults)
    attempts = read.get("attempts")
    if "attempts" not in value:
        faults.note(path, None, "needs attempts", "add attempts: 3")
    if attempts is None:
        return None
    if "only_on" in read and "evaluate_on_exit" in read:
        faults.note(path, None, "has both onlyOn and evaluateOnExit", "keep one of the two")
    if "only_on" in read:
        return Retry.only_on(*read["only_on"], attempts=attempts)
    return Retry(attempts, read.get("evaluate_on_exit", ()))


def _names(value: Any, path: str, faults: Faults) -> tuple[RetryRule, ...]:
    rules = []
    for index, name in enumerate(plain.one_or_more(value, path, faults)):
        if name in _NAMED:
            rules.append(_NAMED[name])
        else:
            fix = suggestion(name, _NAMED)
            faults.note(at(path, index), name, "there is no such rule in RetryOn", fix)
    return tuple(rules)


def _rules(value: Any, path: str, faults: Faults) -> tuple[RetryRule, ...]:
    if not isinstance(value, list | tuple):
        faults.note(path, value, "must be a list of rules", "write [{onReason: …, action: RETRY}]")
        return ()
    rules = []
    for index, each in enumerate(value):
        read = plain.fields(each, at(path, index), _RULE, faults)
        rules.append(RetryRule(**{"action": "", **read}))
    return tuple(rules)


_KEYS = {"attempts": plain.whole, "onlyOn": _names, "evaluateOnExit": _rules}
_RULE = dict.fromkeys(("onStatusReason", "onReason", "onExitCode", "action"), plain.text)
