"""Nodes note their origin: the scope, the definition that they are part of, and the line of the spec."""

from collections.abc import Iterable, Mapping
from os.path import basename, isabs

from archc.diagnostics import Span
from archc.ir.graph import Node, Scope
from archc.record import Record
from archc_onnx.opsets import NODE_METADATA
from archc_onnx.proto import NodeProto, StringStringEntryProto


class Notes(Record):
    """Writes notes as metadata of nodes where the IR version has it, else as their doc string."""

    ir_version: int
    scopes: Mapping[str, Scope]

    def write(self, proto: NodeProto, node: Node) -> None:
        """Note the origin of a node of the graph."""
        scope = self.scopes[node.scope]
        self._note(proto, {"scope": node.scope, "template": scope.template, "origin": place(node.origin)})

    def write_scope(self, proto: NodeProto, scope: Scope) -> None:
        """Note the origin of the call of a function."""
        self._note(proto, {"scope": scope.path, "template": scope.template, "origin": place(scope.origin)})

    def write_local(self, protos: Iterable[NodeProto], block: Scope, node: Node) -> None:
        """Note the scope within the block for nodes of a function, which many scopes share."""
        local = node.scope[len(block.path) + 1 :]
        for proto in protos:
            if proto.op_type != "Constant":
                self._note(proto, {"scope": local, "template": self.scopes[node.scope].template})

    def _note(self, proto: NodeProto, words: Mapping[str, str]) -> None:
        notes = {key: word for key, word in words.items() if word}
        if self.ir_version >= NODE_METADATA:
            proto.metadata_props.extend(StringStringEntryProto(key=f"archc.{key}", value=word) for key, word in notes.items())
        else:
            proto.doc_string = " ".join(notes.values())


def place(span: Span | None) -> str:
    """Return `specs/resnet50.yaml:16`; of a path that reveals folders of this machine, only the last part."""
    if span is None:
        return ""
    name = span.source.name
    hidden = isabs(name) or name.startswith("..")
    shown = (basename(name) if hidden else name).encode("utf-8", "backslashreplace").decode("utf-8")  # names may be no text
    return f"{shown}:{span.line}"
