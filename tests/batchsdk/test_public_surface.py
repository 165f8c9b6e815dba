"""What a user of the package sees, and what importing it costs."""

from __future__ import annotations

import ast
import importlib
import importlib.resources
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import batchsdk
from batchsdk import errors


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_does_not_import_boto3_or_the_command_lines_libraries() -> None:
    code = "import sys, batchsdk; print(*(name.split('.')[0] for name in sys.modules))"
    imported = set(run(code).split())
    assert imported.isdisjoint({"boto3", "botocore", "click", "rich", "pulumi", "pydantic"})


def test_importing_imports_no_module_of_it_until_a_name_is_used() -> None:
    code = """
import sys, batchsdk
print(*(name for name in sys.modules if name.startswith("batchsdk.")), "-")
batchsdk.JobStatus
print("batchsdk.states" in sys.modules, "batchsdk.client" in sys.modules)
"""
    assert run(code) == "-\nTrue False\n"


def test_refusing_bad_input_does_not_import_boto3_either() -> None:
    code = """
import sys
from batchsdk import InvalidSubmissionError, connect
from tests.batchsdk.fakes import stack_outputs
try:
    connect(outputs=stack_outputs().to_mapping()).submit("helo")
except InvalidSubmissionError:
    print("refused", "boto3" in sys.modules)
"""
    assert run(code) == "refused False\n"


def test_it_works_with_pulumi_blocked() -> None:
    code = """
import sys
for name in ("pulumi", "pulumi_aws", "batch_platform", "localaws", "pydantic"):
    sys.modules[name] = None
import batchsdk, batchsdk.cli, batchsdk.aws.gateway
try:
    batchsdk.connect(environ={})
except batchsdk.ConnectionSettingsError as error:
    print(error.message)
"""
    assert "which stack?" in run(code)


def test_everything_named_public_exists_once_all_modules_are_imported() -> None:
    for module in pkgutil.iter_modules(batchsdk.__path__, "batchsdk."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in batchsdk.__all__:
        # A public name that is also a module's would be hidden by the module.
        assert not inspect.ismodule(getattr(batchsdk, name)), name


def test_what_type_checkers_see_is_what_there_is() -> None:
    source = ast.parse(inspect.getsource(batchsdk))
    (block,) = (
        each for each in source.body if isinstance(each, ast.If) and isinstance(each.test, ast.Name)
    )
    seen = {
        alias.name: each.module
        for each in block.body
        if isinstance(each, ast.ImportFrom)
        for alias in each.names
    }
    assert sorted([*seen, "__version__"]) == sorted(batchsdk.__all__)
    for name, module in seen.items():
        home = importlib.import_module(module or "")
        assert getattr(batchsdk, name) is getattr(home, name)


def test_the_public_names_are_listed_and_others_are_refused() -> None:
    assert set(batchsdk.__all__) <= set(dir(batchsdk))
    with pytest.raises(AttributeError, match="no attribute 'conect'"):
        _ = batchsdk.conect


def test_the_package_is_typed() -> None:
    assert importlib.resources.files("batchsdk").joinpath("py.typed").is_file()


def tree() -> dict[str, type]:
    return {
        name: kind
        for module in pkgutil.walk_packages(batchsdk.__path__, "batchsdk.")
        if not module.name.endswith("__main__")
        for name, kind in vars(importlib.import_module(module.name)).items()
        if inspect.isclass(kind) and issubclass(kind, errors.BatchSdkError)
    }


def test_the_drawn_error_tree_is_the_real_one() -> None:
    drawn = re.findall(r"^ *[│ ]*[├└]── (\w+)", errors.__doc__ or "", re.MULTILINE)
    assert sorted(drawn) == sorted(set(tree()) - {"BatchSdkError"})


@pytest.mark.parametrize("name", sorted(tree()))
def test_every_error_is_public(name: str) -> None:
    assert name in batchsdk.__all__
