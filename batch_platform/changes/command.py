"""The verb ``plan`` of ``batch-platform``."""

from __future__ import annotations

import json
import sys
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import TYPE_CHECKING

from batch_platform.changes import report
from batch_platform.changes.against import AgainstError, of_file, of_git, renamed_from
from batch_platform.changes.compare import changes
from batch_platform.changes.hazards import PlanWarning, warnings
from batch_platform.changes.rules import Action
from batch_platform.changes.snapshot import of_settings
from batch_platform.job_definitions.image_warnings import left_out
from batch_platform.plan import assumed_plan
from batch_platform.settings import read_stack_file, validate_stack_file
from batch_platform.workable import refuse_unworkable
from batchsdk.printable import printable, printable_json

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _SubParsersAction
    from collections.abc import Iterator

    from batch_platform.plan import Plan

CHANGES_EXPECTED_NONE = 7
"""Exit code, the one of `pulumi preview --expect-no-changes`."""

DESCRIPTION = """\
Tell from config alone what a deployment will do to compute environments, job queues and job
definitions: changed in place, replaced (and then in which order), added or removed; and by which
rule. It asks neither AWS nor the engine; `pulumi preview` shows every resource.

  batch-platform plan --stack dev               against the file in git's HEAD
  batch-platform plan --stack dev --against Pulumi.prod.yaml
                                                against another environment
  pulumi stack export --stack dev | batch-platform plan --stack dev --against -
                                                against what is deployed: most exact
  pulumi stack output --json | batch-platform plan --stack dev --against -
                                                against the outputs: says what it cannot compare

An edit of a compute environment is one of
  scaling update         in place; no instance is touched
  infrastructure update  in place; instances are replaced, running jobs are ended after 30 minutes
  replace                a new one, the queues pointed at it, the old one deleted

Warnings tell of what hurts while the edit applies: routes and addresses that running jobs lose,
updates that may outlast the provider's 20 minutes, a stack that was renamed.
"""
EPILOG = """\
exit code: 0, or 1 when the config or what to compare with is refused, 2 for wrong options, 7 with
--expect-no-changes when there are changes
"""


def add_parser(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the verb to the command line."""
    parser = commands.add_parser(
        "plan",
        help="tell what a deployment would change, and why",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stack", required=True, help="name of the stack, e.g. dev")
    parser.add_argument(
        "--directory", type=Path, default=Path(), help="folder of Pulumi.<stack>.yaml"
    )
    parser.add_argument(
        "--against",
        metavar="FILE",
        help="stack file, stack export or stack outputs; - is stdin; default: git's HEAD",
    )
    parser.add_argument("--output", choices=("text", "json"), default="text")
    parser.add_argument(
        "--expect-no-changes", action="store_true", help="exit with 7 if there are changes"
    )
    parser.set_defaults(run=run)


def run(chosen: Namespace) -> int:
    """Print the changes.

    Returns:
        the exit code.

    Raises:
        SettingsError: the config is refused.
    """
    path = chosen.directory / f"Pulumi.{chosen.stack}.yaml"
    settings = validate_stack_file(read_stack_file(path))
    planned = assumed_plan(settings)
    refuse_unworkable(planned)
    new = of_settings(settings, path.name)
    try:
        old = of_file(chosen.against, settings) if chosen.against else of_git(path, settings)
    except AgainstError as error:
        sys.stderr.write(printable(f"{error}\n"))
        return 1
    found = changes(old, new)
    # Only where there is nothing to compare with: a stack file of another name may be it.
    renamed = "" if chosen.against or old else renamed_from(path)
    warned = [*_left_out(planned), *warnings(found, old, new, renamed)]
    if chosen.output == "json":
        sys.stdout.write(
            printable_json(json.dumps(report.data(found, warned, old, new), indent=2)) + "\n"
        )
    else:
        sys.stdout.write(printable(report.text(found, warned, old, new)))
    changed = any(change.action is not Action.UNCHANGED for change in found)
    return CHANGES_EXPECTED_NONE if changed and chosen.expect_no_changes else 0


def _left_out(planned: Plan) -> Iterator[PlanWarning]:
    for said in left_out(planned):
        yield PlanWarning(
            hazard="image-not-pushed",
            concerns=tuple(f"job definition {key}" for key in planned.not_pushed),
            reason=said.reason,
            instead=said.fix,
            source="batch_platform/job_definitions/image_warnings.py",
        )
