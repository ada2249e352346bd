"""The PyTorch backend: a network as a standalone Python module that reads as if written by hand. It imports no torch."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archc.backend import Artifact, File, Network

if TYPE_CHECKING:
    from archc_torch.source import Meta

__all__ = ["TorchBackend", "emitted_source", "meta_of"]


@dataclass(frozen=True, slots=True)
class TorchBackend:
    """`--target torch`; it has no options of its own."""

    def emit(self, network: Network) -> Artifact:
        """One file, `NAME.py`. Raises BackendError where the network or its names cannot be a tree of modules."""
        return Artifact((File(f"{network.graph.name}.py", (emitted_source(network).encode("ascii"),)),))


def emitted_source(network: Network) -> str:
    """The source that `emit` writes."""
    from archc_torch.source import emit_source

    return emit_source(network.graph, network.layout, meta_of(network))


def meta_of(network: Network) -> "Meta":
    """What its header says."""
    from archc import __version__
    from archc.ir.hash import graph_hash, weights_hash
    from archc_torch.source import Meta

    spec = network.spec
    made, weights = graph_hash(network.graph), weights_hash(network.whole)
    return Meta(spec.name, spec.title, tuple(spec.source), made, __version__, weights)
