"""The ECR repositories of the stack's own images."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from batch_platform.job_definitions.own_images import repository

if TYPE_CHECKING:
    from batch_platform.plan import Plan
    from batch_platform.settings.images import Image


@dataclass(frozen=True)
class ImagesArgs:
    """Input of :class:`Images`."""

    plan: Plan


class Images(pulumi.ComponentResource):
    """A repository ``<stack>-<name>`` with its life cycle policy for each image of the config.

    No repository policy: the roles that pull are of the same account, and their own policies
    allow it. With none, no other account may.
    """

    def __init__(
        self, name: str, args: ImagesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("batch-platform:index:Images", name, None, opts)
        self._plan = args.plan
        for key, image in args.plan.settings.images.items():
            self._repository(repository(args.plan.environment, key), image)
        self.register_outputs({})

    def _repository(self, name: str, image: Image) -> None:
        key = image.kms_key_id
        made = aws.ecr.Repository(
            name,
            # Digests in git and in job definitions are of this name, and so none is made up.
            name=name,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(
                scan_on_push=True
            ),
            # CKV_AWS_136: a key of one's own is a choice of the config.
            encryption_configurations=[
                aws.ecr.RepositoryEncryptionConfigurationArgs(
                    encryption_type="KMS" if key else "AES256", kms_key=key
                )
            ],
            force_delete=image.force_delete,
            tags=self._plan.tags,
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        aws.ecr.LifecyclePolicy(
            name,
            repository=made.name,
            policy=life_cycle(image.keep),
            # The new one is put before the old one is deleted, which would delete the new one.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )


def life_cycle(keep: int) -> str:
    """Return the life cycle policy of a repository that keeps the newest images.

    Args:
        keep: how many.
    """
    rule = {
        "rulePriority": 1,
        "description": f"Keep the newest {keep} images",
        "selection": {
            "tagStatus": "any",
            "countType": "imageCountMoreThan",
            "countNumber": keep,
        },
        "action": {"type": "expire"},
    }
    return json.dumps({"rules": [rule]}, sort_keys=True)
