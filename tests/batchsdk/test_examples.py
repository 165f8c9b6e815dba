"""The examples run: a script, a notebook's cells, a service."""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from typing import Any

import pytest

from batchsdk import JobStatus
from examples.service import Service
from tests.aws_clients import client_of
from tests.batchsdk.conftest import ROOT


def test_the_script_runs_a_week_and_leaves_a_page(stack, tmp_path, monkeypatch):
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "script.py", "2026-01-31"],
        cwd=tmp_path,
        env={**stack.environ, "PYTHONPATH": str(ROOT), "BATCHSDK_OUTPUTS": str(stack.outputs_file)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    days = [f"2026-01-{day}" for day in range(25, 32)]
    assert done.stdout.splitlines() == [f"{day} SUCCEEDED" for day in days]
    assert "week-2026-01-31-load" in (tmp_path / "week-2026-01-31.html").read_text()


def cells() -> list[str]:
    source = (ROOT / "examples" / "notebook.py").read_text(encoding="utf-8")
    return re.split(r"^# %%.*$", source, flags=re.MULTILINE)[1:]


def run_cell(source: str, names: dict[str, Any]) -> Any:
    """Run one cell as a notebook does: it may await, and its last expression is its value."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    value = None
    parts = [(tree, "exec")]
    if isinstance(last, ast.Expr):
        parts.append((ast.Expression(last.value), "eval"))
    for part, mode in parts:
        code = compile(part, "cell", mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        value = eval(code, names)
        if inspect.iscoroutine(value):
            value = asyncio.run(value)
    return value


def test_the_notebooks_cells_run_one_after_the_other(stack, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("BATCHSDK_OUTPUTS", str(stack.outputs_file))
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "__main__"}
    values = [run_cell(cell, names) for cell in cells()]
    assert values[0] == ["fail", "hello", "sleep"]
    assert values[1] in list(JobStatus)
    assert capsys.readouterr().out == "notebook\n"
    assert values[3:5] == [dict.fromkeys("abc", "SUCCEEDED"), 0]
    assert (tmp_path / "notebook.html").exists()


@pytest.fixture
def service(stack, local):
    client_of(local, "ssm").put_parameter(
        Name=f"/batch/{stack.outputs.job_queues['default'].name}",
        Type="String",
        Value=json.dumps(stack.outputs.to_mapping()),
    )
    with Service(f"/batch/{stack.outputs.job_queues['default'].name}", port=0) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def ask(url: str, body: Any = None) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(url, data, timeout=300) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as fault:
        with fault:
            return fault.code, json.load(fault)


def test_the_service_needs_only_the_ssm_parameter(stack, service):
    status, accepted = ask(f"{service}/jobs", {"Target": "Tokyo"})
    assert status == 202
    assert stack.batch.job(accepted["id"]).wait(300).command == ("echo", "Tokyo")
    assert ask(f"{service}/jobs/{accepted['id']}") == (200, {"status": "SUCCEEDED", "exitCode": 0})
    assert ask(f"{service}/jobs/no-such-job")[0] == 404
    status, refused = ask(f"{service}/jobs", {"Tarjet": "Tokyo"})
    assert status == 400
    assert "did you mean 'Target'" in refused["error"]


@pytest.mark.every_case
def test_functions_run_by_futures_joblib_and_dask(stack, local):
    client_of(local, "s3").create_bucket(Bucket="examples")
    arguments = ["hello", "s3://examples/functions", sys.executable]
    done = subprocess.run(
        [sys.executable, "-m", "examples.functions", *arguments],
        cwd=ROOT,
        env={**stack.environ, "BATCHSDK_OUTPUTS": str(stack.outputs_file)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert min(lines[:3]).startswith("1 of 3: ")
    assert lines[3:] == ["[(10, 4), (100, 25), (1000, 168)]", "joblib [4, 25, 168]", "dask 197"]
