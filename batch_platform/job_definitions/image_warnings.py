"""Images of ``images`` that are not there yet, or that most likely are not what was meant. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batch_platform.job_definitions.own_images import users

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batch_platform.plan import Plan
    from batch_platform.settings import Settings

ARCHITECTURES = {"linux/amd64": "x86_64", "linux/arm64": "arm64"}
"""Platform of an image to the architecture of instances."""
FARGATE_ARCHITECTURES = {"linux/amd64": "X86_64", "linux/arm64": "ARM64"}


class LeftOut(NamedTuple):
    """Job definitions that are not made, since an image of theirs was never pushed.

    Attributes:
        reason: why not.
        fix: the next commands.
    """

    reason: str
    fix: str


def left_out(plan: Plan) -> Iterator[LeftOut]:
    """Yield why job definitions are left out, if any are."""
    if plan.not_pushed:
        images = ", ".join(sorted({name for names in plan.not_pushed.values() for name in names}))
        yield LeftOut(
            f"left out, or removed, since no digest is known of what they run in: {images}",
            f"deploy to make the repositories, then `batch-platform images push --stack "
            f"{plan.environment}` writes the digests, and the next deployment makes the "
            f"definitions",
        )


def unsuitable_images(settings: Settings) -> Iterator[str]:
    """Yield images that no definition names, that expire too early, or of another architecture."""
    for name, image in settings.images.items():
        named_by = users(settings, name)
        if not named_by:
            yield f"images.{name}: no job definition names it; fix: `image: {name}` in one"
            continue
        most = max(settings.job_definitions[key].keep_revisions for key in named_by) + 1
        if image.keep < most:
            yield (
                f"images.{name}.keep: {image.keep} images are kept, and keepRevisions of a job "
                f"definition keeps {most} revisions, each of which may name another; fix: write "
                f"{most} or more"
            )
        has = {each.architecture for each in settings.instances.values()}
        on_ec2 = [key for key in named_by if settings.job_definitions[key].platform == "EC2"]
        if on_ec2 and has and ARCHITECTURES[image.platform] not in has:
            yield (
                f"images.{name}.platform: it is built for {image.platform}, and every instance "
                f"is {' or '.join(sorted(has))}; fix: write {_platform(min(has))}"
            )
        for key in named_by:
            fargate = settings.job_definitions[key].fargate
            asked = fargate.cpu_architecture if fargate else None
            if asked and asked != FARGATE_ARCHITECTURES[image.platform]:
                yield (
                    f"images.{name}.platform: it is built for {image.platform}, and "
                    f"jobDefinitions.{key} runs on {asked}; fix: write {_platform(asked.lower())}"
                )


def _platform(architecture: str) -> str:
    return "linux/arm64" if architecture == "arm64" else "linux/amd64"
