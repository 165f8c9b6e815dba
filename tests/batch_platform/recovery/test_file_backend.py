"""Locks and torn files in a backend of files, as killed engines leave them."""

from __future__ import annotations

import datetime
import json
import os
import signal
import socket
import subprocess
import sys

import pytest

from batch_platform.recovery import file_backend

BEFORE_BOOT = "1999-01-01T00:00:00.123456789Z"


def now():
    return datetime.datetime.now(datetime.UTC).isoformat()


@pytest.fixture
def lock(tmp_path):
    """Write a lock as Pulumi does; return its file."""
    folder = tmp_path / "locks/organization/batch-platform/dev"
    folder.mkdir(parents=True)

    def write(name="one.json", **holder):
        file = folder / name
        file.write_text(json.dumps({"username": "me", "hostname": socket.gethostname(), **holder}))
        return file

    return write


@pytest.fixture
def sleeper():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield child
    child.kill()
    child.wait()


def test_the_lock_of_a_process_that_runs_is_alive(lock, sleeper):
    assert not file_backend.is_dead(lock(pid=sleeper.pid, timestamp=now()))


def test_the_lock_of_a_killed_process_is_dead_though_nobody_has_waited_for_it(lock, sleeper):
    held = lock(pid=sleeper.pid, timestamp=now())
    sleeper.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    assert file_backend.is_dead(held)  # a zombie
    sleeper.wait()
    assert file_backend.is_dead(held)


def test_the_lock_of_a_process_whose_number_another_has_now_is_dead(lock, sleeper):
    assert file_backend.is_dead(lock(pid=sleeper.pid, timestamp=BEFORE_BOOT))


def test_the_lock_of_another_machine_is_alive_as_far_as_anybody_can_tell(lock):
    assert not file_backend.is_dead(lock(pid=1 << 22, hostname="elsewhere", timestamp=now()))


@pytest.mark.parametrize("text", ["", '{"pid": 1, "userna', "[]"])
@pytest.mark.parametrize("name", ["one.json", "one.json.18a3f0c2b1d4e5f6.tmp"])
def test_a_lock_whose_writing_was_cut_off_is_dead(lock, tmp_path, name, text):
    torn = lock(name)
    torn.write_text(text)
    # Pulumi takes either for a lock: `invalid character`, `unexpected end of JSON input`.
    assert file_backend.locks_of(tmp_path, "batch-platform", "dev") == [torn]
    assert file_backend.is_dead(torn)


def test_a_lock_that_is_completed_meanwhile_is_not_torn(lock, sleeper):
    being_written = lock()
    being_written.write_text("")

    def complete(_):
        lock(pid=sleeper.pid, timestamp=now())

    assert not file_backend.is_dead(being_written, complete)


def test_attributes_that_were_cut_off_are_removed_and_others_kept(tmp_path):
    folder = tmp_path / "stacks" / "batch-platform"
    folder.mkdir(parents=True)
    texts = {
        "dev.json.attrs": "",
        "dev.json.bak.attrs": '{"user.cache_con',
        "dev.json": "",
        "other.json.attrs": "",
        "dev.json.gz.attrs": '{"md5": "kg=="}',
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    file_backend.remove_torn_attributes(tmp_path, "batch-platform", "dev")
    left = {each.name for each in folder.iterdir()}
    assert left == {"dev.json", "other.json.attrs", "dev.json.gz.attrs"}
