"""Airflow with a home and a database of its own, in an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.clients.environments import AIRFLOW, CACHE, made_once
from tests.conftest import refuse
from tests.tool_environment import tool_environment

Airflow = Callable[..., "subprocess.CompletedProcess[str]"]


def airflow_in(home: Path, dags: Path, environ: Mapping[str, str]) -> Airflow:
    """Return what runs Airflow's command line.

    Args:
        home: an empty folder, for its database too.
        dags: folder of the DAGs.
        environ: further variables.
    """
    python = tool_environment("", AIRFLOW.requirements)
    home.mkdir()
    shutil.copy(_database(python), home)
    variables = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        **environ,
        **_settings(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return _airflow(python, home, variables, *arguments)

    return run


def _database(python: Path) -> Path:
    """Return an empty database with Airflow's tables, made once: it takes a quarter of a minute."""
    folder = CACHE / f"{python.parents[1].name}-database"
    with made_once(folder) as missing:
        if missing:
            folder.mkdir()
            done = _airflow(python, folder, {**os.environ, **_settings(folder)}, "db", "migrate")
            if done.returncode != 0:
                refuse(f"Airflow makes no database: {done.stderr[-2000:]}")
    return folder / "airflow.db"


def _settings(home: Path) -> dict[str, str]:
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
    }


def _airflow(
    python: Path, folder: Path, environ: Mapping[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "-m", "airflow", *arguments],
        env=environ,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
