"""The ARNs of the resources that a call is about.

Most parameters are named after the kind of resource, or after what its ARN has: ``VpcId``,
``jobQueue``, ``clusterName``. What is named otherwise is in ``special_resources``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from localaws.iam.calls import actions
from localaws.iam.calls.call import Call
from localaws.iam.calls.reference import ResourceType, resource_types
from localaws.iam.calls.special_resources import SPECIAL, Finder

ANY = "*"
_ENDINGS = ("", "s", "name", "names", "id", "ids", "arn", "arns")
_SUFFIX = re.compile(r"(Name|Id)$")
_VERB = re.compile(r"^[A-Z][a-z]+")
_OTHER_NAMES = {
    "SecurityGroupId": ("GroupId", "GroupIds"),
    "GroupFriendlyName": ("AutoScalingGroupName", "AutoScalingGroupNames"),
}
_DEFAULTS = {"ecs:ClusterName": "default", "scheduler:GroupName": "default"}
"""What a call means that leaves it out (API references of ECS and EventBridge Scheduler)."""
_NOT_JUDGED = {("batch:SubmitJob", "job"), ("batch:SubmitJob", "consumable-resource")}
"""The reference has the job; a policy of the guide that names queue and definition alone is enough
(Batch user guide, "Restrict to job definition prefix on job submission")."""
_OF_SSM = {
    "Automation": "automation-execution",
    "ManagedInstance": "managed-instance",
    "OpsItem": "opsitem",
}
"""Kinds of Systems Manager whose ``ResourceType`` is not their name (AddTagsToResource)."""


def resources_of(call: Call, action: str) -> list[str]:
    """Return the ARNs that a call does an action on; ``*`` where the action takes none.

    What a call makes, or does not name, is ``*`` in its ARN.
    """
    types = [
        each
        for each in resource_types(action)
        if (action, each.name) not in _NOT_JUDGED and _may_be_meant(call, each)
    ]
    found: dict[str, list[str]] = {each.name: _arns(call, action, each) for each in types}
    named = [arn for each in types for arn in found[each.name]]
    is_tagging = action == actions.tagging_action(call)
    if is_tagging and call.operation == "SubmitJob":
        named.append(call.arn("job/*"))
    if is_tagging and call.service == "ec2":
        given = call.parameters.get("TagSpecifications") or ()
        named = [call.arn(f"{each.get('ResourceType', ANY)}/*") for each in given]
    missing = [each for each in types if each.is_required and not found[each.name]]
    if not is_tagging:
        named += [_filled(call, each, {}) for each in missing]
    return list(dict.fromkeys(named)) or [ANY]


def _may_be_meant(call: Call, kind: ResourceType) -> bool:
    """Say whether a call could be about a kind; many actions of tags know several."""
    match call.service:
        case "events":
            return call.operation != "PutRule" or kind.name != "event-bus"
        case "ssm" if given := call.value("ResourceType"):
            return kind.name == _OF_SSM.get(given, given.lower())
        case _:
            return True


def _arns(call: Call, action: str, kind: ResourceType) -> list[str]:
    special: Finder | None = SPECIAL.get(f"{call.service}:{kind.name.lower()}")
    if special is not None:
        return list(special(call, action))
    whole = [arn for arn in _given_arns(call) if kind.matches(arn)]
    return whole or list(_built(call, kind))


def _given_arns(call: Call) -> Iterator[str]:
    for name in call.parameters:
        for value in call.values(name):
            if value.startswith("arn:"):
                yield value


def _built(call: Call, kind: ResourceType) -> Iterator[str]:
    *outer, last = kind.parts or [""]
    around = {}
    for part in outer:
        default = _DEFAULTS.get(f"{call.service}:{part}", ANY)
        value = next(_values(call, kind, part, is_last=False), default)
        around[part] = value.rpartition("/")[2] if value.startswith("arn:") else value
    for value in _values(call, kind, last, is_last=True):
        if not value.startswith("arn:"):  # of another kind
            yield _filled(call, kind, {**around, last: value})


def _values(call: Call, kind: ResourceType, part: str, *, is_last: bool) -> Iterator[str]:
    """Yield what a call has for a part of an ARN."""
    stems = {part.lower(), _SUFFIX.sub("", part).lower()}
    if is_last:
        stems.add(kind.name.replace("-", "").lower())
    wanted = {f"{stem}{ending}" for stem in stems for ending in _ENDINGS}
    noun = _VERB.sub("", call.operation).lower()
    if is_last and noun in stems:
        wanted.add("name")
    names = [each for each in call.parameters if each.lower() in wanted]
    yield from call.values(*names, *_OTHER_NAMES.get(part, ()))


def _filled(call: Call, kind: ResourceType, values: dict[str, str]) -> str:
    place = {"Partition": call.partition, "Region": call.region, "Account": call.account_id}
    return kind.arn({**place, **values})
