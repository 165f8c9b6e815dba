"""The Pulumi program: one environment of AWS Batch, from the YAML config of its stack."""

from pathlib import Path

from batch_platform.program import run

run(Path(__file__).parent)
