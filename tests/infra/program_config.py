"""The text of a small stack file for runs of the program."""

from __future__ import annotations

ECR = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/busybox"
"""A private image of the config's region."""


def config(network: str, *, image: str = "busybox", more: str = "") -> str:
    return f"""\
config:
  aws:region: ap-northeast-1
  batch-platform:network: {network}
  batch-platform:computeEnvironments:
    default: {{type: EC2}}
  batch-platform:jobQueues:
    default: {{computeEnvironments: [default]}}
  batch-platform:jobDefinitions:
    hello: {{image: "{image}", memory: 100}}
{more}"""
