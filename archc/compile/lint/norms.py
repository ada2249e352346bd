"""Pre-activation whose sum is never normed, and norms that cannot do what they are for."""

from collections.abc import Iterator
from math import prod

from archc.compile.lint.subject import Finding, Subject, at_node, place, stages
from archc.ir import ops
from archc.ir.graph import Node
from archc.ir.types import TensorType


def no_final_norm(subject: Subject) -> Iterator[Finding]:
    """The last block begins with a norm and ends with the addition, and no norm stands before the classifier.

    He et al. 2016, section 3.2: after the last addition an extra norm and activation are needed.
    """
    graph = subject.graph
    last = stages(graph)[-1]
    blocks = [scope for scope in graph.scopes if scope.kind == "block" and scope.parent == last.path]
    if not blocks:
        return
    branch = (
        n.op for n in graph.nodes if n.role == "main" and n.scope == blocks[-1].path and isinstance(n.op, ops.Norm | ops.Conv)
    )
    made = next((n.op for n in graph.nodes if last.output in n.outputs), None)
    if not isinstance(next(branch, None), ops.Norm) or not isinstance(made, ops.Add):
        return
    for node in graph.nodes:
        if node.scope.partition(".")[0] != "head":
            continue
        if isinstance(node.op, ops.Norm):
            return
        if isinstance(node.op, ops.Conv | ops.Linear):
            break
    said = "put `norm: {op: norm}` and `act: {op: act}` first in `head`"
    yield Finding("the last sum of a pre-activation network is not normed", place(subject, "head"), "no norm in it", said)


def odd_norm(subject: Subject) -> Iterator[Finding]:
    """A mean over a single value, which leaves nothing of it, or a batch norm that divides by a variance of 0."""
    told: set[object] = set()
    seen: set[int] = set()
    for node in subject.graph.nodes:
        if id(node.op) in seen:
            continue  # equal blocks share their operations
        seen.add(id(node.op))
        found = _oddity(node, subject.graph.types[node.inputs[0]]) if isinstance(node.op, ops.Norm | ops.Conv) else None
        if found is not None and node.origin not in told:
            told.add(node.origin)
            yield at_node(subject, node, *found)


def _oddity(node: Node, read: TensorType) -> tuple[str, str, str] | None:
    """What is said of it, the label and what could be done."""
    match node.op:
        case ops.Norm(norm="batch", eps=0, frozen=False):
            return (
                "torch trains no batch norm with an `eps` of 0",
                "it is only evaluated",
                "write an `eps` above 0, or `frozen: true`",
            )
        case ops.Norm(norm="group") as norm if norm.channels // norm.groups * prod(read.spatial) == 1:
            message = f"a group norm of {read} in {norm.groups} groups has one value to take a mean of"
            return message, "it gives its bias", "use fewer groups; of a single image torch refuses it"
        case ops.Norm(norm="layer", channels=1):
            return "a layer norm of 1 channel has one value to take a mean of", "it gives its bias", "use another norm"
        case ops.Conv(weights="standardized" | "scaled") as conv if conv.in_channels == conv.groups and conv.kernel == 1:
            return "each filter has one weight to take a mean of", "it gives its bias, or 0", "write `conv: plain` here"
    return None
