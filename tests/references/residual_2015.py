"""The networks of He et al. 2015 (arXiv:1512.03385): plain and residual, on ImageNet (Table 1) and CIFAR-10 (section 4.2)."""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import torch.nn.functional as F
from references.forward import Forward
from torch import Tensor

Shortcut: TypeAlias = Callable[[Forward, Tensor, int, int], Tensor | None]
"""Net, block input, channels out, stride: what is added to the residual, None for a plain network."""

Block: TypeAlias = Callable[[Forward, Tensor, int, int, Shortcut], Tensor]

REPEATS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
"""Table 1: how many blocks conv2_x to conv5_x have."""


def no_shortcut(net: Forward, x: Tensor, out: int, stride: int) -> None:
    return None


def zero_channels(x: Tensor, out: int, stride: int) -> Tensor:
    """Option A: every stride-th pixel, and zeros in the new channels."""
    return F.pad(x[:, :, ::stride, ::stride], (0, 0, 0, 0, 0, out - x.shape[1]))


def option_a(net: Forward, x: Tensor, out: int, stride: int) -> Tensor:
    return zero_channels(x, out, stride)


def option_b(net: Forward, x: Tensor, out: int, stride: int) -> Tensor:
    same = stride == 1 and x.shape[1] == out
    return x if same else option_c(net, x, out, stride)


def option_c(net: Forward, x: Tensor, out: int, stride: int) -> Tensor:
    return net.norm(net.conv(x, out, 1, stride))


def added(residual: Tensor, shortcut: Tensor | None) -> Tensor:
    return residual if shortcut is None else residual + shortcut


def basic(net: Forward, x: Tensor, out: int, stride: int, shortcut: Shortcut) -> Tensor:
    """Fig. 5 left; the second activation stands after the addition (section 3.2)."""
    residual = F.relu(net.norm(net.conv(x, out, 3, stride)))
    residual = net.norm(net.conv(residual, out, 3))
    return F.relu(added(residual, shortcut(net, x, out, stride)))


def bottleneck(net: Forward, x: Tensor, out: int, stride: int, shortcut: Shortcut, *, stride_at: int) -> Tensor:
    """Fig. 5 right; `stride_at` is 1 in the authors' models and 2 in torchvision's and Torch7's."""
    strides = {1: (stride, 1), 2: (1, stride)}[stride_at]
    residual = F.relu(net.norm(net.conv(x, out // 4, 1, strides[0])))
    residual = F.relu(net.norm(net.conv(residual, out // 4, 3, strides[1])))
    residual = net.norm(net.conv(residual, out, 1))
    return F.relu(added(residual, shortcut(net, x, out, stride)))


def max_pool(x: Tensor) -> Tensor:
    return F.max_pool2d(x, 3, 2, padding=1)


def caffe_pool(x: Tensor) -> Tensor:
    """No padding on the left, and the last window may reach over the edge."""
    return F.max_pool2d(x, 3, 2, padding=0, ceil_mode=True)


def imagenet(
    net: Forward,
    x: Tensor,
    depth: int,
    shortcut: Shortcut,
    *,
    stride_at: int = 2,
    stem_bias: bool = False,
    pool: Callable[[Tensor], Tensor] = max_pool,
) -> Tensor:
    """Table 1: 7x7 stem, four stages, 1000 classes."""
    block: Block = basic if depth < 50 else partial(bottleneck, stride_at=stride_at)
    width = 64 if depth < 50 else 256
    x = pool(F.relu(net.norm(net.conv(x, 64, 7, 2, bias=stem_bias))))
    for stage, repeat in enumerate(REPEATS[depth]):
        for index in range(repeat):
            x = block(net, x, width << stage, 2 if stage and not index else 1, shortcut)
    return net.classify(x, 1000)


def cifar(net: Forward, x: Tensor, depth: int, shortcut: Shortcut, block: Block = basic) -> Tensor:
    """Section 4.2: a 3x3 stem and 6n layers on maps of 32, 16 and 8 pixels with 16, 32 and 64 channels."""
    x = F.relu(net.norm(net.conv(x, 16, 3)))
    for stage in range(3):
        for index in range((depth - 2) // 6):
            x = block(net, x, 16 << stage, 2 if stage and not index else 1, shortcut)
    return net.classify(x, 10)
