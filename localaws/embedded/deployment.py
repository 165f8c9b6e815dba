"""A deployment: a run of the program that only plans, one that changes, and the deletions."""

from __future__ import annotations

import collections
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from batch_platform.settings import read_stack_file
from localaws.credentials.connection import Connection
from localaws.embedded.changing import Changer, OnStep, delete
from localaws.embedded.errors import ReplacementNeededError
from localaws.embedded.leftovers import take_away
from localaws.embedded.monitor import Monitor
from localaws.embedded.planning import Planner
from localaws.embedded.program import Program
from localaws.embedded.registrations import DeployedResource, Entry, Record, Stacks
from localaws.embedded.steps import Action
from localaws.resources.clients import Clients


@dataclass(frozen=True)
class Deployment:
    """What came of running the program.

    Attributes:
        resources: all that the stack has now.
        outputs: of the stack.
        counts: how many resources each action happened to.
    """

    resources: tuple[DeployedResource, ...]
    outputs: dict[str, Any]
    counts: Mapping[Action, int]


def deploy(
    connection: Connection,
    stacks: Stacks,
    *,
    stack: str,
    project: Path,
    recreate: bool = False,
    on_step: OnStep = lambda _action, _entry: None,
) -> Deployment:
    """Run the program of ``project`` for ``stack``, and bring the local AWS to what it declares.

    The variables of ``connection.environ`` should be set: the program has clients of its own.

    Args:
        connection: of a running local AWS.
        stacks: what has been deployed there so far; ``DeployedStacks(connection)``.
        stack: name of the stack; its config is ``Pulumi.<stack>.yaml`` in ``project``.
        project: folder of ``Pulumi.yaml`` and ``__main__.py``.
        recreate: whether what cannot be changed in place is deleted, with all that depends on it,
            and created again.
        on_step: told of each resource as soon as something was done, or nothing was to be done.

    Raises:
        batch_platform.settings.SettingsError: the config is not valid; nothing was changed.
        ReplacementNeededError: an edit cannot be made in place; nothing was changed.
        DeploymentError: the local AWS refused a step. The next call goes on from there.
    """
    config = read_stack_file(project / f"Pulumi.{stack}.yaml").pulumi_config()
    name = str(yaml.safe_load((project / "Pulumi.yaml").read_text(encoding="utf-8"))["name"])
    program = Program(folder=project, project=name, stack=stack, config=config)
    region = config.get("aws:region", connection.region)
    clients_of = functools.cache(functools.partial(Clients, connection))
    counts: collections.Counter[Action] = collections.Counter()

    def count(action: Action, entry: Entry) -> None:
        counts[action] += 1
        on_step(action, entry)

    clients = clients_of(region)
    record = Record(stacks, f"{clients.account_id}/{name}/{stack}")
    take_away(record, clients, stack)
    if record:
        _recreate_or_refuse(record, program, clients_of, region, count, recreate=recreate)
    changer = Changer(record, clients, count)
    outputs = program.run(Monitor(changer, clients), preview=False)
    delete(record, set(record) - changer.registered, clients_of, count)
    resources = (
        DeployedResource(each.type, each.name, each.own_id)
        for each in record.values()
        if each.is_of_aws
    )
    return Deployment(tuple(resources), outputs, counts)


def _recreate_or_refuse(
    record: Record,
    program: Program,
    clients_of: Callable[[str], Clients],
    region: str,
    on_step: OnStep,
    *,
    recreate: bool,
) -> None:
    """Plan; delete what must be created anew, or refuse to."""
    planner = Planner(record, region)
    program.run(Monitor(planner, clients_of(region)), preview=True)
    if not planner.replaced:
        return
    affected = record.dependents_first(record.with_dependents(planner.replaced))
    if not recreate:
        causes = {record[urn].title: paths for urn, paths in planner.replaced.items()}
        named = [record[urn].title for urn in affected if record[urn].is_of_aws]
        raise ReplacementNeededError(causes, named)
    delete(record, affected, clients_of, on_step)
