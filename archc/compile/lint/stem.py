"""A stem that gives resolution away before it has made channels of it."""

from collections.abc import Iterator
from math import prod

from archc.compile.lint.subject import Finding, Subject, part_of, place


def early_downsampling(subject: Subject) -> Iterator[Finding]:
    """The first operation of the stem that shrinks the map while it is as narrow as the image, to fewer values than it reads.

    A 7×7 convolution of stride 2 to 64 channels makes 16 values of 3: it is none.
    """
    graph = subject.graph
    image = graph.types[graph.input].shape[0]
    for node in graph.nodes:
        if part_of(node) != "stem":
            return
        before, after = graph.types[node.inputs[0]].shape, graph.types[node.outputs[0]].shape
        if len(before) != 3 or before[0] > image:
            return
        if len(after) == 3 and after[1] < before[1] and prod(after) < prod(before):
            message = f"the stem makes {after[1]}x{after[2]} of {before[1]}x{before[2]} pixels before it has more channels"
            label = f"{before[0]} channels in, {after[0]} out"
            span = node.origin if node.origin is not None else place(subject, "stem")
            yield Finding(message, span, label, "widen first, or with the same convolution")
            return
