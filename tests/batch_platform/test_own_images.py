"""``images``: repositories, digests beside the stack file, and what names them; see tests/localaws.

The container engine is a script that takes down what it is told, and answers as ``docker`` does.
"""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from batch_platform.__main__ import main
from batch_platform.job_definitions.containers import images_of
from batch_platform.plan import assumed_plan
from batch_platform.program.images.engine import ContainerEngine
from batch_platform.program.images.pushing import Registry, is_local
from batch_platform.workable import warnings
from localaws import LocalAws
from tests.aws_clients import client_of
from tests.batch_platform.recorded_run import RunProgram
from tests.batch_platform.stack_files import changed, load, refusals

Config = dict[str, Any]

SIZE = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "100"}]
CONTAINER = {"image": "trainer", "resourceRequirements": SIZE}
TASK = {"taskProperties": [{"containers": [{**CONTAINER, "name": "main"}]}]}
SIDECAR = {
    "taskProperties": [
        {
            "containers": [
                {**CONTAINER, "image": "busybox", "name": "main"},
                {**CONTAINER, "name": "side", "essential": False},
            ]
        }
    ]
}
EVERY_PLACE: dict[str, Config] = {
    "short": {"image": "trainer", "memory": 100},
    "properties": {"containerProperties": CONTAINER},
    "task": {"ecsProperties": TASK},
    "sidecar": {"ecsProperties": SIDECAR},
    "nodes": {
        "nodeProperties": {
            "numNodes": 2,
            "mainNode": 0,
            "nodeRangeProperties": [
                {"targetNodes": "0", "container": CONTAINER},
                {"targetNodes": "1", "ecsProperties": TASK},
            ],
        }
    },
}
"""A job definition for each place that can name an image."""

DIGEST = f"sha256:{'1' * 64}"
OTHER = f"sha256:{'2' * 64}"
ACCOUNT = "111122223333"
REGISTRY = f"{ACCOUNT}.dkr.ecr.ap-northeast-1.amazonaws.com"
NEXT = "batch-platform images push --stack dev"


def config(definitions: Config | None = None, **image: Any) -> Config:
    """Return the valid config with the image ``trainer``."""
    images = {"trainer": {"context": "./trainer", **image}}
    named = definitions or {
        "train": EVERY_PLACE["short"],
        "hello": {"image": "busybox", "memory": 9},
    }
    return {**changed("images", images), "batch-platform:jobDefinitions": named}


def lock(folder: Path, stack: str = "dev", account: str = ACCOUNT, digest: str = DIGEST) -> Path:
    """Write the digest of ``trainer``."""
    path = folder / f"images.{stack}.lock.json"
    path.write_text(json.dumps({account: {"trainer": digest}}))
    return path


@pytest.mark.parametrize("place", EVERY_PLACE)
def test_every_place_that_names_an_image_takes_one_of_the_stack(place: str, tmp_path: Path) -> None:
    settings = load(config({"train": EVERY_PLACE[place]}), tmp_path)
    lock(tmp_path)
    pushed = assumed_plan(load(config({"train": EVERY_PLACE[place]}), tmp_path))

    assert assumed_plan(settings).not_pushed == {"train": ("trainer",)}
    assert pushed.not_pushed == {}
    found = set(images_of(pushed.settings.job_definitions["train"])) - {"busybox"}
    assert found == {f"{REGISTRY}/dev-trainer@{DIGEST}"}


def test_another_image_stays_as_it_is(tmp_path: Path) -> None:
    lock(tmp_path)
    plan = assumed_plan(load(config(), tmp_path))
    assert list(images_of(plan.settings.job_definitions["hello"])) == ["busybox"]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("images", {"Trainer": {"context": "."}}, "'Trainer' becomes part of the name of an ECR"),
        ("images", {"a--b": {"context": "."}}, "'a--b' becomes part of the name of an ECR"),
        ("images", {"trainer": {}}, "images.trainer.context: missing"),
        ("images", {"trainer": {"context": ".", "folder": "."}}, "folder: unknown key"),
        ("images", {"trainer": {"context": ".", "keep": 0}}, "images.trainer.keep: 0"),
        ("images", {"trainer": {"context": ".", "platform": "linux/386"}}, "'linux/386'"),
        ("images", {"trainer": {"context": ".", "dockerfile": "/x"}}, "'/x' is not relative"),
        ("images", {"trainer": {"context": ".", "kmsKeyId": "key"}}, "is not the ARN of a KMS key"),
    ],
)
def test_what_is_no_image_is_refused(path: str, value: object, said: str, tmp_path: Path) -> None:
    assert any(
        said in line and "; fix: " in line for line in refusals(changed(path, value), tmp_path)
    )


def test_a_stack_whose_name_no_repository_can_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "Pulumi.Dev.yaml"
    path.write_text(yaml.safe_dump({"config": config()}))
    assert main(["check", str(path)]) == 1
    assert "'Dev' becomes part of the names of ECR repositories" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["", "[]", '{"12": {}}', f'{{"{ACCOUNT}": []}}', f'{{"{ACCOUNT}": {{"a": "latest"}}}}']
)
def test_digests_of_another_form_are_refused(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(config(), tmp_path)
    lock(tmp_path).write_text(text)
    assert main(["check", "--stack", "dev", "--directory", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("images.dev.lock.json: ")
    assert "take it from git as it was" in said


def test_an_image_of_the_stack_is_reached_without_the_internet(tmp_path: Path) -> None:
    private = {"train": EVERY_PLACE["short"]}
    network = {"batch-platform:network": {"mode": "endpoints"}}
    assert load({**config(private), **network}, tmp_path)
    (line,) = refusals({**config({"train": {"image": "other", "memory": 9}}), **network}, tmp_path)
    assert "'other' is not in a private ECR registry" in line


def test_until_the_push_the_repository_is_made_and_the_definition_left_out(
    run_program: RunProgram, tmp_path: Path
) -> None:
    text = yaml.safe_dump({"config": config()})
    first = run_program(text, stack="dev")
    lock(tmp_path, "second", account="123456789012")
    second = run_program(text, stack="second")

    assert [each.name for each in first.every("JobDefinition")] == ["dev-hello"]
    assert any("jobDefinitions train: left out" in each and NEXT in each for each in first.warnings)
    assert list(first.outputs["jobDefinitions"]) == ["hello"]
    made = first.only("Repository")
    assert made.inputs["imageTagMutability"] == "IMMUTABLE"
    assert made.inputs["imageScanningConfiguration"] == {"scanOnPush": True}
    assert made.inputs["encryptionConfigurations"] == [{"encryptionType": "AES256"}]
    (rule,) = json.loads(first.only("LifecyclePolicy").inputs["policy"])["rules"]
    assert rule["selection"]["countNumber"] == 20
    assert {each.name for each in second.every("JobDefinition")} == {"second-train", "second-hello"}
    address = f"123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/second-trainer@{DIGEST}"
    definition = second.only("JobDefinition", "second-train").inputs["containerProperties"]
    assert json.loads(definition)["image"] == address
    assert not [each for each in second.warnings if "left out" in each]
    policy = second.only("RolePolicy", "second-execution").inputs["policy"]
    (pull,) = [each for each in json.loads(policy)["Statement"] if each["Sid"] == "PullImages"]
    assert pull["Resource"].endswith(":repository/second-trainer")


def test_digests_of_another_account_are_not_those_of_this_one(
    run_program: RunProgram, tmp_path: Path
) -> None:
    text = yaml.safe_dump({"config": {**config(), "batch-platform:tags": {"run": "another"}}})
    lock(tmp_path, "third", account=ACCOUNT)
    assert run_program(text, stack="third").every("Repository")
    plan = assumed_plan(load(config(), tmp_path))
    assert plan.settings.image_digests.of("444455556666") == {}


@pytest.mark.parametrize("is_pushed", [False, True])
def test_check_and_plan_tell_what_is_left_out(
    is_pushed: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(config(), tmp_path)
    if is_pushed:
        lock(tmp_path)
    where = ["--stack", "dev", "--directory", str(tmp_path)]
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "first"], check=True)

    assert main(["check", *where]) == 0
    checked = capsys.readouterr().out
    assert main(["plan", *where]) == 0
    planned = capsys.readouterr().out
    lock(tmp_path, digest=OTHER)
    assert main(["plan", *where]) == 0
    after = capsys.readouterr().out

    assert ("left out" in checked, "left out" in planned) == (not is_pushed,) * 2
    assert (NEXT in checked, NEXT in planned) == (not is_pushed,) * 2
    assert ("trainer@sha256:111111111111," in checked) is is_pushed
    # Against git, where the digest is another one, or none.
    if is_pushed:
        assert f"dev-trainer@{DIGEST} -> " in after
    else:
        assert "job definition train: add" in after


@pytest.mark.parametrize(
    ("definition", "image", "said"),
    [
        ({"image": "busybox", "memory": 9}, {}, "images.trainer: no job definition names it"),
        ({"keepRevisions": 7}, {"keep": 7}, "images.trainer.keep: 7 images are kept"),
        ({}, {"platform": "linux/arm64"}, "every instance is x86_64; fix: write linux/amd64"),
        (
            {
                "platform": "FARGATE",
                "vcpus": 1,
                "memory": 2048,
                "fargate": {"cpuArchitecture": "ARM64"},
            },
            {},
            "jobDefinitions.train runs on ARM64; fix: write linux/arm64",
        ),
    ],
)
def test_what_was_hardly_meant_is_warned_of(
    definition: Config, image: Config, said: str, tmp_path: Path
) -> None:
    whole = config({"train": {**EVERY_PLACE["short"], **definition}}, **image)
    whole["batch-platform:computeEnvironments"]["fargate"] = {"type": "FARGATE"}
    whole["batch-platform:jobQueues"]["fargate"] = {"computeEnvironments": ["fargate"]}
    lock(tmp_path)
    assert any(said in each for each in warnings(assumed_plan(load(whole, tmp_path))))


def test_who_deploys_may_change_the_repositories_of_the_stack_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(config(), tmp_path)
    assert main(["deployer-policy", "--stack", "dev", "--directory", str(tmp_path)]) == 0
    statements = {each["Sid"]: each for each in json.loads(capsys.readouterr().out)["Statement"]}
    assert statements["ChangeRepositories"]["Resource"] == [
        "arn:aws:ecr:ap-northeast-1:*:repository/dev-*"
    ]


# --- build and push

ENGINE = """\
#!{python}
import json, os, sys
told = {{"arguments": sys.argv[1:], "stdin": ""}}
if "--password-stdin" in sys.argv:
    told["stdin"] = sys.stdin.read()
with open({log!r}, "a") as log:
    log.write(json.dumps(told) + "\\n")
if sys.argv[1] == "build":
    with open(sys.argv[sys.argv.index("--iidfile") + 1], "w") as file:
        file.write("sha256:" + "c" * 64)
elif sys.argv[1] == "image":
    layers = {{"Layers": ["sha256:" + "a" * 64]}}
    print(json.dumps([{{"Id": "sha256:" + "c" * 64, "Size": 7, "RootFS": layers}}]))
elif sys.argv[1] == "push":
    import boto3
    name, tag = sys.argv[2].partition("/")[2].split(":")
    media = "application/vnd.oci.image.manifest.v1+json"
    boto3.client("ecr", region_name="us-east-1").put_image(
        repositoryName=name, imageTag=tag, imageManifest=json.dumps({{"layers": []}}),
        imageManifestMediaType=media, imageDigest="sha256:" + "d" * 64)
sys.exit({code})
"""

Told = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def engine(tmp_path: Path) -> Callable[..., tuple[str, Told]]:
    """Return the function that makes an engine: its command, and what it was told."""

    def make(code: int = 0) -> tuple[str, Told]:
        log, command = tmp_path / "log", tmp_path / "docker"
        command.write_text(ENGINE.format(python=sys.executable, log=str(log), code=code))
        command.chmod(0o755)
        return str(command), lambda: [json.loads(line) for line in log.read_text().splitlines()]

    return make


@pytest.fixture
def pushing(local: LocalAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the arguments of a push from a folder with a Dockerfile to a repository."""
    for name, value in local.environ.items():
        monkeypatch.setenv(name, value)
    stack = f"s{uuid.uuid4().hex[:8]}"
    (tmp_path / "trainer").mkdir()
    (tmp_path / "trainer" / "Dockerfile").write_text("FROM scratch\n")
    text = yaml.safe_dump({"config": {**config(), "aws:region": "us-east-1"}})
    (tmp_path / f"Pulumi.{stack}.yaml").write_text(f"# ours\n{text}")
    return ["images", "push", "--stack", stack, "--directory", str(tmp_path)]


def make_repository(local: LocalAws, arguments: list[str]) -> str:
    """Make the repository of a stack's image, as `pulumi up` does."""
    name = f"{arguments[3]}-trainer"
    ecr = client_of(local, "ecr")
    ecr.create_repository(repositoryName=name, imageTagMutability="IMMUTABLE")
    return name


def test_a_push_writes_the_digest_and_a_second_one_changes_nothing(
    local: LocalAws,
    pushing: list[str],
    engine: Callable[..., tuple[str, Told]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    command, _ = engine()
    name = make_repository(local, pushing)
    ecr = client_of(local, "ecr")
    assert main([*pushing, "--engine", command]) == 0
    first = capsys.readouterr().out
    written = tmp_path / f"images.{pushing[3]}.lock.json"
    digest = json.loads(written.read_text())["123456789012"]["trainer"]
    before = written.stat().st_mtime_ns
    assert main([*pushing, "--engine", command]) == 0

    assert f"trainer: pushed, 123456789012.dkr.ecr.us-east-1.amazonaws.com/{name}@" in first
    assert "commit it" in first
    assert "trainer: unchanged" in capsys.readouterr().out
    assert written.stat().st_mtime_ns == before
    (image,) = ecr.describe_images(repositoryName=name)["imageDetails"]
    assert (image["imageDigest"], image["imageTags"]) == (digest, ["c" * 20])
    # The digest is that of the manifest, by which a registry is asked for it.
    (got,) = ecr.batch_get_image(repositoryName=name, imageIds=[{"imageDigest": digest}])["images"]
    assert json.loads(got["imageManifest"])["config"]["digest"] == f"sha256:{'c' * 64}"
    assert (tmp_path / f"Pulumi.{pushing[3]}.yaml").read_text().startswith("# ours\n")


def test_what_the_container_engine_is_told(
    local: LocalAws,
    pushing: list[str],
    engine: Callable[..., tuple[str, Told]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    keys = {
        "dockerfile": "gpu.Dockerfile",
        "target": "runtime",
        "buildArgs": {"RELEASE": "7"},
        "platform": "linux/arm64",
    }
    (tmp_path / "trainer" / "gpu.Dockerfile").write_text("FROM scratch\n")
    path = tmp_path / f"Pulumi.{pushing[3]}.yaml"
    path.write_text(yaml.safe_dump({"config": config(**keys)}))
    command, told = engine()
    assert main(["images", "build", *pushing[2:], "--engine", command]) == 0

    build, tag = (each["arguments"] for each in told())
    context = str(tmp_path / "trainer")
    at = build.index("--iidfile")
    assert [*build[:at], *build[at + 2 :]] == [
        *("build", "--platform", "linux/arm64", "--file", f"{context}/gpu.Dockerfile"),
        *("--target", "runtime", "--build-arg", "RELEASE=7", context),
    ]
    assert tag == ["tag", f"sha256:{'c' * 64}", f"{pushing[3]}-trainer:latest"]
    assert "trainer: built, sha256:c" in capsys.readouterr().out


def test_on_aws_the_password_is_on_no_command_line(
    local: LocalAws, pushing: list[str], engine: Callable[..., tuple[str, Told]], tmp_path: Path
) -> None:
    command, told = engine()
    name = make_repository(local, pushing)
    registry = Registry(client_of(local, "ecr"), is_local=False)
    there = registry.repository(name, pushing[3])
    pushed = registry.push(there, f"sha256:{'c' * 64}", ContainerEngine(command))
    again = registry.push(there, f"sha256:{'c' * 64}", ContainerEngine(command))

    _, login, push, *later = told()
    assert login["arguments"] == [
        *("login", "--username", "AWS", "--password-stdin"),
        there.address.partition("/")[0],
    ]
    assert login["stdin"]
    assert push["arguments"] == ["push", f"{there.address}:{'c' * 20}"]
    assert (pushed.digest, pushed.is_new) == (f"sha256:{'d' * 64}", True)
    assert (again.digest, again.is_new) == (pushed.digest, False)
    assert [each["arguments"][0] for each in later] == ["tag"]


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("http://127.0.0.1:4566", True),
        ("http://localhost:4566", True),
        ("http://[::1]:4566", True),
        ("https://api.ecr.eu-west-1.amazonaws.com", False),
        ("http://10.0.0.7:4566", False),
    ],
)
def test_the_local_aws_is_on_this_machine(endpoint: str, expected: bool) -> None:
    assert is_local(endpoint) is expected


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ("no repository", "does not exist yet; fix: `pulumi up --stack"),
        ("nothing", "'nothing' is not a key of images"),
        ("no-such-engine", "no container engine: no-such-engine is not on PATH"),
        ("no dockerfile", "images.trainer.dockerfile: there is no "),
        ("no context", "images.trainer.context: there is no "),
        ("no images", "declares no images; fix: add e.g. `batch-platform:images"),
    ],
)
def test_a_push_that_cannot_be_says_why_and_writes_nothing(
    edit: str, said: str, local: LocalAws, pushing: list[str], request: pytest.FixtureRequest
) -> None:
    folder = Path(pushing[5])
    command, _ = request.getfixturevalue("engine")()
    more = {"nothing": ["nothing"], "no-such-engine": ["--engine", "no-such-engine"]}.get(edit, [])
    if edit != "no repository":
        make_repository(local, pushing)
    if edit in {"no dockerfile", "no context"}:
        (folder / "trainer" / "Dockerfile").unlink()
    if edit == "no context":
        (folder / "trainer").rmdir()
    if edit == "no images":
        text = yaml.safe_dump({"config": changed("network", {"mode": "public"})})
        (folder / f"Pulumi.{pushing[3]}.yaml").write_text(text)
    capsys = request.getfixturevalue("capsys")
    assert main([*pushing, "--engine", command, *more]) == 1
    assert said in capsys.readouterr().err
    assert not list(folder.glob("images.*"))


def test_a_failure_of_the_engine_is_passed_on(
    local: LocalAws,
    pushing: list[str],
    engine: Callable[..., tuple[str, Told]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    command, _ = engine(3)
    make_repository(local, pushing)
    assert main([*pushing, "--engine", command]) == 1
    assert "`docker build` ended with exit code 3" in capsys.readouterr().err
    assert not list(tmp_path.glob("images.*"))


def test_without_an_engine_on_the_path_both_are_named(
    pushing: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert main(pushing) == 1
    assert "docker nor podman is not on PATH; fix: install docker" in capsys.readouterr().err
