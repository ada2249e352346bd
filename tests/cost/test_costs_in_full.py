# ruff: noqa: E501  a case is a line
"""Every figure of single operations and of small networks, in golden files: nothing of it is said twice elsewhere.

That the figures are right is tested beside this, against torch and the programs that count; here each is held to the unit.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache

import pytest
from graph_builder import Builder, typed
from operation_cases import Shapes, called, cases
from told import page

from archc.compile.pipeline import compile_spec
from archc.cost.conventions import CONVENTIONS, count
from archc.cost.count import by_scope as costs_by_scope
from archc.cost.count import depth, scope_costs, stage_shapes
from archc.cost.explain import Line, compare, explain
from archc.cost.features import described_features
from archc.cost.measures import Measures, by_scope, measure, scope_measures, total
from archc.cost.memory import Memory, memory
from archc.cost.parts import LEVELS, parts
from archc.cost.receptive import Axis, receptive_fields
from archc.cost.saved import saved
from archc.cost.schedule import live_sets, peak
from archc.cost.storage import overwritten, storage_of
from archc.ir import ops
from archc.ir.graph import Graph
from archc.ir.ops import Operation
from archc.ir.types import ShapeError

NETWORKS: dict[str, tuple[str, ...]] = {
    "cifar_resnet20": (),
    "preact_resnet18": ("stages.layer4=null", "stages.layer3=null"),
    "skresnet18": ("stages.layer4=null", "stages.layer3=null"),
}
"""Some that ship, cut where they have much of the same."""


@cache
def network(name: str) -> Graph:
    return compile_spec(name, overrides=NETWORKS[name]).graph


def said(measures: Measures) -> str:
    work = ", ".join(f"{name} {number}" for name, number in measures.by_class.items())
    return (
        f"{measures.parameters} + {measures.buffers}, macs {measures.macs}, out {measures.activations}; "
        f"reads {measures.read}, writes {measures.written}; {work or 'no work'}"
    )


def of_operation(op: Operation, shapes: Shapes) -> Iterator[str]:
    inputs = tuple(map(typed, shapes))
    outputs = op.infer(*inputs)
    yield said(measure(op, inputs, outputs)) + (" (a view)" if op.is_view(len(inputs)) else "")
    for name, convention in CONVENTIONS.items():
        if found := {kind: number for kind, number in convention.rule(op, inputs, outputs).items() if number}:
            yield f"    {name}: {found}"
    needs = [(True,) * len(inputs), (False,) * len(inputs)]
    needs += [(True, False), (False, True)] if len(inputs) == 2 else []
    for flows in needs:
        for in_place, rows in ((False, False), (True, False), (False, True)):
            held = op.kept(inputs, outputs, flows, in_place=in_place, rows=(rows,) * len(inputs))
            yield f"    keeps {held.operands} {held.output} {held.image} {held.fixed} {held.indices}"


def test_operations(golden: Callable[[str, str], None]) -> None:
    fitting = []
    for op, shapes in cases():
        try:
            op.infer(*map(typed, shapes))
        except ShapeError:
            continue
        fitting.append((called(op, shapes), dict.fromkeys(of_operation(op, shapes))))
    golden("golden/operations.txt", page(fitting))


def small(op: Operation, shapes: Shapes) -> Graph | None:
    """An operation behind a convolution of each operand, and what reads it; None where it does not fit."""
    builder = Builder(*shapes[0]) if len(shapes[0]) == 3 else Builder(4, 8, 6)
    if any(len(shape) != 3 or shape[1:] != shapes[0][1:] for shape in shapes):
        return None
    try:
        ends = [builder.add(ops.Conv(shapes[0][0], shape[0], 1), "x") for shape in shapes]
        outputs = builder.add_all(op, *ends)
        last = builder.add(ops.Act("relu"), outputs[0])
    except ShapeError:
        return None
    return builder.graph(last, *outputs[1:])


def axis(field: Axis) -> str:
    return f"{field.start}..{field.end} by {field.stride}{' everywhere' if field.everywhere else ''}"


def of_memory(graph: Graph) -> Iterator[str]:
    least, held, lies = peak(graph), saved(graph), storage_of(graph)
    yield f"peak {least.elements} at {least.node}, exact {least.exact}, stated {least.stated}: {' '.join(least.order)}"
    yield f"saved {held.elements} and {held.indices}: {held.bytes()}, {held.bytes(2)}"
    yield f"live {live_sets(graph, [node.name for node in graph.nodes])}"
    yield f"over {overwritten(graph)}; {sum(lies.elements.values())} in {len(lies.elements)}"
    yield from (f"    {name}: in {root}" for name, root in lies.root.items() if name != root)


def of_fields(graph: Graph) -> Iterator[str]:
    for name, field in receptive_fields(graph).items():
        yield f"{name}: {', '.join(map(axis, field.axes))}{', all' if field.whole else ''}"


def blocks() -> dict[str, Graph]:
    """Where values lie and what is done first matters: branches, parts, and values that are used again."""
    found = {}
    for name, make in {
        "a block": lambda b: b.add(ops.Act("relu"), b.add(ops.Add(), b.add(ops.Norm("batch", 4), b.add(ops.Conv(4, 4, 3, 1, 1), "x")), b.add(ops.Conv(4, 4, 1), "x"))),
        "an identity": lambda b: b.add(ops.Add(), b.add(ops.Conv(4, 4, 3, 1, 1), b.add(ops.Act("relu"), b.add(ops.Conv(4, 4, 1), "x"))), b.add(ops.Identity(), b.nodes[1].outputs[0])),
        "three branches": lambda b: b.add(ops.Concat(), b.add(ops.Conv(4, 9, 1), "x"), b.add(ops.MaxPool(3, 1, 1), b.add(ops.Conv(4, 2, 1), "x")), b.add(ops.Act("silu"), b.add(ops.Conv(4, 20, 1), "x"))),
        "wide and narrow": lambda b: b.add(ops.Add(), b.add(ops.Conv(40, 2, 1), b.add(ops.Conv(4, 40, 1), "x")), b.add(ops.Conv(30, 2, 1), b.add(ops.Conv(4, 30, 1), "x"))),
        "a product of three": lambda b: b.add(ops.Mul(), b.add(ops.Conv(4, 4, 1), "x"), b.add(ops.Act("sigmoid"), b.add(ops.Conv(4, 4, 1), "x")), b.add(ops.Norm("layer", 4), "x")),
        "a use twice": lambda b: b.add(ops.Add(), b.add(ops.Act("relu"), b.add(ops.Norm("batch", 4), "x")), b.nodes[0].outputs[0]),
        "a sum of one": lambda b: b.add(ops.Act("relu"), b.add(ops.Add(), b.add(ops.Conv(4, 4, 1), "x"))),
        "a sum of three": lambda b: b.add(ops.Add(), b.add(ops.Conv(4, 4, 1), "x"), b.add(ops.Conv(4, 4, 3, 1, 1), "x"), "x"),
        "a shortcut": lambda b: b.add(ops.Add(), b.add(ops.Conv(4, 4, 1), "x", role="shortcut"), b.add(ops.Conv(4, 4, 3, 1, 1), "x")),
    }.items():  # fmt: skip
        builder = Builder(4, 6, 5)
        make(builder)
        found[name] = builder.graph()
    builder = Builder(4, 6, 5)
    first, second = builder.add_all(ops.Split(2), builder.add(ops.Conv(4, 4, 1)))
    builder.add(ops.Concat(), builder.add(ops.Conv(2, 6, 1), first), builder.add(ops.Act("relu"), second))
    found["parts"] = builder.graph()
    builder = Builder(4, 6, 5)
    parts_ = builder.add_all(ops.Split(2), builder.add(ops.Conv(4, 4, 1)))
    builder.add(ops.Act("relu"), parts_[1])
    found["a part left over"] = builder.graph()
    for name, steps in {
        "channels last": (ops.Norm("layer", 4), ops.Linear(4, 6), ops.Act("relu"), ops.Flatten(), ops.Linear(180, 2)),
        "channels last, and not": (ops.Linear(4, 6), ops.Conv(6, 4, 1), ops.Flatten(), ops.Linear(120, 2)),
        "channels last, of one": (ops.Conv(4, 1, 1), ops.Norm("layer", 1), ops.Flatten(), ops.Linear(30, 2)),
        "one channel": (ops.Conv(4, 1, 1), ops.Linear(1, 1), ops.Flatten(), ops.Linear(30, 2)),
        "layer norm, flat": (ops.Conv(4, 4, 1), ops.Norm("layer", 4), ops.Flatten(), ops.Linear(120, 2)),
        "a vector": (
            ops.GlobalPool(),
            ops.Flatten(),
            ops.Linear(4, 6),
            ops.Act("relu"),
            ops.Linear(6, 2),
            ops.Norm("layer", 2),
            ops.Act("relu"),
        ),
        "tokens": (
            ops.Conv(4, 4, 1),
            ops.Tokens(),
            ops.Norm("layer", 4),
            ops.Linear(4, 4),
            ops.Act("gelu"),
            ops.Flatten(),
            ops.Linear(120, 2),
        ),
        "dropped": (ops.Conv(4, 4, 1), ops.Dropout(0.0), ops.Act("relu"), ops.Dropout(0.5), ops.Flatten(), ops.Linear(120, 2)),
    }.items():
        builder = Builder(4, 6, 5)
        for step in steps:
            builder.add(step)
        found[name] = builder.graph()
    builder = Builder(4, 6, 5)
    last = builder.add(ops.Linear(4, 4), builder.add(ops.Conv(4, 4, 1), "x"))
    builder.add(ops.Add(), builder.add(ops.Conv(4, 4, 1), "x"), last)
    builder.add(ops.Linear(120, 2), builder.add(ops.Flatten()))
    found["channels last, added"] = builder.graph()
    builder = Builder(4, 6, 5)
    outside = builder.add(ops.Conv(4, 4, 1), "x")
    builder.inside("a")
    inner = builder.add(ops.Add(), builder.add(ops.Norm("batch", 4), outside), builder.add(ops.Norm("batch", 4), "x"))
    builder.inside("a.loop.0", "turn", "loop")
    builder.add(ops.Act("relu"), inner)
    builder.outside("")
    second = builder.add(ops.Conv(4, 4, 1))
    builder.inside("b")
    builder.inside("b.loop.0", "turn", "loop")
    builder.add(ops.Act("relu"), second)
    found["turns"] = builder.graph()
    builder = Builder(4, 6, 5)
    ends = [builder.add(ops.Conv(8 - n, 4, 1), builder.add(ops.Conv(4, 8 - n, 1), "x")) for n in range(8)]
    builder.add(ops.Add(), *ends)
    found["more orders than are searched"] = builder.graph()
    builder = Builder(4, 6, 5)
    builder.inside("a")
    one = builder.add(ops.Norm("batch", 4), builder.add(ops.Conv(4, 4, 1), "x"))
    builder.inside("a.b", "module")
    two = builder.add(ops.Conv(4, 4, 1), builder.add(ops.Act("relu"), one))
    builder.outside("a")
    builder.add(
        ops.Act("leaky_relu", 0.1), builder.add(ops.Add(), builder.add(ops.Act("relu"), two), builder.add(ops.Conv(4, 4, 1), "x"))
    )
    found["a module in a block"] = builder.graph()
    return found


def test_memory(golden: Callable[[str, str], None]) -> None:
    graphs = {called(op, shapes): small(op, shapes) for op, shapes in cases()} | blocks()
    golden("golden/memory.txt", page((name, of_memory(graph)) for name, graph in graphs.items() if graph is not None))


def test_fields(golden: Callable[[str, str], None]) -> None:
    graphs = {called(op, shapes): small(op, shapes) for op, shapes in cases()} | blocks()
    golden("golden/fields.txt", page((name, of_fields(graph)) for name, graph in graphs.items() if graph is not None))


def of_parts(graph: Graph) -> Iterator[str]:
    for level in LEVELS:
        for fold in (True, False) if level in ("block", "layer") else (True,):
            for row in parts(graph, level, CONVENTIONS["flops"], fold=fold):
                yield f"{level}: {row.path} to {row.last}, {row.template} x{row.times}, {row.output}, {row.count}, {axis(row.field.axes[0])}: {said(row.measures)}"


def of_network(graph: Graph) -> Iterator[str]:
    yield f"depth {depth(graph)}, {said(total(graph))}"
    yield from (f"stage {path}: {shape}" for path, shape in stage_shapes(graph).items())
    yield from (f"level {level}: {path}: {said(found)}" for level in (0, 1) for path, found in by_scope(graph, level).items())
    yield from (f"{path}: {cost}" for path, cost in costs_by_scope(graph, 1).items())
    yield from (f"scope {path}: {said(found)}" for path, found in scope_measures(graph).items() if path.count(".") < 1)
    yield from (f"scope {path}: {cost}" for path, cost in scope_costs(graph).items() if path.count(".") < 1)
    yield from (f"feature {each}" for each in described_features(graph))
    yield ", ".join(f"{name} {value}" for name, value in whole(memory(graph)))
    for name, convention in CONVENTIONS.items():
        yield f"{name} {count(graph, convention)}"
        yield from lines(explain(graph, convention))


def whole(found: Memory) -> Iterator[tuple[str, object]]:
    """Every field in full: a repr has one line."""
    return ((name, getattr(found, name)) for name in Memory.record_fields)


def lines(found: Iterable[Line]) -> Iterator[str]:
    yield from (f"    {line.amount:+} {line.what}; {line.why}; {line.times}" for line in found)


@pytest.mark.parametrize("name", NETWORKS)
def test_networks(golden: Callable[[str, str], None], name: str) -> None:
    graph = network(name)
    cases_ = [
        ("whole", of_network(graph)),
        ("parts", of_parts(graph)),
        ("memory", of_memory(graph)),
        ("fields", of_fields(graph)),
    ]
    golden(f"golden/{name}.txt", page(cases_))


@pytest.mark.parametrize("fold", [True, False])
def test_one_network_becomes_another(golden: Callable[[str, str], None], *, fold: bool) -> None:
    pairs = [("preact_resnet18", "skresnet18"), ("skresnet18", "cifar_resnet20")]
    flops = CONVENTIONS["flops"]
    compared = (
        (f"{first} to {second} by {level}", lines(compare(network(first), network(second), flops, level, fold=fold)))
        for first, second in pairs
        for level in LEVELS
    )
    golden(f"golden/compared_{'folded' if fold else 'unfolded'}.txt", page(compared))


def test_by_default_layers_are_compared_folded() -> None:
    first, second = network("cifar_resnet20"), network("preact_resnet18")
    flops = CONVENTIONS["flops"]
    assert compare(first, second, flops) == compare(first, second, flops, "layer", fold=True)
