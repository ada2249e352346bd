"""Whatever a public function returns prints as one line, and so does everything inside of it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import archc
from archc.analyse.diff.read import difference
from archc.backend import find_backend
from archc.compile.pipeline import complete_spec, read_spec
from archc.cost.memory import memory
from archc.cost.report import Asked as CostAsked
from archc.cost.report import report
from archc.language.library import Library
from archc.limits import DEFAULT_LIMITS
from archc.present.draw.compose import Asked, draw_networks, read
from archc.present.table.architecture import architecture
from archc.present.table.network import Network
from archc.present.table.outline import outline
from archc.record import Record
from archc.weights.files import open_weights
from archc.weights.safetensors import write_safetensors

LONGEST = 300


def inside(value: Any, seen: dict[int, Any]) -> Iterator[Any]:
    """A value of archc's own classes and all that it holds, each once."""
    if id(value) in seen or isinstance(value, str | bytes | int | float | None | Path):
        return
    seen[id(value)] = value
    if type(value).__module__.startswith("archc"):
        yield value
    if isinstance(value, Mapping):
        items = [*value.keys(), *value.values()]
    elif isinstance(value, tuple | list | set | frozenset):
        items = list(value)
    elif type(value).__module__.startswith("archc"):
        fields = getattr(value, "__dict__", {})
        items = [getattr(value, name, None) for name in fields]
    else:
        items = []
    for item in items:
        yield from inside(item, seen)


def held(tmp_path: Path) -> Iterator[object]:
    compiled, other = archc.compile_spec("resnet18"), archc.compile_spec("cifar_preact_resnet110")
    yield from (compiled, other, Library(DEFAULT_LIMITS), read_spec("resnet50d"), complete_spec("cifar_resnet20"), DEFAULT_LIMITS)
    yield from (find_backend(target).emit(compiled) for target in ("torch", "timm", "hub", "onnx"))
    yield from (difference("resnet18", "resnet34"), report(compiled.graph, CostAsked()), memory(compiled.graph))
    network = Network("ResNet-18", "resnet18", compiled, compiled.graph)
    yield from (network, outline(compiled.graph), architecture([network], ()))
    yield from (read([compiled], Asked()), draw_networks([compiled], Asked()))
    header, _ = write_safetensors([("a", "F32", (1,))], {})
    (tmp_path / "a.safetensors").write_bytes(header + bytes(4))
    yield open_weights(tmp_path / "a.safetensors")
    try:
        archc.compile_spec("resnet18", overrides=["stages.layer9=3", "clases=3"])
    except archc.SpecError as error:
        yield from (error, error.diagnostics)


def test_reprs_are_one_short_line(tmp_path: Path) -> None:
    seen: dict[int, Any] = {}
    longer = {
        type(value).__qualname__: repr(value)
        for thing in held(tmp_path)
        for value in inside(thing, seen)
        if len(repr(value)) > LONGEST or "\n" in repr(value)
    }
    assert sorted(longer) == []


def test_reprs() -> None:
    compiled = archc.compile_spec("resnet18")
    root = compiled.spec.root
    assert [repr(value) for value in (compiled, root.get("name"), root.get("stages"))] == [
        "<Network resnet18: 11,689,512 parameters, 1,814,073,344 multiply-adds>",
        "Scalar(value='resnet18', text='resnet18', span=Span(archc:resnet18.yaml:2:7-2:15))",
        "Map(entries=<4 items>, span=Span(archc:resnet18.yaml:17:3-20:59))",
    ]


class Wide(Record):
    text: str
    numbers: tuple[int, ...]
    nodes: tuple[object, ...] = ()


def test_a_record() -> None:
    assert [repr(Wide("a\nb", (1, 2))), repr(Wide("x" * 100, (1,) * 9, (object(),)))] == [
        "Wide(text='a\\nb', numbers=(1, 2), nodes=())",
        f"Wide(text='{'x' * 58}…, numbers=<9 items>, nodes=<1 item>)",
    ]
