"""What people do with a module, done with emitted ones: scripted, traced, exported, compiled, copied, cast, distributed."""

import copy
import pickle
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from rounding import SINGLE, of_terms
from small_specs import spec
from torch import Tensor, fx, nn

from archc.compile.pipeline import compile_spec
from archc.live import load_module

pytestmark = pytest.mark.no_cover

BASIC = "{kind: basic, order: post, shortcut: %s, insert: {%s}}"
BOTTLENECK = "{kind: bottleneck, mid: 16, stride_at: %s, order: post, shortcut: %s, conv2: {%s}}"
NETWORKS = {
    "projection": BASIC % ("B", ""),
    "padding": BASIC % ("A", ""),
    "gate": BASIC % ("exclusive_gating", ""),
    "preactivation": "{kind: basic, order: pre, shortcut: {same: identity, change: {module: projection, of: preact, out: out, "
    "stride: stride, norm: none}}}",
    "squeeze": BASIC % ("B", "attention: {module: squeeze_excite, width: 4, before: add}"),
    "channels": BASIC % ("B", "attention: {module: eca, before: add}"),
    "context": BASIC % ("B", "attention: {module: global_context, width: 4, before: add}"),
    "drops": BASIC % ("B", "drop: {op: dropout, rate: 0.1, after: act1}, path: {op: drop_path, rate: 0.1, before: add}"),
    "squares": BASIC
    % ("B", "one: {op: drop_block, rate: 0.1, after: act1}, all: {op: drop_block, rate: 0.1, law: timm, before: add}"),
    "maps": BASIC % ("B", "map: {op: drop_channels, rate: 0.1, before: add}"),
    "scales": BOTTLENECK % ("conv2", "B", "module: res2, out: mid, scales: 4, first: change"),
    "splits": BOTTLENECK % ("conv2", "B", "module: split_attention, out: mid, radix: 2, width: 8"),
    "kernels": BOTTLENECK % ("conv2", "B", "module: selective_kernel, out: mid, width: 8"),
    "blur": "{kind: basic, order: post, shortcut: B, stride_at: blur, insert: {blur: {op: blur_pool, kernel: 3, after: act1, "
    "when: stride > 1}}}",
}


@pytest.fixture(scope="module", params=NETWORKS)
def factory(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("net") / "small.yaml"
    path.write_text(spec(NETWORKS[request.param]), encoding="utf-8")
    return load_module(compile_spec(str(path))).small


@pytest.fixture
def model(factory: Any) -> nn.Module:
    torch.manual_seed(0)
    made: nn.Module = factory().eval()
    return made


@pytest.fixture(scope="module")
def images() -> Tensor:
    return torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def same(ours: Tensor, theirs: Tensor) -> None:
    """Beside numbers about one; no network here sums more terms."""
    tolerance = of_terms(100_000, SINGLE)
    torch.testing.assert_close(ours, theirs, rtol=tolerance, atol=tolerance)


@pytest.fixture
def scripting() -> Iterator[None]:
    """torch.jit is deprecated, and still used."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


def test_script(model: nn.Module, images: Tensor, scripting: None) -> None:
    same(torch.jit.script(model)(images), model(images))


def test_script_trains(factory: Any, images: Tensor, scripting: None) -> None:
    scripted = torch.jit.script(factory().train())
    for _ in range(3):  # the second and third run are those of the profiling executor
        scripted(images).sum().backward()
    assert all(parameter.grad is not None for parameter in scripted.parameters())


def test_fx(model: nn.Module, images: Tensor) -> None:
    same(fx.symbolic_trace(model)(images), model(images))


def test_fx_in_training(factory: Any) -> None:
    assert fx.symbolic_trace(factory().train()).graph.find_nodes(op="output")


def test_export_with_any_batch(model: nn.Module, images: Tensor) -> None:
    batch = torch.export.Dim("batch", min=2)
    exported = torch.export.export(model, (images,), dynamic_shapes=({0: batch},)).module()
    more = torch.cat((images, images[:1]))
    same(exported(more), model(more))


def test_compile(model: nn.Module, images: Tensor) -> None:
    same(torch.compile(model, fullgraph=True, backend="aot_eager")(images), model(images))


def test_compile_trains(factory: Any, images: Tensor) -> None:
    compiled = torch.compile(factory().train(), fullgraph=True, backend="aot_eager")
    compiled(images).sum().backward()
    assert all(parameter.grad is not None for parameter in compiled.parameters())


def test_deepcopy(model: nn.Module, images: Tensor) -> None:
    assert torch.equal(copy.deepcopy(model)(images), model(images))


def test_pickle(model: nn.Module, images: Tensor) -> None:
    assert torch.equal(pickle.loads(pickle.dumps(model))(images), model(images))  # noqa: S301  what was just written


def test_state_dict(factory: Any, model: nn.Module, images: Tensor, tmp_path: Path) -> None:
    torch.save(model.state_dict(), tmp_path / "weights.pt")
    other = factory().eval()
    other.load_state_dict(torch.load(tmp_path / "weights.pt", weights_only=True))
    assert torch.equal(other(images), model(images))


def test_channels_last(model: nn.Module, images: Tensor) -> None:
    expected = model(images)
    same(model.to(memory_format=torch.channels_last)(images.to(memory_format=torch.channels_last)), expected)


def test_autocast(factory: Any, images: Tensor) -> None:
    model = factory().train()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        model(images).float().sum().backward()
    assert all(bool(parameter.grad.isfinite().all()) for parameter in model.parameters())


def test_meta(factory: Any, images: Tensor) -> None:
    with torch.device("meta"):
        model = factory()
    assert (model(images.to("meta")).shape, {p.device.type for p in model.parameters()}) == ((2, 10), {"meta"})


def test_other_classes_and_channels(factory: Any) -> None:
    assert factory(num_classes=7, in_channels=5)(torch.randn(2, 5, 32, 32)).shape == (2, 7)


@pytest.mark.filterwarnings("ignore:Grad strides do not match")  # of a filter of one channel, as torch says: no error
def test_distributed(factory: Any, images: Tensor, process_group: None) -> None:
    model = nn.parallel.DistributedDataParallel(factory().train())
    model(images).sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


@pytest.fixture(scope="module")
def process_group(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One process that is a group."""
    file = tmp_path_factory.mktemp("group") / "init"
    torch.distributed.init_process_group("gloo", init_method=f"file://{file}", rank=0, world_size=1)
    yield
    torch.distributed.destroy_process_group()
