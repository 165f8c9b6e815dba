"""Values that ``pulumi config set --secret`` has encrypted: refused in every key of this program.

Whatever the program is told ends up in clear where many may read it: in job definitions
(DescribeJobDefinitions), launch templates (DescribeLaunchTemplateVersions), names and tags, and
in the stack's outputs and the SSM parameter of these. Config of others, as ``aws:secretKey`` of
the provider, may be encrypted: the program reads none of it but ``aws:region``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from batch_platform.settings.errors import Path, Problem

PROJECT = "batch-platform"
REGION_KEY = "aws:region"

FAULT = "the value is encrypted (`pulumi config set --secret`), but AWS would show it in clear"
_FIXES = {
    "options": (
        "keep it in Secrets Manager or SSM, and name that under `secretOptions` of the same "
        "logConfiguration"
    ),
    "userData": (
        "keep it in Secrets Manager or SSM, and let the script read it there with the rights of "
        "the instance role"
    ),
}
_JOB_DEFINITIONS = (
    "keep it in Secrets Manager or SSM, and name it under `secrets` of the job definition"
)
_ELSEWHERE = "write it without --secret; what is secret belongs in Secrets Manager or SSM"


def problems(values: Mapping[str, Any]) -> list[Problem]:
    """Return a problem for each encrypted value of the program's own keys, as a file has them.

    Args:
        values: config key, with namespace, to plain data; ``{secure: …}`` is an encrypted value.
    """
    return [
        problem(path)
        for key, value in values.items()
        if is_read(key)
        for path in paths(value, (key,))
    ]


def problem(path: Path) -> Problem:
    """Return what is wrong with an encrypted value at ``path``, and what to do instead.

    The value is not named: nothing that is secret is in a message.
    """
    below = [part for part in path if part in _FIXES]
    if below:
        return Problem(path, FAULT, _FIXES[str(below[-1])])
    own = path[0] == f"{PROJECT}:jobDefinitions"
    return Problem(path, FAULT, _JOB_DEFINITIONS if own else _ELSEWHERE)


def is_read(key: str) -> bool:
    """Tell whether the program reads a config key."""
    return key == REGION_KEY or key.startswith(f"{PROJECT}:")


def paths(value: Any, path: Path) -> Iterator[Path]:
    """Yield the path of every ``{secure: …}`` of the engine in ``value``, which is at ``path``."""
    if isinstance(value, dict) and set(value) == {"secure"}:
        yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths(inner, (*path, index))
