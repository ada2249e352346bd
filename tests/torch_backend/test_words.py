"""Names in the emitted source: what a module's attribute cannot be called, what classes are called."""

import keyword

import pytest
from torch import nn

from archc.backend import BackendError
from archc_torch.words import (
    CONTAINER_ATTRIBUTES,
    MODULE_ATTRIBUTES,
    check_attribute,
    class_name,
    network_class,
    unused,
)


def public(thing: object) -> set[str]:
    return {name for name in dir(thing) if not name.startswith("_")}


def test_every_attribute_of_a_module_is_known() -> None:
    assert public(nn.Module()) - MODULE_ATTRIBUTES == set()


@pytest.mark.parametrize("container", [nn.Sequential, nn.ModuleList, nn.ModuleDict], ids=lambda cls: cls.__name__)
def test_every_attribute_of_a_container_is_known(container: type[nn.Module]) -> None:
    assert public(container()) - MODULE_ATTRIBUTES - CONTAINER_ATTRIBUTES == set()


@pytest.mark.parametrize(
    "name", [*sorted(MODULE_ATTRIBUTES), *keyword.kwlist, *keyword.softkwlist, "__init__", "_x", "0", "a-b", "a b", "é", "ﬁ", ""]
)
def test_no_attribute(name: str) -> None:
    with pytest.raises(BackendError) as error:
        check_attribute(name, "node")
    assert error.value.code == "E0503"


@pytest.mark.parametrize(
    "name", [*sorted(CONTAINER_ATTRIBUTES), *sorted(MODULE_ATTRIBUTES), "a b", "a.b", 'a"b', "é", "a\n", "", "x" * 64]
)
def test_no_key(name: str) -> None:
    with pytest.raises(BackendError) as error:
        check_attribute(name, "node", inside="Sequential")
    assert error.value.code == "E0503"


@pytest.mark.parametrize("name", ["conv1", "relu", "A", "x" * 63])
def test_an_attribute(name: str) -> None:
    check_attribute(name, "node")


@pytest.mark.parametrize("name", ["0", "block1-0", "conv", "class"])
def test_a_key(name: str) -> None:
    check_attribute(name, "node", inside="Sequential")


UNUSED = {
    ("width", "width"): "width2",
    ("width", ""): "width",
    ("class", ""): "class_",
    ("torch", ""): "torch_",
    ("nn", ""): "nn_",
    ("2nd", ""): "nd",
    ("a-b", ""): "a_b",
    ("é", ""): "value",
    ("x" * 80, ""): "x" * 50,
}


@pytest.mark.parametrize(("name", "taken"), UNUSED, ids=[name[:5] + taken for name, taken in UNUSED])
def test_unused(name: str, taken: str) -> None:
    assert UNUSED[name, taken] == unused(name, {taken})


CLASSES = {
    ("resnet152", "ResNet-152"): "ResNet152",
    ("resnet152", ""): "ResNet152",
    ("cifar_resnet20_b", "with projections"): "CIFARResNet20B",
    ("my_net", "My net"): "MyNet",
    ("vgg19_bn", "VGG-19 with batch norm"): "VGG19BN",
    ("Net", ""): "NetNetwork",
    ("seresnext50_32x4d", ""): "SEResNeXt5032x4d",
}


@pytest.mark.parametrize(("name", "title"), CLASSES, ids=[name for name, _ in CLASSES])
def test_network_class(name: str, title: str) -> None:
    assert CLASSES[name, title] == network_class(name, title)


def test_class_name_of_a_module() -> None:
    assert class_name("squeeze_excite") == "SqueezeExcite"
