"""Emitted files as they are read: whole, in golden files, and measured."""

import ast
from collections.abc import Callable

import pytest

from archc.compile.pipeline import Compiled, compile_spec, shipped
from archc.language.layouts.lookup import Lookup
from archc_torch import TorchBackend, emitted_source
from archc_torch.parts import cut
from archc_torch.source import FIRST_LINE

pytestmark = pytest.mark.no_cover

GOLDEN = (
    "resnet152",
    "cifar_resnet1202",
    "cifar_resnet110_exclusive_gating",
    "preact_resnet50",
    "vgg19_bn",
    "regnety_032",
    "res2net50d",
    "nf_resnet50",
    "resnetrs50",
    "resnet50_clip",
)
DEEPER = ("cifar_resnet56", "cifar_resnet1202")
LONGEST = {"resnet152": 120, "cifar_resnet1202": 120, "resnet18": 120, "vgg19_bn": 100}


@pytest.mark.parametrize("name", GOLDEN)
def test_source(name: str, golden: Callable[[str, str], None]) -> None:
    """The hashes and archc's version apart, which have tests of their own."""
    lines = emitted_source(compile_spec(name)).split("\n")
    golden(f"golden/{name}.py.txt", "\n".join([*lines[:3], *lines[6:]]))


@pytest.mark.parametrize("name", LONGEST)
def test_length(name: str) -> None:
    assert emitted_source(compile_spec(name)).count("\n") <= LONGEST[name]


@pytest.fixture(scope="module")
def resnet18() -> Compiled:
    return compile_spec("resnet18")


def test_header(resnet18: Compiled) -> None:
    from archc import __version__
    from archc.ir.hash import graph_hash, weights_hash

    assert emitted_source(resnet18).split("\n")[:7] == [
        FIRST_LINE,
        "#",
        "# spec     resnet18",
        f"# graph    {graph_hash(resnet18.graph)}",
        f"# weights  {weights_hash(resnet18.graph)}",
        f"# archc    {__version__}",
        '"""ResNet-18: arXiv:1512.03385, Table 1, 18-layer."""',
    ]


def test_one_file_of_the_specs_name(resnet18: Compiled) -> None:
    assert [file.name for file in TorchBackend().emit(resnet18).files] == ["resnet18.py"]


def test_the_file_is_the_source(resnet18: Compiled) -> None:
    [file] = TorchBackend().emit(resnet18).files
    assert b"".join(file.chunks).decode() == emitted_source(resnet18)


@pytest.mark.parametrize("name", [name for name, _ in shipped()])
def test_annotations(name: str) -> None:
    """Every function's arguments and result are typed."""
    functions = [node for node in ast.walk(ast.parse(emitted_source(compile_spec(name)))) if isinstance(node, ast.FunctionDef)]
    bare = [f.name for f in functions if f.returns is None or any(a.annotation is None for a in f.args.args if a.arg != "self")]
    assert bare == []


@pytest.mark.parametrize("name", [name for name, _ in shipped()])
def test_docstrings(name: str) -> None:
    """The module, its classes and its functions have one; methods are what torch says they are."""
    tree = ast.parse(emitted_source(compile_spec(name)))
    parts = [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef))]
    assert [part for part in parts if not ast.get_docstring(part)] == []


@pytest.mark.parametrize("name", [name for name, _ in shipped()])
def test_imports(name: str) -> None:
    tree = ast.parse(emitted_source(compile_spec(name)))
    imports = {ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)}
    assert imports <= {
        "from collections import OrderedDict",
        "import torch",
        "import torch.nn.functional as F",
        "from torch import nn",
    }


@pytest.mark.parametrize("name", ["cifar_resnet56", "cifar_resnet110", "cifar_resnet1202"])
def test_depth_does_not_lengthen(name: str) -> None:
    assert emitted_source(compile_spec(name)).count("\n") == emitted_source(compile_spec("cifar_resnet20")).count("\n")


def test_depth_makes_no_parts() -> None:
    """Blocks alike are one part, whose text is worked out once."""
    counts = [len(cut(found.graph, Lookup(found.layout, found.graph.scopes)).parts) for found in map(compile_spec, DEEPER)]
    assert counts[0] == counts[1]
