"""A shell in which the commands of a page run as they are."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.forked_python import SCRIPTS, forked_python

SECONDS = 500
PRELOADED = (
    *("batchsdk.cli", "localaws.provider", "localaws.server", "localaws.pytest_plugin"),
    *("pip._internal.commands.install", "pytest"),
)
IN_A_CHECKOUT = (
    *("Makefile", "Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.local.yaml", "__main__.py"),
    *("pyproject.toml", "requirements.txt", "requirements-local.txt"),
    *("examples", "policy", "schemas", "tools"),
)
OF_THE_USER = ("AWS_", "BATCHSDK_", "LOCALAWS_", "PULUMI_", "PYTHONPATH", "VIRTUAL_ENV", "XDG_")
"""How the variables begin that are left out of a page's shell."""


class Shell:
    """A home, a folder in it, and bash there, with the commands of this project on PATH."""

    def __init__(self, home: Path, path: str) -> None:
        """Make a shell that begins in an empty folder."""
        self.home = home
        self.folder = home / "folder"
        self.folder.mkdir()
        kept = {k: v for k, v in os.environ.items() if not k.startswith(OF_THE_USER)}
        self.environ = {
            **kept,
            "HOME": str(home),
            "PATH": os.pathsep.join((str(PROJECT / "tools" / "pulumi" / "policy"), path)),
            "TMPDIR": str(home),
            "COLUMNS": "120",
            # Nobody is there to say yes, and nothing is to be asked of the internet.
            "PULUMI_SKIP_CONFIRMATIONS": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PIP_NO_INDEX": "1",
            "PIP_QUIET": "1",
            "PIP_NO_WARN_CONFLICTS": "0",  # of what is installed already: it takes seconds
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }

    def run(self, script: str, around: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Run a script to its end, or to the first command that fails.

        Args:
            script: what bash runs.
            around: a command that runs bash, in place of this process.
        """
        return subprocess.run(
            [*around, "bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=SECONDS,
        )

    def be_a_checkout(self) -> None:
        """Put what a clone has into the folder, with the ``.venv`` that `make setup` makes."""
        for name in IN_A_CHECKOUT:
            copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
            copy(PROJECT / name, self.folder / name)
        binaries = self.folder / ".venv" / "bin"
        binaries.mkdir(parents=True)
        forked = Path(shutil.which("localaws", path=self.environ["PATH"]) or "").parent
        for each in (*SCRIPTS.iterdir(), *forked.iterdir()):
            (binaries / each.name).unlink(missing_ok=True)
            (binaries / each.name).symlink_to(each)
        text = (SCRIPTS / "activate").read_text().replace(str(SCRIPTS.parent), str(binaries.parent))
        (binaries / "activate").unlink()
        (binaries / "activate").write_text(text)
        for stamp in (".python", ".local"):
            (binaries.parent / stamp).touch()


@pytest.fixture(scope="session")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The PATH of a shell whose commands in Python are forked."""
    with forked_python(tmp_path_factory.mktemp("forked"), PRELOADED) as path:
        yield path


@pytest.fixture
def shell(forked: str, tmp_path: Path) -> Iterator[Shell]:
    """A shell of its own; a local AWS that it has started is stopped."""
    shell = Shell(tmp_path, forked)
    yield shell
    if (tmp_path / ".localaws" / "connection.json").exists():
        shell.run("localaws stop")
