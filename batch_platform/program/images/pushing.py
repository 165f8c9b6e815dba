"""From a built image to its digest in ECR, of AWS or of the local AWS."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from batch_platform.program.images.engine import ImageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batch_platform.program.images.engine import ContainerEngine

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar"
"""Media types of the Docker image manifest, version 2, schema 2; the layer is not compressed."""
TAG = 20
"""Hexadecimal digits of an image's id that its tag has."""


@dataclass(frozen=True)
class Repository:
    """A repository in ECR.

    Attributes:
        name: e.g. ``dev-trainer``.
        address: with the registry, as an image's name has it.
        account_id: twelve digits, of the registry.
    """

    name: str
    address: str
    account_id: str


@dataclass(frozen=True)
class Pushed:
    """An image that is in its repository.

    Attributes:
        digest: of its manifest.
        is_new: whether it was pushed now; otherwise it was there.
    """

    digest: str
    is_new: bool


class Registry:
    """The ECR of one account and region.

    Args:
        ecr: boto3's client.
        is_local: whether it is of the local AWS; see :func:`is_local`.
    """

    def __init__(self, ecr: Any, *, is_local: bool) -> None:
        self._ecr = ecr
        self._is_local = is_local

    def repository(self, name: str, stack: str) -> Repository:
        """Return the repository of that name.

        Args:
            name: of the repository.
            stack: that makes it, for the message.

        Raises:
            ImageError: it is not there, or AWS refuses.
        """
        found = self._ask(
            "describe_repositories", "RepositoryNotFoundException", repositoryNames=[name]
        )
        if found is None:
            raise ImageError(
                f"the repository {name} does not exist yet; fix: `pulumi up --stack {stack}` makes "
                f"it (on the local AWS also `localaws deploy --stack {stack}`), then push again"
            )
        (one,) = found["repositories"]
        return Repository(name, one["repositoryUri"], one["registryId"])

    def push(self, repository: Repository, identifier: str, engine: ContainerEngine) -> Pushed:
        """Push an image under a tag that its content gives, unless that is there already.

        To the local AWS, which is on the machine of the engine that runs its jobs, no layer is
        sent: ECR gets the manifest, and the jobs run the image by its id.

        Args:
            repository: where to.
            identifier: the image's id in the engine.
            engine: that built it.

        Raises:
            ImageError: the engine fails, or AWS refuses.
        """
        tag = identifier.removeprefix("sha256:")[:TAG]
        engine.tag(identifier, f"{repository.address}:{tag}")
        if there := self._digest(repository, tag):
            return Pushed(there, is_new=False)
        if self._is_local:
            manifest = _manifest(identifier, engine.describe(identifier))
            digest = f"sha256:{hashlib.sha256(manifest.encode()).hexdigest()}"
            self._call(
                "put_image",
                repositoryName=repository.name,
                imageManifest=manifest,
                imageManifestMediaType=MANIFEST,
                imageTag=tag,
                imageDigest=digest,
            )
        else:
            self._log_in(repository, engine)
            engine.push(f"{repository.address}:{tag}")
        pushed = self._digest(repository, tag)
        if pushed is None:
            raise ImageError(f"{repository.address}:{tag} was pushed, and ECR does not have it")
        return Pushed(pushed, is_new=True)

    def _log_in(self, repository: Repository, engine: ContainerEngine) -> None:
        (given,) = self._call("get_authorization_token")["authorizationData"]
        user, _, password = base64.b64decode(given["authorizationToken"]).decode().partition(":")
        engine.log_in(repository.address.partition("/")[0], user, password)

    def _digest(self, repository: Repository, tag: str) -> str | None:
        found = self._ask(
            "describe_images",
            "ImageNotFoundException",
            repositoryName=repository.name,
            imageIds=[{"imageTag": tag}],
        )
        return None if found is None else str(found["imageDetails"][0]["imageDigest"])

    def _ask(self, operation: str, gone: str, **asked: Any) -> Any:
        """Call ECR; return None where what is asked for is not there."""
        try:
            return getattr(self._ecr, operation)(**asked)
        except ClientError as error:
            if error.response["Error"]["Code"] == gone:
                return None
            raise ImageError(_refused(error)) from error
        except BotoCoreError as error:
            raise ImageError(_refused(error)) from error

    def _call(self, operation: str, **asked: Any) -> Any:
        return self._ask(operation, "", **asked)


def is_local(endpoint_url: str) -> bool:
    """Tell whether ECR is the local AWS's: its endpoint is on this machine."""
    host = urlsplit(endpoint_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refused(error: Exception) -> str:
    return (
        f"ECR: {error}; fix: use credentials of the stack's account that may push (the actions are "
        "in docs/images.md)"
    )


def _manifest(identifier: str, described: Mapping[str, Any]) -> str:
    """Return a manifest that says the image by its id in the engine: the same for the same image.

    Args:
        identifier: the image's id.
        described: what the engine says of it.
    """
    layers = (described.get("RootFS") or {}).get("Layers") or []
    sizes = [int(described.get("Size", 0)), *(0 for _ in layers)]  # known of all together alone
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "size": 0, "digest": identifier},
            "layers": [
                {"mediaType": LAYER, "size": size, "digest": digest}
                for digest, size in zip(layers, sizes, strict=False)
            ],
        },
        sort_keys=True,
        separators=(",", ":"),
    )
