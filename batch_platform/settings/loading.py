"""From raw values to :class:`Settings`, or to one error that tells everything at once."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic.alias_generators import to_snake

from batch_platform.settings import checks, encrypted, started_job_checks
from batch_platform.settings.block import LONGEST_ENVIRONMENT, NAME
from batch_platform.settings.encrypted import PROJECT, REGION_KEY
from batch_platform.settings.errors import Path, Problem, SettingsError, did_you_mean, shown
from batch_platform.settings.image_digests import ImageDigests, path_of, read_digests
from batch_platform.settings.images import repositories_have_names
from batch_platform.settings.messages import to_problem
from batch_platform.settings.model import BLOCKS, ENTRIES, ENTRY_KEYS, REQUIRED, Settings
from batch_platform.settings.network import EndpointsNetwork
from batch_platform.settings.partition_names import of_another_partition, unsupported_region
from batch_platform.settings.refused import REFUSED
from batch_platform.settings.scheduled_workflows import ReadText, read_workflows
from batch_platform.settings.source import Source
from batch_platform.settings.stack_file import StackFile, read_stack_file

REGION = r"[a-z]{2,4}(-[a-z]+)+-[0-9]"
KNOWN_KEYS = (*BLOCKS, *ENTRIES)


def load(directory: FilePath) -> Settings:
    """Return the settings of the stack that the Pulumi program runs for.

    Values come from the engine, so that ``--config`` overrides count; the file and line of a
    problem come from ``Pulumi.<stack>.yaml`` in ``directory``, when it has that value.

    Raises:
        SettingsError: with every problem of the config.
    """
    import pulumi  # noqa: PLC0415 - only the engine's config needs it, stack files do not

    stack = pulumi.get_stack()
    path = directory / f"Pulumi.{stack}.yaml"
    stack_file = read_stack_file(path) if path.is_file() else None
    raw = pulumi.runtime.config.get_config_env() | pulumi.runtime.config.CONFIG.get()
    # Before all other checks: their messages show values, and these are decrypted already.
    read = [key for key in raw if encrypted.is_read(key)]
    _refuse_secrets(filter(pulumi.runtime.is_config_secret, read), stack_file)
    values = {key: _decoded(raw[key]) for key in read}
    digests = _digests(path_of(directory, stack), values)
    settings = _validate(stack, values, stack_file, _beside(directory))
    return replace(settings, image_digests=digests)


def validate_stack_file(
    stack_file: StackFile,
    image_digests: ImageDigests | None = None,
    read_text: ReadText | None = None,
) -> Settings:
    """Return the settings in ``stack_file``, with neither an engine nor AWS.

    Args:
        stack_file: as it was read.
        image_digests: of the images of the stack; None reads the file beside the stack file.
        read_text: how to read the workflow files that schedules name; None reads them beside it.

    Raises:
        SettingsError: with every problem of the config.
    """
    stack_file.refuse_encrypted()
    if image_digests is None:
        path = path_of(stack_file.path.parent, stack_file.stack)
        image_digests = _digests(path, stack_file.values)
    read_text = read_text or _beside(stack_file.path.parent)
    settings = _validate(stack_file.stack, stack_file.values, stack_file, read_text)
    return replace(settings, image_digests=image_digests)


def _beside(folder: FilePath) -> ReadText:
    """Return how to read files beside a stack file; no device or pipe, which may have no end."""

    def read(name: str) -> str:
        path = folder / name
        if path.exists() and not path.is_file():
            raise IsADirectoryError(errno.EISDIR, "it is no file")
        return path.read_text(encoding="utf-8")

    return read


def _digests(path: FilePath, values: Mapping[str, Any]) -> ImageDigests:
    """Read the digests of a stack, if it has images."""
    return read_digests(path) if f"{PROJECT}:images" in values else ImageDigests()


def _refuse_secrets(keys: Iterable[str], stack_file: StackFile | None) -> None:
    """Refuse the config keys that the engine has decrypted.

    The engine tells the config keys alone; the stack file tells which values of a block it was.
    """
    found: list[str] = []
    for key in keys:
        in_file = stack_file.values.get(key) if stack_file else None
        paths = list(encrypted.paths(in_file, (key,)))
        found += [
            encrypted.problem(path).describe(stack_file.location(path) if stack_file else "")
            for path in paths or [(key,)]
        ]
    if found:
        raise SettingsError(found)


def _decoded(value: Any) -> Any:
    """Undo the engine's JSON encoding of blocks; what is no JSON is text."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (json.JSONDecodeError, RecursionError):
        return value


_KEY_OF = "key of {}"
_KINDS: Mapping[str, Any] = {
    **BLOCKS,
    **ENTRIES,
    **{_KEY_OF.format(name): kind for name, kind in ENTRY_KEYS.items()},
}


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    """Return the validator of one of the kinds; it takes longer to make than to use."""
    return TypeAdapter(_KINDS[name])


@dataclass
class _Draft:
    """What is valid so far, and what is not."""

    values: Mapping[str, Any]
    problems: list[Problem] = field(default_factory=list)

    def block(self, name: str) -> Any:
        """Return the validated block ``name``, or None when it is absent or faulty."""
        path = (f"{PROJECT}:{name}",)
        if path[0] not in self.values:
            if name in REQUIRED:
                self.problems.append(Problem(path, "missing", REQUIRED[name]))
            return None
        return self._validated(name, self.values[path[0]], path)

    def entries(self, name: str) -> dict[str, Any]:
        """Return the valid entries of the block ``name``."""
        path = (f"{PROJECT}:{name}",)
        raw = self.values.get(path[0])
        if raw is None and name not in REQUIRED:
            return {}
        if not raw:
            self.problems.append(Problem(path, "missing or empty", REQUIRED.get(name, "fill it")))
            return {}
        if not isinstance(raw, dict):
            fix = "write one entry a line below it, indented: `name: {…}`"
            self.problems.append(
                Problem(path, f"{shown(raw, path)} is not a block of entries", fix)
            )
            return {}
        valid = {}
        for key, value in raw.items():
            self._validated(_KEY_OF.format(name), key, (*path, key))
            entry = self._validated(name, value, (*path, key))
            if entry is not None:
                valid[key] = entry
        return valid

    def _validated(self, name: str, value: Any, path: Path) -> Any:
        try:
            # By way of JSON: YAML's lists become tuples and yet nothing else is converted.
            return _adapter(name).validate_json(json.dumps(value))
        except ValidationError as error:
            self.problems += [
                to_problem(detail, _KINDS[name], path) for detail in error.errors(include_url=False)
            ]
            return None


def _validate(
    stack: str,
    values: Mapping[str, Any],
    stack_file: StackFile | None,
    read_text: ReadText,
) -> Settings:
    draft = _Draft(values)
    draft.problems += _outer_problems(stack, values)
    blocks = {name: draft.block(name) for name in BLOCKS}
    entries = {name: draft.entries(name) for name in ENTRIES}
    environments, queues, definitions, images, *_ = (f"{PROJECT}:{name}" for name in ENTRIES)
    draft.problems += checks.queues_name_environments(
        values.get(queues), values.get(environments), (queues,)
    )
    draft.problems += checks.queues_mix_nothing(
        values.get(queues), values.get(environments), (queues,)
    )
    roles = f"{PROJECT}:roles"
    draft.problems += checks.role_names_fit(values.get(roles), stack, (roles,))
    draft.problems += checks.caches_are_used(values.get(roles), values.get(definitions), (roles,))
    consumers = f"{PROJECT}:consumers"
    parts = {name: values.get(f"{PROJECT}:{name}") for name in ENTRIES}
    draft.problems += checks.submitters_are_known(values.get(consumers), parts, (consumers,))
    prefix = (blocks["roles"].name_prefix or "") if blocks["roles"] else ""
    draft.problems += checks.policy_names_fit(
        values.get(consumers), values.get(queues), prefix, stack, (consumers,)
    )
    told = {problem.path for problem in draft.problems}
    draft.problems += [
        problem
        for problem in checks.documents_have_the_apis_shape(values.get(definitions), (definitions,))
        if problem.path not in told
    ]
    draft.problems += checks.definitions_have_environments(
        values.get(definitions), values.get(environments), (definitions,)
    )
    workflows, unread = read_workflows(entries["schedules"], read_text, (f"{PROJECT}:schedules",))
    draft.problems += unread
    runners = {entries["schedules"][key].job_definition for key in workflows}
    draft.problems += checks.own_role_names_fit(
        {
            key
            for key, each in entries["jobDefinitions"].items()
            if each.has_own_job_role or key in runners
        },
        prefix,
        stack,
        (definitions,),
    )
    faulty = {name for name, block in blocks.items()
              if block is None and f"{PROJECT}:{name}" in values}  # fmt: skip
    sound = {name: block for name, block in blocks.items() if name not in faulty}
    started = started_job_checks.Stack(stack, prefix, parts, entries, workflows, sound)
    draft.problems += started_job_checks.problems(started, PROJECT)
    draft.problems += repositories_have_names(entries["images"], stack, (images,))
    region = str(values.get(REGION_KEY))
    if isinstance(blocks["network"], EndpointsNetwork):
        draft.problems += checks.images_are_reachable(
            values.get(definitions), region, entries["images"], (definitions,)
        )
        draft.problems += checks.secrets_are_reachable(
            entries["jobDefinitions"], blocks["network"].endpoints, (definitions,)
        )
        draft.problems += checks.commands_are_reachable(
            entries["jobDefinitions"], blocks["network"].endpoints, (definitions,)
        )
    source = Source(values, stack_file)
    if draft.problems:
        raise SettingsError(source.sentences(draft.problems))
    valid: dict[str, Any] = {
        to_snake(name): block for name, block in (blocks | entries).items() if block is not None
    }
    return Settings(environment=stack, region=region, workflows=workflows, source=source, **valid)


def _outer_problems(stack: str, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the stack's name, the region and the config keys themselves."""
    if not NAME.fullmatch(stack) or len(stack) > LONGEST_ENVIRONMENT:
        yield Problem(
            (),
            f"the stack name {shown(stack)} becomes part of AWS names: a letter or digit, then "
            f"letters, digits, '-' and '_', at most {LONGEST_ENVIRONMENT}",
            "rename the stack (pulumi stack rename)",
        )
    region = values.get(REGION_KEY)
    if region is None:
        yield Problem((REGION_KEY,), "missing", "add e.g. `aws:region: ap-northeast-1`")
    elif not isinstance(region, str) or not re.fullmatch(REGION, region):
        yield Problem((REGION_KEY,), f"{shown(region)} is not a region", "write e.g. us-east-1")
    else:
        yield from unsupported_region(region, (REGION_KEY,))
        for key in KNOWN_KEYS:
            path = (f"{PROJECT}:{key}",)
            yield from of_another_partition(values.get(path[0]), region, path)
    for key in values:
        name = key.partition(":")[2]
        if key != REGION_KEY and key.startswith(f"{PROJECT}:") and name not in KNOWN_KEYS:
            if name in REFUSED["config"]:
                yield Problem((key,), *REFUSED["config"][name])
                continue
            known = ", ".join(KNOWN_KEYS)
            near = did_you_mean(name, KNOWN_KEYS)
            yield Problem((key,), f"unknown key{near}", f"remove it, or use one of {known}")
