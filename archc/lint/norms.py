"""Pre-activation whose sum is never normed."""

from collections.abc import Iterator

from archc.ir.arrange import Add
from archc.ir.convolutions import Conv, Linear
from archc.ir.norms import Norm
from archc.lint.subject import Finding, Subject, place, stages


def no_final_norm(subject: Subject) -> Iterator[Finding]:
    """The last block begins with a norm and ends with the addition, and no norm stands before the classifier.

    He et al. 2016, section 3.2: after the last addition an extra norm and activation are needed.
    """
    graph = subject.graph
    last = stages(graph)[-1]
    blocks = [scope for scope in graph.scopes if scope.kind == "block" and scope.parent == last.path]
    if not blocks:
        return
    branch = (n.op for n in graph.nodes if n.role == "main" and n.scope == blocks[-1].path and isinstance(n.op, Norm | Conv))
    made = next((n.op for n in graph.nodes if last.output in n.outputs), None)
    if not isinstance(next(branch, None), Norm) or not isinstance(made, Add):
        return
    for node in graph.nodes:
        if node.scope.partition(".")[0] != "head":
            continue
        if isinstance(node.op, Norm):
            return
        if isinstance(node.op, Conv | Linear):
            break
    said = "put `norm: {op: norm}` and `act: {op: act}` first in `head`"
    yield Finding("the last sum of a pre-activation network is not normed", place(subject, "head"), "no norm in it", said)
