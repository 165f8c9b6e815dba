"""Builds the wheel and the sdist, checks both, and tries them on every Python here: `make release`.

What is built is what git has, in a folder of its own: nothing that lies about in the checkout gets
in. Each Python from 3.11 up that uv finds on PATH gets an environment outside of the checkout: with
the base alone, then with the extras (`smoke.py` beside this file says what has to work).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("batchsdk", "batch_platform", "localaws")
OF_THE_SDIST = {
    *("LICENSE", "MANIFEST.in", "PKG-INFO", "README.md", "docs/pypi.md", "pyproject.toml"),
    "setup.cfg",
}
"""What the sdist has beside the packages and the folder of setuptools' own notes."""
EXTRAS = ("", "local", "local,pulumi,yaml")
"""Installed one after another, in one environment."""


class ReleaseError(Exception):
    """What was built cannot be published."""


def tracked(*where: str) -> list[str]:
    """Return the files that git has, or would take, as paths from the project's folder."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *where]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return sorted(each for each in set(listed.stdout.split("\0")) if (PROJECT / each).is_file())


def build(into: Path, *, isolated: bool = True) -> tuple[Path, Path]:
    """Build the distribution from a copy of the files that git has.

    Args:
        into: folder of the results; made if it is not there.
        isolated: whether the tools of the build are installed anew, as pip does it; else those of
            this environment are used.

    Returns:
        The wheel and the sdist.

    Raises:
        ReleaseError: it cannot be built; the tool's output is in the message.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "source"
        for each in tracked():
            target = copy / each
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(PROJECT / each, target)
        options = [] if isolated else ["--no-isolation"]
        _run(sys.executable, "-m", "build", "--outdir", into, *options, copy)
    (wheel,) = into.glob("*.whl")
    (sdist,) = into.glob("*.tar.gz")
    return wheel, sdist


def check(wheel: Path, sdist: Path) -> None:
    """Hold what was built against what git has, and let twine check the metadata and the page.

    Raises:
        ReleaseError: a file of a package is missing, something foreign is in there, or PyPI would
            refuse it.
    """
    packages = set(tracked(*PACKAGES))
    notes = f"{wheel.name.split('-py3')[0]}.dist-info"
    with zipfile.ZipFile(wheel) as archive:
        names = {each for each in archive.namelist() if not each.startswith(f"{notes}/")}
    _compare(wheel, names, packages)
    with tarfile.open(sdist) as archive:
        inside = [PurePosixPath(each.name) for each in archive.getmembers() if each.isfile()]
    paths = {PurePosixPath(*each.parts[1:]) for each in inside}
    names = {str(each) for each in paths if each.parts[0] != "batchsdk.egg-info"}
    _compare(sdist, names - OF_THE_SDIST, packages)
    if missing := {"LICENSE", "docs/pypi.md", "pyproject.toml"} - names:
        raise ReleaseError(f"{sdist.name} has no {_listed(missing)}")
    _run(sys.executable, "-m", "twine", "check", "--strict", wheel, sdist)


def _compare(built: Path, names: set[str], packages: set[str]) -> None:
    if missing := packages - names:
        raise ReleaseError(
            f"{built.name} lacks {_listed(missing)}: name it under [tool.setuptools.package-data]"
        )
    if foreign := names - packages:
        raise ReleaseError(f"{built.name} has what is of no package: {_listed(foreign)}")


def pythons() -> list[Path]:
    """Return the interpreters on PATH, from 3.11 up, one for each minor version."""
    listed = _run(
        *(sys.executable, "-m", "uv", "python", "list", "--only-installed", "--no-managed-python"),
        *("--output-format", "json"),
    )
    found: dict[tuple[int, int], Path] = {}
    for each in json.loads(listed):
        version = each["version_parts"]["major"], each["version_parts"]["minor"]
        if version >= (3, 11) and each["implementation"] == "cpython":
            found.setdefault(version, Path(each["path"]))
    return [found[version] for version in sorted(found)]


def smoke(python: Path, wheel: Path) -> None:
    """Install the wheel for an interpreter, with more and more extras, and use each.

    Raises:
        ReleaseError: something does not work.
    """
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(folder) / "environment"
        _run(sys.executable, "-m", "uv", "venv", "--quiet", "--python", python, environment)
        own = environment / "bin" / "python"
        for extras in EXTRAS:
            wanted = f"{wheel}[{extras}]" if extras else wheel
            install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", own]
            _run(*install, wanted, *(["pytest"] if "pulumi" in extras else []))
            _run(own, "-P", Path(__file__).with_name("smoke.py"), extras, folder=Path(folder))
            say(f"  {python.name}: batchsdk{f'[{extras}]' if extras else ''} works")


def say(text: str) -> None:
    """Tell the user what happens."""
    print(text, flush=True)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _run(*command: str | Path, folder: Path = PROJECT) -> str:
    """Run a command in an environment without the checkout; return its stdout."""
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = f"{done.stdout}{done.stderr}".strip()
        raise ReleaseError(f"{' '.join(map(str, command))}\n{said}")
    return done.stdout


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, check and try a release; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=PROJECT / "dist", help="folder; is emptied")
    parser.add_argument(
        "--python", type=Path, action="append", help="try on this one; else on all on PATH"
    )
    chosen = parser.parse_args(arguments)
    try:
        shutil.rmtree(chosen.into, ignore_errors=True)
        wheel, sdist = build(chosen.into)
        check(wheel, sdist)
        say(f"{wheel.name} and {sdist.name} are whole, and PyPI would take them")
        for python in chosen.python or pythons():
            smoke(python, wheel)
    except ReleaseError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
