"""How long states last that AWS takes its time over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StateDelays:
    """Seconds that a state lasts at least; none by default, so that tests are quick."""

    submitted: float = 0
    """A job's SUBMITTED."""
    starting: float = 0
    """A job's STARTING, before its command is run: on AWS the image is pulled then."""
    creating: float = 0
    """CREATING of compute environments and job queues."""
    updating: float = 0
    """UPDATING of them."""
    deleting: float = 0
    """DELETING of them."""

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be 0 seconds or more, got {getattr(self, name)}")

    @classmethod
    def realistic(cls) -> StateDelays:
        """Return delays of the order that one sees on AWS."""
        return cls(submitted=1, starting=10, creating=10, updating=10, deleting=15)


NO_DELAYS = StateDelays()
