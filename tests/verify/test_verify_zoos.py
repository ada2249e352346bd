"""Shipped networks against those of torchvision and timm: one function, tensors paired without looking at names."""

from typing import Any

import pytest

from archc.analyse.verify.cases import cases
from archc.analyse.verify.compare import Settings, against
from archc.analyse.verify.load import load
from archc.analyse.verify.outcome import Verdict
from archc.cli.main import main
from archc.compile.pipeline import compile_spec
from archc.ir.graph import Graph

EQUAL = [
    ("resnet18", "torchvision:resnet18", 102),
    ("regnet_y_400mf", "torchvision:regnet_y_400mf", 331),
    ("seresnet18", "timm:seresnet18", 134),
    ("resnetv2_18", "timm:resnetv2_18", 90),
    ("resnetblur18", "timm:resnetblur18", 106),
    ("skresnet18", "timm:skresnet18", 190),
    ("ecaresnext26t_32x4d", "timm:ecaresnext26t_32x4d", 165),
    ("resnest14d", "timm:resnest14d", 129),
    ("res2net50_14w_8s", "timm:res2net50_14w_8s", 747),
]
"""Networks of several families, and how many tensors they have."""


def verdict(graph: Graph, text: str, size: int = 48) -> Verdict:
    program = load(text, graph)
    return against(graph, program, cases(graph, [(size, size)], program.size, trains=True), Settings())


@pytest.mark.parametrize(("name", "other", "count"), EQUAL)
def test_one_function(name: str, other: str, count: int) -> None:
    found = verdict(compile_spec(name).graph, other)
    assert (found.equal, len(found.pairs), found.only_here, found.only_there) == (True, count, (), ())


def test_torchvision_strides_where_the_first_paper_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["verify", "resnet50_v1", "--against", "torchvision:resnet50", "--size", "32"])
    lines = capsys.readouterr().out.splitlines()
    assert (code, lines[5:8], lines[-1]) == (
        1,
        [
            "first difference: output of `layer2.0.conv1` (archc:blocks/bottleneck.yaml:9:3)",
            "  here:  conv (kernel 1, stride 2)",
            "  there: `convolution` in `layer2.0.conv1`",
        ],
        "different",
    )


@pytest.mark.parametrize(
    ("name", "other", "node"),
    [
        ("preact_resnet18", "torchvision:resnet18", "layer1.0.add"),
        ("resnet18d", "timm:resnet18", "stem.conv1"),
    ],
)
def test_another_network(name: str, other: str, node: str) -> None:
    found = verdict(compile_spec(name).graph, other)
    assert (found.equal, found.first and found.first.node.name) == (False, node)


def test_a_zoo_s_network_is_built_for_the_classes_of_the_spec() -> None:
    graph = compile_spec("resnet18", overrides=["classes=10", "expect=null"]).graph
    assert verdict(graph, "torchvision:resnet18", 32).equal


def test_timm_s_also_for_its_channels() -> None:
    graph = compile_spec("resnet18", overrides=["input.channels=1", "expect=null"]).graph
    assert verdict(graph, "timm:resnet18", 32).equal


def test_nothing_is_asked_of_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No weights are downloaded."""
    import socket

    def refuse(*_: Any) -> None:
        raise AssertionError("no connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert verdict(compile_spec("seresnet18").graph, "timm:seresnet18", 32).equal
