"""The engine's state in a data directory: of one moment, whatever an engine writes afterwards."""

from __future__ import annotations

import threading

import pytest

from localaws.persistence.data_directory import DataDirectory
from localaws.persistence.pulumi_state import PulumiState


@pytest.fixture
def former(tmp_path):
    """A folder of an earlier start, with a stack that is locked, and a history."""
    state = PulumiState(tmp_path / "pulumi-former")
    assert state.environ["PULUMI_CONFIG_PASSPHRASE_FILE"] == str(state.path / "passphrase")
    for name in (
        "meta.yaml",
        "stacks/project/dev.json",
        "stacks/project/dev.json.0123.tmp",
        "locks/organization/project/dev/lock.json",
        "history/project/dev/1.json",
    ):
        file = state.path / ".pulumi" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{name} as saved")
    return state


def files(state):
    return {
        str(each.relative_to(state.path)): each.read_text()
        for each in state.path.rglob("*")
        if each.is_file()
    }


def test_it_comes_back_as_saved_unlocked_and_with_its_history(tmp_path, former):
    saved, passphrase = former.to_save(), (former.path / "passphrase").read_text()
    (former.path / ".pulumi/stacks/project/dev.json").write_text("written later")
    (former.path / ".pulumi/stacks/project/later.json").write_text("made later")
    # An engine that outlived its server makes a folder anew that has no passphrase.
    (tmp_path / "pulumi-stray" / ".pulumi").mkdir(parents=True)
    restored = PulumiState(tmp_path / "pulumi-new")
    restored.restore(saved, [tmp_path / "pulumi-stray", former.path])
    assert files(restored) == {
        "passphrase": passphrase,
        ".pulumi/meta.yaml": "meta.yaml as saved",
        ".pulumi/stacks/project/dev.json": "stacks/project/dev.json as saved",
        ".pulumi/history/project/dev/1.json": "history/project/dev/1.json as saved",
    }
    assert {each.stat().st_mode & 0o777 for each in restored.path.rglob("dev.json")} == {0o600}


def test_without_its_folder_it_comes_back_from_what_was_saved(tmp_path, former):
    saved = former.to_save()
    restored = PulumiState(tmp_path / "pulumi-new")
    restored.restore(saved, [])
    assert restored.to_save() == saved


def test_each_writing_of_a_stack_is_noticed(former):
    before = former.changed_at()
    assert former.changed_at() == before
    (former.path / ".pulumi/stacks/project/dev.json").write_text("written later")
    assert former.changed_at() != before


def test_a_directory_in_which_nothing_was_saved_forgets_the_state(tmp_path, former):
    data = DataDirectory(tmp_path)
    assert data.load() is None
    assert not former.path.exists()
    data.release()


def test_an_engines_request_waits_for_a_save_and_a_save_for_it(tmp_path):
    data, order = DataDirectory(tmp_path), []
    is_served, may_end = threading.Event(), threading.Event()

    def serve(name, *, ends):
        with data.serving(is_engines=True):
            is_served.set()
            assert ends.wait(300)
            order.append(name)

    def save():
        with data._engines_waiting():
            is_saving.set()
            order.append("saved")
            assert may_be_saved.wait(300)

    is_saving, may_be_saved = threading.Event(), threading.Event()
    first = threading.Thread(target=serve, args=("first",), kwargs={"ends": may_end})
    saver = threading.Thread(target=save)
    first.start()
    assert is_served.wait(300)
    saver.start()
    assert not is_saving.wait(0.1)  # a request is under way
    with data.serving(is_engines=False):
        pass  # others are not held up
    may_end.set()
    assert is_saving.wait(300)
    second = threading.Thread(target=serve, args=("second",), kwargs={"ends": may_end})
    second.start()
    second.join(0.1)
    assert order == ["first", "saved"]
    may_be_saved.set()
    for each in (first, saver, second):
        each.join(300)
    assert order == ["first", "saved", "second"]
    data.release()
