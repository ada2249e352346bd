"""What a node says of where it comes from: its scope, the definition it is part of, and the line of the spec."""

from collections.abc import Iterable, Mapping
from os.path import basename, isabs

from archc.diagnostics import Span
from archc.ir.graph import Node, Scope
from archc.record import Record
from archc_onnx.opsets import NODE_METADATA
from archc_onnx.proto import NodeProto, StringStringEntryProto


class Notes(Record):
    """Metadata of nodes where the IR version has it, else their doc string."""

    ir_version: int
    scopes: Mapping[str, Scope]

    def write(self, made: NodeProto, node: Node) -> None:
        """Of a node of the graph."""
        scope = self.scopes[node.scope]
        self._note(made, {"scope": node.scope, "template": scope.template, "origin": place(node.origin)})

    def write_scope(self, made: NodeProto, scope: Scope) -> None:
        """Of the call of a function."""
        self._note(made, {"scope": scope.path, "template": scope.template, "origin": place(scope.origin)})

    def write_local(self, made: Iterable[NodeProto], block: Scope, node: Node) -> None:
        """Of nodes in a function, which many scopes share: the scope within the block."""
        local = node.scope[len(block.path) + 1 :]
        for each in made:
            if each.op_type != "Constant":
                self._note(each, {"scope": local, "template": self.scopes[node.scope].template})

    def _note(self, made: NodeProto, words: Mapping[str, str]) -> None:
        said = {key: word for key, word in words.items() if word}
        if self.ir_version >= NODE_METADATA:
            made.metadata_props.extend(StringStringEntryProto(key=f"archc.{key}", value=word) for key, word in said.items())
        else:
            made.doc_string = " ".join(said.values())


def place(span: Span | None) -> str:
    """`specs/resnet50.yaml:16`; of a path that says where things are on this machine, the last part alone."""
    if span is None:
        return ""
    name = span.source.name
    hidden = isabs(name) or name.startswith("..")
    shown = (basename(name) if hidden else name).encode("utf-8", "backslashreplace").decode("utf-8")  # a name need not be text
    return f"{shown}:{span.line}"
