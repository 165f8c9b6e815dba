"""CreateDhcpOptions keeps its tags."""

from __future__ import annotations

from typing import Any, cast

from moto.core.responses import ActionResult
from moto.ec2.responses.dhcp_options import DHCPOptions

_create_dhcp_options = DHCPOptions.create_dhcp_options


def correct() -> None:
    """Tag a set of DHCP options as its creation says."""
    DHCPOptions.create_dhcp_options = _create  # type: ignore[method-assign]


def _create(self: DHCPOptions) -> ActionResult:
    answer = _create_dhcp_options(self)
    tags = self._parse_tag_specification().get("dhcp-options", {})
    cast("dict[str, Any]", answer.result)["DhcpOptions"].add_tags(tags)
    return answer
