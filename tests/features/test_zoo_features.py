"""Features are those of torchvision's extractors and timm's `features_only`, with the same weights, in double precision."""

import re
import warnings
from collections.abc import Mapping

import pytest
import timm
import torch
import torchvision
from rounding import allowed, differing
from torch import Tensor, nn
from torchvision.models.feature_extraction import create_feature_extractor

import archc

pytestmark = pytest.mark.no_cover

TORCHVISION = {
    "resnet50": {"relu": "stem.act", "layer1": "layer1", "layer2.1.relu_1": "layer2.1.act2", "layer4": "layer4"},
    "regnet_y_400mf": {"stem": "stem", "trunk_output.block1": "stage1", "trunk_output.block4": "stage4"},
    "vgg19_bn": {"features.6": "stage1", "features.25": "stage3.3.act1", "features.52": "stage5"},
}
"""By network: features by name there and here."""

TIMM = {
    "resnet26": (("stem.act", "layer1", "layer2", "layer3", "layer4"), None),
    "seresnet50": (("stem.act", "layer2"), (0, 2)),
    "regnety_002": (("stem", "stage1", "stage2"), (0, 1, 2)),
    "resnetv2_18": (("stem.conv", "layer1", "layer2", "layer3", "layer4"), None),
    "resnetv2_50x1_bit": (("layer1", "layer2"), (1, -3)),
    "nf_resnet50": (("stem.conv", "layer1", "layer2"), (0, 1, 2)),
    "res2net50d": (("layer1", "layer2"), (1, 2)),
}
"""By name: the features here, and the `out_indices` they are there."""


def differences(ours: nn.Module, theirs: Mapping[str, Tensor], image: Tensor) -> dict[str, float]:
    """The largest of each feature, as a share of what rounding allows."""
    with torch.no_grad():
        found = ours.double().eval()(image)
        assert list(found) == list(theirs)
        share = allowed(ours.parameters())
        return {name: float((found[name] - wanted).abs().max() / wanted.abs().max()) / share for name, wanted in theirs.items()}


@pytest.fixture
def image() -> Tensor:
    torch.manual_seed(0)
    return torch.randn(1, 3, 40, 40, dtype=torch.float64)


def random_network(name: str) -> nn.Module:
    """torchvision's, without the layers behind its pool, which are most of a VGG's memory."""
    with torch.device("meta" if name.startswith("vgg") else "cpu"):
        net: nn.Module = torchvision.models.get_model(name, weights=None)
    setattr(net, "classifier" if hasattr(net, "classifier") else "fc", nn.Identity())
    net.to_empty(device="cpu")
    for key, tensor in net.state_dict().items():
        if tensor.is_floating_point():
            nn.init.uniform_(tensor, 0.5 if key.endswith("var") else -0.1, 1 if key.endswith("var") else 0.12)
    return net.double().eval()


@pytest.mark.parametrize("name", TORCHVISION)
def test_torchvision(name: str, image: Tensor) -> None:
    net, names = random_network(name), TORCHVISION[name]
    wanted = create_feature_extractor(net, names, suppress_diff_warning=True)(image)
    made = archc.torch_module(name, features=tuple(names.values()), layout="torchvision")
    made.load_state_dict(net.state_dict())
    assert max(differences(made, wanted, image).values()) <= 1


@pytest.mark.parametrize("name", TIMM)
def test_timm(name: str, image: Tensor) -> None:
    features, indices = TIMM[name]
    theirs = timm.create_model(name, features_only=True, **({} if indices is None else {"out_indices": indices}))
    wanted = dict(zip(features, theirs.double().eval()(image), strict=True))
    made = archc.torch_module(name, features=features, layout="timm")
    # where timm flattens the modules it takes, `stages.0` is called `stages_0`
    made.load_state_dict({re.sub(r"^(stem|stages)_", r"\1.", key): tensor for key, tensor in theirs.state_dict().items()})
    assert max(differences(made, wanted, image).values()) <= 1
    reductions = dict(zip(features, theirs.feature_info.reduction(), strict=True))
    assert (made.feature_strides, list(made.feature_channels.values())) == (reductions, theirs.feature_info.channels())


def test_without_a_head(image: Tensor) -> None:
    net = torchvision.models.resnet18(weights=None).double().eval()
    made = archc.torch_module("resnet18", head=False, layout="torchvision")
    assert made.load_state_dict(net.state_dict(), strict=False).unexpected_keys == ["fc.weight", "fc.bias"]
    wanted = create_feature_extractor(net, {"layer4": "x"})(image)["x"]
    assert torch.equal(made.double().eval()(image), wanted)


def test_a_head_begins_with_pooling(image: Tensor) -> None:
    """timm's `forward_features` of a pre-activation network ends in its last norm too."""
    net = timm.create_model("resnetv2_18").double().eval()
    made = archc.torch_module("resnetv2_18", head=False, layout="timm")
    made.load_state_dict(net.state_dict(), strict=False)
    assert torch.equal(made.double().eval()(image), net.forward_features(image))


def test_frozen_norm_in_training(image: Tensor) -> None:
    """As torchvision's detection backbones have it, whose features and gradients do not change in training."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net = torchvision.models.resnet18(weights=None, norm_layer=torchvision.ops.FrozenBatchNorm2d)
    for name, buffer in net.named_buffers():
        buffer.copy_(torch.rand_like(buffer) + 0.5 if name.endswith("var") else torch.rand_like(buffer) - 0.2)
    made = archc.torch_module("resnet18", frozen_norm=True, layout="torchvision")
    assert set(made.state_dict()) == set(net.state_dict())
    made.load_state_dict(net.state_dict())
    ours, theirs = (each.double().train() for each in (made, net))

    def values(model: nn.Module) -> dict[str, Tensor]:
        output = model(image)
        gradients = torch.autograd.grad(output.square().mean(), list(model.parameters()))
        return {"output": output, **dict(zip(dict(model.named_parameters()), gradients, strict=True))}

    assert differing(lambda: values(ours), lambda: values(theirs)) == {}


def test_published_weights_of_learning_norms_load_into_frozen_ones() -> None:
    """Their counts of batches are left out."""
    state = torchvision.models.resnet18(weights=None).state_dict()
    made = archc.torch_module("resnet18", frozen_norm=True, layout="torchvision")
    assert made.load_state_dict(state).unexpected_keys == []
