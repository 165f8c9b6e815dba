"""Names of images in a private registry of Amazon ECR."""

from __future__ import annotations

import re
from typing import NamedTuple

_NAME = re.compile(
    r"(?P<account>[0-9]{12})\."
    r"(?P<host>(?P<service>dkr[.-]ecr(?:-fips)?)\.(?P<region>[a-z0-9-]+)\."
    r"(?P<domain>amazonaws\.com|amazonaws\.com\.cn|on\.aws|on\.amazonwebservices\.com\.cn))/"
    r"(?P<repository>[^:@]+)"
)
"""ECR guide, "Registry endpoints": IPv4, dual stack (``dkr-ecr.<region>.on.aws``), and FIPS."""

USUAL = "dkr.ecr"
"""The service in the name that VPC endpoints answer to (ECR guide, "Interface VPC endpoints")."""


class EcrImage(NamedTuple):
    """An image in ECR.

    Attributes:
        account: twelve digits.
        region: AWS region of the registry.
        repository: with its path, e.g. ``docker-hub/library/busybox``.
        service: first part of the registry's name, after the account: ``dkr.ecr``, ``dkr-ecr``,
            ``dkr.ecr-fips`` or ``dkr-ecr-fips``.
        domain: last part of it, e.g. ``amazonaws.com.cn``.
    """

    account: str
    region: str
    repository: str
    service: str
    domain: str

    def arn(self, partition: str) -> str:
        """Return the ARN of its repository."""
        return f"arn:{partition}:ecr:{self.region}:{self.account}:repository/{self.repository}"


def ecr_image(image: str) -> EcrImage | None:
    """Return what the name of an image says; None where it is in no private registry of ECR."""
    if (match := _NAME.match(image)) is None:
        return None
    parts = ("account", "region", "repository", "service", "domain")
    return EcrImage(*(match[part] for part in parts))


def needs_internet(image: str, region: str) -> bool:
    """Tell whether ``image`` is pulled from elsewhere than by a VPC endpoint of ``region``."""
    found = ecr_image(image)
    return found is None or (found.region, found.service) != (region, USUAL)
