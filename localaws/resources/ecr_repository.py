"""ECR repositories and their life cycle policies (terraform-provider-aws: internal/service/ecr)."""

from __future__ import annotations

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import Delete, Describe, Get
from localaws.resources.clients import Clients
from localaws.resources.json_documents import compared_as_json
from localaws.resources.reading import (
    REGIONAL,
    Description,
    Properties,
    changes,
    present,
    unless_gone,
)
from localaws.resources.resource_type import ResourceType
from localaws.resources.tags import Tagging

MUTABLE = "MUTABLE"
ENCRYPTION, SCANNING = "encryptionConfigurations", "imageScanningConfiguration"


def _create(clients: Clients, inputs: Properties, tagged: Properties) -> str:
    """Create a repository; its id is its name."""
    keys = {"encryptionType": "encryptionType", "kmsKey": "kmsKey"}
    encryption: Properties = next(iter(inputs.get(ENCRYPTION) or ()), {})
    given = {
        "encryptionConfiguration": {
            name: encryption[key] for key, name in keys.items() if encryption.get(key)
        },
        "imageScanningConfiguration": inputs.get(SCANNING),
        "imageTagMutability": inputs.get("imageTagMutability"),
    }
    clients("ecr").create_repository(repositoryName=inputs["name"], **present(given), **tagged)
    return str(inputs["name"])


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    ecr = clients("ecr")
    if changes(state, inputs, "imageTagMutability"):
        ecr.put_image_tag_mutability(
            repositoryName=identifier, imageTagMutability=inputs["imageTagMutability"]
        )
    if SCANNING in inputs and changes(state, inputs, SCANNING):
        ecr.put_image_scanning_configuration(
            repositoryName=identifier, imageScanningConfiguration=inputs[SCANNING]
        )


def _delete(clients: Clients, identifier: str, state: Properties) -> None:
    """Delete a repository; one with images in it only where that was asked for."""
    force = bool(state.get("forceDelete"))
    unless_gone(clients("ecr").delete_repository, repositoryName=identifier, force=force)


def _state(_: Clients, found: Description) -> Properties:
    return {
        ENCRYPTION: [present(found["encryptionConfiguration"])],
        SCANNING: {"scanOnPush": found["imageScanningConfiguration"]["scanOnPush"]},
    }


ECR_REPOSITORY = ResourceType(
    arguments=aws.ecr.RepositoryArgs,
    creation=_create,
    description=Describe(
        "ecr", "describe_repositories", by="repositoryNames", under="repositories"
    ),
    names={
        "arn": "repositoryArn",
        "imageTagMutability": "imageTagMutability",
        "name": "repositoryName",
        "registryId": "registryId",
        "repositoryUrl": "repositoryUri",
    },
    state=_state,
    change=_change,
    tagging=Tagging(
        service="ecr",
        resource="resourceArn",
        tags="tags",
        keys="tagKeys",
        listing=("list_tags_for_resource", "tags"),
    ),
    deletion=_delete,
    replace_on=frozenset({ENCRYPTION, "name"}),
    update_on=frozenset({"forceDelete", "imageTagMutability", SCANNING}),
    computed=REGIONAL | {ENCRYPTION, SCANNING, "name"},
    defaults={"imageTagMutability": MUTABLE},
    autonamed=True,
    unread=frozenset({"forceDelete"}),
    refusals=lambda inputs: checks.one_of(inputs, "imageTagMutability", [MUTABLE, "IMMUTABLE"]),
)


def _put(clients: Clients, inputs: Properties, _: Properties) -> str:
    """Give a repository its life cycle policy; the id is the repository's name."""
    clients("ecr").put_lifecycle_policy(
        repositoryName=inputs["repository"], lifecyclePolicyText=inputs["policy"]
    )
    return str(inputs["repository"])


ECR_LIFECYCLE_POLICY = ResourceType(
    arguments=aws.ecr.LifecyclePolicyArgs,
    creation=_put,
    description=Get("ecr", "get_lifecycle_policy", by="repositoryName"),
    names={
        "policy": "lifecyclePolicyText",
        "registryId": "registryId",
        "repository": "repositoryName",
    },
    deletion=Delete("ecr", "delete_lifecycle_policy", by="repositoryName"),
    replace_on=frozenset({"policy", "repository"}),
    computed=REGIONAL,
    unchanged=compared_as_json("policy"),
    refusals=lambda inputs: checks.json_text(inputs, "policy"),
)
