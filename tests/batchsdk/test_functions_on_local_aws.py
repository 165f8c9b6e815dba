"""Python functions as jobs: on a local AWS, in processes of a real Python."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

import batchsdk
from localaws import LocalAws
from tests.aws_clients import client_of
from tests.batchsdk.conftest import ROOT, Stack


@pytest.fixture
def storage(local: LocalAws) -> str:
    client_of(local, "s3").create_bucket(Bucket="functions")
    return "s3://functions/some prefix"


@pytest.fixture
def make(stack: Stack, storage: str) -> Callable[..., batchsdk.FunctionExecutor]:
    """Makes executors whose image is this machine."""

    def made(**more: Any) -> batchsdk.FunctionExecutor:
        given: dict[str, Any] = {
            "storage": storage,
            "python": sys.executable,
            "environment": {"PYTHONPATH": str(ROOT)},
        }
        return stack.batch.executor("hello", **(given | more))

    return made


def test_calls_return(make):
    with make() as pool:
        future = pool.submit(pow, 3, 4)
        assert list(pool.map(lambda x, y: x * y, [1, 2, 3], [4, 5, 6])) == [4, 10, 18]
        assert future.result(60) == 81
