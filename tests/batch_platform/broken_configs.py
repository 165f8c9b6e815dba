"""Configs with faults at random places, and texts that are hardly YAML."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from batch_platform.settings import read_stack_file
from tests import example_environments as examples
from tests.batch_platform.api_forms import API_FORMS
from tests.batch_platform.generated_configs import configs, stack_file
from tests.batch_platform.generated_values import Strategy

Place = tuple[Any, ...]

LARGE: list[dict[str, Any]] = [
    API_FORMS,
    *(
        dict(read_stack_file(examples.FOLDER / f"Pulumi.{name}.yaml").values)
        for name in examples.NAMES
    ),
]
"""More is in them than in most that are drawn."""

RUBBISH: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 10**30, -(10**18), 1e300, float("inf"), float("-inf")),
    *("", " ", "x", "8", "true", "\x00", "a\nb", "\x1b[31m", "\u2028", "\U0001f600", "\ud800"),
    *("ä" * 300, "x" * 20_000, "Ref::", "${x}", "*", "arn:aws:iam::", "s3://", "10.0.0.0/99"),
    *([], {}, [[]], [None], [{}], {"": ""}, {"a": {"b": [{"c": None}]}}, ["a", "a"], [1, "1"]),
    *({"type": "EC2"}, {"mode": "nat"}, {"type": None}, {"mode": []}, {"\n": 1}, {"secure": "x"}),
]
NAMES = st.sampled_from(
    [
        *("", " ", "x", "type", "mode", "maxvcpus", "a\nb", "\x1b[31m", "ä", "é" * 200, "{", "a.b"),
        *("0", "desiredVcpus", "eksConfiguration", "\ud800", "<<", "image", "containerProperties"),
    ]
)


@st.composite
def broken_configs(draw: st.DrawFn) -> dict[str, Any]:
    """Return a strategy for a valid config, changed at one to three places."""
    config: dict[str, Any] = json.loads(json.dumps(draw(st.sampled_from(LARGE) | configs())))
    for _ in range(draw(st.integers(1, 3))):
        places = list(places_of(config))
        if not places:
            break
        # Most places are deep ones, and a whole block that is missing hides them.
        least = draw(st.sampled_from([3, 4, 5, 6, 1]))
        deep = [place for place in places if len(place) >= least] or places
        _change(draw, config, draw(st.sampled_from(deep)))
    return config


def places_of(value: Any, above: Place = ()) -> Iterator[Place]:
    """Yield the way to every value below."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        yield (*above, key)
        if isinstance(item, dict | list):
            yield from places_of(item, (*above, key))


def _change(draw: st.DrawFn, config: dict[str, Any], place: Place) -> None:
    *above, last = place
    block: Any = config
    for key in above:
        block = block[key]
    match draw(
        st.sampled_from(["rubbish", "gone", "more", "wrapped", "twice", "moved", "renamed"])
    ):
        case "gone":
            del block[last]
        case "wrapped":
            block[last] = draw(st.sampled_from([[block[last]], {"x": block[last]}]))
        case "twice" if isinstance(block[last], list):
            block[last] = block[last] * 2
        case "more" if isinstance(block[last], dict):
            block[last][draw(NAMES)] = draw(rubbish())
        case "moved":
            block[last] = json.loads(json.dumps(draw(st.sampled_from(list(_values(config))))))
        case "renamed" if isinstance(block, dict):
            block[draw(NAMES)] = block.pop(last)
        case _:
            block[last] = draw(rubbish())


def _values(config: dict[str, Any]) -> Iterator[Any]:
    for place in places_of(config):
        value: Any = config
        for key in place:
            value = value[key]
        yield value


@functools.cache  # Hypothesis takes long to make and check a strategy, a draw of it is quick
def rubbish() -> Strategy[Any]:
    """Return a strategy for values that mostly fit nowhere."""
    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
    nested = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=5)
    return st.sampled_from(RUBBISH).map(_copy) | nested


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value))


WHOLE = """\
config:
  aws:region: ap-northeast-1
  batch-platform:network: {mode: public}
  batch-platform:computeEnvironments: {default: {type: EC2}}
  batch-platform:jobQueues: {default: {computeEnvironments: [default]}}
"""

PIECES = [
    *("&a ", "*a", "<<: ", "- ", "? ", ": ", "{", "}", "[", "]", "'", '"', "|\n", ">\n", "#", "%"),
    *("!!int ", "!!float ", "!!bool ", "!!null ", "!!binary ", "!!python/none ", "!x ", "---\n"),
    *(
        "...\n",
        "\t",
        "\n",
        "\r",
        "\x00",
        "\x85",
        "\ufeff",
        "config:\n",
        "0x_",
        "1_",
        "_1",
        ".",
        "+",
    ),
    *("1e999", "0o7", ".inf", ".nan", "~", '"\\ud800"', '"\\x41', "\\", "@", "`", "a: 1\n", "ä"),
]


def raw_texts() -> Strategy[str]:
    """Return a strategy for texts: pieces of YAML, alone or somewhere in a stack file."""
    pieces = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join)
    within = st.tuples(pieces, st.integers(0, len(WHOLE)), st.integers(0, 10)).map(
        lambda drawn: WHOLE[: drawn[1]] + drawn[0] + WHOLE[drawn[1] + drawn[2] :]
    )
    return within | pieces | configs().map(stack_file).flatmap(_with_a_hole)


def _with_a_hole(text: str) -> Strategy[str]:
    return st.tuples(st.integers(0, len(text)), st.integers(1, 40)).map(
        lambda drawn: text[: drawn[0]] + text[drawn[0] + drawn[1] :]
    )
