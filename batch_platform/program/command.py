"""``batch-platform``: ``init`` a project, ``check`` and ``plan`` its config, push its ``images``.

Every key of the config: docs/reference.md.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import sys
from importlib.metadata import version
from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING

from batch_platform.changes import command as changes
from batch_platform.iam.deployer import deployer, given_roles
from batch_platform.job_definitions.containers import images_of, resources_of
from batch_platform.job_definitions.own_images import repository, short
from batch_platform.network.addresses import addresses, subnet_addresses, too_few
from batch_platform.plan import Plan, assumed_plan
from batch_platform.program.images import command as images
from batch_platform.program.project import Project, ProjectError
from batch_platform.recovery import command as recover
from batch_platform.settings import (
    SettingsError,
    StackFile,
    read_stack_file,
    validate_stack_file,
)
from batch_platform.settings.addresses import subnet_prefix, usable_addresses
from batch_platform.settings.compute_environments import FargateEnvironment
from batch_platform.settings.network import ExistingNetwork
from batch_platform.settings.unmanaged import AutoScalingGroup, UnmanagedEnvironment
from batch_platform.workable import refuse_unworkable, warnings
from batchsdk.printable import printable

if TYPE_CHECKING:
    from argparse import _SubParsersAction
    from collections.abc import Iterator, Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb: ``check`` prints what a config would build, ``plan`` what it would change.

    ``init`` writes a new project, ``recover`` takes away what a killed update has left,
    ``deployer-policy`` prints the IAM policy of who deploys, ``schema`` prints the JSON Schema of
    stack files.

    Args:
        arguments: of the command line; None takes those of the process.

    Returns:
        0, or 1 when the verb refuses: every error is then on stderr, one a line.
    """
    parser = argparse.ArgumentParser(prog="batch-platform", description=__doc__)
    parser.add_argument(
        "--version", action="version", version=f"batch-platform, version {version('batchsdk')}"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    _add_init(commands)
    _add_check(commands)
    changes.add_parser(commands)
    images.add_parser(commands)
    recover.add_parser(commands)
    _add_deployer_policy(commands)
    schema = commands.add_parser("schema", help="print the JSON Schema of stack files")
    schema.set_defaults(run=_schema)
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except (ProjectError, SettingsError) as error:
        sys.stderr.write(printable(f"{error}\n"))
        return 1


def _add_init(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    init = commands.add_parser(
        "init",
        help="write a new project: stack file, program, pipeline, test, policy pack, CI",
        description="Write a new project into an empty folder: a stack file, the Pulumi program, a "
        "pipeline and its test on the local AWS, the policy pack, and workflows for GitHub and "
        "GitLab. Its README.md says how to go on. Nothing is overwritten.",
    )
    init.add_argument("directory", type=Path, help="folder, made if it is not there")
    init.add_argument("--region", default="us-east-1", help="of AWS; %(default)s if not given")
    init.set_defaults(run=_init)


def _init(chosen: argparse.Namespace) -> int:
    written = Project(chosen.directory, chosen.region).write()
    is_here = chosen.directory.resolve() == Path.cwd()
    lines = [
        f"{chosen.directory} has {len(written)} files; README.md says what each is for. Next:",
        *([] if is_here else [f"  cd {shlex.quote(str(chosen.directory))}"]),
        "  python3 -m venv .venv && . .venv/bin/activate",
        "  pip install -r requirements.txt",
        "  pytest",
    ]
    sys.stdout.write(printable("\n".join(lines)) + "\n")
    return 0


def _add_check(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    check = commands.add_parser("check", help="check the config of a stack, or stack files")
    which = check.add_mutually_exclusive_group(required=True)
    which.add_argument("--stack", help="name of the stack, e.g. dev")
    which.add_argument(
        "files", nargs="*", type=Path, default=[], metavar="FILE", help="Pulumi.<stack>.yaml"
    )
    check.add_argument(
        "--directory", type=Path, default=Path(), help="folder of Pulumi.<stack>.yaml, for --stack"
    )
    check.set_defaults(run=_check)


def _check(chosen: argparse.Namespace) -> int:
    """Check every file, and tell the errors of all."""
    lines: list[str] = []
    for path in chosen.files or [chosen.directory / f"Pulumi.{chosen.stack}.yaml"]:
        try:
            planned = _planned(read_stack_file(path))
        except SettingsError as error:
            lines += error.lines
        else:
            sys.stdout.write(printable("\n".join(summary(planned))) + "\n")
    if lines:
        raise SettingsError(lines)
    return 0


def _planned(stack_file: StackFile) -> Plan:
    """Plan what a stack file asks for; raise SettingsError where it is refused."""
    planned = assumed_plan(validate_stack_file(stack_file))
    refuse_unworkable(planned)
    return planned


def _add_deployer_policy(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    policy = commands.add_parser(
        "deployer-policy",
        help="print the IAM policy of who deploys a stack",
        description=(
            "Print the IAM policy that lets its holder deploy, change, refresh and destroy one "
            "stack, as JSON: an inline policy of a role. It asks neither AWS nor the engine."
        ),
    )
    policy.add_argument("--stack", required=True, help="name of the stack, e.g. dev")
    policy.add_argument(
        "--directory", type=Path, default=Path(), help="folder of Pulumi.<stack>.yaml"
    )
    policy.add_argument(
        "--account-id", default="*", help="twelve digits; default: any account, as *"
    )
    policy.set_defaults(run=_deployer_policy)


def _deployer_policy(chosen: argparse.Namespace) -> int:
    if not re.fullmatch(r"[0-9]{12}|\*", chosen.account_id):
        fault = f"--account-id: {chosen.account_id!r} is no account; fix: write its twelve digits"
        sys.stderr.write(printable(f"{fault}\n"))
        return 1
    stack_file = read_stack_file(chosen.directory / f"Pulumi.{chosen.stack}.yaml")
    given = given_roles(stack_file.values)
    document = deployer(_planned(stack_file), account_id=chosen.account_id, given=given)
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
    return 0


def _schema(_chosen: argparse.Namespace) -> int:
    from batch_platform.settings.schema import schema_text  # noqa: PLC0415  # of no use to the other verbs

    sys.stdout.write(schema_text())
    return 0


def summary(plan: Plan) -> Iterator[str]:
    """Yield the lines that tell what the config would build."""
    settings, network = plan.settings, plan.settings.network
    yield f"{settings.environment} in {settings.region}: the config is valid"
    if isinstance(network, ExistingNetwork):
        where = f"{network.vpc_id}, {len(network.subnet_ids)} subnets (looked up by the engine)"
    else:
        prefix = subnet_prefix(IPv4Network(network.cidr))
        where = (
            f"{network.cidr}, {network.zone_count} zones, each with a /{prefix} that has "
            f"{subnet_addresses(network)} addresses for instances and tasks"
        )
        for block in map(IPv4Network, network.secondary_cidrs):
            further = subnet_prefix(block)
            where += f"; {block}, each with a /{further} of {usable_addresses(further)} more"
    yield f"  network             {network.mode}: {where}"
    if warning := too_few(settings, addresses(settings)):
        yield f"  warning             {warning}"
    for warning in warnings(plan):
        yield f"  warning             {warning}"
    for key, environment in settings.compute_environments.items():
        if isinstance(environment, UnmanagedEnvironment):
            group = _group(environment.auto_scaling_group)
            yield f"  compute environment {key}: UNMANAGED, {group}"
            continue
        size = f"{environment.max_vcpus} vCPUs"
        if isinstance(environment, FargateEnvironment):
            yield f"  compute environment {key}: {environment.type}, up to {size}"
            continue
        types = "/".join(environment.instance_types)
        yield (
            f"  compute environment {key}: {environment.type} {types}, {environment.min_vcpus} to "
            f"{size}, {environment.allocation_strategy}"
        )
    for key, queue in settings.job_queues.items():
        order = " then ".join(queue.compute_environments)
        yield f"  job queue           {key}: priority {queue.priority}, on {order}"
    yield from _jobs(plan)
    yield from _schedules(plan)
    yield from _triggers(plan)
    yield f"  service role        {settings.roles.service_role_arn or settings.roles.service_role}"
    days = settings.log_group.retention_in_days
    yield f"  logs                kept {f'{days} days' if days else 'for ever'}"


def _jobs(plan: Plan) -> Iterator[str]:
    """Yield the lines about what runs: images and job definitions."""
    settings = plan.settings
    for name, image in settings.images.items():
        yield (
            f"  image               {name}: of {image.context} for {image.platform}, the newest "
            f"{image.keep} are kept in {repository(settings.environment, name)}"
        )
    for key, definition in settings.job_definitions.items():
        resources = resources_of(definition)
        named = ", ".join(short(settings, image) for image in images_of(definition))
        yield (
            f"  job definition      {key}: {named}, "
            f"{resources['VCPU']} vCPU, {resources['MEMORY']} MiB, on {definition.platform}"
            f"{' (left out for now)' if key in plan.not_pushed else ''}"
        )


def _schedules(plan: Plan) -> Iterator[str]:
    for key, schedule in plan.settings.schedules.items():
        zone = f" {schedule.timezone or 'UTC'}" if not schedule.rate else ""
        off = " (DISABLED)" if schedule.state == "DISABLED" else ""
        yield (
            f"  schedule            {key}: {schedule.expression}{zone}, {schedule.job_definition} "
            f"to {schedule.job_queue}{off}"
        )


def _triggers(plan: Plan) -> Iterator[str]:
    for key, trigger in plan.settings.triggers.items():
        objects = f"s3://{trigger.bucket}/{trigger.prefix or ''}*{trigger.suffix or ''}"
        off = " (DISABLED)" if trigger.state == "DISABLED" else ""
        yield (
            f"  trigger             {key}: {objects}, {trigger.job_definition} to "
            f"{trigger.job_queue}{off}"
        )


def _group(group: AutoScalingGroup | None) -> str:
    if group is None:
        return "with what others register in its cluster"
    types = "/".join(group.instance_types)
    return f"{group.min_size} to {group.max_size} instances of {types}"
