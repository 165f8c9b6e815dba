"""A data directory: what Batch, moto, the engine's state and `deploy` hold, kept over a restart.

moto has no persistence, but its backends are plain objects that pickle: one file holds those of
:data:`SERVICES` and all of Batch, so that references between them stay. It is written when the
server stops, and every few seconds while something changes: what a killed server did after that is
lost. The Pulumi engine's state is in the same file, of the same moment: state that knew more than
there is could be neither updated nor destroyed. A file is read only by the versions that wrote it.
It is encrypted (:mod:`localaws.persistence.encryption`). Access keys are made anew at each start.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import logging
import os
import pickle
import platform
import secrets
import shutil
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Condition
from types import FunctionType
from typing import Any

import moto
import moto.backends
from moto.s3.models import s3_backends

from localaws import batch
from localaws.batch.engine import Engine, SavedRegions
from localaws.persistence import restricted_pickle
from localaws.persistence.encryption import decrypted, encrypted
from localaws.persistence.pulumi_state import PulumiState
from localaws.system.private_files import open_private, private_folder

logger = logging.getLogger(__name__)

FORMAT = 6
SERVICES: tuple[moto.backends.SERVICE_NAMES, ...] = (
    "budgets",
    "cloudwatch",
    "ec2",
    "ecs",
    "events",
    "iam",
    "logs",
    "s3",
    "scheduler",
    "sns",
    "sqs",
    "ssm",
    "sts",
)
"""Services of moto whose resources survive."""
STATE_PREFIX = "pulumi-"
"""Of the folder with the engine's state; a few letters of the start follow."""
Deployed = dict[str, dict[str, Any]]
"""Resources of the stacks that `deploy` has deployed, as JSON objects by stack and URN."""
SAVE_SECONDS = 5.0
TRIES = 5
"""moto has no lock of its own: a request may change what is being saved, then it is tried again."""


class DataVersionError(RuntimeError):
    """The data directory was written by other versions than these."""


class DataDirectory:
    """Keeps what an engine and moto hold in ``<path>/state``; one server at a time uses it."""

    def __init__(self, path: Path) -> None:
        """Take the directory, which is made if it is not there.

        Raises:
            OSError: another server uses it, it cannot be written, or others can write it.
        """
        self.path = private_folder(path)
        self._file = path / "state"
        self._lock_file = os.fdopen(open_private(path / "lock", os.O_RDWR | os.O_CREAT), "w")
        # Each start has a folder of its own: an engine that outlived the last server may still
        # write into that one's.
        self.pulumi = PulumiState(path / f"{STATE_PREFIX}{secrets.token_hex(4)}")
        self.deployed: Deployed = {}
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock_file.close()
            raise OSError(f"data directory {path} is used by another local AWS") from None
        self._requests = 0
        self._saved_at: tuple[object, ...] = ()
        self._idle = threading.Condition()
        self._changing = 0
        self._is_saving = False
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def serving(self, *, is_engines: bool) -> Iterator[None]:
        """Take note of a request, which may change something.

        Args:
            is_engines: whether it is of an engine's provider. While a save writes both down, an
                engine may not change resources and then its state.
        """
        if is_engines:
            with self._idle:
                self._idle.wait_for(lambda: not self._is_saving)
                self._changing += 1
        try:
            yield
        finally:
            self._requests += 1
            if is_engines:
                with self._idle:
                    self._changing -= 1
                    self._idle.notify_all()

    @contextmanager
    def _engines_waiting(self) -> Iterator[None]:
        with self._idle:
            self._idle.wait_for(lambda: not self._is_saving)
            self._is_saving = True
            self._idle.wait_for(lambda: not self._changing)
        try:
            yield
        finally:
            with self._idle:
                self._is_saving = False
                self._idle.notify_all()

    def load(self) -> SavedRegions | None:
        """Give moto and Pulumi their state back and return Batch's; ``None`` if nothing was kept.

        Raises:
            DataVersionError: the file is of other versions.
            ForbiddenObjectError: the file names what no local AWS saves.
            WrongKeyError: the file is damaged, or the key beside it is another one.
            OSError: somebody else can write the file.
        """
        if not self._file.exists():
            self._remove_former_states()
            return None
        with os.fdopen(open_private(self._file, os.O_RDONLY), "rb") as file:
            try:
                found = json.loads(file.readline())
            except ValueError:
                found = {}
            if found != versions():
                raise DataVersionError(_difference(self.path, found))
            try:
                saved = restricted_pickle.load(io.BytesIO(decrypted(self.path, file.read())))
            except restricted_pickle.ForbiddenObjectError as error:
                raise restricted_pickle.ForbiddenObjectError(
                    f"{self._file} was not written by a local AWS: {error}; remove it"
                ) from None
        for service, accounts in saved["moto"].items():
            backends = moto.backends.get_backend(service)
            for account_id, regions in accounts.items():
                for region, backend in regions.items():
                    dict.__setitem__(backends[account_id], region, backend)
        s3_backends.bucket_accounts = saved["buckets"]
        self.pulumi.restore(saved["pulumi"], self._former_states())
        self.deployed.update(saved["deployed"])
        self._remove_former_states()
        regions_of_batch: SavedRegions = saved["batch"]
        return regions_of_batch

    def save_regularly(self, engine: Engine) -> None:
        """Save every few seconds from now on, if there is something new."""

        def loop() -> None:
            while not self._closing.wait(SAVE_SECONDS):
                if self._saved_at != self._moment(engine):
                    self.save(engine)

        self._thread = threading.Thread(target=loop, name="local-aws-save", daemon=True)
        self._thread.start()

    def save(self, engine: Engine) -> None:
        """Write everything down; a crash meanwhile leaves the former file."""
        with self._engines_waiting(), engine.lock:
            saved_at = self._moment(engine)
            # First: what a recovery deletes between the two is then still in its state.
            state = self.pulumi.to_save()
            payload = _pickle_all(engine, state, self.deployed)
        draft = self._file.with_suffix(".new")
        descriptor = open_private(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.dumps(versions()).encode() + b"\n")
            file.write(encrypted(self.path, payload))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._file)
        self._saved_at = saved_at

    def _former_states(self) -> list[Path]:
        found = (each for each in self.path.glob(f"{STATE_PREFIX}*") if each != self.pulumi.path)
        return sorted(found, key=lambda each: each.stat().st_mtime_ns, reverse=True)

    def _remove_former_states(self) -> None:
        for each in self._former_states():
            shutil.rmtree(each)

    def _moment(self, engine: Engine) -> tuple[object, ...]:
        return (self._requests, engine.transitions, self.pulumi.changed_at())

    def close(self, engine: Engine) -> None:
        """Save a last time and release the directory, also when it cannot be saved."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()
        try:
            self.save(engine)
        finally:
            self.release()

    def release(self) -> None:
        """Let another server have the directory."""
        self._lock_file.close()


def versions() -> dict[str, Any]:
    """Return what must be the same for a file to be read."""
    sources = [each.read_bytes() for each in sorted(Path(batch.__file__).parent.glob("*.py"))]
    return {
        "format": FORMAT,
        "moto": moto.__version__,
        "python": ".".join(platform.python_version_tuple()[:2]),
        "batch": hashlib.sha256(b"".join(sources)).hexdigest()[:12],
    }


def _difference(path: Path, found: dict[str, Any]) -> str:
    differing = ", ".join(
        f"{key} {found.get(key, 'unknown')} (here {value})"
        for key, value in versions().items()
        if found.get(key) != value
    )
    return (
        f"the data directory {path} was written by other versions: {differing}; start with those, "
        "or with an empty directory"
    )


def _pickle_all(engine: Engine, pulumi: dict[str, bytes], deployed: Deployed) -> bytes:
    for left in reversed(range(TRIES)):
        try:
            held = {
                "moto": {service: _held_by(service) for service in SERVICES},
                "buckets": dict(s3_backends.bucket_accounts),
                "batch": engine.regions_to_save(),
                "pulumi": pulumi,
                "deployed": deployed,
            }
            target = io.BytesIO()
            _Pickler(target, protocol=pickle.HIGHEST_PROTOCOL).dump(held)
            return target.getvalue()
        except RuntimeError:  # "dictionary changed size during iteration"
            if not left:
                raise
    raise AssertionError("unreachable")


def _held_by(service: moto.backends.SERVICE_NAMES) -> dict[str, dict[str, Any]]:
    backends: Any = moto.backends.get_backend(service)
    return {account_id: dict(regions) for account_id, regions in list(backends.items())}


class _Pickler(pickle.Pickler):
    """Pickles what in moto does not by itself: conditions, and parts of SSM."""

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, Condition):
            return Condition, ()
        if isinstance(obj, defaultdict) and type(obj) is not defaultdict:
            # Its __init__ wants other arguments than a default factory.
            made = _make_defaultdict, (type(obj), obj.default_factory)
            return *made, obj.__dict__, None, iter(obj.items())
        if isinstance(obj, FunctionType) and obj.__qualname__.startswith(
            "SimpleSystemManagerBackend.__init__.<locals>.<lambda>"
        ):
            return _get_new_tags, ()
        return NotImplemented


def _make_defaultdict(
    kind: type[defaultdict[Any, Any]], default_factory: Any
) -> defaultdict[Any, Any]:
    made = kind.__new__(kind)
    made.default_factory = default_factory
    return made


def _get_new_tags() -> Any:
    return _new_tags


def _new_tags() -> defaultdict[str, dict[str, str]]:
    """Make what moto's SSM makes for a resource type that has no tags yet."""
    return defaultdict(dict)
