"""The PyTorch backend: a network as a standalone Python module that reads as if written by hand. It imports no torch."""

from dataclasses import dataclass

from archc.backend import Artifact, File, Network

__all__ = ["TorchBackend", "emitted_source"]


@dataclass(frozen=True, slots=True)
class TorchBackend:
    """`--target torch`; it has no options of its own."""

    def emit(self, network: Network) -> Artifact:
        """One file, `NAME.py`. Raises BackendError where the network or its names cannot be a tree of modules."""
        return Artifact((File(f"{network.graph.name}.py", (emitted_source(network).encode("ascii"),)),))


def emitted_source(network: Network) -> str:
    """The source that `emit` writes."""
    from archc import __version__
    from archc.ir.hash import graph_hash
    from archc_torch.source import Meta, emit_source

    spec = network.spec
    meta = Meta(spec.name, spec.title, tuple(spec.source), graph_hash(network.graph), __version__)
    return emit_source(network.graph, network.layout, meta)
