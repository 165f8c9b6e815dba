"""The rules that a workflow must keep by itself, whatever the stack. Pure.

Each function yields every rule that is broken, so that one error can name them all. Fields are
those of the builder: ``steps.load.after``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from batchsdk import limits, names
from batchsdk.arguments import is_whole
from batchsdk.errors import Problem, write_as_text
from batchsdk.workflow import graph, placeholders
from batchsdk.workflow.steps import Step, StepStatus, WorkflowDefinition
from batchsdk.workflow.values import variable_of

NAME_LENGTH = 40
"""Characters of the name of a workflow and of a step: a job's name has both, and a suffix."""

_STORAGE = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/\S*)?")
_S3_URI = re.compile(
    r"s3://(?:[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]|[^/]*\$\{.+\}[^/]*)(/[^\x00-\x1f]*)?"
)
_EXIT_CODES = range(256)


def problems(definition: WorkflowDefinition, *, has_storage: bool) -> Iterator[Problem]:
    """Yield every broken rule.

    Args:
        definition: the workflow.
        has_storage: the workflow or the stack says where values go.
    """
    yield from _name_problems(definition)
    yield from _parameter_problems(definition)
    yield from _edge_problems(definition)
    sizes = {step.name: size(step) for step in definition.steps}
    for step in definition.steps:
        yield from _sweep_problems(step)
        yield from _array_problems(step, sizes)
        yield from _condition_problems(step, sizes)
    for step in definition.steps:
        yield from _cache_problems(definition, step)
    yield from _placeholder_problems(definition, has_storage=has_storage)


def run_problems(definition: WorkflowDefinition, given: Mapping[str, object]) -> Iterator[Problem]:
    """Yield what is wrong with the parameters that one run gives."""
    for name, value in given.items():
        if name not in definition.parameters:
            fix = names.suggestion(name, definition.parameters)
            yield Problem(f"parameters.{name}", value, "the workflow has no such parameter", fix)
        elif not isinstance(value, str):
            yield Problem(f"parameters.{name}", value, "must be a string", write_as_text(value))
    for name, default in definition.parameters.items():
        if default is None and name not in given:
            yield Problem(
                f"parameters.{name}",
                None,
                "has no default, and no value is given",
                f"give -p {name}=… or parameters={{{name!r}: …}}",
            )


def size(step: Step) -> int | None:
    """Return how many children a step has; ``None`` for a single job."""
    if step.over is None:
        return step.submission.array_size
    if isinstance(step.over, Mapping):
        return math.prod(len(values) for values in step.over.values()) if step.over else 0
    return len(step.over)


def _name_problems(definition: WorkflowDefinition) -> Iterator[Problem]:
    yield from _one_name_problems("name", definition.name)
    if not definition.steps:
        yield Problem("steps", None, "a workflow needs at least one step", "add one")
    for twice in graph.duplicates(step.name for step in definition.steps):
        yield Problem(
            f"steps.{twice}", twice, "two steps have this name", "give one of them another name="
        )
    alike: dict[str, str] = {}
    for step in definition.steps:
        yield from _one_name_problems(f"steps.{step.name}", step.name)
        other = alike.setdefault(variable_of(step.name), step.name)
        if other != step.name:
            yield Problem(
                f"steps.{step.name}",
                step.name,
                f"differs from {other!r} only in case, or in '-' and '_' (their jobs and "
                f"variables would be one)",
                "rename one of them",
            )


def _one_name_problems(field: str, name: str) -> Iterator[Problem]:
    if not names.is_job_name(name) or len(name) > NAME_LENGTH:
        yield Problem(
            field,
            name,
            f"a name has 1-{NAME_LENGTH} letters, digits, '-' or '_', and starts with a letter or "
            "digit",
            "give a shorter or plainer name",
        )


def _parameter_problems(definition: WorkflowDefinition) -> Iterator[Problem]:
    defaults: Mapping[str, object] = definition.parameters
    for name, value in defaults.items():
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name):
            rule = "a parameter's name has letters, digits, '-' and '_', but no digit at its start"
            yield Problem(f"parameters.{name}", name, rule, "rename it")
        if value is not None and not isinstance(value, str):
            rule = "a default must be a string"
            yield Problem(f"parameters.{name}", value, rule, write_as_text(value))
    if definition.storage is not None and not _STORAGE.fullmatch(definition.storage):
        rule = "must be s3://bucket or s3://bucket/prefix"
        yield Problem("storage", definition.storage, rule, "name a bucket that the jobs may use")


def _edge_problems(definition: WorkflowDefinition) -> Iterator[Problem]:
    references: dict[str, list[tuple[str, str]]] = {}
    for step in definition.steps:
        references.setdefault(step.name, []).extend(
            (f"steps.{step.name}.{field}", name) for field, name in _references(step)
        )
    yield from graph.unknown_problems(references)
    yield from graph.cycle_problems(definition.graph)
    for step in definition.steps:
        for name in step.needs_success_of:
            if name in step.after_any:
                yield Problem(
                    f"steps.{step.name}.after_any",
                    name,
                    "is in after too, which needs its success",
                    "name it in one of the two",
                )


def _references(step: Step) -> Iterator[tuple[str, str]]:
    for field in ("after", "n_to_n", "after_any"):
        for index, name in enumerate(getattr(step, field)):
            yield f"{field}[{index}]", name
    for condition in step.when:
        yield f"when.{condition.step}", condition.step


def _sweep_problems(step: Step) -> Iterator[Problem]:
    if step.over is not None and step.submission.array_size is not None:
        rule = "a sweep has as many children as points"
        field = f"steps.{step.name}.array_size"
        yield Problem(field, step.submission.array_size, rule, "leave it out")


def _array_problems(step: Step, sizes: Mapping[str, int | None]) -> Iterator[Problem]:
    field = f"steps.{step.name}"
    own = sizes[step.name]
    if step.sequential and (own is None or step.as_separate_jobs):
        rule = "is only for array jobs"
        yield Problem(f"{field}.sequential", step.name, rule, "give array_size or over")
    most = limits.DEPENDENCIES - 3  # two of a sequential array in parts, and one of a barrier
    if len(step.n_to_n) > most:
        rule = f"at most {most} arrays can be followed child by child"
        yield Problem(f"{field}.n_to_n", f"{len(step.n_to_n)} arrays", rule, "name some in after")
    for index, name in enumerate(step.n_to_n):
        if name not in sizes:
            continue
        if own is None or sizes[name] is None or own != sizes[name]:
            yield Problem(
                f"{field}.n_to_n[{index}]",
                name,
                f"needs two arrays of the same size: this step has {_counted(own)}, {name!r} has "
                f"{_counted(sizes[name])}",
                "make them the same, or name it in after",
            )


def _counted(children: int | None) -> str:
    return "no children" if children is None else f"{children} children"


def _condition_problems(step: Step, sizes: Mapping[str, int | None]) -> Iterator[Problem]:
    for condition in step.when:
        field = f"steps.{step.name}.when.{condition.step}"
        if condition.status is None and not condition.exit_codes:
            yield Problem(
                field, None, "needs a status or an exit code", "write FAILED or SUCCEEDED"
            )
        for code in condition.exit_codes:
            if not is_whole(code) or code not in _EXIT_CODES:
                yield Problem(field, code, "an exit code is a whole number, 0 to 255", "correct it")
        if condition.exit_codes and sizes.get(condition.step) is not None:
            rule = "an array job has no exit code of its own"
            yield Problem(field, condition.step, rule, "ask whether it FAILED or SUCCEEDED")
        if condition.step in step.needs_success_of and condition.status is StepStatus.FAILED:
            rule = "can never be true, as the step also needs that success"
            yield Problem(field, condition.step, rule, "take it out of after")


def _cache_problems(definition: WorkflowDefinition, step: Step) -> Iterator[Problem]:
    field = f"steps.{step.name}"
    if step.cache and step.when:
        rule = "a step with a condition is not cached: how another step ended is no part of it"
        yield Problem(f"{field}.cache", step.cache, rule, "leave it out")
    uncached = [
        name
        for name in step.before
        for each in definition.steps
        if each.name == name and not definition.caches(each)
    ]
    if step.cache and uncached and not step.when:
        rule = f"comes after {uncached[0]!r}, which is not cached: it would always run"
        yield Problem(f"{field}.cache", step.cache, rule, f"give {uncached[0]} cache as well")
    for name in ("cache_inputs", "cache_outputs"):
        many: tuple[object, ...] = getattr(step, name)
        if many and not definition.caches(step):
            rule = "is only for a step that is cached"
            yield Problem(f"{field}.{name}", many[0], rule, "give cache as well")
        for index, uri in enumerate(many):
            yield from _uri_problems(f"{field}.{name}[{index}]", uri)
    for index, uri in enumerate(step.cache_inputs):
        used = placeholders.referenced(uri) if isinstance(uri, str) else ()
        if any(each.startswith("steps.") for each in used):
            rule = "steps that come before are part of what the result depends on already"
            yield Problem(f"{field}.cache_inputs[{index}]", uri, rule, "leave it out")


def _uri_problems(field: str, uri: object) -> Iterator[Problem]:
    # A placeholder may stand anywhere, also for all of it.
    if isinstance(uri, str) and uri.startswith("${"):
        return
    if not isinstance(uri, str) or not _S3_URI.fullmatch(uri):
        yield Problem(field, uri, "must be s3://bucket/prefix", "name where the objects are")


def _placeholder_problems(
    definition: WorkflowDefinition, *, has_storage: bool
) -> Iterator[Problem]:
    known_steps = {step.name for step in definition.steps}
    plain = {
        name: tuple(each for each in before if each in known_steps)
        for name, before in definition.graph.items()
    }
    before = graph.ancestors(plain) if not graph.cycles(plain) else plain
    always = [placeholders.RUN_NAME, *map(placeholders.parameter, definition.parameters)]
    for step in definition.steps:
        prefixes = [placeholders.prefix(name) for name in (step.name, *before[step.name])]
        known = [*always, *(prefixes if has_storage else ())]
        yield from placeholders.problems(step, known, () if has_storage else prefixes)
