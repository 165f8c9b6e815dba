"""``batch-platform init``: what a new project has, and what stands in its way."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from batch_platform.__main__ import main
from batch_platform.program.project import TEMPLATES
from batch_platform.settings.schema import schema_text
from localaws.cli import main as localaws_main

OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


@pytest.fixture
def project(tmp_path, monkeypatch, capsys):
    """A new project, which is the current folder."""
    folder = tmp_path / "My jobs"
    assert main(["init", str(folder), "--region", "eu-west-1"]) == 0
    assert "\n  pytest\n" in capsys.readouterr().out
    monkeypatch.chdir(folder)
    return folder


def commands(folder: Path) -> list[list[str]]:
    """Every command that the workflows run or the README tells, as a list of words."""
    github = yaml.safe_load((folder / ".github/workflows/batch.yml").read_text("utf-8"))
    gitlab = yaml.safe_load((folder / ".gitlab-ci.yml").read_text("utf-8"))
    lines = [
        step["run"] for job in github["jobs"].values() for step in job["steps"] if "run" in step
    ]
    for job in gitlab.values():
        if isinstance(job, dict):
            lines += [*job.get("before_script", []), *job.get("script", [])]
    for block in re.findall(
        r"```sh\n(.*?)```", (folder / "README.md").read_text("utf-8"), re.DOTALL
    ):
        lines += block.splitlines()
    return [shlex.split(line, comments=True) for line in lines]


def test_check_accepts_it(project, capsys):
    assert main(["check", "--stack", "dev"]) == 0
    assert capsys.readouterr().out.startswith("dev in eu-west-1: the config is valid\n")
    assert Path("stack.schema.json").read_text("utf-8") == schema_text()


def test_no_place_is_left_to_fill_in(project):
    for name in TEMPLATES:
        text = (project / name).read_text("utf-8")
        assert re.findall(r"\$\{?(project|region|version)\b", text) == []
        if name.endswith((".yaml", ".yml")):
            assert yaml.safe_load(text)
        elif name.endswith(".py"):
            compile(text, name, "exec")
    assert yaml.safe_load(Path("Pulumi.yaml").read_text("utf-8"))["name"] == "My-jobs"
    assert "${{ secrets.PULUMI_ACCESS_TOKEN }}" in Path(".github/workflows/batch.yml").read_text()


@pytest.mark.parametrize(
    ("program", "entry"), [("batch-platform", main), ("localaws", localaws_main)]
)
def test_what_the_workflows_run_are_commands_that_exist(project, capsys, program, entry):
    found = {tuple(each) for each in commands(project) if each and each[0] == program}
    assert found
    for _, verb, *arguments in found:
        with pytest.raises(SystemExit) as ended:
            entry([verb, "--help"])
        assert ended.value.code == 0
        options = set(OPTION.findall(" ".join(arguments)))
        assert options <= set(OPTION.findall(capsys.readouterr().out)), verb


def test_nothing_is_overwritten(project, capsys):
    before = {each: each.read_bytes() for each in project.rglob("*") if each.is_file()}
    assert main(["init", str(project)]) == 1
    refused = capsys.readouterr().err
    assert "is not empty: it has .github, .gitignore, .gitlab-ci.yml, Pulumi.dev.yaml" in refused
    assert "and 3 more; fix: name a new folder" in refused
    assert {each: each.read_bytes() for each in project.rglob("*") if each.is_file()} == before


def test_what_to_type_next_leads_into_another_folder_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    main(["init", "other folder"])
    assert "\n  cd 'other folder'\n" in capsys.readouterr().out
    Path("here").mkdir()
    monkeypatch.chdir("here")
    main(["init", "."])
    assert " cd " not in capsys.readouterr().out


def test_an_empty_repository_is_no_obstacle(tmp_path):
    (tmp_path / ".git").mkdir()
    assert main(["init", str(tmp_path)]) == 0
    assert (tmp_path / "Pulumi.dev.yaml").is_file()


@pytest.mark.parametrize(
    ("folder", "region", "refused"),
    [
        ("new", "nowhere", "'nowhere' is not a region of AWS; fix: write e.g. us-east-1"),
        ("file/new", "us-east-1", "Not a directory"),
        ("file", "us-east-1", "Not a directory"),
    ],
)
def test_where_there_can_be_none_nothing_is_written(tmp_path, capsys, folder, region, refused):
    (tmp_path / "file").touch()
    assert main(["init", str(tmp_path / folder), "--region", region]) == 1
    assert refused in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
