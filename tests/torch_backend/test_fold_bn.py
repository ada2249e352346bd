"""`--fold-bn`: the folded module and what `fold` makes of weights, held against the network with its batch norms in float64."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import draws
import pytest
import torch
from small_specs import spec
from torch import Tensor, nn

from archc.backend import BackendError
from archc.cli.main import main
from archc.compile.pipeline import Changes, Compiled, compile_spec, shipped
from archc.cost.count import parameters
from archc.diagnostics import SpecError
from archc.language.layouts.naming import state_keys
from archc.language.layouts.table import CANONICAL
from archc_torch import emitted_source

KEPT = {
    "cifar_preact_resnet1001", "cifar_preact_resnet110", "cifar_preact_resnet164", "cifar_resnet110_norm_after_add",
    "cifar_wrn16_8", "cifar_wrn28_10", "preact_resnet101", "preact_resnet152", "preact_resnet18", "preact_resnet200",
    "preact_resnet50", "resnetv2_101", "resnetv2_101d", "resnetv2_152", "resnetv2_152d", "resnetv2_18", "resnetv2_18d",
    "resnetv2_50", "resnetv2_50t",
}  # fmt: skip
"""Networks with batch norms that come before a convolution, or after a sum."""
WITHOUT = {
    "nf_resnet101", "nf_resnet50", "resnet50_gn", "resnetv2_101x1_bit", "resnetv2_152x4_bit", "resnetv2_50x1_bit",
    "resnetv2_50x3_bit", "vgg19",
}  # fmt: skip
"""Networks without a batch norm."""
HUGE = 100_000_000
"""Parameters from which a network is left to its smaller kin: two copies in float64 would not fit beside each other."""
INITS = ("kaiming_uniform_", "kaiming_normal_", "xavier_uniform_", "uniform_", "normal_", "trunc_normal_")


@pytest.fixture(autouse=True)
def uninitialised(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Modules are made in float64 and as they are: all their tensors are filled by the test."""
    for name in INITS:
        monkeypatch.setattr(nn.init, name, lambda tensor, *_, **__: tensor)
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def executed(source: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "net"}
    exec(compile(source, "net.py", "exec"), namespace)  # noqa: S102  our own source
    return namespace


def fill(model: nn.Module) -> None:
    """Weights and statistics at random, none of them at rest."""
    generator = torch.Generator().manual_seed(7)
    for key, tensor in model.state_dict().items():
        name = key.rpartition(".")[2]
        if not tensor.is_floating_point():
            continue
        if name == "running_var":
            tensor.uniform_(0.5, 1.5, generator=generator)
        elif tensor.dim() > 1:
            bound = (6 / tensor[0].numel()) ** 0.5
            tensor.uniform_(-bound, bound, generator=generator)
        elif name == "weight":
            tensor.uniform_(0.3, 0.7, generator=generator)
        else:
            tensor.uniform_(-0.2, 0.2, generator=generator)


def apart(compiled: Compiled, dtype: torch.dtype = torch.float64, image: tuple[int, int] | None = None) -> float:
    """Return the largest difference between the outputs of the network and its folded module, divided by the outputs' deviation.

    `image` is the height and width, for a network that takes any.
    """
    graph = compiled.graph
    plain, inference = executed(emitted_source(compiled)), executed(emitted_source(compiled, fold_bn=True))
    whole = plain[graph.name]().eval()
    fill(whole)
    module = inference[graph.name]().eval().to(dtype)
    module.load_state_dict(inference["fold"](whole.to(dtype).state_dict()), strict=True)
    channels, *size = graph.types[graph.input].shape
    height, width = image or ([min(length, 64) for length in size] if graph.any_size else size)
    x = torch.randn(2, channels, height, width, generator=torch.Generator().manual_seed(1)).to(dtype)
    with torch.no_grad():
        expected, actual = (list(value.values()) if isinstance(value, dict) else [value] for value in (whole(x), module(x)))
    return max(float((one - other).abs().max() / one.std()) for one, other in zip(expected, actual, strict=True))


def compiled_of(folder: Path, text: str, changes: Changes = Changes()) -> Compiled:  # noqa: B008  it is frozen
    (folder / "small.yaml").write_text(text, encoding="utf-8")
    return compile_spec(str(folder / "small.yaml"), changes=changes)


FOLDED = [name for name, _ in shipped() if name not in KEPT | WITHOUT]


@pytest.mark.no_cover
@pytest.mark.parametrize("name", draws.sampled(FOLDED, 9))
def test_networks_that_fold(name: str) -> None:
    """`make fuzz` folds every one."""
    compiled = compile_spec(name)
    if parameters(compiled.graph) < HUGE:
        assert apart(compiled) <= 1e-12
    else:
        ast.parse(emitted_source(compiled, fold_bn=True))


IMAGES = {
    "resnet50": [(64, 64), (96, 160), (225, 223)],
    "resnext50_32x4d": [(64, 96), (129, 65)],
    "seresnet50": [(64, 64), (65, 97)],
    "ecaresnet50d": [(96, 64)],
    "skresnet18": [(64, 64), (97, 96)],
    "resnet50_os8": [(65, 64)],
    "resnet50_clip": [(224, 224)],
}
"""Networks with and without groups, channel attention, attention over pixels and dilation, and the sizes that they are given."""


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float64, 1e-12)], ids=["float32", "float64"])
@pytest.mark.parametrize(("name", "image"), [(name, image) for name, images in IMAGES.items() for image in images])
def test_outputs_at_several_sizes(name: str, image: tuple[int, int], dtype: torch.dtype, tolerance: float) -> None:
    assert apart(compile_spec(name), dtype, image) <= tolerance


@pytest.mark.parametrize("name", sorted(KEPT))
def test_every_network_that_does_not_fold(name: str) -> None:
    with pytest.raises(SpecError) as error:
        emitted_source(compile_spec(name), fold_bn=True)
    found = error.value.diagnostics
    assert {diagnostic.code for diagnostic in found} == {"E0512"}
    assert [diagnostic for diagnostic in found if diagnostic.span is None or "is no convolution" not in diagnostic.message] == []


@pytest.mark.parametrize("name", sorted(WITHOUT))
def test_no_batch_norm(name: str) -> None:
    with pytest.raises(SpecError, match=f"no batch norm of `{name}` could be folded"):
        emitted_source(compile_spec(name), fold_bn=True)


def test_source(golden: Callable[[str, str], None]) -> None:
    """The hashes and archc's version apart."""
    lines = emitted_source(compile_spec("resnet50"), fold_bn=True).split("\n")
    golden("golden/resnet50_folded.py.txt", "\n".join([*lines[:3], *lines[6:]]))


@pytest.mark.no_cover
@pytest.mark.parametrize("name", ["resnet50d", "resnest14d", "regnet_y_400mf", "vgg19_bn", "res2net50d", "seresnet50t"])
def test_every_layout(name: str) -> None:
    """Keys of the folded module are the network's, less those of norms, with a bias for each convolution, in every layout."""
    names = compile_spec(name).spec
    for layout in ("canonical", *layouts_of(name)):
        compiled = compile_spec(name, layout=layout)
        if compiled.layout.keys_only:
            continue
        plain, inference = (executed(emitted_source(compiled, fold_bn=folded)) for folded in (False, True))
        whole, module = (each[compiled.graph.name]() for each in (plain, inference))
        assert inference["fold"](whole.state_dict()).keys() == module.state_dict().keys(), (names.name, layout)
        norms = {key.rpartition(".")[0] for key in whole.state_dict() if key.endswith(".running_var")}
        left = [key for key in whole.state_dict() if key.rpartition(".")[0] not in norms]
        assert [key for key in left if key not in module.state_dict()] == []


def layouts_of(name: str) -> list[str]:
    from archc.compile.pipeline import read_spec
    from archc.language.document.nodes import Map

    layouts = read_spec(name).root.get("layouts")
    return [str(entry.key) for entry in layouts] if isinstance(layouts, Map) else []


SMALL = {
    "plain": spec("{kind: basic, order: post, shortcut: B}"),
    "bias": spec("{kind: basic, order: post, shortcut: B}", stem="{conv: {kernel: 3, out: 16, bias: true}}"),
    "bottleneck": spec("{kind: bottleneck, order: post, shortcut: C, stride_at: conv2}"),
    "grouped": spec("{kind: bottleneck, order: post, shortcut: B, groups: 4, ratio: 0.5, stride_at: conv2}"),
    "frozen": spec("{kind: basic, order: post, shortcut: B}", more="norm: {kind: batch, frozen: true}"),
    "eps": spec("{kind: basic, order: post, shortcut: B}", more="norm: {kind: batch, eps: 0.001}"),
    "two eps": spec(
        "{kind: basic, order: post, shortcut: B}",
        stem="{conv: {op: conv, kernel: 3, out: 16}, norm: {op: norm, kind: batch, eps: 0.01}, act: {op: act}}",
    ),
    "dropout between": spec(
        "{kind: basic, order: post, shortcut: B}",
        stem="{conv: {op: conv, kernel: 3, out: 16}, drop: {op: dropout, rate: 0.5}, norm: {op: norm}, act: {op: act}}",
    ),
    "linear": spec(
        "{kind: basic, order: post, shortcut: B}",
        stem="{conv: {op: conv, kernel: 3, out: 16}, fc: {op: linear, out: 16}, norm: {op: norm}, act: {op: act}}",
    ),
    "gate": spec(
        "{kind: basic, order: post, shortcut: B, insert: {gate: {module: squeeze_excite, width: out // 8, before: add}}}"
    ),
}
"""Networks that fold, by what is peculiar."""


@pytest.mark.parametrize("text", SMALL.values(), ids=SMALL)
def test_small(text: str, tmp_path: Path) -> None:
    compiled = compiled_of(tmp_path, text)
    assert apart(compiled) <= 1e-12
    assert "BatchNorm" not in emitted_source(compiled, fold_bn=True)


@pytest.mark.parametrize(
    "changes",
    [
        Changes(("layer1", "layer2")),
        Changes(("layer1.0.norm1", "layer2.0.act1")),
        Changes(without_head=True),
        Changes(frozen_norm=True),
    ],
    ids=["features", "the norm's value", "no head", "frozen"],
)
def test_changes(changes: Changes, tmp_path: Path) -> None:
    assert apart(compiled_of(tmp_path, SMALL["plain"], changes)) <= 1e-12


REFUSED = {
    "a feature": (SMALL["plain"], Changes(("layer1.0.conv1", "layer2")), "`layer1.0.conv1` is wanted without it, as a feature"),
    "another reader": (
        spec(
            "{kind: basic, order: post, shortcut: B}",
            stem="{a: {op: conv, kernel: 3, out: 16}, n: {op: norm}, s: {op: add, of: [a, n]}}",
        ),
        Changes(),
        "`stem.a` is read without it too",
    ),
    "standardised": (
        spec("{kind: basic, order: post, shortcut: B}", more="conv: {kind: standardized}"),
        Changes(),
        "the filters of `stem.conv` are standardised whenever it runs",
    ),
    "the input": (
        spec("{kind: basic, order: post, shortcut: B}", stem="{n: {op: norm}, conv: {op: conv, kernel: 3, out: 16}}"),
        Changes(),
        "it reads the input, and no convolution",
    ),
    "a norm": (
        spec(
            "{kind: basic, order: post, shortcut: B}",
            stem="{conv: {op: conv, kernel: 3, out: 16}, n: {op: norm}, twice: {op: norm}}",
        ),
        Changes(),
        "it reads `stem.n`, which is no convolution",
    ),
}
"""Networks with a norm that cannot be folded, and why."""


@pytest.mark.parametrize(("text", "changes", "why"), REFUSED.values(), ids=REFUSED)
def test_refused(text: str, changes: Changes, why: str, tmp_path: Path) -> None:
    compiled = compiled_of(tmp_path, text, changes)
    with pytest.raises(SpecError) as error:
        emitted_source(compiled, fold_bn=True)
    assert [diagnostic.message.partition(": ")[2] for diagnostic in error.value.diagnostics][:1] == [why]


def test_a_name_that_the_file_uses(tmp_path: Path) -> None:
    path = tmp_path / "fold.yaml"
    path.write_text(SMALL["plain"].replace("name: small", "name: fold"), encoding="utf-8")
    with pytest.raises(BackendError, match="a factory cannot be called `fold`"):
        emitted_source(compile_spec(str(path)), fold_bn=True)
    assert executed(emitted_source(compile_spec(str(path))))["fold"]().training


def test_fold_takes_what_it_is_given_as_it_is(tmp_path: Path) -> None:
    """Nothing of the argument changes, folded weights stay, and what it does not know it passes on."""
    compiled = compiled_of(tmp_path, SMALL["plain"])
    whole = executed(emitted_source(compiled))["small"]()
    fill(whole)
    fold = executed(emitted_source(compiled, fold_bn=True))["fold"]
    given: dict[str, Tensor] = {**whole.state_dict(), "other.running_var": torch.ones(1)}
    kept = {key: tensor.clone() for key, tensor in given.items()}
    folded = fold(given)
    assert [key for key in given if not torch.equal(given[key], kept[key])] == []
    assert torch.equal(folded["other.running_var"], given["other.running_var"])
    again = fold(folded)
    assert [key for key in folded if again[key] is not folded[key]] == []


def test_keys_are_those_of_the_network(tmp_path: Path) -> None:
    compiled = compiled_of(tmp_path, SMALL["plain"])
    module = executed(emitted_source(compiled, fold_bn=True))["small"]()
    keys = set(state_keys(compiled.graph, CANONICAL).values())
    assert {key for key in module.state_dict() if not key.endswith(".bias")} <= keys


@pytest.mark.parametrize("target", ["timm", "hub"])
def test_an_option_of_other_targets(target: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "resnet18", "--target", target, "--fold-bn"]) == 2
    assert capsys.readouterr().err == (
        f"error: `--fold-bn` is no option of --target {target}, but of --target onnx and torch\nsee: archc build --help\n"
    )
