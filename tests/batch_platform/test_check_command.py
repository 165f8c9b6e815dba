"""``python -m batch_platform check``: no engine, no AWS."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from batch_platform.__main__ import main

ROOT = Path(__file__).parents[2]


def test_a_valid_stack_is_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--stack", "dev", "--directory", str(ROOT)]) == 0

    said = capsys.readouterr()
    assert said.err == ""
    assert "dev in ap-northeast-1: the config is valid" in said.out
    assert "default: EC2 c4.large, 0 to 256 vCPUs, BEST_FIT_PROGRESSIVE" in said.out
    assert "hello: public.ecr.aws/docker/library/busybox, 1 vCPU, 100 MiB" in said.out


def test_every_error_is_on_stderr_and_the_exit_code_is_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(
        "config:\n  aws:region: nowhere\n  batch-platform:network: {mode: moon}\n"
    )
    assert main(["check", "--stack", "dev", "--directory", str(tmp_path)]) == 1

    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("Pulumi.dev.yaml:2: aws:region: 'nowhere'")
    assert lines[1].startswith("Pulumi.dev.yaml:3: batch-platform:network.mode: 'moon'")


def test_the_command_loads_no_provider() -> None:
    script = (
        "import sys; from batch_platform.__main__ import main; "
        "code = main(['check', '--stack', 'dev']); "
        "assert 'pulumi_aws' not in sys.modules; assert 'boto3' not in sys.modules; sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_files_are_checked_together_and_each_error_is_told(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for stack in ("one", "two"):
        Path(f"Pulumi.{stack}.yaml").write_text("config: {aws:region: nowhere}\n")
    dev = str(ROOT / "Pulumi.dev.yaml")
    assert main(["check", "Pulumi.one.yaml", dev, "Pulumi.two.yaml"]) == 1

    said = capsys.readouterr()
    assert said.out.startswith("dev in ap-northeast-1: the config is valid")
    for stack in ("one", "two"):
        assert f"Pulumi.{stack}.yaml:1: aws:region: 'nowhere' is not a region" in said.err


def test_a_stack_or_files_are_needed_not_both(capsys):
    for arguments in ([], ["--stack", "dev", "Pulumi.dev.yaml"]):
        with pytest.raises(SystemExit) as ended:
            main(["check", *arguments])
        assert ended.value.code == 2
        assert "--stack" in capsys.readouterr().err
