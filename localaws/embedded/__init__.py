"""The Pulumi program on the local AWS without the Pulumi engine.

For a machine that has Python and nothing else. The program runs under a monitor of its own, in the
place of the engine's; the resources of the last run are on record in the local AWS, and compared by
the same code as the provider's for the real engine. What needs a replacement is the engine's: here
such a resource is deleted and created again, where the caller agrees.
"""

from localaws.embedded.deployment import Deployment, deploy
from localaws.embedded.errors import DeploymentError, ReplacementNeededError
from localaws.embedded.registrations import DeployedResource

__all__ = [
    "DeployedResource",
    "Deployment",
    "DeploymentError",
    "ReplacementNeededError",
    "deploy",
]
