"""Events of jobs from an SQS queue: hints that make the watcher look at the right moment.

EventBridge sends "Batch Job State Change" to the queue (user guide: Batch EventBridge events), at
least once and in no certain order; and where several clients share the queue, SQS gives each
message to one of them, not to all. So an event is a hint and nothing more: it makes the watcher
look (DescribeJobs) at once, which decides. Nothing is counted twice, nothing false ends a job, and
a lost event only means that the next look of the safety net sees it.

A message about a job that is watched here is deleted. Any other may be for another client: it
appears again for the others after a pause that doubles each time; when it is so old that
everybody's next look has come by, whoever meets it deletes it.
"""

from __future__ import annotations

import json
import logging
import os
import random
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batchsdk.aws.backoff import Backoff, Waits
from batchsdk.aws.transport import Transport
from batchsdk.clock import Clock
from batchsdk.errors import ServiceError
from batchsdk.jobs.watcher import Watcher
from batchsdk.states import TERMINAL

_log = logging.getLogger(__name__)

_LONG_POLL = 20
"""Seconds: the most that ReceiveMessage waits (SQS API)."""
_STALE_SECONDS = 300.0
"""Age from which a message is of no use: the longest interval of polling has passed many times."""
_RETURNS = Backoff(first=2.0, longest=60.0)
"""Until somebody else's message appears again; without jitter, as SQS takes whole seconds."""
_RETRIES = Backoff(first=2.0, longest=300.0)
"""After an error: longer than elsewhere, as polling goes on and nobody waits for the queue."""


@dataclass(frozen=True)
class JobEvent:
    """What a message says."""

    job_id: str
    """Of the job, or of a child of an array or a node."""
    status: str

    @property
    def top_job_id(self) -> str:
        """The job, for a child or node its parent."""
        return re.split("[:#]", self.job_id, maxsplit=1)[0]


def read_event(body: object) -> JobEvent | None:
    """Read a message; ``None`` if it is not an event of a job."""
    try:
        event = json.loads(str(body))
        if event["source"] != "aws.batch" or event["detail-type"] != "Batch Job State Change":
            return None
        return JobEvent(str(event["detail"]["jobId"]), str(event["detail"]["status"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


class JobEvents:
    """Reads the queue in a thread of its own, as long as the watcher watches something."""

    def __init__(
        self,
        queue_url: str,
        transport: Callable[[], Transport],
        watcher: Watcher,
        clock: Clock,
        randomness: random.Random,
    ) -> None:
        self._queue_url = queue_url
        self._transport = transport
        self._watcher = watcher
        self._clock = clock
        self._randomness = randomness
        self._lock = threading.Lock()
        self._reader: tuple[int, threading.Thread] | None = None

    def start(self) -> None:
        """Read, unless a thread of this process does."""
        if self._reader is not None and self._reader[0] != os.getpid():
            self._lock, self._reader = threading.Lock(), None  # after a fork
        with self._lock:
            if self._reader is None:
                thread = threading.Thread(target=self._run, name="batchsdk-events", daemon=True)
                self._reader = (os.getpid(), thread)
                thread.start()

    def _run(self) -> None:
        waits = Waits(self._clock, self._randomness, retries=_RETRIES)
        while True:
            with self._lock:
                if not self._watcher.is_busy:
                    self._reader = None
                    return
            try:
                self.take(self._transport().receive_messages(self._queue_url, _LONG_POLL))
                waits.answered()
            except ServiceError as fault:
                if self._watcher.is_busy:
                    _log.warning("events of %s: %s; polling goes on", self._queue_url, fault)
                    waits.back_off()
            except Exception:
                _log.exception("events of %s cannot be read; polling goes on", self._queue_url)
                with self._lock:
                    self._reader = None
                return

    def take(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """Hint at what the messages are about, and delete or return each."""
        events = {each["ReceiptHandle"]: read_event(each.get("Body")) for each in messages}
        told = [each for each in events.values() if each is not None]
        ours = self._watcher.hint(
            {each.top_job_id for each in told},
            ended={each.job_id for each in told if each.status in TERMINAL},
        )
        done, returned = [], {}
        for message in messages:
            receipt = message["ReceiptHandle"]
            event = events[receipt]
            if (event is not None and event.top_job_id in ours) or self._is_stale(message):
                done.append(receipt)
            else:
                count = int(message.get("Attributes", {}).get("ApproximateReceiveCount", 1))
                returned[receipt] = int(_RETURNS.ceiling(count))
        if done:
            self._transport().delete_messages(self._queue_url, done)
        if returned:
            self._transport().return_messages(self._queue_url, returned)

    def _is_stale(self, message: Mapping[str, Any]) -> bool:
        sent = int(message.get("Attributes", {}).get("SentTimestamp", 0)) / 1000
        return self._clock.now().timestamp() - sent > _STALE_SECONDS
