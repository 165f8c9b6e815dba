"""AWS's words for containers that cannot start because their network leads nowhere.

Source: Amazon ECS developer guide, "CannotPullContainer task errors" and "ResourceInitialization
errors".
"""

from __future__ import annotations

from batchsdk.contract.ecr import USUAL, ecr_image

TIMED_OUT = "dial tcp: i/o timeout"
CHECK_NETWORK = "Please check your task network configuration."
NO_RESOURCE = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
    "retrieval failed: unable to retrieve"
)


def image_not_pulled(image: str, region: str, *, fargate: bool) -> str:
    """Return the container's ``reason`` when the image's registry does not answer."""
    found = ecr_image(image)
    is_ecr = found is not None and found.service == USUAL
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
