"""A new project: a stack file, the program, a pipeline with its test, and workflows for CI."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from string import Template

from batch_platform.settings import SettingsError, parse_stack_file, validate_stack_file

TEMPLATES = {
    ".github/workflows/batch.yml": "github.yml.txt",
    ".gitignore": "gitignore.txt",
    ".gitlab-ci.yml": "gitlab.yml.txt",
    "Pulumi.dev.yaml": "stack.yaml.txt",
    "Pulumi.yaml": "Pulumi.yaml.txt",
    "README.md": "README.md",
    "__main__.py": "main.py.txt",
    "pipeline.py": "pipeline.py.txt",
    "policy/PulumiPolicy.yaml": "PulumiPolicy.yaml.txt",
    "policy/__main__.py": "policy.py.txt",
    "pytest.ini": "pytest.ini.txt",
    "requirements.txt": "requirements.txt",
    "tests/test_pipeline.py": "test_pipeline.py.txt",
}
"""Each file of a project, and its template in the folder beside this module."""
SCHEMA = "stack.schema.json"
MAY_BE_THERE = frozenset({".git"})
"""What an empty repository has."""
MOST_NAMES = 10
"""Files in the way that an error names."""
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]+")
"""What a name of a Pulumi project cannot have; it has at most 100 characters."""


class ProjectError(Exception):
    """There can be no project in that folder; nothing was written."""


@dataclass(frozen=True)
class Project:
    """What is written into a new project.

    Attributes:
        directory: the folder; it is made with its parents where it is not there.
        region: of AWS, e.g. ``eu-west-1``.
    """

    directory: Path
    region: str

    @property
    def name(self) -> str:
        """The name of the Pulumi project: that of the folder, as far as Pulumi takes it."""
        return _NOT_IN_NAMES.sub("-", self.directory.resolve().name).strip("-")[:100] or "batch"

    def contents(self) -> dict[str, str]:
        """Return the text of each file, by its path in the folder.

        Raises:
            ProjectError: AWS has no such region.
        """
        from batch_platform.settings.schema import schema_text  # noqa: PLC0415  # of `init` alone

        values = {"project": self.name, "region": self.region, "version": version("batchsdk")}
        folder = files("batch_platform.program") / "template"
        # What is none of these is of the shell, or of a workflow: it stays.
        texts = {
            path: Template((folder / name).read_text(encoding="utf-8")).safe_substitute(values)
            for path, name in TEMPLATES.items()
        }
        stack_file = self.directory / "Pulumi.dev.yaml"
        try:
            validate_stack_file(parse_stack_file(texts[stack_file.name], stack_file))
        except SettingsError as error:
            raise ProjectError(
                f"{self.region!r} is not a region of AWS; fix: write e.g. us-east-1"
            ) from error
        return texts | {SCHEMA: schema_text()}

    def write(self) -> list[str]:
        """Write the files; return their paths in the folder.

        Raises:
            ProjectError: the folder has files, or cannot be written, or AWS has no such region.
        """
        texts = self.contents()
        try:
            self._refuse_files()
            for name, text in texts.items():
                path = self.directory / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise ProjectError(f"{self.directory}: {error.strerror}") from error
        return sorted(texts)

    def _refuse_files(self) -> None:
        if not self.directory.exists():
            return
        there = sorted({each.name for each in self.directory.iterdir()} - MAY_BE_THERE)
        if there:
            named = ", ".join(there[:MOST_NAMES])
            more = f" and {len(there) - MOST_NAMES} more" if len(there) > MOST_NAMES else ""
            raise ProjectError(
                f"{self.directory}: is not empty: it has {named}{more}; "
                f"fix: name a new folder, or move them away"
            )
