"""The hub backend: networks as a folder that `torch.hub.load` reads. It imports no torch."""

from collections.abc import Sequence

from archc.backend import Artifact, Network
from archc.record import Record

__all__ = ["HubBackend"]


class HubBackend(Record):
    """`--target hub`; it has no options of its own."""

    def emit(self, network: Network) -> Artifact:
        """As emit_all, of one network."""
        return self.emit_all([network])

    def emit_all(self, networks: Sequence[Network]) -> Artifact:
        """`hubconf.py`, and for each network the module that `--target torch` writes.

        Raises BackendError where a network cannot be a module, or its name an entry point.
        """
        from archc_hub.source import files

        return Artifact(files(networks))
