"""A network is compared with itself here: the interpreter, the emitted torch module and the emitted ONNX model share weights."""

import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor

from archc.analyse.verify.cases import Case
from archc.analyse.verify.compare import Settings, against, images, relative
from archc.analyse.verify.describe import described
from archc.analyse.verify.entries import entries_of
from archc.analyse.verify.interpreter import outputs, run_all, undropped
from archc.analyse.verify.outcome import First, Run, Verdict
from archc.analyse.verify.program import TorchProgram
from archc.analyse.verify.sharing import neutral, stir
from archc.backend import find_backend
from archc.ir.graph import Graph
from archc.ir.ops import BlurPool
from archc.language.layouts.naming import state_keys
from archc.live import load_module
from archc.record import replace

if TYPE_CHECKING:
    from archc.compile.pipeline import Compiled

FLOAT32, FLOAT64 = 1e-4, 1e-9
"""The largest difference that rounding explains, by type."""


def agree(compiled: "Compiled", cases: Sequence[Case], settings: Settings) -> Verdict:
    """Compare a network with what archc emits for it. Raises BackendError where it cannot be emitted."""
    graph, keys = compiled.graph, state_keys(compiled.graph, compiled.layout)
    model = getattr(load_module(compiled), graph.name)()
    verdict = against(graph, TorchProgram("the emitted torch module", model), cases, settings, names=keys)
    runs, first = [run._replace(label="torch module, float64") for run in verdict.runs], verdict.first
    for run, run_first in _onnx(compiled, keys, [case for case in cases if not case.training], settings):
        runs.append(run)
        first = first or run_first
    return replace(verdict, against="its emitted torch module and ONNX model", runs=tuple(runs), first=first)


def random_weights(graph: Graph, seed: int) -> dict[str, Tensor]:
    """Draw every tensor, by canonical key, so that none is neutral."""
    weights = {key: neutral(node, key, shape) for key, node, shape, _ in graph.parameters()}
    stir(weights, [entry for entry in entries_of(graph) if not isinstance(graph.nodes[entry.place].op, BlurPool)], seed, far=True)
    return weights


def _onnx(
    compiled: "Compiled", keys: Mapping[str, str], cases: Sequence[Case], settings: Settings
) -> Iterator[tuple[Run, First | None]]:
    """Run the model on the weights it is fed: by onnxruntime in float32 where that is installed, else by onnx in float64."""
    import onnx

    graph = undropped(compiled.graph)
    fast = importlib.util.find_spec("onnxruntime") is not None
    options = {"no_weights": True, "dtype": "float32" if fast else "float64"}
    [file] = cast("Any", type(find_backend("onnx")))(**options).emit(compiled).files
    model = onnx.ModelProto.FromString(b"".join(file.chunks))
    weights = random_weights(graph, settings.seed)
    tolerance = max(FLOAT32 if fast else FLOAT64, settings.tolerance or 0.0)
    for case in cases if fast else cases[-1:]:
        x = images(case, settings.seed)
        feeds = {model.graph.input[0].name: x, **{keys[key]: tensor for key, tensor in weights.items()}}
        actual = _evaluated(model, feeds, fast=fast)
        with torch.no_grad():
            expected = outputs(graph, weights, x)
        difference = max(relative(ours, theirs) for ours, theirs in zip(expected, actual, strict=True))
        if fast and difference > tolerance:
            tolerance = max(tolerance, 10 * _rounding(graph, weights, x, expected))
        run = Run("onnxruntime, float32" if fast else "onnx, float64", case, difference, tolerance)
        yield run, None if run.equal else _first(graph, weights, x, model, feeds, run, fast=fast)


def _rounding(graph: Graph, weights: Mapping[str, Tensor], x: Tensor, expected: Sequence[Tensor]) -> float:
    """Measure how far float32 takes the interpreter itself: a norm of nearly constant values returns little but rounding."""
    with torch.no_grad():
        in_float32 = outputs(graph, {key: tensor.float() for key, tensor in weights.items()}, x.float())
    return max(relative(exact, rounded.double()) for exact, rounded in zip(expected, in_float32, strict=True))


def _evaluated(model: Any, feeds: Mapping[str, Tensor], *, fast: bool) -> list[Tensor]:
    if fast:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        results = session.run(None, {name: tensor.float().numpy() for name, tensor in feeds.items()})
    else:
        from onnx.reference import ReferenceEvaluator

        results = ReferenceEvaluator(model).run(None, {name: tensor.numpy() for name, tensor in feeds.items()})
    return [torch.as_tensor(result).double() for result in results]


def _first(
    graph: Graph, weights: Mapping[str, Tensor], x: Tensor, model: Any, feeds: Mapping[str, Tensor], run: Run, *, fast: bool
) -> First | None:
    """Run the model again with every value as an output: its values have the names of the graph's."""
    with torch.no_grad():
        values = run_all(graph, weights, x)
    there = {name for node in model.graph.node for name in node.output}
    names = [name for node in graph.nodes for name in node.outputs if name in there]
    infos = {info.name: info for info in (*model.graph.value_info, *model.graph.output)}
    watched = type(model).FromString(model.SerializeToString())
    del watched.graph.output[:]
    watched.graph.output.extend(infos[name] for name in names)
    actual = dict(zip(names, _evaluated(watched, feeds, fast=fast), strict=True))
    for node in graph.nodes:
        for name in node.outputs:
            if name in actual and (difference := relative(values[name], actual[name])) > run.tolerance:
                absolute = float((values[name] - actual[name]).abs().max())
                return First(node, "output", described(node.op), f"what {run.label} makes of `{name}`", "", absolute, difference)
    return None
