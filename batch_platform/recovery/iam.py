"""Roles, their policies and instance profiles whose creation was cut off."""

from __future__ import annotations

from collections.abc import Iterator

from batch_platform.recovery.orphan_type import Aws, Found, OrphanType, Properties, not_ours


def _role(aws: Aws, inputs: Properties) -> Iterator[Found]:
    iam, name = aws.client("iam"), inputs["name"]
    try:
        tags = iam.get_role(RoleName=name)["Role"].get("Tags", [])
    except iam.exceptions.NoSuchEntityException:
        return
    yield Found(name) if aws.owns(tags) else not_ours(aws, name)


def _delete_role(aws: Aws, name: str, _: Properties) -> None:
    aws.client("iam").delete_role(RoleName=name)


def _instance_profile(aws: Aws, inputs: Properties) -> Iterator[Found]:
    iam, name = aws.client("iam"), inputs["name"]
    try:
        profile = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    except iam.exceptions.NoSuchEntityException:
        return
    yield Found(name) if aws.owns(profile.get("Tags", [])) else not_ours(aws, name)


def _delete_instance_profile(aws: Aws, name: str, _: Properties) -> None:
    iam = aws.client("iam")
    for role in iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]:
        iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role["RoleName"])
    iam.delete_instance_profile(InstanceProfileName=name)


# What a role has is the environment's own, as the role is: it has no tags of its own.


def _role_policy(aws: Aws, inputs: Properties) -> Iterator[Found]:
    iam = aws.client("iam")
    try:
        iam.get_role_policy(RoleName=inputs["role"], PolicyName=inputs["name"])
    except iam.exceptions.NoSuchEntityException:
        return
    yield Found(f"{inputs['role']}:{inputs['name']}")


def _delete_role_policy(aws: Aws, _: str, inputs: Properties) -> None:
    aws.client("iam").delete_role_policy(RoleName=inputs["role"], PolicyName=inputs["name"])


def _attachment(aws: Aws, inputs: Properties) -> Iterator[Found]:
    iam, role, arn = aws.client("iam"), inputs["role"], inputs["policyArn"]
    try:
        pages = list(iam.get_paginator("list_attached_role_policies").paginate(RoleName=role))
    except iam.exceptions.NoSuchEntityException:
        return
    if any(each["PolicyArn"] == arn for page in pages for each in page["AttachedPolicies"]):
        yield Found(f"{role}/{arn}")


def _detach(aws: Aws, _: str, inputs: Properties) -> None:
    aws.client("iam").detach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])


ROLE = OrphanType(find=_role, delete=_delete_role, key=("name",))
INSTANCE_PROFILE = OrphanType(
    find=_instance_profile, delete=_delete_instance_profile, key=("name",)
)
ROLE_POLICY = OrphanType(find=_role_policy, delete=_delete_role_policy, key=("role", "name"))
ROLE_POLICY_ATTACHMENT = OrphanType(find=_attachment, delete=_detach, key=("role", "policyArn"))


def _policy(aws: Aws, inputs: Properties) -> Iterator[Found]:
    iam, path = aws.client("iam"), inputs.get("path", "/")
    pages = iam.get_paginator("list_policies").paginate(Scope="Local", PathPrefix=path)
    for each in (each for page in pages for each in page["Policies"]):
        if each["PolicyName"] == inputs["name"]:
            tags = iam.list_policy_tags(PolicyArn=each["Arn"])["Tags"]
            yield Found(each["Arn"]) if aws.owns(tags) else not_ours(aws, each["Arn"])


def _delete_policy(aws: Aws, arn: str, _: Properties) -> None:
    aws.client("iam").delete_policy(PolicyArn=arn)


POLICY = OrphanType(find=_policy, delete=_delete_policy, key=("name",))
