"""Does for a session of the local AWS what AWS's session-manager-plugin does for AWS's.

``python -m localaws.control.session_plugin SESSION REGION StartSession PROFILE TARGET ENDPOINT``:
the arguments that the AWS CLI and batchsdk give to the plugin. Of them only the session is looked
at: JSON with ``sessionId``, ``streamUrl`` and ``tokenValue``. Standard library only.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import sys
import termios
import threading
import tty
from collections.abc import Iterator
from urllib.parse import urlsplit

_END_OF_INPUT = b"\x04"
"""What a terminal takes for the end of its input."""
_ENDED = 410
_OK = 200
_READ_BYTES = 65536


def main(arguments: list[str]) -> int:
    """Show a session until its command has ended.

    Args:
        arguments: of the command line.

    Returns:
        0: of what code the command had, a session tells nothing, as on AWS.
    """
    session = json.loads(arguments[0])
    url = urlsplit(session["streamUrl"])
    if url.scheme != "http" or url.hostname != "127.0.0.1" or url.port is None:
        sys.stderr.write("session_plugin: the stream is not of a local AWS on this machine\n")
        return 1
    stream = _Stream(url.port, f"{url.path}{session['tokenValue']}")
    _say(f"\nStarting session with SessionId: {session['sessionId']}\n")
    with _raw_terminal(), contextlib.suppress(OSError, http.client.HTTPException):
        stream.tell_size()
        threading.Thread(target=stream.send_input, daemon=True).start()
        stream.show_output()
    _say(f"\nExiting session with sessionId: {session['sessionId']}.\n\n")
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


class _Stream:
    def __init__(self, port: int, path: str) -> None:
        self._port, self._path = port, path

    def _ask(self, method: str, what: str, body: bytes | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(method, f"{self._path}/{what}", body)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def show_output(self) -> None:
        """Write what the command writes, to its end."""
        while True:
            status, written = self._ask("GET", "output")
            if status != _OK:
                return
            sys.stdout.buffer.write(written)
            sys.stdout.buffer.flush()

    def send_input(self) -> None:
        """Type what is typed here, and the end of it where this is no terminal."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            while typed := os.read(0, _READ_BYTES):
                self._ask("POST", "input", typed)
            self._ask("POST", "input", _END_OF_INPUT)

    def tell_size(self, *_: object) -> None:
        """Tell how large the terminal is, now and whenever it changes."""
        if sys.stdout.isatty():
            columns, rows = os.get_terminal_size(sys.stdout.fileno())
            signal.signal(signal.SIGWINCH, self.tell_size)
            self._ask("POST", "size", f"{rows} {columns}".encode())


@contextlib.contextmanager
def _raw_terminal() -> Iterator[None]:
    """Have every key go to the command, Ctrl-C too."""
    if not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(0)
    try:
        tty.setraw(0)
        yield
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
