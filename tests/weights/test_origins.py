"""Whose function weights are: what files record, what is refused or warned of, and what may differ."""

from collections import OrderedDict

import pytest
import torch
from weight_session import Session

from archc import torch_module
from archc.compile.pipeline import compile_spec
from archc.weights.files import open_weights
from archc.weights.origin import differences, provenance


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


@pytest.mark.parametrize("name", ["a.safetensors", "a.pth"])
def test_either_format_says_whose_its_weights_are(name: str, session: Session) -> None:
    assert session.convert(target=name)[0] == 0
    code, lines = session.convert("--set", "block.stride_at=conv1", source=name, layout="timm")
    assert (code, lines[0].partition(" (")[0]) == (1, f"error[E0585]: the weights in `{name}` are those of `small`")


def test_what_a_state_dict_says_of_its_modules_is_none_of_it(session: Session) -> None:
    state = torch.nn.BatchNorm2d(1).state_dict()
    torch.save(state, "a.pth")
    assert {} == open_weights("a.pth").metadata


def test_a_torch_file_s_notes_are_texts(session: Session) -> None:
    """Anyone may write them: what is none, or could not be written again, is passed over."""
    state = OrderedDict(a=torch.zeros(1))
    notes = {"archc.spec": "small", "archc.layout": 3, "\ud800": "a", "b": "\udfff", 4: "c"}
    setattr(state, "_metadata", {"archc": notes})  # noqa: B010  no class declares it
    torch.save(state, "a.pth")
    assert {"archc.spec": "small"} == open_weights("a.pth").metadata


def test_torch_passes_over_the_notes(session: Session) -> None:
    assert session.convert(target="a.pth", layout="torchvision")[0] == 0
    state = torch.load("a.pth", weights_only=True)
    model = torch_module("small.yaml", layout="timm")
    assert "<All keys matched successfully>" == str(model.load_state_dict(state))


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
