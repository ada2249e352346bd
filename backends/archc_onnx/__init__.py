"""The ONNX backend writes the graph as an ONNX model, its tensors named by the state-dict keys. It needs no torch."""

from typing import Literal

from archc.backend import Artifact, Network
from archc.record import Record, field

__all__ = ["OnnxBackend"]


class OnnxBackend(Record, kw_only=True):
    """`--target onnx` writes `NAME.onnx`, and `NAME.onnx.data` beside it where one file cannot hold the weights."""

    opset: int = field(default=17, metadata={"help": "operator set, 13 to 28 (default 17)"})
    dtype: Literal["float32", "float16", "bfloat16", "float64"] = field(
        default="float32", metadata={"help": "type of the input, the weights and all that is computed (default float32)"}
    )
    weights: str | None = field(
        default=None, metadata={"help": "a .safetensors file, or one of torch.save, with the layout's keys", "metavar": "FILE"}
    )
    anyway: bool = field(default=False, metadata={"help": "use even weights that are recorded as another function's"})
    seed: int = field(default=0, metadata={"help": "seed of the random weights, without --weights (default 0)"})
    no_weights: bool = field(default=False, metadata={"help": "structure only: the tensors become inputs of the model"})
    training: bool = field(default=False, metadata={"help": "batch norm and dropout in their training form"})
    fold_bn: bool = field(default=False, metadata={"help": "fold batch norms into the convolutions before them"})
    functions: bool = field(default=False, metadata={"help": "each distinct block as a function of the model"})
    external_data: bool = field(default=False, metadata={"help": "weights in a file of their own, as always over 1.9 GiB"})

    def emit(self, network: Network) -> Artifact:
        """Emit the model as a stream. Raises BackendError: E0560 to E0566; WeightsError: E0001 to E0003, E0580 to E0585."""
        from archc_onnx.export import export

        return export(network, self)
