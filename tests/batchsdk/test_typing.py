"""What a type checker makes of the public surface, and whether all of it is documented."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from functools import cached_property
from types import FunctionType
from typing import Any

import pytest

import batchsdk
from tests.batchsdk.conftest import ROOT
from tests.tool_environment import tool_environment
from tools import api_reference


@pytest.mark.every_case
def test_a_users_program_is_typed_and_its_mistakes_are_found() -> None:
    program = "tests/batchsdk/typed/public_surface.py"
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


PYRIGHT = "1.1.414"


@pytest.mark.scanners
@pytest.mark.timeout(900)  # installing it is in it
def test_pyright_finds_the_same_mistakes_in_a_users_program() -> None:
    python = tool_environment(f"pyright-{PYRIGHT}", [f"pyright[nodejs]=={PYRIGHT}"])
    program = "tests/batchsdk/typed/public_surface.py"
    done = subprocess.run(
        [str(python), "-m", "pyright", "--pythonpath", sys.executable, program],
        cwd=ROOT,
        env={**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def members(kind: type) -> dict[str, Any]:
    """What of a class a user can call or read, and we wrote."""
    found = {}
    for name, member in vars(kind).items():
        inner = getattr(member, "__func__", None) or getattr(member, "fget", None) or member
        inner = inner.func if isinstance(inner, cached_property) else inner
        ours = isinstance(inner, FunctionType) and inner.__module__.startswith("batchsdk")
        if ours and not name.startswith("_"):
            found[name] = inner
    return found


PUBLIC = {name: getattr(batchsdk, name) for name in batchsdk.__all__ if name != "__version__"}


@pytest.mark.parametrize("name", [name for name, each in PUBLIC.items() if callable(each)])
def test_every_public_name_is_documented_and_annotated(name: str) -> None:
    value = PUBLIC[name]
    assert (value.__doc__ or "").strip().endswith((".", "``", ":")), name
    assert not value.__doc__.startswith(f"{name}("), "a dataclass's own docstring says nothing"
    functions = members(value) if inspect.isclass(value) else {name: value}
    for member, function in functions.items():
        assert (function.__doc__ or "").strip(), f"{name}.{member}"
        signature = inspect.signature(function)
        assert signature.return_annotation is not inspect.Signature.empty, f"{name}.{member}"
        for parameter in signature.parameters.values():
            if parameter.name not in ("self", "cls"):
                assert parameter.annotation is not inspect.Parameter.empty, f"{name}.{member}"


def test_the_api_reference_is_current() -> None:
    written = api_reference.PAGE.read_text(encoding="utf-8")
    assert written == api_reference.reference(), "make docs"


def test_the_api_reference_has_every_public_name() -> None:
    written = api_reference.PAGE.read_text(encoding="utf-8")
    missing = [name for name in PUBLIC if f"\n### {name}\n" not in written]
    assert missing == []
