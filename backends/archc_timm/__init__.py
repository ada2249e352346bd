"""The timm backend: a network as one file that `timm.create_model` knows once it is imported. It imports no torch or timm."""

from typing import ClassVar

from archc.backend import Artifact, File, Network
from archc.record import Record

__all__ = ["TimmBackend"]


class TimmBackend(Record):
    """`--target timm`; it has no options of its own. Parameters are called as timm calls them where the spec has that layout."""

    prefers: ClassVar[str] = "timm"

    def emit(self, network: Network) -> Artifact:
        """One file, `NAME.py`. Raises BackendError where the network cannot be one of timm's models."""
        from archc_timm.source import emit_source

        return Artifact((File(f"{network.graph.name}.py", (emit_source(network).encode("ascii"),)),))
