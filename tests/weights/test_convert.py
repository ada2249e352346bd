"""`archc weights convert`: the same weights under every layout's names, byte for byte, and what is adapted where asked for."""

import json
import os
import tracemalloc
from collections import OrderedDict
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from rounding import SINGLE, close, of_terms
from weight_files import compiled, contents, convert, equal, random_state, saved, small, state_of

from archc.cli.main import main
from archc.ir.hash import weights_hash
from archc.weights.content import content
from archc.weights.plan import Change, Side, plan
from archc.weights.safetensors import open_safetensors, write_safetensors
from archc.weights.save import chunks_for
from archc.weights.slots import slots

LAYOUTS = ("torchvision", "timm", "huggingface", "canonical")
PLAIN = "num_batches_tracked"


@pytest.mark.parametrize("first", LAYOUTS)
@pytest.mark.parametrize("second", LAYOUTS)
def test_there_and_back(first: str, second: str, tmp_path: Path) -> None:
    spec, path = saved(tmp_path, first)
    assert convert(path, tmp_path / "a.safetensors", "--spec", spec, "--from", first, "--to", second) == 0
    assert convert(tmp_path / "a.safetensors", tmp_path / "b.pth", "--spec", spec, "--from", second, "--to", first) == 0
    assert contents(path) == contents(tmp_path / "b.pth")


@pytest.mark.parametrize("layout", [*LAYOUTS, "detectron2"])
def test_writes_the_layout_s_own_keys(layout: str, tmp_path: Path) -> None:
    spec, path = saved(tmp_path)
    assert convert(path, tmp_path / "a.safetensors", "--spec", spec, "--from", "torchvision", "--to", layout) == 0
    assert equal(random_state(spec, layout), state_of(tmp_path / "a.safetensors"))


def test_all_around(tmp_path: Path) -> None:
    spec, path = saved(tmp_path, "timm")
    route = ["timm", "torchvision", "canonical", "huggingface", "timm"]
    for number, (here, there) in enumerate(pairwise(route)):
        target = tmp_path / f"{number}.safetensors"
        assert convert(path, target, "--spec", spec, "--from", here, "--to", there) == 0
        path = target
    assert contents(tmp_path / "in.pth") == contents(path)


def test_detectron2_counts_no_batches(tmp_path: Path) -> None:
    spec, path = saved(tmp_path)
    assert convert(path, tmp_path / "a.safetensors", "--spec", spec, "--from", "torchvision", "--to", "detectron2") == 0
    assert [key for key in contents(tmp_path / "a.safetensors") if key.endswith(PLAIN)] == []


@pytest.mark.parametrize("layout", ["detectron2", "caffe"])
def test_what_counts_no_batches_comes_back_with_none_counted(layout: str, tmp_path: Path) -> None:
    spec, path = saved(tmp_path)
    assert convert(path, tmp_path / "a.safetensors", "--spec", spec, "--from", "torchvision", "--to", layout) == 0
    assert convert(tmp_path / "a.safetensors", tmp_path / "b.pth", "--spec", spec, "--from", layout, "--to", "torchvision") == 0
    expected = {key: ("I64", (), bytes(8)) if key.endswith(PLAIN) else value for key, value in contents(path).items()}
    assert expected == contents(tmp_path / "b.pth")


def test_detectron2_s_trained_norms_count_batches(tmp_path: Path) -> None:
    """Its models with `norm: BN` have torch's BatchNorm2d, and its counts."""
    spec = small(tmp_path)
    state = random_state(spec, "detectron2")
    counts = {key.replace("running_mean", PLAIN): torch.tensor(3) for key in state if key.endswith("running_mean")}
    torch.save(state | counts, tmp_path / "in.pth")
    assert convert(tmp_path / "in.pth", tmp_path / "a.safetensors", "--spec", spec, "--from", "detectron2", "--to", "timm") == 0
    found = state_of(tmp_path / "a.safetensors")
    assert [3] * len(counts) == [int(value) for key, value in found.items() if key.endswith(PLAIN)]


@pytest.mark.parametrize(("factor", "expected"), [(1.0, 1.0), (999.982, 1 / 999.982), (0.0, 0.0)])
def test_caffe_s_statistics_are_divided_by_their_factor(factor: float, expected: float, tmp_path: Path) -> None:
    """caffe, batch_norm_layer.cpp, Forward_cpu: by the third blob, but all zero where that is zero."""
    spec = small(tmp_path)
    state = random_state(spec, "caffe")
    state["bn2a_branch2b.2"] = torch.tensor([factor])
    torch.save(state, tmp_path / "in.pth")
    assert convert(tmp_path / "in.pth", tmp_path / "a.safetensors", "--spec", spec, "--from", "caffe", "--to", "canonical") == 0
    found = state_of(tmp_path / "a.safetensors")
    assert close(state["bn2a_branch2b.0"] * expected, found["layer1.0.norm2.running_mean"], of_terms(1, SINGLE))
    assert close(state["bn2a_branch2b.1"] * expected, found["layer1.0.norm2.running_var"], of_terms(1, SINGLE))


def test_caffe_s_scale_holds_weight_and_bias(tmp_path: Path) -> None:
    spec = small(tmp_path)
    state = random_state(spec, "caffe")
    torch.save(state, tmp_path / "in.pth")
    assert convert(tmp_path / "in.pth", tmp_path / "a.safetensors", "--spec", spec, "--from", "caffe", "--to", "canonical") == 0
    found = state_of(tmp_path / "a.safetensors")
    assert torch.equal(found["layer1.0.norm2.weight"], state["scale2a_branch2b.0"])
    assert torch.equal(found["layer1.0.norm2.bias"], state["scale2a_branch2b.1"])


def test_caffe_s_factor_is_kept_in_its_own_layout(tmp_path: Path) -> None:
    spec, path = saved(tmp_path, "caffe")
    assert convert(path, tmp_path / "a.pth", "--spec", spec, "--from", "caffe", "--to", "caffe") == 0
    assert contents(path) == contents(tmp_path / "a.pth")


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_types_are_kept(dtype: torch.dtype, tmp_path: Path) -> None:
    spec = small(tmp_path)
    state = {key: value.to(dtype) if value.is_floating_point() else value for key, value in random_state(spec, "timm").items()}
    torch.save(state, tmp_path / "in.pth")
    assert convert(tmp_path / "in.pth", tmp_path / "a.safetensors", "--spec", spec, "--from", "timm", "--to", "timm") == 0
    assert contents(tmp_path / "in.pth") == contents(tmp_path / "a.safetensors")


@pytest.mark.parametrize("suffix", [".pth", ".pt", ".bin"])
def test_a_torch_file_is_what_state_dict_gives(suffix: str, tmp_path: Path) -> None:
    spec, path = saved(tmp_path)
    assert convert(path, tmp_path / f"a{suffix}", "--spec", spec, "--from", "torchvision", "--to", "timm") == 0
    loaded = torch.load(tmp_path / f"a{suffix}", weights_only=True)
    assert (type(loaded), equal(random_state(spec, "timm"), loaded)) == (OrderedDict, True)


def test_nothing_but_the_target_is_written(tmp_path: Path) -> None:
    spec, path = saved(tmp_path)
    assert convert(path, tmp_path / "a.pth", "--spec", spec, "--from", "torchvision", "--to", "timm") == 0
    assert ["a.pth", "in.pth", "small.yaml"] == sorted(os.listdir(tmp_path))


def test_the_same_file_twice_is_the_same_bytes(tmp_path: Path) -> None:
    spec, path = saved(tmp_path)
    for name in ("a.safetensors", "b.safetensors"):
        assert convert(path, tmp_path / name, "--spec", spec, "--from", "torchvision", "--to", "timm", "--classes", 3) == 0
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()


def test_what_is_recorded(tmp_path: Path) -> None:
    spec, path = saved(tmp_path)
    assert convert(path, tmp_path / "a.safetensors", "--spec", spec, "--from", "torchvision", "--to", "timm") == 0
    with open_safetensors(tmp_path / "a.safetensors") as file:
        assert dict(file.metadata) == {
            "format": "pt",
            "archc.spec": "small",
            "archc.layout": "timm/resnet",
            "archc.weights_hash": weights_hash(compiled(spec, "timm")[0]),
        }


def test_other_metadata_is_kept(tmp_path: Path) -> None:
    import safetensors.torch

    spec = small(tmp_path)
    safetensors.torch.save_file(
        random_state(spec, "timm"), tmp_path / "in.safetensors", metadata={"trained": "by me", "archc.spec": "x"}
    )
    assert convert(tmp_path / "in.safetensors", tmp_path / "a.safetensors", "--spec", spec, "--from", "timm", "--to", "timm") == 0
    with open_safetensors(tmp_path / "a.safetensors") as file:
        assert ("by me", "small") == (file.metadata["trained"], file.metadata["archc.spec"])


def test_the_report_names_every_tensor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec, path = saved(tmp_path, "caffe")
    words = ("--spec", spec, "--from", "caffe", "--to", "huggingface", "--classes", 3, "--in-channels", 1, "--report")
    assert convert(path, tmp_path / "a.safetensors", *words) == 0
    report = capsys.readouterr().out
    keys = {*random_state(spec, "caffe"), *contents(tmp_path / "a.safetensors")}
    words_of_it = set(report.replace(" / ", " ").split())
    assert (set(), "from") == (keys - words_of_it, report[:4])


def test_the_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec, path = saved(tmp_path)
    target = tmp_path / "a.safetensors"
    words = ("--spec", spec, "--from", "torchvision", "--to", "detectron2", "--classes", 3, "--in-channels", 1, "--seed", 5)
    assert convert(path, target, *words) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[lines.index("  = see: archc explain E0589") + 1 :] == [
        "input channels summed to 1: `stem.conv1.weight`",
        "new classifier, as the spec begins it, from seed 5: `linear.weight`, `linear.bias`",
        "left out, the target has none: 12 tensors, `bn1.num_batches_tracked` to `layer2.1.bn3.num_batches_tracked`",
        "left out, a new classifier takes its place: `fc.weight`, `fc.bias`",
        f"wrote {target}: 62 tensors, 59 of them as they were",
    ]


def test_tensors_below_a_prefix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = small(tmp_path)
    state = {f"module.{key}": value for key, value in random_state(spec, "timm").items()} | {"head.x": torch.zeros(1)}
    torch.save({"state_dict": state}, tmp_path / "in.pth")
    words = ("--spec", spec, "--from", "timm", "--to", "timm", "--prefix", "module.")
    assert convert(tmp_path / "in.pth", tmp_path / "a.safetensors", *words) == 0
    assert equal(random_state(spec, "timm"), state_of(tmp_path / "a.safetensors"))
    said = capsys.readouterr().err
    assert f"read the tensors below `state_dict` of {tmp_path / 'in.pth'}\n" in said
    assert f"left out 1 tensors of {tmp_path / 'in.pth'} whose keys do not begin with `module.`\n" in said


def test_show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    header = {"__metadata__": {"k": "v\n"}, "a\x1b": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]}}
    text = json.dumps(header).encode()
    (tmp_path / "x").write_bytes(len(text).to_bytes(8, "little") + text + bytes(8))
    assert main(["weights", "show", str(tmp_path / "x")]) == 0
    assert capsys.readouterr().out == ("tensor  type  shape  bytes\na\\x1b   F32   2x1    8\n\n1 tensor, 8 bytes\nk: v\\n\n")


def test_memory_does_not_depend_on_the_size(tmp_path: Path) -> None:
    """A network of 102 MB, its weights a hole in a file, passed on in chunks."""
    graph, layout = compiled("resnet50", "timm")
    tensors = [(s.key, "I64" if s.part == "count" else "F32", s.shape) for s in slots(graph, layout)]
    begin, _ = write_safetensors(tensors, {})
    with (tmp_path / "in.safetensors").open("wb") as file:
        file.write(begin)
        file.truncate(len(begin) + 102_441_032)
    with open_safetensors(tmp_path / "in.safetensors") as read:
        side = Side(graph, layout)
        moves = plan("resnet50", read, side, side, Change())
        tracemalloc.start()
        written = sum(map(len, chunks_for("out.safetensors", moves, lambda move: content(read, move, graph, 0), {})))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert (written, peak < 1 << 22) == (len(begin) + 102_441_032, True)
