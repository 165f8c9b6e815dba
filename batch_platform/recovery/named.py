"""The log group, the SSM parameter, the ECR repositories: their names may be older than the update.

What they hold is worth more than they are. So one goes only if it is this environment's and has
nothing in it that a creation would not have put there.
"""

from __future__ import annotations

from collections.abc import Iterator

from batch_platform.recovery.orphan_type import Aws, Found, OrphanType, Properties, not_ours


def _log_group(aws: Aws, inputs: Properties) -> Iterator[Found]:
    logs, name = aws.client("logs"), inputs["name"]
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    for group in (each for page in pages for each in page["logGroups"]):
        if group["logGroupName"] != name:
            continue
        tags = logs.list_tags_for_resource(resourceArn=group["arn"].removesuffix(":*"))["tags"]
        if not aws.owns(tags):
            yield not_ours(aws, name)
        elif logs.describe_log_streams(logGroupName=name, limit=1)["logStreams"]:
            yield Found(name, "it has log streams, so it existed before")
        else:
            yield Found(name)


def _delete_log_group(aws: Aws, name: str, _: Properties) -> None:
    aws.client("logs").delete_log_group(logGroupName=name)


def _parameter(aws: Aws, inputs: Properties) -> Iterator[Found]:
    ssm, name = aws.client("ssm"), inputs["name"]
    try:
        version = ssm.get_parameter(Name=name)["Parameter"]["Version"]
    except ssm.exceptions.ParameterNotFound:
        return
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
    if not aws.owns(tags):
        yield not_ours(aws, name)
    elif version > 1:
        yield Found(name, f"it is at version {version}, so it existed before")
    else:
        yield Found(name)


def _delete_parameter(aws: Aws, name: str, _: Properties) -> None:
    aws.client("ssm").delete_parameter(Name=name)


def _repository(aws: Aws, inputs: Properties) -> Iterator[Found]:
    ecr, name = aws.client("ecr"), inputs["name"]
    try:
        (found,) = ecr.describe_repositories(repositoryNames=[name])["repositories"]
    except ecr.exceptions.RepositoryNotFoundException:
        return
    tags = ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"]
    if not aws.owns(tags):
        yield not_ours(aws, name)
    elif ecr.list_images(repositoryName=name)["imageIds"]:
        yield Found(name, "it has images, so it existed before")
    else:
        yield Found(name)


def _delete_repository(aws: Aws, name: str, _: Properties) -> None:
    aws.client("ecr").delete_repository(repositoryName=name)


def _lifecycle_policy(aws: Aws, inputs: Properties) -> Iterator[Found]:
    ecr, repository = aws.client("ecr"), inputs["repository"]
    none = ecr.exceptions.LifecyclePolicyNotFoundException
    try:
        ecr.get_lifecycle_policy(repositoryName=repository)
    except (none, ecr.exceptions.RepositoryNotFoundException):
        return
    yield Found(repository)


def _delete_lifecycle_policy(aws: Aws, repository: str, _: Properties) -> None:
    aws.client("ecr").delete_lifecycle_policy(repositoryName=repository)


LIFECYCLE_POLICY = OrphanType(
    find=_lifecycle_policy, delete=_delete_lifecycle_policy, key=("repository",)
)
REPOSITORY = OrphanType(find=_repository, delete=_delete_repository, key=("name",))
LOG_GROUP = OrphanType(find=_log_group, delete=_delete_log_group, key=("name",))
PARAMETER = OrphanType(find=_parameter, delete=_delete_parameter, key=("name",))
