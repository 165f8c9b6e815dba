"""Errors of the library in the words of the shell: ``--outputs FILE``, not ``outputs=``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from batchsdk.errors import BatchSdkError, Problem
from batchsdk.names import camel_case
from batchsdk.submit.submission import JOB_FIELDS

_ARGUMENTS = {
    "stack": "--stack",
    "outputs": "--outputs",
    "ssm": "--ssm",
    "project": "--project",
    "region": "--region",
    "profile": "--profile",
    "role_arn": "--role-arn",
    "external_id": "--external-id",
    "role_session_name": "--role-session-name",
    "ledger": "--ledger",
    "storage": "--storage",
    "through": "--through",
    "over": "--over",
    "as_separate_jobs": "--separate-jobs",
    "new": "--new",
    "by": "--by",
    "status": "--status",
    "prices": "--prices",
    "hours": "--hours",
    "days": "--prune",
    "timeout": "--timeout",
    "pattern": "--grep",
    "since": "--since",
    "until": "--until",
    "reason": "--reason",
    "after": "--depends-on",
    "depends_on": "--depends-on",
    "job_definition": "JOB_DEFINITION",
    "command": "COMMAND",
    "retry": "--retry",
    "job_id": "JOB_ID",
    "container": "--container",
    "job_ids": "JOB_ID",
    "jobs": "JOB_ID",
    "run": "RUN",
}
"""Arguments of the library that are not fields of a submission -> what the shell calls them."""

_PHRASES = (
    ("a stack name (asks the Pulumi CLI)", "--stack (asks the Pulumi CLI)"),
    ("(a JSON file or a mapping)", "(a JSON file)"),
    ("give command=[...]", "give a COMMAND after --"),
    ("batchsdk.SEQUENTIAL or batchsdk.n_to_n(job)", "--sequential or --n-to-n JOB_ID"),
    ("must be a batchsdk.Retry, or a number of attempts", "must be a number of attempts"),
    ("give e.g. batchsdk.Retry(3)", "give e.g. --retry 3"),
    ("give what submit returned", "give the id that submit printed"),
    ("give e.g. tzinfo=UTC", "end it with Z or +09:00"),
    ("new=True, on the command line --new", "--new"),
    ("ledger='path', --ledger, or BATCHSDK_LEDGER", "--ledger or BATCHSDK_LEDGER"),
    ("all in .problems", "not shown"),
)
"""What cannot be told word by word."""

_ASSIGNED = re.compile(r"\b([a-z][a-z_]*)=(True\b|…|\[\.\.\.\]|'[^']*'|\{'([^']*)': …\})?")
_ARGUMENT = re.compile(r"(?<![\w'\"./-])([a-z]+(?:_[a-z]+)+)(?![\w'\"=(-])")
_FIELD = re.compile(r"(?P<name>[a-z_]+)(?:\[(?P<quote>['\"]?)(?P<key>.*)(?P=quote)\])?")


def in_words_of_the_shell(text: str) -> str:
    """Return a message or a hint with options where the library's has arguments."""
    options = _options()
    for phrase, words in _PHRASES:
        text = text.replace(phrase, words)

    def assigned(found: re.Match[str]) -> str:
        option, value = options.get(found[1]), found[2] or ""
        if option is None:
            return found[0]
        if found[3] is not None:
            return f"{option} {found[3]}=…"
        return option if value in ("", "True") else f"{option} {value}"

    text = _ASSIGNED.sub(assigned, text)
    return _ARGUMENT.sub(lambda found: options.get(found[1], found[0]), text)


def problem_in_words(problem: Problem) -> str:
    """Return a broken rule as the shell, or the workflow's file, has it."""
    if problem.location:
        words = str(problem)
        return _ASSIGNED.sub(
            lambda found: f"{camel_case(found[1])}: {found[2] or ''}".strip(), words
        )
    plain = problem.to_mapping()
    value = "" if problem.value is None else f" = {plain['value']}"
    rule, fix = (in_words_of_the_shell(plain[name]) for name in ("rule", "fix"))
    return f"{_field(problem.field)}{value}: {rule}; {fix}"


def as_mapping(fault: BatchSdkError) -> dict[str, Any]:
    """Return an error as JSON-ready data, its sentences in the words of the shell.

    ``field`` of a problem stays the library's, for programs to tell problems apart.
    """
    mapping = {name: _translated(name, value) for name, value in fault.to_mapping().items()}
    problem = getattr(fault, "problem", None)
    return mapping | (
        {"message": problem_in_words(problem)} if isinstance(problem, Problem) else {}
    )


_SENTENCES = frozenset({"message", "hint", "rule", "fix"})


def _translated(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _translated(key, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_translated("", each) for each in value]
    return in_words_of_the_shell(value) if name in _SENTENCES else value


def _field(name: str) -> str:
    found = _FIELD.fullmatch(name)
    option = _options().get(found["name"] if found else name.partition(".")[0])
    if option is None:
        return name
    key = found["key"] if found else None
    if not key:
        return option
    return f"{option} {key}" if option.startswith("-") and not key.isdigit() else option


def _options() -> Mapping[str, str]:
    """Return argument -> what the shell calls it."""
    of_fields = {
        name: field.options[-1]
        for name, field in JOB_FIELDS.items()
        if field.options and name not in _ARGUMENTS
    }
    return {**of_fields, **_ARGUMENTS}
