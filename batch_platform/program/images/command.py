"""The verbs ``images build`` and ``images push`` of ``batch-platform``."""

from __future__ import annotations

import json
import sys
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batch_platform.job_definitions.own_images import repository
from batch_platform.program.images.engine import ENGINES, ImageError, engine_of
from batch_platform.settings import read_stack_file, validate_stack_file
from batch_platform.settings.errors import did_you_mean
from batch_platform.settings.image_digests import path_of, write_digests
from batchsdk.printable import printable

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _SubParsersAction
    from collections.abc import Mapping

    from batch_platform.program.images.engine import ContainerEngine
    from batch_platform.settings import Settings, StackFile

DESCRIPTION = """\
Build the images that the stack file declares under `images`, and push them to the repositories of
the stack. `push` writes their digests to images.<stack>.lock.json, beside the stack file: commit
it. The job definitions of the next `pulumi up` name these digests.

  batch-platform images build --stack dev            build every image
  batch-platform images push --stack dev trainer     build this one and push it

With AWS_ENDPOINT_URL on this machine, `push` is to the local AWS: its jobs run the image out of the
container engine that built it. The progress of the engine goes to stderr.
"""
EPILOG = "exit code: 0, or 1 when an image cannot be built or pushed, 2 for wrong options"


def add_parser(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the verbs to the command line."""
    parser = commands.add_parser(
        "images",
        help="build the images of the stack, and push them to its repositories",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, what, run in (
        ("build", "build images", _build),
        ("push", "build images, push them, and write their digests", _push),
    ):
        each = verbs.add_parser(verb, help=what, description=f"{what.capitalize()}.")
        each.add_argument("names", nargs="*", metavar="NAME", help="of images; default: all")
        each.add_argument("--stack", required=True, help="name of the stack, e.g. dev")
        each.add_argument(
            "--directory", type=Path, default=Path(), help="folder of Pulumi.<stack>.yaml"
        )
        each.add_argument(
            "--engine",
            metavar="COMMAND",
            help=f"of the container engine; default: {' or '.join(ENGINES)}, whichever is there",
        )
        each.set_defaults(run=run)


def _build(chosen: Namespace) -> int:
    stack_file = _stack_file(chosen)
    settings = validate_stack_file(stack_file)
    try:
        for name, identifier in _built(chosen, settings, engine_of(chosen.engine)):
            _say(f"{name}: built, {identifier}")
    except ImageError as error:
        return _refuse(error)
    return 0


def _push(chosen: Namespace) -> int:
    from batch_platform.clients import session_of  # noqa: PLC0415  # boto3: of no use to `build`
    from batch_platform.program.images.pushing import Registry, is_local  # noqa: PLC0415

    stack_file = _stack_file(chosen)
    settings = validate_stack_file(stack_file)
    path = path_of(chosen.directory, chosen.stack)
    digests = settings.image_digests
    try:
        names = _chosen(chosen.names, settings)
        engine = engine_of(chosen.engine)
        session = session_of(lambda key: _provider(stack_file.values, key), settings.region)
        ecr = session.client("ecr")
        registry = Registry(ecr, is_local=is_local(ecr.meta.endpoint_url))
        # All of them before the first is built, which may take minutes.
        there = {
            name: registry.repository(repository(chosen.stack, name), chosen.stack)
            for name in names
        }
        for name, identifier in _built(chosen, settings, engine):
            pushed = registry.push(there[name], identifier, engine)
            _say(
                f"{name}: {'pushed' if pushed.is_new else 'unchanged'}, "
                f"{there[name].address}@{pushed.digest}"
            )
            account = there[name].account_id
            if digests.by_account.get(account, {}).get(name) != pushed.digest:
                digests = digests.with_digest(account, name, pushed.digest)
                write_digests(path, digests)
    except ImageError as error:
        return _refuse(error)
    except OSError as error:
        return _refuse(ImageError(f"{path}: {error.strerror}; fix: make it writable"))
    if digests is settings.image_digests:
        _say(f"{path.name} has these digests already")
    else:
        _say(f"{path.name} is written: commit it, and deploy {chosen.stack} again")
    return 0


def _stack_file(chosen: Namespace) -> StackFile:
    return read_stack_file(chosen.directory / f"Pulumi.{chosen.stack}.yaml")


def _built(chosen: Namespace, settings: Settings, engine: ContainerEngine) -> Any:
    """Build the chosen images one after the other; yield name and id of each."""
    for name in _chosen(chosen.names, settings):
        image = settings.images[name]
        identifier = engine.build(name, image, chosen.directory / image.context)
        engine.tag(identifier, f"{repository(chosen.stack, name)}:latest")
        yield name, identifier


def _chosen(names: list[str], settings: Settings) -> list[str]:
    if not settings.images:
        raise ImageError(
            f"Pulumi.{settings.environment}.yaml declares no images; fix: add e.g. "
            "`batch-platform:images: {trainer: {context: ./trainer}}`"
        )
    for name in names:
        if name not in settings.images:
            near = did_you_mean(name, settings.images)
            raise ImageError(
                f"{name!r} is not a key of images{near}; fix: use one of "
                f"{', '.join(settings.images)}"
            )
    return list(dict.fromkeys(names)) or list(settings.images)


def _provider(values: Mapping[str, Any], key: str) -> str | None:
    """Return a setting of the ``aws`` provider; an encrypted one only the engine can read."""
    value = values.get(f"aws:{key}")
    if value is None or (isinstance(value, dict) and "secure" in value):
        return None
    return value if isinstance(value, str) else json.dumps(value)


def _say(line: str) -> None:
    sys.stdout.write(printable(f"{line}\n"))
    sys.stdout.flush()


def _refuse(error: ImageError) -> int:
    sys.stderr.write(printable(f"error: {error}\n"))
    return 1
