"""The versions of the clients: each is pinned where it is installed from."""

from __future__ import annotations

import json
import re
from pathlib import Path

from benchmarks.clients.environments import AIRFLOW, METAFLOW, REDUN
from tests.batch_platform.real_provider.terraform_configuration import SOURCE, VERSION

PROJECT = Path(__file__).parents[2]
PROGRAMS = Path(__file__).parent / "programs"
"""What is run with the clients, each as its own documentation has it."""
LUIGI = ("luigi==3.8.1", "boto3==1.44.5")
SNAKEMAKE = (
    "snakemake==9.27.1",
    "snakemake-executor-plugin-aws-batch==0.2.1",
    "snakemake-storage-plugin-s3==0.3.6",
)


def versions() -> dict[str, str]:
    """Return the version of each client that is run, by its name in `docs/localaws.md`."""
    package = json.loads((PROGRAMS / "javascript" / "package.json").read_text())
    modules = (PROGRAMS / "go" / "go.mod").read_text()
    go = re.search(r"github\.com/aws/aws-sdk-go-v2 v(\S+)", modules)
    assert go is not None
    found = {
        "AWS CLI": _locked("requirements-dev.txt", "awscli"),
        "boto3": _locked("requirements.txt", "boto3"),
        "AWS SDK for JavaScript": package["dependencies"]["@aws-sdk/client-batch"],
        "AWS SDK for Go": go[1],
        "Terraform's provider": f"{SOURCE} {VERSION}",
    }
    for name, requirements in {
        "Airflow": AIRFLOW.requirements,
        "luigi": LUIGI,
        "metaflow": METAFLOW.requirements,
        "redun": REDUN.requirements,
        "snakemake": SNAKEMAKE,
    }.items():
        pinned = dict(each.split("==") for each in requirements)
        pinned.pop("boto3", None)
        first, *plugins = pinned.items()
        found[name] = ", ".join([first[1], *(" ".join(each) for each in plugins)])
    return found


def _locked(file: str, package: str) -> str:
    found = re.search(rf"^{package}==(\S+)", (PROJECT / file).read_text(), re.MULTILINE)
    assert found is not None
    return found[1]
