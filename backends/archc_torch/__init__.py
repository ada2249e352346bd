"""The PyTorch backend: a network as a standalone Python module that reads as if written by hand. It imports no torch."""

from typing import TYPE_CHECKING

from archc.backend import Artifact, File, Network
from archc.ir.graph import Graph
from archc.record import Record, field

if TYPE_CHECKING:
    from archc_torch.source import Meta

__all__ = ["TorchBackend", "emitted_source", "meta_of"]


class TorchBackend(Record):
    """`--target torch`."""

    fold_bn: bool = field(default=False, metadata={"help": "for inference: fold batch norms into the convolutions before them"})

    def emit(self, network: Network) -> Artifact:
        """One file, `NAME.py`. Raises BackendError where the network or its names cannot be a tree of modules, and SpecError
        (E0512) where a batch norm cannot be folded.
        """
        source = emitted_source(network, fold_bn=self.fold_bn)
        return Artifact((File(f"{network.graph.name}.py", (source.encode("ascii"),)),))


def emitted_source(network: Network, *, fold_bn: bool = False) -> str:
    """The source that `emit` writes."""
    from archc_torch.source import emit_source

    factory = network.factory()
    if not fold_bn:
        return emit_source(factory.graph, network.layout, meta_of(network, network.graph), missing=factory.missing)
    from archc_torch.inference import inference

    declared, _ = inference(network.graph, network.layout)
    graph, fold = inference(factory.graph, network.layout)
    return emit_source(graph, network.layout, meta_of(network, declared), fold, factory.missing)


def meta_of(network: Network, graph: Graph) -> "Meta":
    """What the header of a file of `graph` says; its weights are for the whole network, by way of `fold` where that is folded."""
    from archc import __version__
    from archc.ir.hash import graph_hash, weights_hash
    from archc_torch.source import Meta

    spec = network.spec
    made, weights = graph_hash(graph), weights_hash(network.whole)
    return Meta(spec.name, spec.title, tuple(spec.source), made, __version__, weights)
