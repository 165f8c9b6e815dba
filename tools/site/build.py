"""Builds the documentation site with Sphinx: ``make site``.

Each version has a folder of its own below ``site/``. ``versions.js`` names those that are there,
for the choice in the sidebar of every page, and ``index.html`` leads to the version built last.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

from sphinx.cmd.build import main as sphinx_build

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
_REDIRECT = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>batch-platform</title>
<meta http-equiv="refresh" content="0; url={0}">
<a href="{0}">batch-platform</a>
"""


def main() -> int:
    """Build one version; return the exit code: 0, or Sphinx's own, where a warning is an error."""
    sys.path.insert(0, str(PROJECT))
    from batchsdk import __version__  # noqa: PLC0415  # found by the line above

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--version", default=__version__, help="its folder and its name")
    parser.add_argument("--folder", type=Path, default=PROJECT / "site", help="of all versions")
    chosen = parser.parse_args()
    target: Path = chosen.folder / chosen.version
    # Nothing of an earlier build: Sphinx would warn only of the pages that have changed since.
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory() as cache:
        options = ["--quiet", "--nitpicky", "--fail-on-warning", "-d", cache, "-c", str(HERE)]
        options += [f"--define={name}={chosen.version}" for name in ("release", "version")]
        code: int = sphinx_build([*options, str(PROJECT), str(target)])
    if code == 0:
        (target / "index.html").write_text(_REDIRECT.format("docs/index.html"), encoding="utf-8")
        name_versions(chosen.folder, chosen.version)
    return code


def name_versions(folder: Path, newest: str) -> None:
    """Write what the pages of all versions read, and the way to the newest."""
    built = sorted(
        (each.parent.name for each in folder.glob("*/objects.inv")), key=_numbers, reverse=True
    )
    text = f"window.siteVersions = {json.dumps(built)};\n"
    (folder / "versions.js").write_text(text, encoding="utf-8")
    text = _REDIRECT.format(f"{newest}/docs/index.html")
    (folder / "index.html").write_text(text, encoding="utf-8")


def _numbers(version: str) -> list[tuple[int, str]]:
    return [(int(each) if each.isdigit() else -1, each) for each in version.split(".")]


if __name__ == "__main__":
    sys.exit(main())
