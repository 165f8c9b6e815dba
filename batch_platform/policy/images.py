"""ECR repositories of the stack's own images."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy import ResourceValidationArgs

from batch_platform.policy.rule import resource_rule

REPOSITORY = "aws:ecr/repository:Repository"


@resource_rule(
    "images-scanned", [REPOSITORY], fix="set imageScanningConfiguration to {scanOnPush: true}"
)
def images_scanned(args: ResourceValidationArgs) -> Iterator[str]:
    """Images are scanned for known vulnerabilities when they are pushed."""
    if not (args.props.get("imageScanningConfiguration") or {}).get("scanOnPush"):
        yield "scanOnPush is off"


@resource_rule("image-tags-immutable", [REPOSITORY], fix="set imageTagMutability to IMMUTABLE")
def image_tags_immutable(args: ResourceValidationArgs) -> Iterator[str]:
    """A tag of an image means one image for ever."""
    if args.props.get("imageTagMutability") != "IMMUTABLE":
        yield f"imageTagMutability is {args.props.get('imageTagMutability') or 'MUTABLE'}"


@resource_rule(
    "images-encrypted", [REPOSITORY], fix="name a key under kmsKeyId of the image", advisory=True
)
def images_encrypted(args: ResourceValidationArgs) -> Iterator[str]:
    """Images are encrypted with a KMS key; without one ECR encrypts them with a key of S3."""
    found = args.props.get("encryptionConfigurations") or [{}]
    if not found[0].get("kmsKey"):
        yield "no key of KMS encrypts the images"
