"""The timm backend writes a network as one file; once that is imported, `timm.create_model` knows it.

It imports no torch or timm.
"""

from typing import ClassVar

from archc.backend import Artifact, File, Network
from archc.record import Record

__all__ = ["TimmBackend"]


class TimmBackend(Record):
    """`--target timm` has no options of its own. Parameters have timm's names where the spec has that layout."""

    prefers: ClassVar[str] = "timm"

    def emit(self, network: Network) -> Artifact:
        """Emit one file, `NAME.py`. Raises BackendError where the network cannot be one of timm's models."""
        from archc_timm.source import emit_source

        return Artifact((File(f"{network.graph.name}.py", (emit_source(network).encode("ascii"),)),))
