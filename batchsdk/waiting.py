"""How often to look while waiting."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Polling:
    """How often to look: quickly after a change, ever more slowly while nothing happens."""

    shortest: float = 0.5
    """Seconds until the next look after a change of status."""
    growth: float = 1.5
    """Factor from one interval to the next while nothing changes."""
    longest: float = 30.0
    """Seconds that an interval never exceeds."""
    grace: float = 60.0
    """Seconds for which Batch may not know the job before it counts as lost."""
