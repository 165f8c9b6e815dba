"""Images in the ECR of the local AWS: which image of the container engine each of them is.

``batch-platform images push`` to the local AWS sends no layers. It puts a manifest whose config is
the id of the image in the container engine, where the jobs run.
"""

from __future__ import annotations

import json

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ecr.models import ecr_backends

from batchsdk.contract.ecr import ecr_image


class NoSuchImageError(Exception):
    """The ECR of the local AWS does not have it; the message is that of Docker's daemon on AWS."""


def engine_image(image: str) -> str | None:
    """Return the id, in the container engine, of an image of the local AWS.

    Args:
        image: as a job definition names it.

    Returns:
        ``None`` for an image of another registry.

    Raises:
        NoSuchImageError: the local AWS has not the repository, or not the image.
    """
    found = ecr_image(image)
    if found is None:
        return None
    repository = ecr_backends[found.account][found.region].repositories.get(found.repository)
    if repository is None:
        if found.account != DEFAULT_ACCOUNT_ID:
            return None
        raise NoSuchImageError(
            f"Error response from daemon: repository {image.partition('@')[0]} not found: name "
            f"unknown: The repository with name '{found.repository}' does not exist in the "
            f"registry with id '{found.account}'"
        )
    digest = image.partition("@")[2]
    tag = "" if digest else image.rpartition("/")[2].partition(":")[2] or "latest"
    for each in repository.images:
        if each.get_image_digest() == digest or tag in each.image_tags:
            identifier: str | None = json.loads(each.image_manifest).get("config", {}).get("digest")
            return identifier
    raise NoSuchImageError(
        f"Error response from daemon: manifest for {image} not found: manifest unknown: Requested "
        "image not found"
    )
