"""Four thousand hostile texts in emitted code, metadata and names of files: they stay text, and stay in their folder."""

import ast
import io
import os
import tokenize
from pathlib import Path

import pytest
from graph_builder import Builder
from hostile_texts import COUNT, READABLE, TEXTS, batches

from archc.compile.pipeline import compile_spec
from archc.diagnostics import Source, Span
from archc.ir.graph import Graph
from archc.ir.norms import Act
from archc.ir.ops import Conv
from archc.language.layouts.table import CANONICAL
from archc.output import OutputError, destinations, write_files
from archc.record import replace
from archc_onnx import OnnxBackend
from archc_onnx.notes import place
from archc_onnx.proto import ModelProto, StringStringEntryProto
from archc_torch.source import FIRST_LINE, Meta, emit_source

pytestmark = pytest.mark.no_cover


def test_there_are_four_thousand() -> None:
    assert (len(TEXTS), len(READABLE)) == (COUNT, COUNT)


class TestPython:
    """`ast` reads the docstring, `tokenize` the encoding."""

    @staticmethod
    def small() -> Graph:
        builder = Builder()
        builder.inside("unit", "module", "unit")
        builder.add(Conv(3, 4, 1), name="conv")
        builder.add(Act("relu"), name="act")
        return builder.graph()

    def test_docstrings(self) -> None:
        graph, skeletons = self.small(), set()
        for title, paper, where, variant in batches(TEXTS, 4):
            meta = Meta("net", title, (("paper", paper), ("where", where), ("variant", variant)))
            source = emit_source(graph, CANONICAL, meta)
            tree = ast.parse(source)
            said = "".join((ast.get_docstring(tree, clean=False) or "").split())
            words = ["".join(text.split())[:150] for text in (title, paper, where, variant)]
            assert [word for word in words if word[:100] not in said] == []
            assert tokenize.detect_encoding(io.BytesIO(source.encode("ascii")).readline)[0] == "utf-8"
            assert source.split("\n")[:2] == [FIRST_LINE, "#"]
            skeletons.add(_skeleton(tree))
        assert len(skeletons) == 1


def _skeleton(tree: ast.Module) -> str:
    """The code without what is said in it, and its class by no name."""
    names = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body[0] = ast.Pass()
    return ast.unparse(tree).replace(names[-1], "_") if names else ast.unparse(tree)


class TestNames:
    """Texts as the names of files."""

    def test_a_name_is_refused_or_of_one_file_in_the_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(os, "fsync", lambda _: None)  # no power fails here, and a disk takes its time
        taken: set[str] = set()
        refused: set[str] = set()
        for text in TEXTS:
            try:
                [path] = destinations([text], f"{tmp_path}/")
                write_files([(path, (b"",))], force=True)
            except OutputError as error:
                refused.add(error.diagnostic.code)
            else:
                taken.add(text)
        assert ({*os.listdir(tmp_path)}, refused) == (taken, {"E0543", "E0544"})
        assert all(name.isprintable() and not set(name) & set("/\\:") for name in taken)

    def test_many_are_taken_and_many_refused(self) -> None:
        refused = 0
        for text in TEXTS:
            try:
                destinations([text], None)
            except OutputError:
                refused += 1
        assert 1000 < refused < 3500


class TestOnnx:
    """Metadata, read back from the model's bytes."""

    def test_titles(self) -> None:
        """A hundred texts to a title."""
        compiled = compile_spec("resnet18_a", overrides=[f"stages.layer{n}.repeat=1" for n in (1, 2, 3, 4)])
        for texts in batches(tuple(text.replace("|", "/") for text in READABLE), 100):
            network = replace(compiled, spec=replace(compiled.spec, title="|".join(texts)))
            [file] = OnnxBackend(no_weights=True).emit(network).files
            model = ModelProto.FromString(b"".join(file.chunks))
            assert model.graph.doc_string.rpartition("\ninput ")[0].split("|") == list(texts)

    def test_places(self) -> None:
        names = [text for text in TEXTS if not text.startswith(("/", ".."))]
        entries = [StringStringEntryProto(value=place(Span(Source(name, "a"), 3, 1, 3, 2))) for name in names]
        read = [StringStringEntryProto.FromString(entry.SerializeToString()).value for entry in entries]
        assert read == [f"{name.encode('utf-8', 'backslashreplace').decode('utf-8')}:3" for name in names]
