"""How long the real engine takes: ``python -m benchmarks.pulumi_engine``; about half a minute.

The seed articles' stack (``Pulumi.local.yaml``) on a local AWS: the first ``up``, one without a
change, one that replaces the compute environment, and ``destroy``. Needs ``make pulumi``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from localaws import LocalAws
from localaws.persistence.pulumi_state import PulumiState
from localaws.provider import ProviderServer

PROJECT = Path(__file__).parent.parent
STACK = "local"


def main() -> None:
    """Print a line per command."""
    programs = os.pathsep.join((sysconfig.get_path("scripts"), os.environ["PATH"]))
    pulumi = shutil.which("pulumi", path=programs)
    if pulumi is None:
        sys.exit("there is no Pulumi engine: `make pulumi` gets one")
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalAws(executor="process") as local,
        ProviderServer(local.connection) as provider,
    ):
        project = Path(folder) / "project"
        project.mkdir()
        for name in ("Pulumi.yaml", "__main__.py", f"Pulumi.{STACK}.yaml"):
            shutil.copy(PROJECT / name, project)
        state = PulumiState(Path(folder) / "state")
        environ = {**os.environ, **local.environ, **state.environ, **provider.environ}
        environ |= {"PATH": programs, "PULUMI_STACK": STACK, "PYTHONPATH": str(PROJECT)}
        environ["PULUMI_HOME"] = folder

        def run(*arguments: str) -> float:
            started = time.monotonic()
            subprocess.run(
                [pulumi, *arguments, "--non-interactive"],
                cwd=project,
                env=environ,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            return time.monotonic() - started

        run("stack", "init", STACK)
        up = ("up", "--yes", "--skip-preview")
        print(f"up, 31 resources                 {run(*up):6.1f} s")
        print(f"up, nothing to change            {run(*up):6.1f} s")
        stack_file = project / f"Pulumi.{STACK}.yaml"
        stack_file.write_text(stack_file.read_text().replace("c4.large", "c5.large"))
        print(f"up, a compute environment anew   {run(*up):6.1f} s")
        print(
            f"destroy                          {run('destroy', '--yes', '--skip-preview'):6.1f} s"
        )


if __name__ == "__main__":
    main()
