"""A network held against itself: the interpreter, the emitted torch module and the emitted ONNX model on the same weights."""

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
"""The largest difference that rounding explains."""


def agree(compiled: "Compiled", wanted: Sequence[Case], settings: Settings) -> Verdict:
    """Raises BackendError where the network cannot be emitted."""
    graph, keys = compiled.graph, state_keys(compiled.graph, compiled.layout)
    model = getattr(load_module(compiled), graph.name)()
    found = against(graph, TorchProgram("the emitted torch module", model), wanted, settings, names=keys)
    runs, first = [run._replace(what="torch module, float64") for run in found.runs], found.first
    for run, at in _onnx(compiled, keys, [case for case in wanted if not case.training], settings):
        runs.append(run)
        first = first or at
    return replace(found, against="its emitted torch module and ONNX model", runs=tuple(runs), first=first)


def random_weights(graph: Graph, seed: int) -> dict[str, Tensor]:
    """Every tensor by canonical key, none at rest."""
    found = {key: neutral(node, key, shape) for key, node, shape, _ in graph.parameters()}
    stir(found, [entry for entry in entries_of(graph) if not isinstance(graph.nodes[entry.place].op, BlurPool)], seed, far=True)
    return found


def _onnx(
    compiled: "Compiled", keys: Mapping[str, str], wanted: Sequence[Case], settings: Settings
) -> Iterator[tuple[Run, First | None]]:
    """The model, fed its weights: by onnxruntime in float32 where that is installed, else by onnx in float64."""
    import onnx

    graph = undropped(compiled.graph)
    fast = importlib.util.find_spec("onnxruntime") is not None
    options = {"no_weights": True, "dtype": "float32" if fast else "float64"}
    [file] = cast("Any", type(find_backend("onnx")))(**options).emit(compiled).files
    model = onnx.ModelProto.FromString(b"".join(file.chunks))
    weights = random_weights(graph, settings.seed)
    tolerance = max(FLOAT32 if fast else FLOAT64, settings.tolerance or 0.0)
    for case in wanted if fast else wanted[-1:]:
        x = images(case, settings.seed)
        feeds = {model.graph.input[0].name: x, **{keys[key]: tensor for key, tensor in weights.items()}}
        made = _evaluated(model, feeds, fast=fast)
        with torch.no_grad():
            expected = outputs(graph, weights, x)
        away = max(relative(one, other) for one, other in zip(expected, made, strict=True))
        if fast and away > tolerance:
            tolerance = max(tolerance, 10 * _rounding(graph, weights, x, expected))
        run = Run("onnxruntime, float32" if fast else "onnx, float64", case, away, tolerance)
        yield run, None if run.equal else _first(graph, weights, x, model, feeds, run, fast=fast)


def _rounding(graph: Graph, weights: Mapping[str, Tensor], x: Tensor, expected: Sequence[Tensor]) -> float:
    """How far float32 takes the interpreter itself: a norm of what is nearly constant is rounding and little else."""
    with torch.no_grad():
        made = outputs(graph, {key: tensor.float() for key, tensor in weights.items()}, x.float())
    return max(relative(one, other.double()) for one, other in zip(expected, made, strict=True))


def _evaluated(model: Any, feeds: Mapping[str, Tensor], *, fast: bool) -> list[Tensor]:
    if fast:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        made = session.run(None, {name: tensor.float().numpy() for name, tensor in feeds.items()})
    else:
        from onnx.reference import ReferenceEvaluator

        made = ReferenceEvaluator(model).run(None, {name: tensor.numpy() for name, tensor in feeds.items()})
    return [torch.as_tensor(one).double() for one in made]


def _first(
    graph: Graph, weights: Mapping[str, Tensor], x: Tensor, model: Any, feeds: Mapping[str, Tensor], run: Run, *, fast: bool
) -> First | None:
    """The model once more with every value put out: they have the names that ours have."""
    with torch.no_grad():
        values = run_all(graph, weights, x)
    there = {name for node in model.graph.node for name in node.output}
    wanted = [name for node in graph.nodes for name in node.outputs if name in there]
    known = {one.name: one for one in (*model.graph.value_info, *model.graph.output)}
    watched = type(model).FromString(model.SerializeToString())
    del watched.graph.output[:]
    watched.graph.output.extend(known[name] for name in wanted)
    made = dict(zip(wanted, _evaluated(watched, feeds, fast=fast), strict=True))
    for node in graph.nodes:
        for name in node.outputs:
            if name in made and (away := relative(values[name], made[name])) > run.tolerance:
                absolute = float((values[name] - made[name]).abs().max())
                return First(node, "output", described(node.op), f"what {run.what} makes of `{name}`", "", absolute, away)
    return None
