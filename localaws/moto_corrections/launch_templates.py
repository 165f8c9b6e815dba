"""Tags of a launch template are its own: not its versions', and changed by CreateTags."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.launch_templates import LaunchTemplate, LaunchTemplateBackend

_create_launch_template = LaunchTemplateBackend.create_launch_template


def correct() -> None:
    """Keep the tags out of the first version's data, and tell of those that there are now.

    moto puts the tags of CreateLaunchTemplate into ``LaunchTemplateData.TagSpecifications``, which
    is for what the template launches, and answers with the tags of the creation for ever.
    """
    LaunchTemplateBackend.create_launch_template = _create  # type: ignore[method-assign]
    LaunchTemplate.tags = property(  # type: ignore[assignment]
        LaunchTemplate.get_tags, lambda _self, _tags: None
    )


def _create(
    self: LaunchTemplateBackend,
    name: str,
    description: str,
    template_data: dict[str, Any],
    tag_spec: dict[str, dict[str, str]],
) -> LaunchTemplate:
    launched = [
        each
        for each in template_data.pop("TagSpecifications", [])
        if each.get("ResourceType") != "launch-template"
    ]
    if launched:
        template_data["TagSpecifications"] = launched
    return _create_launch_template(self, name, description, template_data, tag_spec)
