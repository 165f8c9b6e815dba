"""Why a deployment does not come about."""

from __future__ import annotations

from collections.abc import Collection, Mapping


class DeploymentError(Exception):
    """The local AWS refused a resource, or cannot carry its type."""


class InterruptedDeploymentError(DeploymentError):
    """The deployment is being ended: nothing more is begun."""


class ReplacementNeededError(DeploymentError):
    """An edit cannot be made in place; nothing was changed.

    Attributes:
        causes: by resource (type and name), the inputs whose change needs a new resource.
        affected: the resources that would be deleted and created again: those, and all that
            depend on them.
    """

    def __init__(self, causes: Mapping[str, Collection[str]], affected: Collection[str]) -> None:
        self.causes = causes
        self.affected = tuple(affected)
        lines = [f"  {each}: {', '.join(paths)}" for each, paths in causes.items()]
        super().__init__(
            "nothing was changed, since these inputs cannot be changed in place:\n"
            + "\n".join(lines)
            + "\nadd --recreate to delete these resources and all that depend on them "
            f"({len(self.affected)} in all), and create them again; jobs in the queues among them "
            "are lost. Only the Pulumi engine replaces a resource while jobs run: "
            "`python -m localaws reset` empties the local AWS, and `pulumi up` "
            "(`make up`) deploys the stack with the engine from then on"
        )
