"""Rules of security groups have descriptions, and ModifySecurityGroupRules replaces a rule."""

from __future__ import annotations

from inspect import signature
from typing import Any

from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule

_init = SecurityGroupRule.__init__
_SIGNATURE = signature(_init)
_modify_security_group_rules = SecurityGroupBackend.modify_security_group_rules
_update_description = SecurityGroupBackend._sg_update_description
ANY_PROTOCOL, ANY_PORT = "-1", -1


def correct() -> None:
    """Keep descriptions of rules by group and by prefix list too; take what a rule becomes whole.

    moto has descriptions of rules by CIDR alone. "You can't modify part of a rule": what
    ModifySecurityGroupRules leaves out, a description for one, is taken away (EC2 API).
    """
    SecurityGroupRule.__init__ = _make  # type: ignore[method-assign]
    SecurityGroupRule.__eq__ = _is_same  # type: ignore[method-assign]
    SecurityGroupRule.description = property(_description)  # type: ignore[assignment]
    SecurityGroupBackend.modify_security_group_rules = _modify  # type: ignore[method-assign]
    SecurityGroupBackend._sg_update_description = _update  # type: ignore[method-assign]


def _make(self: Any, *arguments: Any, **named: Any) -> None:
    _init(self, *arguments, **named)
    given = _SIGNATURE.bind(self, *arguments, **named).arguments
    self.prefix_list_description = (given.get("prefix_list_id") or {}).get("Description")


def _is_same(self: Any, other: object) -> bool:
    return isinstance(other, SecurityGroupRule) and _identity(self) == _identity(other)


def _identity(rule: Any) -> tuple[object, ...]:
    """Return what makes it this rule: no description does."""
    ports = None if rule.ip_protocol == ANY_PROTOCOL else (rule.from_port, rule.to_port)
    source = {key: each for key, each in rule.source_group.items() if key != "Description"}
    cidrs = rule.ip_range.get("CidrIp"), rule.ip_range.get("CidrIpv6")
    return rule.ip_protocol, ports, cidrs, source, rule.prefix_list_id


def _description(self: Any) -> str | None:
    # A rule of a state that was saved before has no description of a prefix list.
    of_prefix_list = getattr(self, "prefix_list_description", None)
    found = (self.ip_range.get("Description"), self.source_group.get("Description"), of_prefix_list)
    return next((each for each in found if each is not None), None)


def _modify(self: Any, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
    group = self.get_security_group_by_name_or_id(group_id)
    asked = {rule_id: dict(rule) for rule_id, rule in rules.items()}
    for rule in asked.values():
        if rule.get("IpProtocol") == ANY_PROTOCOL:  # which has no ports
            rule.setdefault("FromPort", ANY_PORT)
            rule.setdefault("ToPort", ANY_PORT)
    _modify_security_group_rules(self, group_id, asked)
    for rule_id, rule in rules.items():
        changed = group.get_rule(rule_id)
        if rule["IpProtocol"] == ANY_PROTOCOL:
            changed.from_port = changed.to_port = None
        _point_at(changed, rule)


def _point_at(changed: Any, rule: dict[str, Any]) -> None:
    """Have a rule be by what the request says, with the description that the request says."""
    description = {"Description": rule["Description"]} if rule.get("Description") else {}
    changed.ip_range, changed.prefix_list_id = {}, None
    changed.prefix_list_description = None
    group = rule.get("ReferencedGroupId")
    if group is None:
        changed.source_group = {}
    for key, name in (("CidrIpv4", "CidrIp"), ("CidrIpv6", "CidrIpv6")):
        if rule.get(key) is not None:
            changed.ip_range = {name: rule[key], **description}
    if group is not None:
        kept = {key: each for key, each in changed.source_group.items() if key != "Description"}
        changed.source_group = {**kept, "GroupId": group, **description}
    if rule.get("PrefixListId") is not None:
        changed.prefix_list_id = rule["PrefixListId"]
        changed.prefix_list_description = rule.get("Description") or None


def _update(self: Any, security_rule: Any, rule: Any) -> None:
    _update_description(self, security_rule, rule)
    if rule.prefix_list_id is not None and rule.prefix_list_id == security_rule.prefix_list_id:
        rule.prefix_list_description = security_rule.prefix_list_description
