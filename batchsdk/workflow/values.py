"""How values get from step to step: each step has a prefix in S3, told to its jobs. Pure.

``<storage>/runs/<run>/<step>/`` is the step's own. Its jobs find there what they wrote when the
run is continued, and steps after it read from there. The environment of every job says where:

======================  ================================================================
``BATCHSDK_RUN``        name of the run
``BATCHSDK_STEP``       name of the step
``BATCHSDK_OUTPUT``     the step's own prefix, with a ``/`` at its end
``BATCHSDK_INPUT_STEP``  the prefix of each step that it comes after directly: ``STEP`` is that
                        step's name in capitals, with ``_`` for ``-``
======================  ================================================================

The last two are only there if the workflow, or the stack, has a ``storage``. Nothing else is
needed in the image: ``aws s3 cp result.csv "$BATCHSDK_OUTPUT"``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from batchsdk.contract.storage import RUNS, below

RUN = "BATCHSDK_RUN"
STEP = "BATCHSDK_STEP"
OUTPUT = "BATCHSDK_OUTPUT"
INPUT = "BATCHSDK_INPUT_"


def variable_of(step: str) -> str:
    """Return a step's name as a part of the name of an environment variable."""
    return step.upper().replace("-", "_")


def prefix_of(storage: str, run: str, step: str) -> str:
    """Return where a step of a run writes, e.g. ``s3://bucket/runs/nightly-1/extract/``."""
    return f"{below(storage, RUNS)}/{run}/{step}/"


def environment_of(
    step: str,
    before: Iterable[str],
    *,
    run: str,
    storage: str | None,
    origins: Mapping[str, str],
) -> dict[str, str]:
    """Return the variables that tell a step's jobs where they are.

    Args:
        step: its name.
        before: the steps that it comes after directly.
        run: name of the run.
        storage: where values go.
        origins: step -> the earlier run whose values its cached result has.
    """
    variables = {RUN: run, STEP: step}
    if storage is not None:
        variables[OUTPUT] = prefix_of(storage, run, step)
        for name in before:
            origin = origins.get(name, run)
            variables[INPUT + variable_of(name)] = prefix_of(storage, origin, name)
    return variables
