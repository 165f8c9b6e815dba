"""The files of the repository for others: hooks, workflows, templates, how to contribute."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml

from batch_platform.__main__ import main
from localaws.cli.lifecycle import start
from tools.release import release

ROOT = Path(__file__).parents[1]
STACK_FILES = [each for each in release.tracked("*.yaml") if "/Pulumi." in f"/{each}"]
STACK_FILES = [each for each in STACK_FILES if not each.endswith("Pulumi.yaml")]


def read(name: str) -> object:
    """Read a YAML file."""
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_the_hook_for_others_checks_stack_files_and_nothing_else(monkeypatch, capsys):
    (hook,) = read(".pre-commit-hooks.yaml")
    chosen = [each for each in release.tracked("*.yaml", "*.yml") if re.search(hook["files"], each)]
    assert chosen == STACK_FILES
    monkeypatch.chdir(ROOT)
    program, *arguments = shlex.split(hook["entry"])
    assert program == "batch-platform"
    assert main([*arguments, *chosen]) == 0
    assert capsys.readouterr().out.count(": the config is valid\n") == len(chosen)


def test_the_hooks_of_this_repository_run_what_there_is():
    (repository,) = read(".pre-commit-config.yaml")["repos"]
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    for hook in repository["hooks"]:
        program, *arguments = shlex.split(hook["entry"])
        if program == "make":
            assert set(arguments) <= set(targets)
        else:
            assert program in {".venv/bin/ruff", ".venv/bin/batch-platform"}
        if "files" in hook:
            assert hook["files"] == read(".pre-commit-hooks.yaml")[0]["files"]


def test_a_tag_is_published_only_after_make_release():
    workflow = read(".github/workflows/release.yml")
    assert workflow[True] == {"push": {"tags": ["v*"]}}  # `on` is a boolean to YAML 1.1
    steps = workflow["jobs"]["build"]["steps"]
    url = "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY"
    assert {"run": f'make release RELEASE_ARGS="--url {url}"'} in steps
    publish = workflow["jobs"]["publish"]
    assert publish["needs"] == "build"
    assert publish["permissions"] == {"id-token": "write"}
    assert workflow["permissions"] == {"contents": "read"}
    (guard,) = [each["run"] for each in steps if "GITHUB_REF_NAME" in each.get("run", "")]
    (pattern,) = re.findall(r"s/(.+?)/\\1/p", guard)
    version = re.search(pattern.replace(r"\(", "(").replace(r"\)", ")"), VERSION_FILE, re.MULTILINE)
    assert version is not None


VERSION_FILE = (ROOT / "batchsdk" / "__init__.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "page",
    [
        "CONTRIBUTING.md",
        "SECURITY.md",
        "docs/start.md",
        "docs/upgrading.md",
        "README.md",
        "CHANGELOG.md",
    ],
)
def test_every_link_between_the_pages_leads_somewhere(page):
    path = ROOT / page
    links = re.findall(r"\]\(([^)#]*)(?:#([^)]+))?\)", path.read_text(encoding="utf-8"))
    assert links
    for target, anchor in links:
        if target.startswith("https://"):
            continue
        found = path if not target else (path.parent / target).resolve()
        assert found.exists(), target
        if anchor and found.suffix == ".md":
            assert anchor in anchors(found), f"{target}#{anchor}"


def anchors(page: Path) -> set[str]:
    """Return what GitHub calls the headings of a page, and its own anchors."""
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    named = {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}
    return named | set(re.findall(r'<a (?:id|name)="([^"]+)"', text))


def test_every_issue_form_says_what_is_needed():
    forms = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
    bodies = [
        form["body"] for each in forms if "body" in (form := yaml.safe_load(each.read_text()))
    ]
    assert len(bodies) == 2
    for body in bodies:
        assert [each["id"] for each in body if each.get("validations", {}).get("required")]


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile, lines that go on joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [each for each in text.splitlines() if each and not each.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def arguments_of(instruction: str) -> list[list[str]]:
    """Return what the Dockerfile gives an instruction, in its JSON form."""
    return [json.loads(given) for name, given in instructions() if name == instruction]


def test_what_the_image_is_made_of_is_sent_to_the_engine_and_nothing_else():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[1] == "*"
    sent = {each[1:] for each in ignored if each.startswith("!")}
    copied = {
        name
        for instruction, given in instructions()
        if instruction == "COPY"
        for name in given.split()[:-1]
    }
    assert copied == sent
    assert {name for name in sent if release.tracked(name)} == sent
    assert {*release.PACKAGES, *release.NEEDED_TO_BUILD, "MANIFEST.in"} <= sent


def test_the_image_starts_the_local_aws_as_another_user_than_root():
    (entry,), (command,) = arguments_of("ENTRYPOINT"), arguments_of("CMD")
    assert entry == ["localaws"]
    options = {each for option in start.params for each in option.opts}
    assert {each for each in command if each.startswith("--")} <= options
    volumes = {volume for each in arguments_of("VOLUME") for volume in each}
    assert command[command.index("--persist") + 1] in volumes
    users = [given for name, given in instructions() if name == "USER"]
    assert users == ["1000"]
    assert f"LOCALAWS_HOME={(volumes - {'/data'}).pop()}" in [
        given for name, given in instructions() if name == "ENV"
    ]
    (health,) = [given for name, given in instructions() if name == "HEALTHCHECK"]
    assert json.loads(health.partition("CMD ")[2]) == ["localaws", "status"]


def test_the_image_has_what_the_wheel_needs_and_no_more():
    installed = [given for name, given in instructions() if name == "RUN" and "pip" in given]
    locked, own = installed
    assert locked.endswith("-r /tmp/requirements-local.txt")
    assert " --no-deps " in own
    assert own.endswith(" /source")


def test_the_container_of_developers_has_what_make_needs():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    program, target = container["postCreateCommand"].split()
    assert program == "make"
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert re.search(r"/python:3\.1[1-9]$", container["image"])
    settings = container["customizations"]["vscode"]["settings"]
    assert settings["python.defaultInterpreterPath"].endswith("/.venv/bin/python")
