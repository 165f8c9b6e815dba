"""Job definitions that name an image of ``images``: which, and by which digest it is pulled. Pure.

A name that ``images`` has is never an image of Docker Hub: the config that declares it comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from batch_platform.partitions import registry
from batchsdk.contract.ecr import ecr_image

if TYPE_CHECKING:
    from batch_platform.settings import Settings
    from batch_platform.settings.job_definitions import JobDefinition

NOT_PUSHED = f"sha256:{'0' * 64}"
"""Stands for the digest of an image that has none, so that all else of a definition is checked."""
SHOWN = len("sha256:") + 12
"""Characters of a digest that tell it from others."""


def definitions_with_images(settings: Settings, account_id: str) -> Mapping[str, JobDefinition]:
    """Return the job definitions, each image of ``images`` by the address that it is pulled from.

    Args:
        settings: of the stack.
        account_id: twelve digits, of the account whose registry has the images.
    """
    digests = settings.image_digests.of(account_id)
    host = registry(settings.region, account_id)
    addresses = {
        name: f"{host}/{repository(settings.environment, name)}@{digests.get(name, NOT_PUSHED)}"
        for name in settings.images
    }
    return {
        key: _replaced(definition, addresses)
        for key, definition in settings.job_definitions.items()
    }


def not_pushed(settings: Settings, account_id: str) -> dict[str, tuple[str, ...]]:
    """Return the images without a digest of each job definition that names some, by its key."""
    digests = settings.image_digests.of(account_id)
    found = {
        key: tuple(sorted(set(_names(definition)) & (settings.images.keys() - digests.keys())))
        for key, definition in settings.job_definitions.items()
    }
    return {key: names for key, names in found.items() if names}


def users(settings: Settings, name: str) -> list[str]:
    """Return the keys of the job definitions that name an image of ``images``.

    Args:
        settings: with the definitions of :func:`definitions_with_images`.
        name: of the image.
    """
    return [
        key
        for key, definition in settings.job_definitions.items()
        if any(own_image(settings, each) == name for each in _names(definition))
    ]


def own_image(settings: Settings, address: str) -> str | None:
    """Return the key in ``images`` of the image that an address names; None for any other."""
    found = ecr_image(address)
    names = {repository(settings.environment, name): name for name in settings.images}
    return None if found is None else names.get(found.repository)


def short(settings: Settings, address: str) -> str:
    """Return how people are told of an image: one of ``images`` by its key and digest."""
    name = own_image(settings, address)
    if name is None:
        return address
    digest = address.partition("@")[2]
    return name if digest == NOT_PUSHED else f"{name}@{digest[:SHOWN]}"


def repository(environment: str, name: str) -> str:
    """Return the name of the ECR repository of an image."""
    return f"{environment}-{name}"


def _names(definition: JobDefinition) -> Iterator[str]:
    if definition.image is not None:
        yield definition.image
    for form in _forms(definition).values():
        for container in _containers(form):
            if isinstance(container.get("image"), str):
                yield container["image"]


def _replaced(definition: JobDefinition, addresses: Mapping[str, str]) -> JobDefinition:
    if not set(_names(definition)) & addresses.keys():
        return definition
    changed = {name: _with_addresses(form, addresses) for name, form in _forms(definition).items()}
    if definition.image is not None:
        changed["image"] = addresses.get(definition.image, definition.image)
    return definition.model_copy(update=changed)


def _forms(definition: JobDefinition) -> dict[str, dict[str, Any]]:
    names = ("container_properties", "ecs_properties", "node_properties")
    return {name: form for name in names if (form := getattr(definition, name))}


def _containers(form: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the containers of ContainerProperties, EcsProperties or NodeProperties."""
    yield form
    for group in form.get("nodeRangeProperties", ()):
        yield group.get("container", {})
        yield from _containers(group.get("ecsProperties", {}))
    for task in form.get("taskProperties", ()):
        yield from task.get("containers", ())


def _with_addresses(value: Any, addresses: Mapping[str, str]) -> Any:
    """Return a form with the addresses of the images that its containers name."""
    if isinstance(value, list):
        return [_with_addresses(each, addresses) for each in value]
    if not isinstance(value, dict):
        return value
    below = ("nodeRangeProperties", "container", "ecsProperties", "taskProperties", "containers")
    inner = {key: _with_addresses(value[key], addresses) for key in below if key in value}
    if value.get("image") in addresses:
        inner["image"] = addresses[value["image"]]
    return {**value, **inner}
