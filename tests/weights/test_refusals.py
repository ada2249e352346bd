"""What is refused: weights that do not fit, are another function's, or cannot be adapted; nothing is written then."""

import errno
from pathlib import Path

import pytest
import torch
from weight_files import random_state
from weight_session import Session

from archc.cli.main import main


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


def test_a_torch_that_files_can_run_code_through(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert session.convert(target="a.pth")[0] == 0
    monkeypatch.setattr("torch.__version__", "2.9.1+cpu")
    code, lines = session.convert(source="a.pth", target="b.safetensors", layout="timm")
    message = "error[E0583]: torch 2.9.1+cpu can be led to run code by a file of torch.save, such as `a.pth`"
    assert (code, lines[0], Path("b.safetensors").exists()) == (1, message, False)
