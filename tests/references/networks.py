"""Every shipped network's own construction, by the shipped spec's name."""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from references import residual_2015 as v1
from references import residual_2016 as v2
from references.forward import Forward
from references.vgg import vgg19
from torch import Tensor

Network: TypeAlias = Callable[[Forward, Tensor], Tensor]


def _variant(block: v1.Block) -> Network:
    return partial(v1.cifar, depth=110, shortcut=v1.option_a, block=block)


REFERENCES: dict[str, Network] = {
    "vgg19": partial(vgg19, norm=False),
    "vgg19_bn": partial(vgg19, norm=True),
    **{f"plain{depth}": partial(v1.imagenet, depth=depth, shortcut=v1.no_shortcut) for depth in (18, 34)},
    **{f"resnet{depth}": partial(v1.imagenet, depth=depth, shortcut=v1.option_b) for depth in (18, 34, 50, 101, 152)},
    **{f"resnet{depth}_a": partial(v1.imagenet, depth=depth, shortcut=v1.option_a) for depth in (18, 34)},
    **{f"resnet{depth}_c": partial(v1.imagenet, depth=depth, shortcut=v1.option_c) for depth in (18, 34, 50)},
    **{f"resnet{depth}_v1": partial(v1.imagenet, depth=depth, shortcut=v1.option_b, stride_at=1) for depth in (50, 101, 152)},
    "caffe_resnet50": partial(v1.imagenet, depth=50, shortcut=v1.option_b, stride_at=1, stem_bias=True, pool=v1.caffe_pool),
    **{f"cifar_plain{depth}": partial(v1.cifar, depth=depth, shortcut=v1.no_shortcut) for depth in (20, 32, 44, 56, 110)},
    **{f"cifar_resnet{depth}": partial(v1.cifar, depth=depth, shortcut=v1.option_a) for depth in (20, 32, 44, 56, 110, 1202)},
    "cifar_resnet20_b": partial(v1.cifar, depth=20, shortcut=v1.option_b),
    "cifar_resnet56_c": partial(v1.cifar, depth=56, shortcut=v1.option_c),
    "cifar_resnet110_constant_scaling": _variant(v2.constant_scaling),
    "cifar_resnet110_exclusive_gating": _variant(v2.exclusive_gating),
    "cifar_resnet110_shortcut_only_gating": _variant(v2.shortcut_only_gating),
    "cifar_resnet110_conv_shortcut": partial(v1.cifar, depth=110, shortcut=v1.option_c),
    "cifar_resnet110_dropout_shortcut": _variant(v2.dropout_shortcut),
    "cifar_resnet110_norm_after_add": _variant(v2.norm_after_add),
    "cifar_resnet110_act_before_add": _variant(v2.act_before_add),
    "cifar_resnet110_act_only_pre": partial(v2.act_only_pre, depth=110),
    **{f"preact_resnet{depth}": partial(v2.preact_imagenet, depth=depth) for depth in (18, 50, 101, 152, 200)},
    "cifar_preact_resnet110": partial(v2.preact_cifar, depth=110),
    **{f"cifar_preact_resnet{depth}": partial(v2.preact_cifar_bottleneck, depth=depth) for depth in (164, 1001)},
}
