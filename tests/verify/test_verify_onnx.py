"""Files of ONNX, archc's own and those of torch's exporter: one function whatever was folded or renamed on the way."""

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import draws
import onnx
import pytest
import torch
from hypothesis import HealthCheck, given, seed, settings
from onnx import TensorProto, helper
from valid_specs import Tree, networks
from verify.other_models import ceil_pool, same

from archc.analyse.verify.cases import cases
from archc.analyse.verify.compare import Settings, against
from archc.analyse.verify.onnx_program import load_onnx
from archc.cli.main import main
from archc.compile.pipeline import compile_spec
from archc_onnx import OnnxBackend

SPEC = str(Path(__file__).parent / "small.yaml")


def verify(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = main(["verify", SPEC, *words, "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("options", "paired", "folded"),
    [
        ([], 77, 0),
        (["--functions"], 77, 0),
        (["--external-data"], 77, 0),
        (["--dtype", "float64"], 77, 0),
        (["--fold-bn"], 32, 45),
        (["--fold-bn", "--functions", "--opset", "13"], 32, 45),
    ],
)
def test_what_archc_writes(
    options: list[str],
    paired: int,
    folded: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["build", SPEC, "--target", "onnx", *options]) == 0
    code, found = verify(capsys, "--against", "small.onnx")
    assert (code, len(found["pairs"]), len(found["folded"])) == (0, paired, folded)


def exported(model: torch.nn.Module, path: Path) -> str:
    """By torch's exporter on TorchScript, which needs no further package; it folds batch norms and numbers what it folds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model.eval(), (torch.zeros(1, 3, 32, 32),), str(path), dynamo=False)
    return str(path)


def test_what_torch_exports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = verify(capsys, "--against", exported(same(), tmp_path / "net.onnx"))
    assert (code, len(found["pairs"]), len(found["folded"]), found["only_here"]) == (0, 32, 45, [])


def test_a_size_that_is_written_into_the_file_is_the_one_it_is_run_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, found = verify(capsys, "--against", exported(same(), tmp_path / "net.onnx"))
    assert [(run["what"], run["input"]) for run in found["runs"]] == [
        ("the file's weights", [1, 3, 32, 32]),
        ("random weights", [1, 3, 32, 32]),
    ]


def test_what_torch_exports_of_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = verify(capsys, "--against", exported(ceil_pool(), tmp_path / "net.onnx"))
    assert (code, found["first"]["node"]) == (1, "stem.pool")


def test_norms_at_rest_hide_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The last norm of each block begins at zero: what stands before it is seen with random weights alone."""
    path = tmp_path / "v1.onnx"
    assert (
        main(
            [
                "build",
                SPEC,
                "--target",
                "onnx",
                "-o",
                str(path),
                "--set",
                "block.stride_at=conv1",
                "--set",
                "init={last_norm: zeros}",
            ]
        )
        == 0
    )
    code, found = verify(capsys, "--against", str(path))
    assert (code, [run["equal"] for run in found["runs"]], found["first"]["node"]) == (
        1,
        [True, False, False],
        "layer2.0.conv1",
    )


@pytest.mark.parametrize("part", range(2))
def test_random_networks(part: int, tmp_path: Path) -> None:
    @seed(draws.seed(part))
    @settings(max_examples=draws.examples(6), suppress_health_check=list(HealthCheck))
    @given(networks())
    def one_function(root: Tree) -> None:
        (tmp_path / "drawn.yaml").write_text(json.dumps(root), encoding="utf-8")
        network = compile_spec(str(tmp_path / "drawn.yaml"))
        path = tmp_path / "drawn.onnx"
        path.write_bytes(b"".join(OnnxBackend(fold_bn=bool(part), functions=bool(part)).emit(network).files[0].chunks))
        program = load_onnx(str(path))
        found = against(network.graph, program, cases(network.graph, (), program.size, trains=False), Settings())
        assert (found.equal, found.only_here, found.only_there) == (True, (), ())

    one_function()


def one_node(op: str, **attributes: Any) -> onnx.ModelProto:
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3, 32, 32]) for name in "xy")
    return helper.make_model(helper.make_graph([helper.make_node(op, ["x"], ["y"], **attributes)], "net", [x], [y]))


def write(model: onnx.ModelProto, path: Path) -> str:
    path.write_bytes(model.SerializeToString())
    return str(path)


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["verify", SPEC, *words])
    return code, capsys.readouterr().err.splitlines()[0]


def test_an_operation_that_is_not_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(one_node("Hardmax"), tmp_path / "net.onnx")
    said = f"error[E0623]: `{path}` has operations that cannot be compared: `Hardmax`, first at `y`"
    assert refused(capsys, "--against", path) == (2, said)


def test_no_weights_in_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "net.onnx")
    assert main(["build", SPEC, "--target", "onnx", "--no-weights", "-o", path]) == 0
    capsys.readouterr()
    code, said = refused(capsys, "--against", path)
    assert (code, said.startswith(f"error[E0622]: `{path}` has 78 inputs, not one: `input`, `conv1.weight`,")) == (2, True)


@pytest.mark.parametrize("content", [b"", b"archc: 1\n", bytes(range(256))])
def test_what_is_no_model(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    code, said = refused(capsys, "--against", str(path))
    assert (code, said.startswith(f"error[E0622]: `{path}` is not an ONNX model")) == (2, True)


DAMAGED: list[tuple[Callable[[onnx.GraphProto], None], str]] = [
    (
        lambda graph: graph.initializer[0].dims.insert(0, 99),
        "error[E0622]: a model with tensor `conv1.weight` cannot be loaded: cannot reshape",
    ),
    (
        lambda graph: graph.initializer[0].dims.insert(0, -8),
        "error[E0622]: a model with tensor `conv1.weight` cannot be loaded: an axis of -8",
    ),
    (
        lambda graph: graph.node[3].input.insert(0, "no"),
        "error[E0622]: `net.onnx` is not a valid model: `stem.pool` reads `no`, which nothing before",
    ),
    (
        lambda graph: setattr(graph.output[0], "name", "no"),
        "error[E0622]: `net.onnx` is not a valid model: nothing makes its output `no`",
    ),
    (
        lambda graph: setattr(graph.input[0].type.tensor_type, "elem_type", TensorProto.UINT8),
        "error[E0622]: `net.onnx` takes images of uint8, not of floating-point numbers",
    ),
]


@pytest.mark.parametrize(("damage", "said"), DAMAGED)
def test_a_damaged_model(
    damage: Callable[[onnx.GraphProto], None],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["build", SPEC, "--target", "onnx", "-o", "net.onnx"]) == 0
    model = onnx.load("net.onnx")
    damage(model.graph)
    write(model, Path("net.onnx"))
    capsys.readouterr()
    code, found = refused(capsys, "--against", "net.onnx")
    assert (code, found.startswith(said)) == (2, True)


def test_a_size_that_the_file_does_not_take(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = exported(same(), tmp_path / "net.onnx")
    said = "error[E0624]: the file takes inputs of 32x32 only, not 48x48"
    assert refused(capsys, "--against", path, "--size", "48") == (2, said)
