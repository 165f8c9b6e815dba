"""The sentences of botocore's model of AWS Batch that may be rules for requests.

``python -m tests.batch_model.untold`` prints those that the table does not have yet.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.loaders import Loader

from localaws.batch.operations import OPERATIONS

MODEL: Mapping[str, Any] = Loader().load_service_model("batch", "service-2")  # type: ignore[no-untyped-call]

SOUNDS_LIKE_A_RULE = re.compile(
    r"\b(supports?|supported|not|cannot|can only|only|applicable|applies|valid|must|requires?|"
    r"required|restricted|maximum|minimum|max|min|up to|at least|at most|between|greater than|"
    "fewer than|less than|limit(s|ed)?|unique|overlap\\w*|effective|block)\\b|n['\u2019]t\\b",
    re.IGNORECASE,
)

REFUSED_BY_NAME = re.compile(
    r"Eks|ManagedInstances|InstanceLaunchTemplate|InstanceRequirements|UpdateManaged|Capacity|"
    r"InfrastructureOptimization|ServiceEnvironment|Quota|ImagePullSecret"
)
"""Shapes that ``refused_by_name.yaml`` has as a whole."""


def sentences() -> dict[str, set[str]]:
    """Return each sentence of what may be sent to the local Batch, with where it is.

    Returns:
        Sentence to members (``Shape.member``, ``Shape`` or ``Operation()``).
    """
    found: dict[str, set[str]] = defaultdict(set)
    shapes: set[str] = set()
    for name in OPERATIONS:
        operation = MODEL["operations"][name]
        shapes |= _reachable(operation["input"]["shape"])
        for sentence in _split(operation.get("documentation", "")):
            found[sentence].add(f"{name}()")
    for name in shapes:
        shape = MODEL["shapes"][name]
        documented = {name: shape}
        documented |= {f"{name}.{key}": each for key, each in shape.get("members", {}).items()}
        for place, each in documented.items():
            for sentence in _split(each.get("documentation", "")):
                found[sentence].add(place)
    return dict(found)


def _reachable(name: str, below: frozenset[str] = frozenset()) -> set[str]:
    if name in below or REFUSED_BY_NAME.match(name):
        return set()
    shape = MODEL["shapes"][name]
    inner = [
        *shape.get("members", {}).values(),
        *(shape[k] for k in ("member", "value") if k in shape),
    ]
    return {name}.union(*(_reachable(each["shape"], below | {name}) for each in inner))


def _split(documentation: str) -> Iterator[str]:
    lines = re.sub(r"</(p|li|dt|dd|note|important)>", "\n", documentation)
    for line in html.unescape(re.sub(r"<[^>]+>", "", lines)).split("\n"):
        for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z])", " ".join(line.split())):
            if SOUNDS_LIKE_A_RULE.search(sentence):
                yield sentence
