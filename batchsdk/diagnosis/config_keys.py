"""Where in the stack's config a fix belongs. Pure.

The keys are those of docs/configuration.md, which differ from the API's names here and there
(``maxVcpus`` for ``maxvCpus``).
"""

from __future__ import annotations

import re

from batchsdk.contract import StackOutputs

PREFIX = "batch-platform:"
_IN_CONFIG = re.compile(rf"{PREFIX}\w+\.([\w.]+) in the stack's config")


def without_stack(fix: str) -> str:
    """Return a fix that names settings alone, for a queue of which no stack is known."""
    return _IN_CONFIG.sub(r"\1", fix)


def environment_key(outputs: StackOutputs | None, arn: str, name: str, setting: str) -> str:
    """Return where a setting of a compute environment is.

    Args:
        outputs: of the stack; ``None`` of a connection to a queue alone.
        arn: of the environment.
        name: of the environment, for one that is not of this stack.
        setting: as the config writes it, e.g. ``maxVcpus``; empty for the whole environment.
    """
    of, inside = (f"{setting} of ", f".{setting}") if setting else ("", "")
    if outputs is None:
        return f"{of}compute environment {name}"
    for key, known in outputs.compute_environments.items():
        if known.arn == arn:
            return f"{PREFIX}computeEnvironments.{key}{inside} in the stack's config"
    return f"{of}compute environment {name}, which is not of this stack"


def queue_key(outputs: StackOutputs | None, arn: str, setting: str) -> str:
    """Return where a setting of a job queue is."""
    if outputs is None:
        return f"{setting} of job queue {arn.rpartition('/')[2]}"
    for key, known in outputs.job_queues.items():
        if arn in (known.arn, known.name):
            return f"{PREFIX}jobQueues.{key}.{setting} in the stack's config"
    return f"{setting} of job queue {arn.rpartition('/')[2]}, which is not of this stack"


def definition_key(outputs: StackOutputs | None, arn: str, setting: str) -> str:
    """Return where a setting of a job definition is."""
    name = arn.rpartition("/")[2].partition(":")[0]
    if outputs is None:
        return f"{setting} of job definition {name}"
    for key, known in outputs.job_definitions.items():
        if known.name == name:
            return f"{PREFIX}jobDefinitions.{key}.{setting} in the stack's config"
    return f"{setting} of job definition {name}, which is not of this stack"


def network_key(setting: str) -> str:
    """Return where a setting of the network is."""
    return f"{PREFIX}network.{setting} in the stack's config"


def role_key(setting: str) -> str:
    """Return where a setting of the roles is."""
    return f"{PREFIX}roles.{setting} in the stack's config"


def deploy(outputs: StackOutputs | None) -> str:
    """Return how a change of the config is carried out: `` and run pulumi up …``; else nothing."""
    return "" if outputs is None else f" and run pulumi up --stack {outputs.environment}"


def make_again(outputs: StackOutputs | None, otherwise: str) -> str:
    """Return how to get back what was deleted outside of the stack, as a sentence's beginning.

    Without ``--refresh`` Pulumi believes its state, which still has it.

    Args:
        outputs: of the stack.
        otherwise: what to do of a queue that no stack made.
    """
    if outputs is None:
        return otherwise
    return f"Run pulumi up --refresh --stack {outputs.environment}, which makes it again"


def look_again(environment: str) -> str:
    """Return what has AWS Batch look again at an INVALID environment whose fault is mended.

    User guide: Troubleshooting, INVALID compute environment.
    """
    return (
        "have AWS Batch look again: aws batch update-compute-environment "
        f"--compute-environment {environment} --state ENABLED"
    )
