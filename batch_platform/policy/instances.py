"""Compute environments and the launch templates of their instances."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from pulumi_policy import ResourceValidationArgs

from batch_platform.policy.rule import resource_rule

COMPUTE_ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"
GROUP = "aws:autoscaling/group:Group"
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"

OLD_IMAGE_TYPES = {"ECS_AL2", "ECS_AL2_NVIDIA"}
"""AWS Batch makes no new environment with them since 2026-06-30."""
METADATA = "169.254.169.254"
MOVING_VERSIONS = {"", "$Default", "$Latest"}


@resource_rule(
    "imds-v2",
    [LAUNCH_TEMPLATE],
    fix="set metadataOptions to {httpTokens: required, httpPutResponseHopLimit: 1}",
)
def imds_v2(args: ResourceValidationArgs) -> Iterator[str]:
    """Instance metadata answers IMDSv2 only, and nothing behind a network of its own."""
    options = args.props.get("metadataOptions") or {}
    if options.get("httpTokens") != "required":
        yield f"metadataOptions.httpTokens is {options.get('httpTokens')!r}, not 'required'"
    if options.get("httpPutResponseHopLimit") != 1:
        yield f"httpPutResponseHopLimit is {options.get('httpPutResponseHopLimit')}, not 1"


@resource_rule(
    "imds-blocked",
    [LAUNCH_TEMPLATE],
    fix="write `launchTemplate: {blockImds: true}`: the hop limit keeps out multi-node jobs alone",
    advisory=True,
)
def imds_blocked(args: ResourceValidationArgs) -> Iterator[str]:
    """Jobs that do not run as root cannot use the instance's role."""
    text = base64.b64decode(args.props.get("userData") or "").decode(errors="replace")
    if not any(METADATA in line and "iptables" in line for line in text.splitlines()):
        yield "jobs of one node reach the instance metadata, and by it the instance's role"


@resource_rule(
    "volumes-encrypted",
    [LAUNCH_TEMPLATE],
    fix="name the root device in blockDeviceMappings, and set ebs.encrypted on each",
)
def volumes_encrypted(args: ResourceValidationArgs) -> Iterator[str]:
    """Every EBS volume of an instance is encrypted, including the root.

    A volume of a snapshot has the encryption of the snapshot, and EC2 takes no other word on it.
    """
    mappings = args.props.get("blockDeviceMappings") or []
    if not mappings:
        yield "no block device is mapped: whether the root is encrypted is left to the AMI"
    for mapping in mappings:
        ebs = mapping.get("ebs")
        of_snapshot = ebs and ebs.get("snapshotId") and ebs.get("encrypted") is None
        if ebs and not of_snapshot and str(ebs.get("encrypted")).lower() != "true":
            yield f"{mapping.get('deviceName')} has encrypted {ebs.get('encrypted')!r}"


@resource_rule(
    "image-type-supported", [COMPUTE_ENVIRONMENT], fix="use ECS_AL2023 or ECS_AL2023_NVIDIA"
)
def image_type_supported(args: ResourceValidationArgs) -> Iterator[str]:
    """Instances run Amazon Linux 2023: AWS Batch creates no environments with Amazon Linux 2."""
    for configuration in _ec2_configurations(args):
        if configuration.get("imageType") in OLD_IMAGE_TYPES:
            yield f"imageType is {configuration.get('imageType')}"


@resource_rule(
    "image-pinned",
    [COMPUTE_ENVIRONMENT],
    fix="give each entry of ec2Configurations an imageIdOverride",
)
def image_pinned(args: ResourceValidationArgs) -> Iterator[str]:
    """Instances boot a named AMI, so that a newer one is used only on request."""
    if _has_instances(args):
        configurations = list(_ec2_configurations(args))
        if not configurations or not all(each.get("imageIdOverride") for each in configurations):
            yield "no AMI is named"


@resource_rule(
    "launch-template-version",
    [COMPUTE_ENVIRONMENT, GROUP],
    fix="name a launch template with a version that is a number",
)
def launch_template_version(args: ResourceValidationArgs) -> Iterator[str]:
    """Instances use a fixed version of a launch template: AWS Batch misses edits of `$Latest`."""
    if args.resource_type == GROUP:
        template = _template_of_group(args)
    elif _has_instances(args):
        template = args.props["computeResources"].get("launchTemplate")
    else:
        return
    if not template:
        yield "there is no launch template"
    elif (version := template.get("version") or "") in MOVING_VERSIONS:
        yield f"the launch template's version is {version!r}"


@resource_rule(
    "environment-replaceable", [COMPUTE_ENVIRONMENT], fix="let the engine choose the name"
)
def environment_replaceable(args: ResourceValidationArgs) -> Iterator[str]:
    """A compute environment has no fixed name: its replacement is created before it is deleted."""
    # The provider has already filled in what the engine chose: the logical name and a suffix.
    chosen = re.compile(re.escape(args.name) + r"-[0-9a-f]{7,8}")
    name = args.props.get("name") or args.props.get("computeEnvironmentName")
    if name and not chosen.fullmatch(name):
        yield f"the name is {name!r}"


@resource_rule(
    "no-desired-vcpus",
    [COMPUTE_ENVIRONMENT],
    fix="remove desiredVcpus, and set minVcpus and maxVcpus",
)
def no_desired_vcpus(args: ResourceValidationArgs) -> Iterator[str]:
    """AWS Batch alone sets the desired vCPUs: an update of them would end jobs."""
    desired = (args.props.get("computeResources") or {}).get("desiredVcpus")
    if desired is not None:
        yield f"desiredVcpus is {desired:g}"


@resource_rule(
    "linked-service-role",
    [COMPUTE_ENVIRONMENT],
    fix="write `serviceRole: linked` under `roles`",
    advisory=True,
)
def linked_service_role(args: ResourceValidationArgs) -> Iterator[str]:
    """With the service-linked role most edits of a compute environment are made in place."""
    # An UNMANAGED environment takes no other than a role of its own.
    if args.props.get("serviceRole") and args.props.get("type") != "UNMANAGED":
        yield f"serviceRole is {args.props['serviceRole']}"


def _template_of_group(args: ResourceValidationArgs) -> dict[str, str] | None:
    mixed = (args.props.get("mixedInstancesPolicy") or {}).get("launchTemplate") or {}
    return args.props.get("launchTemplate") or mixed.get("launchTemplateSpecification")


def _has_instances(args: ResourceValidationArgs) -> bool:
    return (args.props.get("computeResources") or {}).get("type") in {"EC2", "SPOT"}


def _ec2_configurations(args: ResourceValidationArgs) -> Iterator[dict[str, str]]:
    yield from (args.props.get("computeResources") or {}).get("ec2Configurations") or []
