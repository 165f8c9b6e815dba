"""Folders and files that others can write are not trusted, and nothing is left behind."""

from __future__ import annotations

import io
import json
import os
import pickle
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from localaws.batch.executors.process import ProcessExecutor
from localaws.batch.models import ResourceStatus
from localaws.credentials.connection import Connection
from localaws.persistence.data_directory import DataDirectory, versions
from localaws.persistence.encryption import WrongKeyError, encrypted
from localaws.persistence.restricted_pickle import ForbiddenObjectError, load
from localaws.system.private_files import UnsafePathError
from localaws.system.temporary_folders import TemporaryFolder


def test_a_connection_that_others_can_write_is_not_used(tmp_path):
    path = tmp_path / "connection.json"
    Connection("http://127.0.0.1:1", "us-east-1", "AKIA", "secret").save(path)
    for loose in (path, tmp_path):
        before = loose.stat().st_mode
        loose.chmod(before | stat.S_IWOTH)
        with pytest.raises(UnsafePathError, match="may be written by others"):
            Connection.load(path)
        loose.chmod(before)
    other = tmp_path / "other"
    path.rename(other)
    path.symlink_to(other)
    with pytest.raises(UnsafePathError, match="is a symbolic link"):
        Connection.load(path)


def test_a_connection_is_read_whole_while_it_is_written(tmp_path):
    path, ended = tmp_path / "connection.json", threading.Event()
    Connection("http://127.0.0.1:1", "us-east-1", "AKIA", "secret").save(path)

    def write():
        for port in range(2, 500):
            Connection(f"http://127.0.0.1:{port}", "us-east-1", "AKIA", "secret").save(path)
        ended.set()

    with ThreadPoolExecutor() as pool:
        writer = pool.submit(write)
        read = [Connection.load(path) for _ in iter(ended.is_set, True)]
        writer.result()
    assert {each.access_key_id for each in read} == {"AKIA"}
    assert [each.name for each in tmp_path.iterdir()] == ["connection.json"]


def test_the_command_line_refuses_a_home_that_others_can_write(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o777)
    for command in (["start", "--port", "0"], ["start", "--port", "0", "--detach"]):
        answer = subprocess.run(
            [sys.executable, "-m", "localaws", *command],
            env={**os.environ, "LOCALAWS_HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert answer.returncode == 1
        assert f"{home} may be written by others (mode 0777)" in answer.stderr
        assert "Traceback" not in answer.stderr
        assert list(home.iterdir()) == []


@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_a_folder_that_others_can_write_is_refused(tmp_path, mode):
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(mode)
    with pytest.raises(UnsafePathError, match=rf"mode 0{mode:o}.*`chmod go-w {data}`"):
        DataDirectory(data)
    assert list(data.iterdir()) == []


def test_a_folder_of_another_user_is_refused(tmp_path):
    # The root folder, unless this is root: then a folder that is given away.
    if os.geteuid() == 0:
        os.chown(tmp_path, 65534, 65534)
        theirs = tmp_path
    else:
        theirs = Path("/")
    with pytest.raises(UnsafePathError, match=f"{theirs} belongs to user"):
        DataDirectory(theirs)


SERVE = """
import os, pathlib, sys
from localaws import LocalAws
for folder in sys.argv[1:]:
    if not (child := os.fork()):
        with LocalAws(executor="noop", data=pathlib.Path(folder)):
            sys.exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
"""A process for each folder, as moto keeps its state for the whole process."""


@pytest.mark.every_case
def test_a_symbolic_link_is_not_followed(tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("kept")
    names = ["lock", "state", "state.new"]
    folders = [tmp_path / f"data-of-{name}" for name in names]
    for folder, name in zip(folders, names, strict=True):
        folder.mkdir(mode=0o700)
        (folder / name).symlink_to(precious)
    done = subprocess.run(
        [sys.executable, "-c", SERVE, *folders],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    for folder, name in zip(folders, names, strict=True):
        assert f"UnsafePathError: {folder / name} is a symbolic link" in done.stderr
    assert done.stdout.split() == ["1", "1", "1"]
    assert precious.read_text() == "kept"


def test_missing_folders_are_made_for_this_user_alone(tmp_path):
    before = os.umask(0)
    try:
        DataDirectory(tmp_path / "new" / "data").release()
    finally:
        os.umask(before)
    made = [tmp_path / "new", tmp_path / "new" / "data", tmp_path / "new" / "data" / "lock"]
    assert [stat.S_IMODE(each.stat().st_mode) for each in made] == [0o700, 0o700, 0o600]


class Planted:
    """Pickled as a call of a function."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def named_through_a_module(marker):
    """Pickle a call of moto's own `os.system`, a name with dots."""
    return b"\x80\x04\x8c\x0emoto.s3.models\x8c\x09os.system\x93\x8c%c%b\x85R." % (
        len(f"touch {marker}"),
        f"touch {marker}".encode(),
    )


@pytest.mark.parametrize("way", ["system", "getattr", "executor", "module"])
def test_a_saved_state_cannot_run_a_command(tmp_path, way):
    marker = tmp_path / "ran"
    planted = {
        "system": lambda: pickle.dumps(Planted(os.system, f"touch {marker}")),
        "getattr": lambda: pickle.dumps(Planted(getattr, DataDirectory, "__init__")),
        "executor": lambda: pickle.dumps(Planted(ProcessExecutor)),
        "module": lambda: named_through_a_module(str(marker)[-100:]),
    }[way]()
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "state").write_bytes(json.dumps(versions()).encode() + b"\n" + encrypted(data, planted))
    directory = DataDirectory(data)
    with pytest.raises(ForbiddenObjectError, match="was not written by a local AWS"):
        directory.load()
    directory.release()
    assert not marker.exists()


@pytest.mark.parametrize("damage", ["no key", "another key", "no key at all", "cut"])
def test_a_saved_state_whose_key_is_another_is_refused_and_left_alone(tmp_path, damage):
    data, secret = tmp_path / "data", b"hunter2"
    data.mkdir(mode=0o700)
    key, state = data / "key", data / "state"
    content = json.dumps(versions()).encode() + b"\n" + encrypted(data, secret)
    assert secret not in content
    assert key.stat().st_mode & 0o077 == 0
    state.write_bytes(content[:-10] if damage == "cut" else content)
    if damage == "no key":
        key.unlink()
    elif damage != "cut":
        key.write_bytes(Fernet.generate_key() if damage == "another key" else b"none")
    before = state.read_bytes()
    directory = DataDirectory(data)
    with pytest.raises(WrongKeyError, match="is damaged, or was encrypted with another key than"):
        directory.load()
    directory.release()
    assert state.read_bytes() == before


def test_what_killed_servers_left_is_swept(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    script = (
        "from localaws.system.temporary_folders import TemporaryFolder; import os, sys\n"
        "print(TemporaryFolder('localaws-pulumi-').path, flush=True); sys.stdin.read()"
    )
    environ = {**os.environ, "TMPDIR": str(tmp_path)}
    others = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    killed, alive = (Path(each.stdout.readline().strip()) for each in others)
    others[0].kill()
    others[0].communicate()
    for folder in (killed, alive):
        os.utime(folder, (0, 0))
    own = TemporaryFolder("localaws-pulumi-")
    assert sorted(tmp_path.iterdir()) == sorted([alive, own.path])
    own.remove()
    others[1].communicate()
    assert list(tmp_path.iterdir()) == [alive]


class Reduced:
    """Pickled as Python before 3.11.4 pickles the member of an enum."""

    def __init__(self, name):
        self._name = name

    def __reduce__(self):
        return getattr, (ResourceStatus, self._name)


def test_a_member_of_an_enum_is_read_as_every_python_writes_it():
    written = io.BytesIO(pickle.dumps(Reduced("CREATING")))
    assert load(written) is ResourceStatus.CREATING
    for name in ("__init__", "mro", "_missing_"):
        with pytest.raises(ForbiddenObjectError, match="no member of"):
            load(io.BytesIO(pickle.dumps(Reduced(name))))
