"""AWS's words for containers that cannot start because their network leads nowhere.

Source: Amazon ECS developer guide, "CannotPullContainer task errors" and "ResourceInitialization
errors".
"""

from __future__ import annotations

import re

_ECR = re.compile(r"\d{12}\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/")
TIMED_OUT = "dial tcp: i/o timeout"
CHECK_NETWORK = "Please check your task network configuration."
NO_RESOURCE = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
    "retrieval failed: unable to retrieve"
)


def private_registry(image: str) -> str:
    """Return the region of the private ECR registry that has the image, or nothing.

    ECR's other names (``dkr-ecr.…on.aws``, FIPS) are not those of its VPC endpoints.
    """
    found = _ECR.match(image)
    return found["region"] if found else ""


def secret_service(value_from: str) -> str:
    """Return where a secret is: ``secretsmanager`` or ``ssm``."""
    return "secretsmanager" if ":secretsmanager:" in value_from else "ssm"


def image_not_pulled(image: str, region: str, *, fargate: bool) -> str:
    """Return the container's ``reason`` when the image's registry does not answer."""
    is_ecr = bool(private_registry(image))
    api = f'RequestError: send request failed caused by: Post "https://api.ecr.{region}.amazonaws.com/"'
    if fargate and is_ecr:
        return (
            f"{NO_RESOURCE} ecr registry auth: service call has been retried 3 time(s): {api}: "
            f"{TIMED_OUT}. {CHECK_NETWORK}"
        )
    if is_ecr:
        return f"CannotPullECRContainerError: {api}: {TIMED_OUT}"
    registry = image.partition("/")[0] if "." in image.partition("/")[0] else "registry-1.docker.io"
    if fargate:
        return (
            "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to "
            f'resolve ref {image}: failed to do request: Head "https://{registry}/v2/": {TIMED_OUT}'
        )
    return (
        f'CannotPullContainerError: Error response from daemon: Get "https://{registry}/v2/": '
        "net/http: request canceled while waiting for connection (Client.Timeout exceeded while "
        "awaiting headers)"
    )


def secret_not_read(service: str) -> str:
    """Return the container's ``reason`` when the service of its secret does not answer."""
    what = "secret from asm" if service == "secretsmanager" else "secrets from ssm"
    return (
        f"{NO_RESOURCE} {what}: service call has been retried 5 time(s): RequestCanceled: request "
        f"context canceled caused by: context deadline exceeded. {CHECK_NETWORK}"
    )


def log_stream_not_made(region: str) -> str:
    """Return the container's ``reason`` when CloudWatch Logs does not answer."""
    return (
        "CannotStartContainerError: failed to initialize logging driver: failed to create "
        "Cloudwatch log stream: RequestError: send request failed caused by: Post "
        f'"https://logs.{region}.amazonaws.com/": {TIMED_OUT}'
    )
