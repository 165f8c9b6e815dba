"""What client and jobs exchange, in S3: functions, arguments, results."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from batchsdk.functions import task
from batchsdk.functions.calls import Call
from batchsdk.functions.pickling import Pickle
from batchsdk.session import Session


class CallStore:
    """The objects of one executor. One thread writes."""

    def __init__(self, session: Session, storage: str, name: str) -> None:
        """Make up a key for the seals; writes nothing.

        Args:
            session: the way to AWS.
            storage: ``s3://bucket/prefix``.
            name: of the executor; no other one's.
        """
        self._session = session
        self._bucket, _, prefix = storage.removeprefix("s3://").partition("/")
        # Where jobs of sweeps may read anyway, so that the job role needs one statement for both.
        self._prefix = "/".join(filter(None, [prefix.strip("/"), "sweeps/functions", name]))
        self.key = secrets.token_bytes(32)
        self._stored: set[str] = set()

    @property
    def uri(self) -> str:
        """What the names of all its objects are below."""
        return f"s3://{self._bucket}/{self._prefix}"

    def put_calls(self, name: str, calls: Sequence[Call]) -> None:
        """Write functions that are not there yet, and the arguments of calls.

        Raises:
            ServiceError: AWS refused a call or did not answer.
        """
        parts: list[bytes] = []
        place = f"calls/{name}"
        for number, each in enumerate(calls):
            function = self._put_function(each.function)
            head = each.arguments.head | {"function": function}
            parts.append(task.seal(self.key, f"{place}#{number}", head, each.arguments.body))
        self._put(place, task.packed(parts))

    def _put_function(self, function: Pickle) -> str:
        name = f"functions/{hashlib.sha256(function.body).hexdigest()[:32]}"
        if name not in self._stored:
            self._put(name, task.seal(self.key, name, function.head, function.body))
            self._stored.add(name)
        return name

    def _put(self, name: str, content: bytes) -> None:
        self._session.transport.put_object(self._bucket, f"{self._prefix}/{name}", content)

    def results(self, array: str) -> list[str]:
        """Return the names of the results of an array that are there.

        Raises:
            ServiceError: AWS refused a call or did not answer.
        """
        found = self._session.transport.list_objects(
            self._bucket, f"{self._prefix}/results/{array}/"
        )
        return [each.removeprefix(f"{self._prefix}/") for each in found]

    def read(self, name: str) -> bytes | None:
        """Return an object; ``None`` if there is none.

        Raises:
            ServiceError: AWS refused a call or did not answer.
        """
        found = self._session.transport.get_object(self._bucket, f"{self._prefix}/{name}")
        return None if found is None else found[0]
