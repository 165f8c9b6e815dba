"""pytest plugin: the local AWS for the tests of a pipeline.

pytest loads the plugin wherever ``batchsdk`` is installed, so this module imports pytest alone. The
first test that uses a fixture imports moto and the local AWS.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from batchsdk import Batch
    from localaws import LocalAws

EXECUTORS = ("process", "container", "auto", "noop")
"""What runs jobs; the first is the default: it is the same on every machine."""
OF_BATCHSDK = ("BATCHSDK_OUTPUTS", "BATCHSDK_QUEUE", "BATCHSDK_SSM", "BATCHSDK_STACK")
"""Variables by which ``batchsdk.connect()`` would find a stack of a real account."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, which a config file may have too."""
    group = parser.getgroup("localaws", "AWS on this machine (localaws)")
    group.addoption(
        "--local-aws-executor",
        choices=EXECUTORS,
        help="what runs the jobs of the fixture local_aws: processes of this machine (default), "
        "containers, containers where an engine answers (auto), or nothing: each job succeeds",
    )
    group.addoption(
        "--local-aws-enforce-iam",
        action="store_true",
        help="hold every call of jobs and roles against the policies of the local IAM",
    )
    parser.addini("local_aws_executor", "default of --local-aws-executor", default=EXECUTORS[0])
    parser.addini("local_aws_enforce_iam", "as --local-aws-enforce-iam", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a faulty setting before a test runs.

    Raises:
        pytest.UsageError: there is no executor of that name.
    """
    executor = _executor(config)
    if executor not in EXECUTORS:
        raise pytest.UsageError(
            f"local_aws_executor = {executor}: unknown name; choose one of {', '.join(EXECUTORS)}"
        )


def _executor(config: pytest.Config) -> Any:
    return config.getoption("--local-aws-executor") or config.getini("local_aws_executor")


@pytest.fixture(scope="session")
def local_aws_server(pytestconfig: pytest.Config) -> Iterator[LocalAws]:
    """Run the local AWS of this process for the session: each worker of pytest-xdist has its own.

    Nothing is reset between tests, and no variable is set: tests use ``local_aws``.
    """
    enforced = pytestconfig.getoption("--local-aws-enforce-iam")
    import botocore.session  # noqa: PLC0415 - see the module

    read_once = functools.cache(botocore.session.create_loader)
    with pytest.MonkeyPatch.context() as patch:
        # moto makes many sessions of boto3 when it is imported: each would read all regions again,
        # and fail where a variable names a profile that there is not.
        patch.setattr(botocore.session, "create_loader", read_once)
        for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
            patch.delenv(name, raising=False)
        with _plain_failure("not installed: pip install 'batchsdk[local]'", ImportError):
            from localaws import LocalAws  # noqa: PLC0415 - see the module
        # No container engine answers, or another local AWS runs in this process.
        with _plain_failure("the local AWS cannot start", RuntimeError):
            server = LocalAws(
                executor=_executor(pytestconfig),
                enforce_iam=enforced or pytestconfig.getini("local_aws_enforce_iam"),
            ).start()
    yield server
    server.stop()


@pytest.fixture
def local_aws(
    local_aws_server: LocalAws,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[LocalAws]:
    """Give an empty local AWS, which ``boto3.client("s3")`` reaches during the test.

    The variables of AWS (endpoint, access key, region) are the local AWS's, those of profiles and
    other credentials are gone, and boto3's default session is new. What the test makes, its jobs
    and its faults (``local_aws.faults.add("throttling", operation="SubmitJob")``) are removed after
    the test.
    """
    import boto3  # noqa: PLC0415 - see the module

    wanted = local_aws_server.connection.applied_to(os.environ)
    for name in [*(os.environ.keys() - wanted.keys()), *OF_BATCHSDK]:
        monkeypatch.delenv(name, raising=False)
    for name, value in wanted.items():
        if name not in OF_BATCHSDK:
            monkeypatch.setenv(name, value)
    # Runs of a test are none of the developer's.
    ledger = tmp_path_factory.mktemp("batchsdk") / "ledger.sqlite3"
    monkeypatch.setenv("BATCHSDK_LEDGER", str(ledger))
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    yield local_aws_server
    local_aws_server.reset()


@pytest.fixture(scope="session")
def _local_aws_clients(local_aws_server: LocalAws) -> Callable[[str], Any]:
    """Make clients for the plugin itself: each takes longer to make than a queue."""
    import boto3  # noqa: PLC0415 - see the module

    session = functools.cache(boto3.Session)  # made in a test, whose variables are the local AWS's
    return functools.cache(
        lambda service: session().client(service, **local_aws_server.client_arguments)
    )


@pytest.fixture
def batch_queue(
    local_aws: LocalAws,
    _local_aws_clients: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., Batch]:
    """Make a compute environment, a queue and job definitions; return a connected ``Batch``.

    ``batch_queue(definitions={"hello": {"image": …, "command": …, "vcpus": 1, "memory": 100}})``:
    a definition is written as in a stack file, and checked as one. Pulumi is not needed.
    ``batchsdk.connect()`` of the code under test finds the queue that was made last.
    """

    def make(
        definitions: Mapping[str, Mapping[str, Any]],
        *,
        name: str = "test",
        type: str = "EC2",  # noqa: A002 - the key of a stack file
        instance_types: Sequence[str] | None = None,
        max_vcpus: int = 256,
        priority: int = 1,
    ) -> Batch:
        from batch_platform.settings import SettingsError  # noqa: PLC0415 - see the module
        from localaws.pytest_plugin.queue import Wanted, make_queue  # noqa: PLC0415

        wanted = Wanted(
            definitions=definitions,
            name=name,
            type=type,
            instance_types=instance_types,
            max_vcpus=max_vcpus,
            priority=priority,
            region=local_aws.connection.region,
        )
        with _plain_failure("batch_queue", SettingsError):
            outputs = make_queue(_local_aws_clients, wanted)
        return _connected(outputs, monkeypatch, tmp_path_factory)

    return make


@pytest.fixture
def batch_stack(
    local_aws: LocalAws,
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str | Path], Batch]:
    """Deploy a stack file, ``batch_stack("Pulumi.dev.yaml")``; return a connected ``Batch``.

    The path is relative to pytest's root folder. Pulumi's Python packages are needed, its engine
    is not. ``batchsdk.connect()`` of the code under test finds the stack that was deployed last.
    """

    def deploy(path: str | Path) -> Batch:
        from localaws.pytest_plugin.stack import StackError, deploy_stack  # noqa: PLC0415

        with _plain_failure("batch_stack", StackError):
            outputs = deploy_stack(
                pytestconfig.rootpath / path,
                tmp_path_factory.mktemp("stack"),
                environ=local_aws.connection.applied_to(os.environ),
            )
        return _connected(outputs, monkeypatch, tmp_path_factory)

    return deploy


@contextlib.contextmanager
def _plain_failure(what: str, kind: type[Exception]) -> Iterator[None]:
    """Fail the test with the message of an error of ``kind``, and without a traceback."""
    try:
        yield
    except kind as error:
        failure = pytest.fail.Exception(f"{what}: {error}", pytrace=False)
        raise failure from None


def _connected(
    outputs: Mapping[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Batch:
    """Connect, and have the code under test and its processes find the same outputs."""
    import batchsdk  # noqa: PLC0415 - see the module

    path = tmp_path_factory.mktemp("batchsdk") / "outputs.json"
    path.write_text(json.dumps(outputs), encoding="utf-8")
    monkeypatch.setenv("BATCHSDK_OUTPUTS", str(path))
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, outputs["region"])
    return batchsdk.connect(outputs=path)
