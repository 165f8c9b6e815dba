"""Backoff: how long every loop of this library waits, between looks and after transient errors.

After a transient error a wait is drawn evenly between 0 and a ceiling that doubles with each
error in a row ("full jitter"): clients that failed together must not come back together. Base and
ceiling are those of botocore's own retries (AWS SDKs reference: standard retry mode).

Between two looks at something that merely has not happened yet, the wait is the ceiling itself:
nothing failed, and random waits would only cost calls.

tenacity and stamina repeat a function that fails. Most loops here are not of that kind: they look
until something is so, and bear errors on the way; and neither library takes a clock and a source
of randomness, without which no test of a loop is quick and repeatable.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from batchsdk.clock import Clock


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """How waits grow from one to the next."""

    first: float
    """Seconds: the ceiling of the first wait."""
    longest: float
    """Seconds that no wait exceeds."""
    growth: float = 2.0
    """Factor from one ceiling to the next."""

    def ceiling(self, number: int) -> float:
        """Return the most seconds that a wait takes.

        Args:
            number: of the wait, from 1.
        """
        try:
            return min(self.longest, self.first * float(self.growth) ** (number - 1))
        except OverflowError:
            return self.longest

    def jittered(self, number: int, randomness: random.Random) -> float:
        """Return the seconds of a wait, drawn evenly between 0 and the ceiling.

        Args:
            number: of the wait, from 1.
            randomness: what it is drawn from.
        """
        return randomness.uniform(0, self.ceiling(number))


RETRIES = Backoff(first=1.0, longest=20.0)
"""After a transient error."""
ATTEMPTS = 8
"""Calls that fail in a row until the error is raised: some 35 seconds, 71 at most."""
BORNE = 20.0
"""Seconds for which errors in a row are waited out at least, however short the random waits."""
LOOKS = Backoff(first=0.25, longest=5.0, growth=1.5)
"""Between two looks at what has not happened yet."""


class Waits:
    """The waits of one loop. One thread uses it.

    ::

        waits = Waits(clock, randomness, timeout=30)
        while True:
            last = waits.are_over
            try:
                found = look()
            except TransientError as error:
                waits.retry(error)
                continue
            if found or last:
                return found
            waits.poll()
    """

    def __init__(
        self,
        clock: Clock,
        randomness: random.Random,
        *,
        looks: Backoff = LOOKS,
        retries: Backoff = RETRIES,
        timeout: float | None = None,
    ) -> None:
        """Begin now.

        Args:
            clock: tells the time and waits.
            randomness: spreads the waits after errors.
            looks: the waits between looks.
            retries: the waits after errors.
            timeout: seconds until the deadline, up to which the last wait is shortened; ``None``:
                there is none.
        """
        self._clock = clock
        self._randomness = randomness
        self._looks = looks
        self._retries = retries
        self._deadline = None if timeout is None else clock.monotonic() + timeout
        self._polls = 0
        self._errors = 0
        self._first_error = 0.0

    @property
    def are_over(self) -> bool:
        """The deadline has passed."""
        return self._deadline is not None and self._clock.monotonic() >= self._deadline

    def answered(self) -> None:
        """End a row of errors; :meth:`poll` does so, too."""
        self._errors = 0

    def poll(self) -> None:
        """Wait for the next look, after an answer."""
        self.answered()
        self._polls += 1
        self._sleep(self._looks.ceiling(self._polls))

    def start_over(self) -> None:
        """Begin again with the shortest pause between looks, as something has happened."""
        self.answered()
        self._polls = 0

    def retry(self, error: Exception, *, attempts: int = ATTEMPTS) -> None:
        """Wait until a transient error may have passed, unless it was the last attempt.

        Args:
            error: the error.
            attempts: calls that may fail in a row; the error of the last one is raised, but of
                :data:`ATTEMPTS` not before :data:`BORNE` seconds have passed since the first.

        Raises:
            Exception: ``error``, after the last attempt.
        """
        if not self._errors:
            self._first_error = self._clock.monotonic()
        failing = self._clock.monotonic() - self._first_error
        if self._errors + 1 >= attempts and (attempts < ATTEMPTS or failing >= BORNE):
            raise error
        self.back_off()

    def back_off(self) -> None:
        """Wait after an error, however many there were."""
        self._errors += 1
        self._sleep(self._retries.jittered(self._errors, self._randomness))

    def _sleep(self, seconds: float) -> None:
        if self._deadline is not None:
            left = self._deadline - self._clock.monotonic()
            # After the deadline a loop may still repeat a last look that failed.
            seconds = min(seconds, left) if left > 0 else seconds
        self._clock.sleep(seconds)
