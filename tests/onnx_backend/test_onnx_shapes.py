"""The shapes that a model states are those it has: at every size, as onnx infers them strictly, and as onnxruntime gives them."""

import re
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any

import draws
import onnx
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from onnx_models import inferred, model_of
from onnxruntime.tools.symbolic_shape_infer import SymbolicShapeInference
from small_specs import spec
from valid_specs import networks

from archc.compile.pipeline import compile_spec, shipped
from archc.ir.graph import Graph
from archc_onnx.dimensions import dimensions

FORMULA = re.compile(r"[HW0-9+\-*/() ]+")
INFERRED = re.compile(r"[\w+\-*/(), ]+")


def stated(model: onnx.ModelProto) -> dict[str, tuple[int | str, ...]]:
    """Of every value with a shape, as the file has it."""
    values = (*model.graph.value_info, *model.graph.output)
    return {value.name: tuple(axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim) for value in values}


def at(shape: tuple[int | str, ...], batch: int, height: int, width: int) -> tuple[int, ...]:
    """The numbers that the formulas are for an input of this size."""
    known = {"H": height, "W": width, "N": batch}
    found = []
    for axis in shape:
        assert isinstance(axis, int) or axis == "N" or FORMULA.fullmatch(axis)
        found.append(axis if isinstance(axis, int) else eval(axis, {}, known))  # noqa: S307  letters, digits and signs
    return tuple(found)


def sizes(graph: Graph) -> list[tuple[int, int]]:
    """The declared one, and two that are not as high as they are wide."""
    _, height, width = graph.types[graph.input].shape
    if not graph.any_size:
        return [(height, width)]
    step = graph.multiple
    return [(height, width), (height + step, width + 2 * step), (height + 3 * step, width + step)]


def unlike(graph: Graph, model: onnx.ModelProto, checked: list[tuple[int, int]]) -> dict[str, Any]:
    """Values whose stated shape is another than the inferred one, with both."""
    channels = graph.types[graph.input].channels
    found: dict[str, Any] = {}
    for size in checked:
        shapes = inferred(model, (2, channels, *size))
        for name, shape in stated(model).items():
            if name in shapes and at(shape, 2, *size) != shapes[name]:
                found[name] = (size, shape, shapes[name])
    return found


def unlike_by_formula(graph: Graph, model: onnx.ModelProto) -> dict[str, Any]:
    """Values whose stated formula is another number than that of onnxruntime's symbolic inference, or has none, with both."""
    bare = onnx.ModelProto()
    bare.CopyFrom(model)
    del bare.graph.value_info[:]
    found = stated(SymbolicShapeInference.infer_shapes(bare, auto_merge=True))
    return {
        name: (size, shape, found.get(name))
        for size in sizes(graph)
        for name, shape in stated(model).items()
        if name not in found or at(shape, 2, *size) != exactly(found[name], 2, *size)
    }


def exactly(shape: tuple[int | str, ...], batch: int, height: int, width: int) -> tuple[int, ...]:
    """The numbers that formulas with fractions are, as onnxruntime writes them; -1 for what is no formula of the size."""
    known = {"H": height, "W": width, "N": batch, "floor": floor, "ceiling": ceil, "Max": max, "Min": min, "Fraction": Fraction}
    found = []
    for axis in shape:
        text = re.sub(r"\d+", r"Fraction(\g<0>)", str(axis))
        is_formula = known.keys() >= set(re.findall(r"[A-Za-z_]\w*", text))
        found.append(int(eval(text, {}, known)) if is_formula and INFERRED.fullmatch(text) else -1)  # noqa: S307  as in `at`
    return tuple(found)


def written(folder: Path, root: Any) -> Any:
    path = folder / "net.yaml"
    path.write_text(root if isinstance(root, str) else yaml.safe_dump(root, sort_keys=False), encoding="utf-8")
    return compile_spec(str(path))


STEM = "{conv1: {kernel: 3, out: 16}, %s, up: {op: pixel_shuffle, block: 2}}"
UP = STEM % "conv2: {kernel: 3, stride: 2, out: 64}"
GROWING = {
    "convolution": UP,
    "pool": STEM % "conv2: {kernel: 1, out: 64}, pool: {op: max_pool, kernel: 3, stride: 2, padding: 1}",
    "rounded up": STEM % "conv2: {kernel: 1, out: 64}, pool: {op: avg_pool, kernel: 2, stride: 2, ceil: true}",
    "rows": STEM % "rows: {op: subsample, stride: 2}, conv2: {kernel: 1, out: 64}",
    "blur": STEM % "blur: {op: blur_pool, stride: 2}, conv2: {kernel: 1, out: 64}",
    "pixels": STEM % "deep: {op: space_to_depth, block: 2}, conv2: {kernel: 1, out: 64}",
    "transposed": "{conv1: {kernel: 3, stride: 2, out: 16}, up: {op: conv_transpose, kernel: 3, stride: 2, padding: 1, out: 8}}",
    "twice": STEM
    % "conv2: {kernel: 3, stride: 2, out: 32}, conv3: {kernel: 5, stride: 2, out: 256}, more: {op: pixel_shuffle, block: 2}",
}


def limited(stem: str, multiple: int) -> str:
    """A small network of one stage that works at these multiples."""
    text = spec("{kind: basic, order: post, shortcut: B}", stem=stem, stages="{layer1: {out: 16, repeat: 1}}")
    return text.replace("width: 32}", f"width: 32, multiple: {multiple}}}")


@pytest.mark.parametrize("multiple", [2, 4])
def test_a_map_that_grows_back_is_as_large_as_the_image(multiple: int, tmp_path: Path) -> None:
    graph = written(tmp_path, limited(UP, multiple)).graph
    shapes = dimensions(graph)
    assert (shapes["stem.conv2"], shapes["stem.up"]) == ((64, "H//2", "W//2"), (16, "H", "W"))


@pytest.mark.parametrize("stem", GROWING)
def test_shapes_under_a_multiple(stem: str, tmp_path: Path) -> None:
    network = written(tmp_path, limited(GROWING[stem], 8))
    assert unlike(network.graph, model_of(network, no_weights=True), sizes(network.graph)) == {}


SHIPPED = [name for name, _ in shipped()]


@pytest.mark.no_cover
@pytest.mark.parametrize("name", draws.sampled(SHIPPED, 13))
def test_shapes_of_what_ships(name: str) -> None:
    """`make fuzz` infers those of every network."""
    network = compile_spec(name)
    model = model_of(network, no_weights=True)
    assert unlike(network.graph, model, sizes(network.graph)[1:2] or sizes(network.graph)) == {}
    assert unlike_by_formula(network.graph, model) == {}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(root=networks())
def test_shapes_of_drawn_networks(root: Any, tmp_path: Path) -> None:
    network = written(tmp_path, root)
    model = model_of(network, no_weights=True)
    assert unlike(network.graph, model, sizes(network.graph)) == {}
    assert unlike_by_formula(network.graph, model) == {}
