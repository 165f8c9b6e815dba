"""Which IPv4 blocks a VPC can have beside one another."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from batch_platform.settings.errors import refusal

_Block = ipaddress.IPv4Network

_PRIVATE = tuple(map(_Block, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
"""Of RFC 1918."""

_OF_AWS = _Block("198.19.0.0/16")
_LOW_TENS, _LOWEST_TENS = _Block("10.0.0.0/15"), _Block("10.0.0.0/16")
_MIDDLE, _DEFAULT_VPCS = _PRIVATE[1], _Block("172.31.0.0/16")


def refuse_beside(cidr: str, secondary: Sequence[str]) -> None:
    """Refuse secondary blocks that AWS would not add to a VPC.

    Source: Amazon VPC user guide, "VPC CIDR blocks": IPv4 CIDR block association restrictions.

    Args:
        cidr: the VPC's own block.
        secondary: the others, in the order of the config.

    Raises:
        PydanticCustomError: in the words of :func:`batch_platform.settings.errors.refusal`, at the
            first one that overlaps another block, or is in a range that does not go with the
            VPC's own.
    """
    own = _Block(cidr)
    for index, text in enumerate(secondary):
        block = _Block(text)
        for other in (cidr, *secondary[:index]):
            if block.overlaps(_Block(other)):
                fix = "use a block that is apart from it"
                raise refusal(f"{text} overlaps {other} of the same VPC", fix, index)
        if restricted := _restricted(own, block):
            raise refusal(
                f"{text} is in {restricted}, of which AWS adds no block to a VPC whose own is "
                f"{cidr}",
                "use a block of 100.64.0.0/10, which goes with every VPC's own",
                index,
            )


def _restricted(own: _Block, block: _Block) -> _Block | None:
    """Return the range for which AWS refuses ``block`` beside ``own``, if any."""
    home = next((each for each in _PRIVATE if own.subnet_of(each)), None)
    ranges = [each for each in _PRIVATE if each != home]
    if not own.subnet_of(_OF_AWS):
        ranges.append(_OF_AWS)
    if own.subnet_of(_LOW_TENS):
        ranges.append(_LOWEST_TENS)
    if home == _MIDDLE:
        ranges.append(_DEFAULT_VPCS)
    return next((each for each in ranges if block.overlaps(each)), None)
