"""Where EC2 puts instances: placement groups that the stack makes, and reserved capacity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from batch_platform.settings.block import Block, of_form, pattern
from batch_platform.settings.errors import refusal
from batch_platform.settings.refused import REFUSED, Refused

MOST_PARTITIONS = 7
"""For each zone (EC2 user guide, placement strategies)."""

_RESERVATION = r"cr-[0-9a-f]+"
_GROUP = r"arn:aws[a-z-]*:resource-groups:[a-z0-9-]+:[0-9]{12}:group/[A-Za-z0-9_./-]+"


class Placement(Block):
    """A placement group that the stack makes for the environment; another one replaces it.

    Attributes:
        strategy: cluster packs the instances close together, all in the first zone of the network;
            partition keeps them on separate racks by partition, spread one by one, of which a zone
            runs seven at most.
        partition_count: partitions for each zone, 1 to 7; EC2 makes 2 if it is left out.
    """

    strategy: Literal["cluster", "partition", "spread"]
    partition_count: int | None = Field(default=None, ge=1, le=MOST_PARTITIONS)

    @model_validator(mode="after")
    def _partitions_of_partitions(self) -> Self:
        if self.partition_count is not None and self.strategy != "partition":
            raise refusal(
                f"{self.partition_count}: strategy {self.strategy} has no partitions",
                "remove it, or write strategy: partition",
                "partitionCount",
            )
        return self


class CapacityReservation(Block):
    """Which reserved On-Demand capacity the instances use; one of the first three keys.

    Attributes:
        preference: open lets instances use any open reservation that matches, which EC2 does
            without the key; none keeps them out of all; capacity-reservations-only launches none
            outside.
        id: cr-…, the one reservation to launch in; without room in it nothing is launched.
        resource_group_arn: ARN of a group of reservations, likewise.
        market_type: capacity-block where the reservation is a Capacity Block for ML.
    """

    refused_keys: ClassVar[Mapping[str, Refused]] = REFUSED["capacityReservation"]

    preference: Literal["open", "none", "capacity-reservations-only"] | None = None
    id: (
        Annotated[
            str,
            of_form(
                _RESERVATION,
                "is not the id of a capacity reservation",
                "write e.g. cr-0123456789abcdef0",
            ),
            pattern(_RESERVATION),
        ]
        | None
    ) = None
    resource_group_arn: (
        Annotated[
            str,
            of_form(
                _GROUP,
                "is not the ARN of a resource group",
                "write e.g. arn:aws:resource-groups:us-east-1:123456789012:group/reserved",
            ),
            pattern(_GROUP),
        ]
        | None
    ) = None
    market_type: Literal["capacity-block"] | None = None

    @property
    def is_targeted(self) -> bool:
        """Whether instances are launched nowhere but in what it names."""
        return self.id is not None or self.resource_group_arn is not None

    @model_validator(mode="after")
    def _one_option(self) -> Self:
        """Hold EC2's "You can specify only one option at a time" (API, the launch template's)."""
        names = {"preference": self.preference, "id": self.id}
        names["resourceGroupArn"] = self.resource_group_arn
        given = [name for name, value in names.items() if value is not None]
        if len(given) != 1:
            said = f"{' and '.join(given)} are given" if given else "none of its keys is given"
            raise refusal(
                f"{said}, and EC2 takes one of preference, id and resourceGroupArn",
                "keep one" if given else "write e.g. `preference: open`",
            )
        if self.market_type is not None and not self.is_targeted:
            raise refusal(
                "instances run in a Capacity Block only if it is named",
                "name it, `id: cr-…`",
                "marketType",
            )
        return self
