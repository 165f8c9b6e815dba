"""Connecting to one environment's stack, or to a queue alone."""

from __future__ import annotations

import functools
import math
import os
import random
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchsdk.arguments import typed
from batchsdk.aws.access import Access
from batchsdk.aws.account import meant_for
from batchsdk.aws.rate_limit import RateLimit, shared_limit
from batchsdk.aws.transport import Transport
from batchsdk.client import Batch
from batchsdk.clock import Clock, SystemClock
from batchsdk.connection import outputs as stack_outputs
from batchsdk.connection.target import Target
from batchsdk.contract import StackOutputs
from batchsdk.errors import ConnectionSettingsError
from batchsdk.limits import SUBMISSIONS_PER_SECOND
from batchsdk.session import Session

if TYPE_CHECKING:
    from batchsdk.aws.access import Boto3Session

_WAYS = (
    "Give one of: a stack name (asks the Pulumi CLI), outputs= (a JSON file or a mapping), "
    "ssm= (an SSM parameter), queue= (any job queue), or one of the environment variables "
    "BATCHSDK_OUTPUTS, BATCHSDK_SSM, BATCHSDK_STACK, BATCHSDK_QUEUE."
)

_CALLS_PER_SECOND = "BATCHSDK_CALLS_PER_SECOND"


_SOURCES = ("stack", "outputs", "ssm", "queue")


def names_a_target(environ: Mapping[str, str]) -> bool:
    """Tell whether the environment variables say what to connect to."""
    return any(environ.get(f"BATCHSDK_{source.upper()}") for source in _SOURCES)


@typed
def connect(
    stack: str | None = None,
    *,
    outputs: str | Path | Mapping[str, Any] | None = None,
    ssm: str | None = None,
    queue: str | None = None,
    project: str | Path | None = None,
    region: str | None = None,
    session: Boto3Session | None = None,
    profile: str | None = None,
    role_arn: str | None = None,
    external_id: str | None = None,
    role_session_name: str | None = None,
    calls_per_second: float | None = None,
    environ: Mapping[str, str] | None = None,
    transport: Callable[[str | None], Transport] | None = None,
    clock: Clock | None = None,
    randomness: random.Random | None = None,
) -> Batch:
    """Connect to one environment's stack, or to a queue that no stack made.

    Exactly one of ``stack``, ``outputs`` and ``ssm`` says where the stack's outputs are, or
    ``queue`` names a queue; without them, one of the environment variables BATCHSDK_OUTPUTS (a
    file), BATCHSDK_SSM, BATCHSDK_STACK and BATCHSDK_QUEUE does.
    Only reading the outputs may need a call; AWS Batch is not called.

    Args:
        stack: name of the Pulumi stack, e.g. ``dev``; runs ``pulumi stack output``.
        outputs: a JSON file that holds the outputs, or the outputs themselves.
        ssm: name of the SSM parameter that holds the outputs as JSON.
        queue: name or ARN of a job queue; jobs go to it and use job definitions by their names.
            What a stack's outputs would tell for the checks is asked of AWS when it is first
            needed, once (DescribeJobQueues, DescribeComputeEnvironments, DescribeJobDefinitions,
            and DescribeInstanceTypes where the caller may).
        project: folder of the Pulumi project, for ``stack``; by default the current folder.
        region: AWS region, e.g. ``us-east-1``; by default the one in the outputs, or of the
            queue's ARN; for a queue's name, the one that boto3 finds.
        session: a ``boto3.Session`` whose credentials and settings the calls of AWS take; by
            default those that boto3 finds by itself, with ``boto3.setup_default_session`` if it was
            called. Such a connection cannot be pickled: its credentials stay in this process.
        profile: a profile of the shared AWS configuration, e.g. ``staging``; else AWS_PROFILE.
        role_arn: a role to assume (AssumeRole) with the credentials that the other arguments name;
            what it gives is renewed before it expires.
        external_id: what the role's trust policy asks for, with ``role_arn``.
        role_session_name: name of the role's session in CloudTrail; by default ``batchsdk``.
        calls_per_second: requests per second that all connections of this process together send to
            AWS Batch in this account and region, of any operation, including pages and retries; by
            default BATCHSDK_CALLS_PER_SECOND, or 50, the quota of SubmitJob. A lower rate leaves
            room for other clients; bursts of 0.8 seconds' worth are allowed.
        environ: used instead of the process's environment variables: BATCHSDK_…, and for
            credentials (AWS_PROFILE, AWS_ACCESS_KEY_ID, …), region and endpoints as well. With
            variables of AWS in it, the connection cannot be pickled.
        transport: makes the client of AWS for a region; by default with boto3. Tests pass their
            own, to which ``calls_per_second`` and credentials do not apply.
        clock: source of time; by default the machine's clock.
        randomness: source of name suffixes and of backoff; by default the system's.

    Raises:
        ConnectionSettingsError: no source is given, more than one, or the source fails; or what is
            said of credentials contradicts itself.
        StackOutputsError: what was read is not the outputs of a batch-platform stack.
        ServiceError: the SSM parameter cannot be read.
    """
    access = Access(
        session=session,
        profile=profile,
        role_arn=role_arn,
        external_id=external_id,
        role_session_name=role_session_name,
        environ=environ,
    )
    environ = os.environ if environ is None else environ
    given = {"stack": stack, "outputs": outputs, "ssm": ssm, "queue": queue}
    options: dict[str, Any] = {way: value for way, value in given.items() if value is not None}
    from_environment = not options
    if from_environment:
        options = {way: value for way in given if (value := environ.get(f"BATCHSDK_{way.upper()}"))}
    if len(options) != 1:
        names = [f"BATCHSDK_{way.upper()}" if from_environment else way for way in options]
        problem = f"more than one given: {', '.join(names)}" if options else "none given"
        raise ConnectionSettingsError(f"which stack? {problem}", hint=_WAYS)
    way, value = next(iter(options.items()))
    gateway = functools.partial(
        _gateway,
        clock=clock or SystemClock(),
        randomness=randomness or random.SystemRandom(),
        access=access,
    )
    if way == "queue":
        target = Target.of_queue(value, region)
    else:
        read = _read(way, value, project, lambda: (transport or gateway)(region))
        target = Target.of_stack(read)
    command = _command(way, value, from_environment=from_environment)
    command += access.options
    made = _session(
        target,
        region or target.region,
        calls_per_second,
        command,
        access,
        environ=environ,
        transport=transport,
        clock=clock,
        randomness=randomness,
    )
    return Batch(made)


def _session(
    target: Target,
    region: str | None,
    per_second: float | None,
    command: str,
    access: Access,
    *,
    environ: Mapping[str, str] = os.environ,
    transport: Callable[[str | None], Transport] | None = None,
    clock: Clock | None = None,
    randomness: random.Random | None = None,
) -> Session:
    time, chance = clock or SystemClock(), randomness or random.SystemRandom()
    limit = _limit(target.account_id, region or "", per_second, environ, clock)

    def gateway(used: str | None) -> Transport:
        made = _gateway(used, clock=time, randomness=chance, limit=limit, access=access)
        return meant_for(made, target.account_id, target.region, used)

    make = transport or gateway
    is_own = transport is None and clock is None and randomness is None
    again = (_connected_again, (target, region, per_second, command, access))
    return Session(
        stack_outputs=target.outputs,
        queue=target.queue,
        make_transport=lambda: make(region),
        clock=time,
        randomness=chance,
        command=command,
        environ=environ,
        again=again if is_own and not access.is_bound else None,
    )


_sessions: dict[str, Session] = {}
"""Connections that were pickled elsewhere: all objects of one share it in this process too."""


def _connected_again(
    target: Target, region: str | None, per_second: float | None, command: str, access: Access
) -> Session:
    """Return a connection like one of another process."""
    variables = sorted((access.environ or {}).items())
    key = repr((target, region, per_second, command, access, variables))
    if key not in _sessions:
        environ = os.environ if access.environ is None else access.environ
        made = _session(target, region, per_second, command, access, environ=environ)
        _sessions.setdefault(key, made)
    return _sessions[key]


def _read(
    way: str, value: Any, project: str | Path | None, transport: Callable[[], Transport]
) -> StackOutputs:
    if way == "stack":
        return stack_outputs.from_pulumi(value, project)
    if way == "ssm":
        text = transport().get_parameter(value)
        return stack_outputs.from_text(text, f"SSM parameter {value!r}")
    if isinstance(value, Mapping):
        return stack_outputs.parse(value, "outputs")
    return stack_outputs.from_file(value)


def _limit(
    account_id: str,
    region: str,
    per_second: float | None,
    environ: Mapping[str, str],
    clock: Clock | None,
) -> RateLimit:
    given: float | str | None = per_second
    if given is None:
        given = environ.get(_CALLS_PER_SECOND) or None
    try:
        wanted = None if given is None else float(given)
    except ValueError:
        wanted = 0.0
    if wanted is not None and not 0 < wanted < math.inf:
        raise ConnectionSettingsError(
            f"calls per second = {given!r}: must be a number above 0",
            hint=f"Leave out calls_per_second and {_CALLS_PER_SECOND}: {SUBMISSIONS_PER_SECOND}.",
        )
    if clock is not None:  # one with its own time has nothing to share
        return RateLimit(wanted or SUBMISSIONS_PER_SECOND, clock=clock)
    return shared_limit(account_id, region, wanted)


def _command(way: str, value: object, *, from_environment: bool) -> str:
    if from_environment or isinstance(value, Mapping):
        return "batchsdk"
    return f"batchsdk --{way} {shlex.quote(str(value))}"


def _gateway(
    region: str | None,
    *,
    clock: Clock,
    randomness: random.Random,
    access: Access,
    limit: RateLimit | None = None,
) -> Transport:
    # Imported here, as boto3 takes longer to import than all the rest together.
    from batchsdk.aws.gateway import AwsGateway  # noqa: PLC0415

    return AwsGateway(region, limit=limit, clock=clock, randomness=randomness, access=access)
