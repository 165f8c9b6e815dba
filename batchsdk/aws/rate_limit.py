"""How fast this process calls AWS Batch: one token bucket for each account and region.

Every request that is sent takes a token: each page of a list and each of botocore's own retries
is one. The service and the operation decide which: requests to other services take none, as their
quotas are their own; SubmitJob waits for everything that came before; all other operations of
Batch wait for one another alone, so that reads and stops go before submissions.

The bucket holds most of a second's worth of calls: whoever stays below the limit never waits. When
AWS throttles or fails, the rate is halved, and then grows back steadily.
"""

from __future__ import annotations

import threading

from batchsdk.clock import Clock, SystemClock
from batchsdk.errors import ServiceError, ServiceFailureError, ThrottledError
from batchsdk.limits import SUBMISSIONS_PER_SECOND

_BURST_SECONDS = 0.8
"""What may come at once, in seconds of the limit. AWS allows more, but does not say how much, and
the network brings calls together that were sent apart."""
_LOWEST_SHARE = 1 / 64
"""Of the limit: the rate never falls below it."""
_CALM_SECONDS = 1.0
"""Calls that were under way together fail together: that is one sign, not many."""
_RECOVERY_SECONDS = 30.0
"""From nothing back to the limit."""
_NEGLIGIBLE = 1e-6
"""Seconds that are not worth a sleep."""

_SERVICE = "batch"
_SUBMISSION = "SubmitJob"


class RateLimit:
    """A token bucket that adapts; any number of threads may use it."""

    def __init__(self, per_second: float = SUBMISSIONS_PER_SECOND, *, clock: Clock) -> None:
        """Make a full bucket.

        Args:
            per_second: calls a second; 0.8 seconds' worth may come at once.
            clock: tells the time and waits.
        """
        self._limit = per_second
        self._clock = clock
        self._lock = threading.Lock()
        # Each lane keeps the moment until which its tokens are spoken for (GCRA): that needs no
        # queue and no thread of its own.
        now = clock.monotonic()
        self._reads_until = now - _BURST_SECONDS
        self._all_until = now - _BURST_SECONDS
        self._cut_at = now
        self._rate_at_cut = per_second

    @property
    def per_second(self) -> float:
        """The rate now: the limit, or less for a while after AWS has throttled."""
        with self._lock:
            return self._rate(self._clock.monotonic())

    def set_limit(self, per_second: float) -> None:
        """Take another limit; what was learnt from throttling is kept."""
        with self._lock:
            self._rate_at_cut *= per_second / self._limit
            self._limit = per_second

    def before_call(self, service: str, operation: str) -> None:
        """Wait until a request may be sent.

        Args:
            service: as boto3 names it, e.g. ``batch``.
            operation: as in the API, e.g. ``DescribeJobs``.
        """
        if service != _SERVICE:
            return
        is_submission = operation == _SUBMISSION
        with self._lock:
            now = self._clock.monotonic()
            step = 1 / self._rate(now)
            self._all_until = max(self._all_until, now - _BURST_SECONDS) + step
            if not is_submission:
                self._reads_until = max(self._reads_until, now - _BURST_SECONDS) + step
            wait = (self._all_until if is_submission else self._reads_until) - now
        if wait > _NEGLIGIBLE:
            self._clock.sleep(wait)

    def after_error(self, service: str, error: ServiceError) -> None:
        """Slow down if a request to Batch was throttled or AWS failed."""
        if service == _SERVICE and isinstance(error, ThrottledError | ServiceFailureError):
            self.slow_down()

    def slow_down(self) -> None:
        """Halve the rate, since AWS throttled or failed; signs within a second count once."""
        with self._lock:
            now = self._clock.monotonic()
            if now - self._cut_at < _CALM_SECONDS and self._rate_at_cut < self._limit:
                return
            self._rate_at_cut = max(self._rate(now) / 2, self._limit * _LOWEST_SHARE)
            self._cut_at = now
            self._all_until = max(self._all_until, now)  # what was saved up is gone

    def _rate(self, now: float) -> float:
        grown = self._limit * (now - self._cut_at) / _RECOVERY_SECONDS
        return min(self._limit, self._rate_at_cut + grown)


_shared: dict[tuple[str, str], RateLimit] = {}
_shared_lock = threading.Lock()


def shared_limit(account_id: str, region: str, per_second: float | None = None) -> RateLimit:
    """Return the one limit of this process for an account and region.

    Args:
        account_id: twelve digits.
        region: e.g. ``us-east-1``.
        per_second: the limit from now on, for all who share it; ``None`` leaves it as it is.
    """
    with _shared_lock:
        limit = _shared.setdefault((account_id, region), RateLimit(clock=SystemClock()))
    if per_second is not None:
        limit.set_limit(per_second)
    return limit
