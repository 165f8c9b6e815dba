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
RECORD = PROJECT / "tests" / "batch_platform" / "last_release.json"
PACKAGES = ("batchsdk", "batch_platform", "localaws")
NEEDED_TO_BUILD = frozenset({"LICENSE", "docs/pypi.md", "pyproject.toml"})
"""What an sdist has beside the packages."""
BESIDE = frozenset({"MANIFEST.in", "PKG-INFO", "README.md", "setup.cfg"})
"""What setuptools adds by itself."""
EXTRAS = ("", "local", "local,pulumi,yaml")
"""Installed one after another, in one environment."""


class ReleaseError(Exception):
    """What was built cannot be published."""


def tracked(*where: str) -> list[str]:
    """Return the files that git has, or would take, as paths from the project's folder."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *where]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return sorted(each for each in set(listed.stdout.split("\0")) if (PROJECT / each).is_file())


def build(into: Path, *formats: str, isolated: bool = True, address: str = "") -> Path:
    """Build the distribution from a copy of the files that git has.

    Args:
        into: folder of the results; made if it is not there.
        formats: ``wheel``, ``sdist``; if none is given both, the wheel from the sdist.
        isolated: whether the tools of the build are installed anew, as pip does it; else those of
            this environment are used.
        address: URL of the repository, for the metadata; without it they have no URLs.

    Returns:
        The wheel, or the sdist where that alone was wanted.

    Raises:
        ReleaseError: it cannot be built; the tool's output is in the message.
    """
    options = [f"--{each}" for each in formats] + ([] if isolated else ["--no-isolation"])
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "source"
        for each in tracked():
            target = copy / each
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(PROJECT / each, target)
        if address:
            with (copy / "pyproject.toml").open("a", encoding="utf-8") as metadata:
                metadata.write(_urls(address.rstrip("/")))
        _run(sys.executable, "-m", "build", "--outdir", into, *options, copy)
    return max(into.iterdir(), key=lambda each: each.suffix)


def _urls(address: str) -> str:
    """Return the table of the project's URLs: the metadata alone name where a repository is."""
    pages = {
        "Source": address,
        "Documentation": f"{address}/blob/HEAD/docs/index.md",
        "Changelog": f"{address}/blob/HEAD/CHANGELOG.md",
        "Issues": f"{address}/issues",
    }
    return "\n[project.urls]\n" + "".join(f'{name} = "{url}"\n' for name, url in pages.items())


def check(built: Path) -> None:
    """Hold a wheel or sdist against what git has, and let twine check its metadata and page.

    Raises:
        ReleaseError: a file of a package is missing, something foreign is in there, or PyPI would
            refuse it.
    """
    packages = set(tracked(*PACKAGES))
    names = _names_in_wheel(built) if built.suffix == ".whl" else _names_in_sdist(built)
    if missing := packages - names:
        raise ReleaseError(
            f"{built.name} lacks {_listed(missing)}: name it under [tool.setuptools.package-data]"
        )
    if foreign := names - packages:
        raise ReleaseError(f"{built.name} has what is of no package: {_listed(foreign)}")
    _run(sys.executable, "-m", "twine", "check", "--strict", built)


def check_record(wheel: Path) -> None:
    """Refuse a version whose stacks are not recorded: the next one is compared with them.

    Raises:
        ReleaseError: the record is of another version.
    """
    recorded, version = (
        json.loads(RECORD.read_text(encoding="utf-8"))["version"],
        wheel.name.split("-")[1],
    )
    if recorded != version:
        raise ReleaseError(
            f"{RECORD.relative_to(PROJECT)} is of {recorded}, and the wheel of {version}: run "
            f"`python tools/release/record.py`, and commit what it writes"
        )


def _names_in_wheel(built: Path) -> set[str]:
    notes = f"{'-'.join(built.name.split('-')[:2])}.dist-info/"
    with zipfile.ZipFile(built) as archive:
        return {each for each in archive.namelist() if not each.startswith(notes)}


def _names_in_sdist(built: Path) -> set[str]:
    with tarfile.open(built) as archive:
        inside = [PurePosixPath(each.name) for each in archive.getmembers() if each.isfile()]
    paths = {PurePosixPath(*each.parts[1:]) for each in inside}
    names = {str(each) for each in paths if each.parts[0] != "batchsdk.egg-info"}
    if missing := NEEDED_TO_BUILD - names:
        raise ReleaseError(f"{built.name} lacks {_listed(missing)}")
    return names - NEEDED_TO_BUILD - BESIDE


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
            wanted = f"{wheel}[{extras}]" if extras else str(wheel)
            install: list[str | Path] = [
                sys.executable,
                "-m",
                "uv",
                "pip",
                "install",
                "--quiet",
                "--python",
                own,
            ]
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
    parser.add_argument("--url", default="", help="of the repository, for the metadata")
    chosen = parser.parse_args(arguments)
    try:
        shutil.rmtree(chosen.into, ignore_errors=True)
        wheel = build(chosen.into, address=chosen.url)
        check_record(wheel)
        for built in sorted(chosen.into.iterdir()):
            check(built)
            say(f"{built.name} is whole, and PyPI would take it")
        for python in chosen.python or pythons():
            smoke(python, wheel)
    except ReleaseError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
