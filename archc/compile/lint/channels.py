"""Channels that are no multiple of eight."""

from collections.abc import Iterator

from archc.compile.lint.subject import Finding, Subject, part_of, place, stages
from archc.diagnostics import Note, Span
from archc.ir.convolutions import Conv
from archc.ir.graph import Graph, enclosing

MULTIPLE = 8
"""What tensor cores take at once in half precision: other counts are padded (NVIDIA, Deep Learning Performance Guide,
Convolutional Layers). MobileNetV2 rounds its widths to it for the same reason (Sandler et al. 2018).
"""


def odd_channels(subject: Subject) -> Iterator[Finding]:
    """The first one, of the stem and the residual branches; other stages as notes. Attention is narrow on purpose."""
    found: dict[str, int] = {}
    paths = _main_path(subject.graph)
    for node in subject.graph.nodes:
        if isinstance(node.op, Conv) and node.role == "main" and _is_odd(node.op) and node.scope in paths:
            found.setdefault(part_of(node), node.op.out_channels)
    places = [(part, count, _place(subject, part, count)) for part, count in found.items() if part != "head"]
    if places:
        part, count, span = places[0]
        notes = tuple(Note(f"{count} in `{part}`", span) for part, count, span in places[1:])
        up, down = -(-count // MULTIPLE) * MULTIPLE, count // MULTIPLE * MULTIPLE
        near = f"{down} and {up} are" if down else f"{up} is"
        what = f"{count} channels are" if count > 1 else "1 channel is"
        yield Finding(f"{what} no multiple of {MULTIPLE}", span, f"in `{part}`; {near}", notes=notes)


def _is_odd(conv: Conv) -> bool:
    """A depthwise convolution has the channels that it is given."""
    depthwise = conv.groups == conv.in_channels == conv.out_channels > 1
    return conv.out_channels % MULTIPLE > 0 and not depthwise


def _main_path(graph: Graph) -> set[str]:
    """The scopes whose convolutions count in the depth; a module in place of a convolution with what is in it."""
    known = {scope.path for scope in graph.scopes}
    found = {""}
    for scope in graph.scopes:
        own = scope.kind != "module" or scope.path.rpartition(".")[2].startswith("conv")
        if scope.path and own and scope.role == "main" and enclosing(scope, known) in found:
            found.add(scope.path)
    return found


def _place(subject: Subject, part: str, count: int) -> Span:
    """Where the width is said: `out`, unless that is another number."""
    scope = next((scope for scope in stages(subject.graph) if scope.path == part), None)
    given = {argument.name: argument.value for argument in scope.arguments} if scope is not None else {}
    return place(subject, part, *(("out",) if given.get("out") == count else ("mid", "ratio", "out")))
