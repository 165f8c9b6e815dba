"""The engine's ``aws`` provider, carried out on the local AWS.

``PULUMI_DEBUG_PROVIDERS=aws:<port>`` makes a Pulumi engine talk to it instead of starting the
plugin: the same program, the same state, the same steps; only the far end is this machine.
"""

from localaws.provider.server import ProviderServer

__all__ = ["ProviderServer"]
