"""The guide's snippets run."""

from __future__ import annotations

import re
from typing import Any

import click
import pytest

from batchsdk.cli import command_line
from localaws import LocalAws
from tests.aws_clients import client_of
from tests.batchsdk.conftest import ROOT

GUIDE = (ROOT / "docs" / "batchsdk.md").read_text(encoding="utf-8")


def test_the_python_snippets_run_in_order(
    stack: Any, local: LocalAws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BATCHSDK_OUTPUTS", str(stack.outputs_file))
    monkeypatch.chdir(stack.outputs_file.parent)
    monkeypatch.setenv("BATCHSDK_LEDGER", str(stack.outputs_file.with_name("ledger")))
    snippets = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    client_of(local, "s3").create_bucket(Bucket="my-bucket")
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, snippet in enumerate(snippets, 1):
        exec(compile(snippet, f"snippet {number}", "exec"), names)
    printed = capsys.readouterr().out
    assert len(snippets) >= 24
    for expected in (
        "('echo', 'Hello, Tokyo!')\nHello, Tokyo!\n",
        "array_size | must be a whole number, 2 to 10000",
        "2 SUCCEEDED",
        "19 number 19 SUCCEEDED",
        "3: day 2 with large",
        "1: day 7 with large",
        "[(1, 3)]\n1 of 3\n",
        "[64, 256]",
        "[7, 158, 2568]\n",
        "20 19\n",
        "200 375\n",
        "9 16 [25, 36]\n",
        "3 ('no space left',)",
        "will never fit",
        "is being stopped",
        "<JobStatus.SUCCEEDED: 'SUCCEEDED'>)",
        "default True",
        "CHILDREN 2\n1 APPLICATION 1\n2 APPLICATION 2\n",
        "False 0\nqueue ",
        "Hello, AWS Batch :)\nHello, AWS Batch :)",
        "[0, 0]",
        "(0, 1, 2) are of run daily-",
        "{'extract': 'SUCCEEDED', 'greet-Kyoto': 'SUCCEEDED', 'greet-Osaka': 'SUCCEEDED'}",
        "'transform': 'SUCCEEDED', 'load': 'SUCCEEDED', 'alarm': 'SKIPPED'}",
    ):
        assert expected in printed


def test_the_shell_snippets_name_verbs_that_exist() -> None:
    verbs = set(re.findall(r"^batchsdk (\w+)", GUIDE, re.MULTILINE))
    known = command_line.list_commands(click.Context(command_line))
    assert verbs == set(known)
