"""Tags: a mapping in pulumi-aws, and in each service by calls and parameters of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from localaws.resources.clients import Clients
from localaws.resources.reading import Description, Properties


class TagChanges(NamedTuple):
    """What makes the tags of a state those of the inputs."""

    added: dict[str, str]
    removed: list[str]


def as_list(tags: Mapping[str, str] | None) -> list[dict[str, str]]:
    """Return tags as most services take them."""
    return [{"Key": key, "Value": value} for key, value in (tags or {}).items()]


def properties(tags: Mapping[str, str] | Iterable[Mapping[str, str]] | None) -> dict[str, Any]:
    """Return ``tags`` and ``tagsAll`` of a state; no tags are left out, AWS's own are not shown."""
    if not isinstance(tags, Mapping):
        tags = {each["Key"]: each["Value"] for each in tags or ()}
    shown = {key: value for key, value in tags.items() if not key.startswith("aws:")}
    return {"tags": shown, "tagsAll": shown} if shown else {"tagsAll": {}}


def changed(state: Properties, inputs: Properties) -> TagChanges:
    """Compare the tags of a state with those of the inputs."""
    old, new = state.get("tags") or {}, inputs.get("tags") or {}
    added = {key: value for key, value in new.items() if old.get(key) != value}
    return TagChanges(added, [key for key in old if key not in new])


@dataclass(frozen=True, kw_only=True)
class Tagging:
    """How a service tags one type of resource: the calls, and the names of their parameters."""

    service: str
    """The client's service, e.g. ``sns``."""
    resource: str
    """The parameter that names the resource, e.g. ``ResourceArn``."""
    by: str = "arn"
    """Which property of the resource that parameter takes, e.g. ``id``."""
    always: Properties = field(default_factory=dict)
    """Further parameters of each call."""
    add: str = "tag_resource"
    remove: str = "untag_resource"
    tags: str = "Tags"
    """The parameter with the tags that are added."""
    keys: str = "TagKeys"
    """The parameter with the keys of the tags that are removed."""
    as_mapping: bool = False
    """Whether ``tags`` takes a mapping; otherwise it takes a list of keys and values."""
    listing: tuple[str, str] | None = None
    """The call that lists the tags, and where its answer has them.

    ``None``: the description of the resource has them, under ``tags``.
    """

    def at_creation(self, inputs: Properties) -> dict[str, Any]:
        """Return the parameters of the creating call for the ``tags`` input."""
        given = inputs.get("tags")
        return {self.tags: self._added(given)} if given else {}

    def read(self, clients: Clients, state: Properties, found: Description) -> dict[str, Any]:
        """Return ``tags`` and ``tagsAll`` of a resource.

        Args:
            clients: of the local AWS.
            state: the resource's other properties.
            found: how the service describes it.
        """
        if self.listing is None:
            return properties(found.get(self.tags))
        operation, member = self.listing
        answer = getattr(clients(self.service), operation)(**self._resource(state[self.by]))
        return properties(answer.get(member))

    def update(
        self, clients: Clients, identifier: str, state: Properties, inputs: Properties
    ) -> None:
        """Make the tags of a state those of the inputs."""
        client, change = clients(self.service), changed(state, inputs)
        which = self._resource(identifier if self.by == "id" else state[self.by])
        if change.removed:
            getattr(client, self.remove)(**which, **{self.keys: self._removed(change.removed)})
        if change.added:
            getattr(client, self.add)(**which, **{self.tags: self._added(change.added)})

    def _resource(self, name: str) -> dict[str, Any]:
        return {self.resource: name, **self.always}

    def _added(self, given: Mapping[str, str]) -> Any:
        return given if self.as_mapping else as_list(given)

    def _removed(self, keys: list[str]) -> list[Any]:
        return keys


@dataclass(frozen=True, kw_only=True)
class Ec2Tagging(Tagging):
    """How EC2 tags: its calls take lists of resources, and a creation tags by type."""

    kind: str
    """The type in tag specifications, e.g. ``subnet``."""
    service: str = "ec2"
    resource: str = "Resources"
    by: str = "id"
    add: str = "create_tags"
    remove: str = "delete_tags"
    keys: str = "Tags"

    def at_creation(self, inputs: Properties) -> dict[str, Any]:
        """Return the ``TagSpecifications`` parameter for the ``tags`` input."""
        given = as_list(inputs.get("tags"))
        return {"TagSpecifications": [{"ResourceType": self.kind, "Tags": given}]} if given else {}

    def _resource(self, name: str) -> dict[str, Any]:
        return {self.resource: [name]}

    def _removed(self, keys: list[str]) -> list[Any]:
        return [{"Key": key} for key in keys]


BATCH = Tagging(
    service="batch", resource="resourceArn", tags="tags", keys="tagKeys", as_mapping=True
)
