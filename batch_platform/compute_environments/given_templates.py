"""Launch templates that another team made: which version is used, and what AWS Batch makes of it.

Sources: UG is the AWS Batch user guide, "Launch template support"; API its API reference.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

import pulumi_aws as aws

from batch_platform.provider_answers import found
from batch_platform.settings import Problem

if TYPE_CHECKING:
    from batch_platform.settings import Settings
    from batch_platform.settings.container_instances import ContainerInstances
    from batch_platform.settings.launch_templates import LaunchTemplate

IGNORED = {
    "instance_type": ("the instance type", "instanceTypes of the compute environment decide it"),
    "instance_requirements": ("instance requirements", "instanceTypes decide the types"),
    "iam_instance_profiles": ("the instance profile", "it is that of the block roles"),
    "instance_market_options": ("market options", "type EC2 or SPOT decides it"),
    "disable_api_termination": ("the termination protection", "AWS Batch ends its instances"),
    "vpc_security_group_ids": ("the security groups", "those of the network take precedence"),
    "image_id": ("the AMI", "write it as imageIdOverride of the compute environment"),
    "key_name": ("the key pair", "write it as ec2KeyPair of the compute environment"),
}
"""What a template may have and instances never get, with what decides instead.

UG: the first ones are ignored, of the last three the compute environment's own take precedence. A
key pair is used where the compute environment has none.
"""


def versions(settings: Settings) -> tuple[Mapping[str, str], list[str]]:
    """Return the version of each template that is given, as a number, and what to warn of.

    AWS Batch reads ``$Default`` and ``$Latest`` again only in an infrastructure update, which
    another text of the version makes: a number changes with what it stands for.

    Returns:
        Versions by the key of the compute environment, and warnings.

    Raises:
        SettingsError: a template or its version does not exist, or AWS Batch takes no such one.
    """
    given = {
        key: environment
        for key, environment in settings.instances.items()
        if environment.launch_template.is_given
    }
    numbers: dict[str, str] = {}
    problems: list[Problem] = []
    warnings: list[str] = []
    for key, environment in given.items():
        wanted = environment.launch_template
        path = ("batch-platform:computeEnvironments", key, "launchTemplate")
        template = _described(wanted)
        if template is None:
            fault = f"{wanted.shown} does not exist in {settings.region}"
            problems.append(Problem((*path, wanted.named_by), fault, "write one of that region"))
            continue
        number = _number(wanted, template)
        numbers[key] = str(number)
        if number > template.latest_version:
            fault = f"{number}, and {wanted.shown} has {template.latest_version} version(s)"
            fix = "write one that it has, $Default or $Latest"
            problems.append(Problem((*path, "version"), fault, fix))
        elif number < template.latest_version:
            warnings.append(
                f"computeEnvironments.{key}.launchTemplate: the content of version {number} of "
                f"{wanted.shown} is not checked: the provider tells that of the newest, "
                f"{template.latest_version}, alone"
            )
        else:
            problems += [
                Problem((*path, wanted.named_by), f"{wanted.shown}: {fault}", fix)
                for fault, fix in _refused(template)
            ]
            warnings += [
                f"computeEnvironments.{key}.launchTemplate: {wanted.shown}: {said}"
                for said in _warned(environment, template)
            ]
    if problems:
        raise settings.refused(problems)
    return numbers, warnings


def _described(wanted: LaunchTemplate) -> Any:
    if wanted.launch_template_id is not None:
        return found(lambda: aws.ec2.get_launch_template(id=wanted.launch_template_id))
    return found(lambda: aws.ec2.get_launch_template(name=wanted.launch_template_name))


def _number(wanted: LaunchTemplate, template: Any) -> int:
    if isinstance(wanted.version, int):
        return wanted.version
    of_name = {"$Default": template.default_version, "$Latest": template.latest_version}
    return int(of_name[wanted.version])


def _refused(template: Any) -> Iterator[tuple[str, str]]:
    """Yield what AWS Batch refuses, or what keeps its instances from their cluster."""
    if template.network_interfaces:
        yield (
            (
                "it has network interfaces, and AWS Batch takes either these or the security "
                "groups of a compute environment, which every one of a stack has"
            ),
            "use a version without network interfaces",
        )
    if template.user_data and not _is_multipart(template.user_data):
        yield (
            (
                "its user data is no MIME multipart archive, the one form that AWS Batch merges "
                "with its own"
            ),
            "use a version whose user data begins with `Content-Type: multipart/mixed`",
        )


def _warned(environment: ContainerInstances, template: Any) -> Iterator[str]:
    for name, (what, instead) in IGNORED.items():
        own_key = name != "key_name" or environment.ec2_key_pair is not None
        if getattr(template, name, None) and own_key:
            yield f"{what} in it has no effect: {instead}"
    tokens = [each.http_tokens for each in template.metadata_options or ()]
    if tokens != ["required"]:
        yield "it does not require IMDSv2 (metadata options, http tokens), as the stack's own do"


def _is_multipart(user_data: str) -> bool:
    try:
        text = base64.b64decode(user_data, validate=True)
    except binascii.Error:
        return False
    return message_from_bytes(text).is_multipart()
