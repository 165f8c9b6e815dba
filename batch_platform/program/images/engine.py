"""The command of a container engine: ``docker``, or ``podman``, which takes the same arguments."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batch_platform.settings.images import Image

ENGINES = ("docker", "podman")
"""Looked for on ``PATH``, in this order."""
STDERR = 2
"""File descriptor: what an engine says of its progress is no result."""


class ImageError(Exception):
    """An image cannot be built or pushed; the message has the fix."""


@dataclass(frozen=True)
class ContainerEngine:
    """A container engine by its command.

    Attributes:
        command: path of the program.
    """

    command: str

    def build(self, name: str, image: Image, context: Path) -> str:
        """Build an image; the progress of the engine goes to stderr.

        Args:
            name: key of the image, for messages.
            image: what to build.
            context: the folder of the build.

        Returns:
            The image's id, ``sha256:`` and 64 hexadecimal digits.

        Raises:
            ImageError: the folder or the Dockerfile is missing, or the engine fails.
        """
        dockerfile = context / image.dockerfile
        if not dockerfile.is_file():
            key = "dockerfile" if context.is_dir() else "context"
            missing = dockerfile if context.is_dir() else context
            raise ImageError(
                f"images.{name}.{key}: there is no {missing}; fix: write a path relative to the "
                f"{'context' if context.is_dir() else 'stack file'}, or make it"
            )
        with tempfile.TemporaryDirectory() as folder:
            written = Path(folder) / "id"
            target = ["--target", image.target] if image.target else []
            values = [
                part
                for key, value in image.build_args.items()
                for part in ("--build-arg", f"{key}={value}")
            ]
            files = ["--file", str(dockerfile), "--iidfile", str(written)]
            self._run("build", "--platform", image.platform, *files, *target, *values, str(context))
            identifier = written.read_text(encoding="utf-8").strip()
        return f"sha256:{identifier.removeprefix('sha256:')}"

    def tag(self, identifier: str, name: str) -> None:
        """Give an image a name.

        Raises:
            ImageError: the engine fails.
        """
        self._run("tag", identifier, name)

    def log_in(self, registry: str, user: str, password: str) -> None:
        """Log in to a registry; the password is in no argument, which other processes could see.

        Raises:
            ImageError: the engine fails.
        """
        self._run("login", "--username", user, "--password-stdin", registry, stdin=password)

    def push(self, name: str) -> None:
        """Push an image; the progress of the engine goes to stderr.

        Raises:
            ImageError: the engine fails.
        """
        self._run("push", name)

    def describe(self, identifier: str) -> Mapping[str, Any]:
        """Return what the engine knows of an image: ``Size`` in bytes, ``RootFS``, and more.

        Raises:
            ImageError: the engine fails.
        """
        (found,) = json.loads(self._run("image", "inspect", identifier, captured=True))
        described: Mapping[str, Any] = found
        return described

    def _run(self, *arguments: str, stdin: str | None = None, captured: bool = False) -> str:
        # Without attestations, whose manifests would count as images of the repository.
        environ = {**os.environ, "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
        try:
            done = subprocess.run(  # noqa: S603
                [self.command, *arguments],
                input=stdin,
                stdin=None if stdin is not None else subprocess.DEVNULL,
                stdout=subprocess.PIPE if captured else STDERR,
                env=environ,
                text=True,
                check=False,
            )
        except OSError as error:
            raise ImageError(
                f"{self.command}: {error.strerror}; fix: name another by --engine"
            ) from error
        if done.returncode:
            raise ImageError(
                f"`{Path(self.command).name} {arguments[0]}` ended with exit code "
                f"{done.returncode}; fix: see what it says above"
            )
        return done.stdout or ""


def engine_of(wanted: str | None, names: Sequence[str] = ENGINES) -> ContainerEngine:
    """Return the container engine.

    Args:
        wanted: its command, by name or path; None looks for ``names`` on ``PATH``.
        names: commands in the order of preference.

    Raises:
        ImageError: there is none.
    """
    for name in (wanted,) if wanted else names:
        if found := shutil.which(name):
            return ContainerEngine(found)
    looked_for = wanted or " nor ".join(names)
    raise ImageError(
        f"no container engine: {looked_for} is not on PATH; fix: install docker or podman, or name "
        "its command by --engine"
    )
