"""What is refused: weights that do not fit, are another function's, or cannot be adapted; nothing is written then."""

import errno
import os
from pathlib import Path

import pytest
import torch
from weight_files import random_state, small

from archc.cli.main import main
from archc.pipeline import compile_spec
from archc.weights.origin import differences, provenance


class Session:
    """A folder with a small spec and its weights, and `archc weights convert` in it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.spec = small(folder)
        self.capsys = capsys
        self.state = random_state(self.spec, "torchvision")
        self.before: set[str] = set()

    def convert(
        self, *words: object, source: str = "in.pth", target: str = "out.safetensors", layout: str = "torchvision"
    ) -> tuple[int, list[str]]:
        """Exit code and what is said."""
        if source == "in.pth":
            torch.save(self.state, "in.pth")
        self.before = set(os.listdir("."))
        code = main(
            ["weights", "convert", source, target, "--spec", "small.yaml", "--from", layout, "--to", "timm", *map(str, words)]
        )
        return code, self.capsys.readouterr().err.splitlines()

    def nothing_written(self) -> bool:
        return set(os.listdir(".")) == self.before


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Session:
    monkeypatch.chdir(tmp_path)
    return Session(tmp_path, capsys)


def test_all_that_does_not_fit_is_listed(session: Session) -> None:
    state = session.state
    state["layer1.0.conv2.wieght"] = state.pop("layer1.0.conv2.weight")
    state["fc.bias"] = torch.zeros(9)
    state["bn1.weight"] = torch.zeros(8, dtype=torch.int32)
    state["more"] = torch.zeros(2, 3)
    state["bn1.num_batches_tracked"] = torch.zeros(())
    del state["bn1.bias"], state["layer1.0.bn1.num_batches_tracked"]
    counts = "2 missing, 2 unknown, 3 of another shape or type"
    assert session.convert() == (
        1,
        [
            f"error[E0584]: `in.pth` does not fit `small` in layout `torchvision/resnet`: of 73 tensors {counts}",
            "  = note: missing: `bn1.bias` 8",
            "  = note: missing: `layer1.0.conv2.weight` 4x4x3x3; the file has `layer1.0.conv2.wieght`",
            "  = note: unknown: `layer1.0.conv2.wieght` 4x4x3x3",
            "  = note: unknown: `more` 2x3",
            "  = note: type: `bn1.weight` is I32, not F64 or F32 or F16 or BF16",
            "  = note: type: `bn1.num_batches_tracked` is F32, not I64",
            "  = note: shape: `fc.bias` is 9, not 10",
            "  = see: archc explain E0584",
        ],
    )
    assert session.nothing_written()


def help_of(lines: list[str]) -> list[str]:
    return [line.removeprefix("  = help: ") for line in lines if line.startswith("  = help: ")]


def test_the_keys_of_another_layout(session: Session) -> None:
    session.state = random_state(session.spec, "huggingface")
    code, lines = session.convert()
    assert (code, help_of(lines)) == (1, ["74 of its 74 keys are those of layout `huggingface`: --from huggingface"])


def test_a_prefix_on_every_key(session: Session) -> None:
    session.state = {f"net.module.{key}": value for key, value in session.state.items()}
    code, lines = session.convert()
    assert (code, help_of(lines)) == (1, ["the keys begin with `net.module.`: take it off with --prefix net.module."])


def test_another_number_of_classes(session: Session) -> None:
    session.state |= {"fc.weight": torch.zeros(7, 32), "fc.bias": torch.zeros(7)}
    code, lines = session.convert()
    assert (code, help_of(lines)) == (1, ["they are for 7 classes: say --set classes=7"])
    assert session.convert("--set", "classes=7")[0] == 0


def test_a_shape_of_a_gigantic_tensor_is_refused_before_it_is_read(session: Session) -> None:
    session.state["fc.bias"] = torch.zeros(1).expand(10**13)
    assert "  = note: shape: `fc.bias` is 10000000000000, not 10" in session.convert()[1]


def test_another_function(session: Session) -> None:
    """The same keys and shapes; only the position of the stride is another."""
    assert session.convert(target="a.safetensors")[0] == 0
    code, lines = session.convert("--set", "block.stride_at=conv1", source="a.safetensors", layout="timm")
    assert (code, session.nothing_written()) == (1, True)
    assert lines[0].startswith("error[E0585]: the weights in `a.safetensors` are those of `small` (")
    assert lines[1:] == [
        "  = note: stride position: here `conv1` of `bottleneck`",
        "  = note: pool rounding: here max_pool of 3, padding 1, rounding down",
        "  = note: eps: here 1e-05 in norms",
        "  = note: order: here blocks begin with their conv, act after the addition",
        "  = note: activation: here relu",
        "  = help: name the spec that is theirs, or take them all the same with --anyway",
        "  = see: archc explain E0585",
    ]


@pytest.mark.parametrize(
    "change",
    [
        "block.stride_at=conv1",
        "stem.pool={op: max_pool, kernel: 3, stride: 2, ceil: true}",
        "norm={kind: batch, eps: 1e-3}",
        "act=silu",
    ],
)
def test_functions_with_the_same_keys_are_told_apart(change: str, session: Session) -> None:
    assert session.convert(target="a.safetensors")[0] == 0
    assert session.convert("--set", change, source="a.safetensors", layout="timm")[0] == 1


@pytest.mark.parametrize("change", ["input.height=320", "input.width=96", "title=Other"])
def test_the_size_of_the_image_is_no_part_of_the_function(change: str, session: Session) -> None:
    assert session.convert(target="a.safetensors")[0] == 0
    assert session.convert("--set", change, source="a.safetensors", layout="timm")[0] == 0


def test_the_width_of_the_classifier_is_none_either(session: Session) -> None:
    assert session.convert("--classes", 3, target="a.safetensors")[0] == 0
    assert session.convert("--set", "classes=3", source="a.safetensors", layout="timm")[0] == 0


def test_other_input_channels_are_another_function(session: Session) -> None:
    assert session.convert("--in-channels", 1, target="a.safetensors")[0] == 0
    assert session.convert("--set", "input.channels=1", source="a.safetensors", layout="timm")[0] == 0


def test_anyway(session: Session) -> None:
    assert session.convert(target="a.safetensors")[0] == 0
    code, lines = session.convert("--set", "block.stride_at=conv1", "--anyway", source="a.safetensors", layout="timm")
    assert (code, lines[0].startswith("warning[E0585]: "), session.nothing_written()) == (0, True, False)


def test_a_known_origin_is_no_warning(session: Session) -> None:
    assert session.convert(target="a.safetensors")[0] == 0
    assert session.convert(source="a.safetensors", layout="timm") == (
        0,
        ["wrote out.safetensors: 74 tensors, 74 of them as they were"],
    )


def test_an_unknown_origin_names_what_may_differ(session: Session) -> None:
    code, lines = session.convert()
    said = "does not say which function its weights are for; others with the same keys and shapes may differ in"
    stride = "  = note: stride position: here `conv2` of `bottleneck`"
    assert (code, lines[:2]) == (0, [f"warning[E0589]: `in.pth` {said}", stride])


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (
            "caffe_resnet50",
            [
                "stride position: here `conv1` of `bottleneck`",
                "pool rounding: here max_pool of 3, padding 0, rounding up",
                "eps: here 1e-05 in norms",
                "order: here blocks begin with their conv, act after the addition",
                "activation: here relu",
            ],
        ),
        (
            "nf_resnet50",
            [
                "stride position: here `conv2` of `bottleneck`",
                "pool rounding: here max_pool of 3, padding 1, rounding down; avg_pool of 2, padding 0, rounding up",
                "order: here blocks begin with their act, nothing after the addition",
                "activation: here relu",
            ],
        ),
        ("plain18", None),
    ],
)
def test_what_may_differ_follows_from_the_graph(spec: str, expected: list[str] | None) -> None:
    found = differences(compile_spec(spec).graph)
    assert found == expected if expected is not None else not [text for text in found if text.startswith("order")]


def test_an_existing_file_is_kept(session: Session) -> None:
    Path("out.safetensors").write_text("mine")
    code, lines = session.convert()
    assert (code, Path("out.safetensors").read_text(), "error[E0540]: `out.safetensors` exists" in lines) == (2, "mine", True)


def test_force(session: Session) -> None:
    Path("out.safetensors").write_text("mine")
    assert (session.convert("--force")[0], Path("out.safetensors").stat().st_size > 1000) == (0, True)


def test_a_file_may_be_replaced_by_its_own_conversion(session: Session) -> None:
    assert session.convert(target="a.safetensors")[0] == 0
    code, _ = session.convert("--force", source="a.safetensors", target="a.safetensors", layout="timm")
    assert (code, Path("a.safetensors").stat().st_size > 1000) == (0, True)


def test_a_target_through_a_link_is_refused(session: Session) -> None:
    Path("elsewhere").write_text("mine")
    Path("out.safetensors").symlink_to("elsewhere")
    assert (session.convert("--force")[0], Path("elsewhere").read_text()) == (2, "mine")


@pytest.mark.parametrize("target", ["out", "out.onnx", "out.safetensors.txt"])
def test_an_unknown_format_of_the_target(target: str, session: Session) -> None:
    code, lines = session.convert(target=target)
    assert (code, lines[0], session.nothing_written()) == (
        1,
        f"error[E0588]: the name `{target}` does not say in which format to write",
        True,
    )


def test_a_damaged_file_leaves_nothing_behind(session: Session) -> None:
    assert session.convert(target="a.safetensors")[0] == 0
    data = Path("a.safetensors").read_bytes()
    Path("a.safetensors").write_bytes(data[:-1])
    assert (session.convert(source="a.safetensors", layout="timm")[0], session.nothing_written()) == (1, True)


def test_no_such_file(session: Session) -> None:
    assert session.convert(source="none.pth")[0] == 2


def test_an_unknown_layout(session: Session) -> None:
    code, lines = session.convert(layout="tim")
    assert (code, lines[0]) == (1, "error[E0320]: this spec has no layout `tim`")


def test_no_classifier(session: Session) -> None:
    head = "head={fc: {op: linear, out: classes}, act: {op: act}, pool: {op: global_pool}, flat: {op: flatten}}"
    code, lines = session.convert("--set", head, "--classes", 3)
    assert (code, lines[0].partition("]")[0], session.nothing_written()) == (1, "error[E0586", True)


def test_no_convolution_reads_the_image_alone(session: Session) -> None:
    changes = ["--set", "stem={pool: {op: max_pool, kernel: 3}, conv: {kernel: 3, out: 8}}"]
    code, lines = session.convert(*changes, "--in-channels", 1)
    assert (code, lines[0].partition("]")[0], session.nothing_written()) == (1, "error[E0587", True)


COMPLETE = ["convert", "a", "b", "--spec", "s", "--from", "x", "--to", "y"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["show"], "the following arguments are required: FILE"),
        (["show", "a", "b"], "`show` takes one file"),
        (["convert", "a"], "`convert` takes two files, to read and to write"),
        (["convert", "a", "b"], "`convert` needs --spec"),
        (["convert", "a", "b", "--spec", "s", "--from", "timm"], "`convert` needs --to"),
        ([*COMPLETE, "--stem", "sum"], "--stem says how --in-channels adapts, which is not given"),
        (["convert", "a", "b", "--classes", "0"], "argument --classes: `0` is not a whole number above 0"),
        (["convert", "a", "b", "--in-channels", "٣"], "argument --in-channels: `٣` is not a whole number above 0"),
    ],
)  # fmt: skip
def test_usage(words: list[str], expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["weights", *words]), capsys.readouterr().err.splitlines()[0]) == (2, f"error: {expected}")


def test_a_shipped_network_s_weights_are_compared_with_this_one(session: Session) -> None:
    """Named by the file, and only taken where its hash is the recorded one."""
    import safetensors.torch

    recorded = provenance("resnet50_v1", compile_spec("resnet50_v1").graph, compile_spec("resnet50_v1").layout)
    safetensors.torch.save_file(session.state, "a.safetensors", metadata=recorded)
    code, lines = session.convert("--spec", "resnet50", source="a.safetensors")
    notes = [line for line in lines if line.startswith("  = note")]
    assert (code, notes) == (1, ["  = note: stride position: there `conv1` of `bottleneck`, here `conv2` of `bottleneck`"])


@pytest.mark.parametrize("name", ["resnet50_v1", "/etc/passwd", "../small", "small.yaml", "small", ""])
def test_a_name_in_a_file_is_no_path(name: str, session: Session) -> None:
    import safetensors.torch

    safetensors.torch.save_file(session.state, "a.safetensors", metadata={"archc.spec": name, "archc.weights_hash": "0" * 64})
    code, lines = session.convert(source="a.safetensors")
    assert (code, lines[1]) == (1, "  = note: stride position: here `conv2` of `bottleneck`")


def test_a_full_disk(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    code, lines = session.convert(target="out.pth")
    message = "error[E0545]: cannot write `out.pth`: no space left on device; nothing was left behind"
    assert (code, lines[0], session.nothing_written()) == (1, message, True)


def test_a_second_layer_of_the_classes(session: Session) -> None:
    head = "head={pool: {op: global_pool}, flat: {op: flatten}, fc1: {op: linear, out: classes}, fc2: {op: linear, out: classes}}"
    code, lines = session.convert("--set", head, "--classes", 3)
    message = "error[E0586]: `head.fc1.weight` of `small` depends on --classes too: 10x32, then 3x32"
    assert (code, lines[0], session.nothing_written()) == (1, message, True)


def test_no_torch_to_write_with(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert session.convert(target="a.safetensors")[0] == 0
    monkeypatch.setattr("archc.weights.save.find_spec", lambda name: None)
    code, lines = session.convert(source="a.safetensors", target="out.pth", layout="timm")
    assert (code, lines[0], session.nothing_written()) == (1, "error[E0583]: only torch writes `out.pth`", True)
