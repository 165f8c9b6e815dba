"""One entry of ``images``: an image of the project's own, and the ECR repository that has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator

from batch_platform.settings.block import LONGEST_KEY, Block, Text, pattern
from batch_platform.settings.container_options import Variable
from batch_platform.settings.errors import Path, Problem, refusal, shown
from batch_platform.settings.observability import KeyArn

REPOSITORY = r"[a-z0-9]+([._-][a-z0-9]+)*"
"""A part of a repository's name (ECR API, CreateRepository: ``repositoryName``)."""
MOST_KEPT = 20_000
"""Images of one repository (ECR service quotas, "Images per repository")."""


def _image_name(value: str) -> str:
    if not re.fullmatch(REPOSITORY, value) or len(value) > LONGEST_KEY:
        raise refusal(
            f"the key {shown(value)} becomes part of the name of an ECR repository, which has only "
            f"lower-case letters and digits, with single '.', '_' or '-' between them (here at "
            f"most {LONGEST_KEY})",
            "rename the entry",
        )
    return value


ImageName = Annotated[
    str,
    AfterValidator(_image_name),
    pattern(rf"(?=.{{1,{LONGEST_KEY}}}$){REPOSITORY}"),
]
"""Key of ``images``."""


class Image(Block):
    """An image that ``batch-platform images`` builds and pushes, with its ECR repository.

    The repository ``<stack>-<name>`` scans images on push, is encrypted, and its tags are
    immutable. Job definitions name the image by its key.

    Attributes:
        context: folder with the files of the build, relative to the stack file.
        dockerfile: relative to ``context``.
        target: stage of the Dockerfile to build; the last one by default.
        build_args: values of the Dockerfile's ``ARG`` lines; the image shows them to everybody.
        platform: what the image runs on; ``linux/arm64`` is of Graviton instances and of
            ``cpuArchitecture: ARM64`` on Fargate.
        keep: how many images the repository keeps; the life cycle policy expires older ones.
        kms_key_id: ARN of the key that encrypts the repository; AES-256 with a key of Amazon S3 by
            default. A change of it replaces the repository.
        force_delete: whether ``pulumi destroy`` deletes the repository with the images in it.
    """

    context: Text
    dockerfile: Text = "Dockerfile"
    target: Text | None = None
    build_args: dict[Variable, str] = Field(default_factory=dict)
    platform: Literal["linux/amd64", "linux/arm64"] = "linux/amd64"
    keep: int = Field(20, ge=1, le=MOST_KEPT)
    kms_key_id: KeyArn | None = None
    force_delete: bool = False

    @field_validator("dockerfile")
    @classmethod
    def _is_relative(cls, value: str) -> str:
        if value.startswith("/"):
            raise refusal(f"{shown(value)} is not relative to the context", "write e.g. Dockerfile")
        return value


def repositories_have_names(images: Mapping[str, Any], stack: str, base: Path) -> Iterator[Problem]:
    """Find a stack whose name cannot begin the name of an ECR repository.

    Args:
        images: the valid entries of ``images``, by key.
        stack: name of the stack.
        base: path of ``images``.
    """
    if images and not re.fullmatch(REPOSITORY, stack):
        yield Problem(
            base,
            f"the stack name {shown(stack)} becomes part of the names of ECR repositories, which "
            "have only lower-case letters and digits, with single '.', '_' or '-' between them",
            "rename the stack (pulumi stack rename), or drop `images`",
        )
