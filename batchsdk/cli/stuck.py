"""Why a job that is waited for does not start: told on standard error, and again on Ctrl-C."""

from __future__ import annotations

import click

import batchsdk
from batchsdk.cli.numbers import SECONDS
from batchsdk.cli.render import Renderer

runnable_timeout_option = click.option(
    "--runnable-timeout",
    type=SECONDS,
    metavar="SECONDS",
    help="Cancel a job that has been RUNNABLE for that long: exit 1.",
)


class StuckJobs:
    """What was told so far; what the library calls (``on_stuck``)."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer
        self._told: list[batchsdk.Diagnosis] = []

    def __call__(self, diagnosis: batchsdk.Diagnosis) -> None:
        """Tell why a job does not start."""
        self._told.append(diagnosis)
        self._tell(diagnosis)

    def stop(self, goes_on: str) -> None:
        """Say, on Ctrl-C, what goes on, and again what holds it.

        Args:
            goes_on: what goes on, how to come back, how to stop it.
        """
        self._renderer.progress(f"\n{goes_on}")
        for each in self._told:
            self._tell(each)

    def _tell(self, diagnosis: batchsdk.Diagnosis) -> None:
        self._renderer.progress(f"job {diagnosis.job_id} does not start: {diagnosis.text}")
