"""One run of the program under a monitor."""

from __future__ import annotations

import asyncio
import logging
import runpy
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import run_pulumi_func

from localaws.embedded.errors import DeploymentError
from localaws.embedded.monitor import Monitor

logger = logging.getLogger(__name__)
silent = logging.getLogger(f"{__name__}.plan")
"""Of a run for the plan: the run that follows says the same again."""
silent.addHandler(logging.NullHandler())
silent.propagate = False


@dataclass(frozen=True, kw_only=True)
class Program:
    """The program of a project, for one stack.

    Attributes:
        folder: of ``Pulumi.yaml`` and ``__main__.py``.
        project: name in ``Pulumi.yaml``.
        stack: name of the stack.
        config: of the stack, by keys such as ``aws:region``.
    """

    folder: Path
    project: str
    stack: str
    config: Mapping[str, str]

    def run(self, monitor: Monitor, *, preview: bool) -> dict[str, Any]:
        """Run it to its end; return the stack's outputs.

        Args:
            monitor: gets all that the program registers.
            preview: whether nothing is changed, and what is not known yet has no value.

        Raises:
            DeploymentError: the first failure that the monitor saw.
            Exception: what the program itself raised.
        """
        # Pulumi keeps its settings in context variables, which a new thread begins without.
        with ThreadPoolExecutor(1) as thread:
            running = thread.submit(self._run, monitor, preview=preview)
            try:
                return running.result()
            except BaseException:
                monitor.stop()
                raise

    def _run(self, monitor: Monitor, *, preview: bool) -> dict[str, Any]:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)  # Pulumi's tasks must all live on one loop, set beforehand
        # What matters is raised below; the rest is tasks that were cut off by Ctrl-C.
        loop.set_exception_handler(lambda _, context: logger.debug("%s", context))
        sys.path.insert(0, str(self.folder))
        SETTINGS.outputs.clear()  # a run that failed has left its own, of a loop that is closed
        try:
            pulumi.runtime.set_mocks(
                monitor.mocks,
                project=self.project,
                stack=self.stack,
                preview=preview,
                logger=silent if preview else None,
                monitor=monitor,
            )
            pulumi.runtime.set_all_config(dict(self.config))
            loop.run_until_complete(run_pulumi_func(self._main))
            root = pulumi.runtime.get_root_resource()
            exported = pulumi.Output.from_input(getattr(root, "outputs", {}))
            return dict(loop.run_until_complete(exported.future()) or {})
        except Exception as error:
            if monitor.failure is not None:
                raise monitor.failure from error
            if str(error).startswith("invoke of "):  # Pulumi raises a bare Exception for these
                raise DeploymentError(str(error)) from error
            raise
        finally:
            sys.path.remove(str(self.folder))
            loop.run_until_complete(loop.shutdown_default_executor())
            asyncio.set_event_loop(None)
            loop.close()

    def _main(self) -> None:
        runpy.run_path(str(self.folder / "__main__.py"), run_name="__main__")
