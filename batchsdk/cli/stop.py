"""What ``cancel`` and ``terminate`` print."""

from __future__ import annotations

from collections.abc import Sequence

import batchsdk
from batchsdk.cli.render import Renderer


def stop(renderer: Renderer, results: Sequence[batchsdk.StopResult]) -> None:
    """Write what each request did."""
    if renderer.as_json:
        renderer.json(results[0] if len(results) == 1 else results)
        return
    for result in results:
        renderer.line(result.message)
