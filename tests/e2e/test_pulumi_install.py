"""`make pulumi`: what it leaves in the Python environment."""

from __future__ import annotations

import runpy
import sysconfig

import pytest

from tests.conftest import PROJECT


@pytest.fixture
def installer(tmp_path, monkeypatch):
    """The installer, for an environment whose programs are in a folder of this test."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(programs))
    return runpy.run_path(str(PROJECT / "tools" / "pulumi" / "install.py")), programs


def engine(folder, text):
    folder.mkdir()
    for name in ("pulumi", "pulumi-language-python"):
        (folder / name).write_text(text)
    return folder / "pulumi"


def test_a_newer_engine_takes_the_place_of_an_older_one(installer, tmp_path):
    module, programs = installer
    module["link"](engine(tmp_path / "old", "old"))
    assert (programs / "pulumi").read_text() == "old"
    module["link"](engine(tmp_path / "new", "new"))
    assert {path.read_text() for path in programs.iterdir()} == {"new"}
    assert len(list(programs.iterdir())) == 2


def test_a_link_to_what_is_gone_is_replaced(installer, tmp_path):
    module, programs = installer
    (programs / "pulumi").symlink_to(tmp_path / "gone")
    module["link"](engine(tmp_path / "new", "new"))
    assert (programs / "pulumi").read_text() == "new"


def test_a_program_that_is_no_link_is_left(installer, tmp_path):
    module, programs = installer
    (programs / "pulumi").write_text("somebody's")
    module["link"](engine(tmp_path / "new", "new"))
    assert (programs / "pulumi").read_text() == "somebody's"
