"""The networks of He et al. 2016 (arXiv:1603.05027): shortcuts of Table 1, activation orders of Table 2, pre-activation."""

import torch
import torch.nn.functional as F
from references.forward import Forward
from references.residual_2015 import Shortcut, max_pool, zero_channels
from torch import Tensor

PREACT_REPEATS = {18: (2, 2, 2, 2), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3), 200: (3, 24, 36, 3)}
"""Table 1 of He et al. 2015; 200: sixteen more units on 28x28 maps than 152 (He et al. 2016, Table 5)."""


def two_convolutions(net: Forward, x: Tensor, out: int, stride: int) -> Tensor:
    """F(x) of the original unit: Fig. 4a up to the addition."""
    return net.norm(net.conv(F.relu(net.norm(net.conv(x, out, 3, stride))), out, 3))


def gate(net: Forward, x: Tensor, out: int, stride: int) -> Tensor:
    """g(x) = sigmoid(W x + b), W a 1x1 convolution (section 3.1)."""
    return torch.sigmoid(net.conv(x, out, 1, stride, bias=True))


def constant_scaling(net: Forward, x: Tensor, out: int, stride: int, shortcut: Shortcut) -> Tensor:
    """Fig. 2b, the row of Table 1 that converges: both paths at a half."""
    residual = two_convolutions(net, x, out, stride)
    return F.relu(0.5 * zero_channels(x, out, stride) + 0.5 * residual)


def exclusive_gating(net: Forward, x: Tensor, out: int, stride: int, shortcut: Shortcut) -> Tensor:
    """Fig. 2c."""
    residual = two_convolutions(net, x, out, stride)
    g = gate(net, x, out, stride)
    return F.relu((1 - g) * zero_channels(x, out, stride) + g * residual)


def shortcut_only_gating(net: Forward, x: Tensor, out: int, stride: int, shortcut: Shortcut) -> Tensor:
    """Fig. 2d."""
    residual = two_convolutions(net, x, out, stride)
    g = gate(net, x, out, stride)
    return F.relu((1 - g) * zero_channels(x, out, stride) + residual)


def dropout_shortcut(net: Forward, x: Tensor, out: int, stride: int, shortcut: Shortcut) -> Tensor:
    """Fig. 2f."""
    residual = two_convolutions(net, x, out, stride)
    return F.relu(net.dropout(zero_channels(x, out, stride), 0.5) + residual)


def norm_after_add(net: Forward, x: Tensor, out: int, stride: int, shortcut: Shortcut) -> Tensor:
    """Fig. 4b: the last normalisation sees the sum."""
    residual = net.conv(F.relu(net.norm(net.conv(x, out, 3, stride))), out, 3)
    return F.relu(net.norm(residual + zero_channels(x, out, stride)))


def act_before_add(net: Forward, x: Tensor, out: int, stride: int, shortcut: Shortcut) -> Tensor:
    """Fig. 4c: the residual is never negative."""
    return F.relu(two_convolutions(net, x, out, stride)) + zero_channels(x, out, stride)


def act_only_pre(net: Forward, x: Tensor, depth: int) -> Tensor:
    """Fig. 4d. By the appendix the stem's activation stands before the first fork, and one more follows the last addition."""
    x = F.relu(net.norm(net.conv(x, 16, 3)))
    for stage in range(3):
        for index in range((depth - 2) // 6):
            out, stride = 16 << stage, 2 if stage and not index else 1
            activated = x if stage == index == 0 else F.relu(x)
            x = zero_channels(x, out, stride) + two_convolutions(net, activated, out, stride)
    return net.classify(F.relu(x), 10)


def preact(net: Forward, x: Tensor) -> Tensor:
    return F.relu(net.norm(x))


def full_preact(net: Forward, x: Tensor, activated: Tensor, out: int, stride: int, *, stride_at: int) -> Tensor:
    """Fig. 4e on `activated`; where the shape changes the shortcut projects that too, without norm. `stride_at` 0: two 3x3."""
    if stride_at == 0:
        residual = net.conv(activated, out, 3, stride)
        residual = net.conv(preact(net, residual), out, 3)
    else:
        strides = {1: (stride, 1), 2: (1, stride)}[stride_at]
        residual = net.conv(activated, out // 4, 1, strides[0])
        residual = net.conv(preact(net, residual), out // 4, 3, strides[1])
        residual = net.conv(preact(net, residual), out, 1)
    same = stride == 1 and x.shape[1] == out
    return residual + (x if same else net.conv(activated, out, 1, stride))


def preact_imagenet(net: Forward, x: Tensor, depth: int) -> Tensor:
    """As in fb.resnet.torch: a normed stem, nothing before the first unit's first convolution, the stride on the 3x3."""
    width, stride_at = (64, 0) if depth < 50 else (256, 2)
    x = max_pool(preact(net, net.conv(x, 64, 7, 2)))
    for stage, repeat in enumerate(PREACT_REPEATS[depth]):
        for index in range(repeat):
            activated = x if stage == index == 0 else preact(net, x)
            x = full_preact(net, x, activated, width << stage, 2 if stage and not index else 1, stride_at=stride_at)
    return net.classify(preact(net, x), 1000)


def preact_cifar(net: Forward, x: Tensor, depth: int) -> Tensor:
    """ResNet-110 of Table 2e: option A, taken from the activated tensor where the shape changes and in the very first unit."""
    x = net.conv(x, 16, 3)
    for stage in range(3):
        for index in range((depth - 2) // 6):
            out, stride = 16 << stage, 2 if stage and not index else 1
            activated = preact(net, x)
            shortcut = activated if index == 0 else x
            residual = net.conv(preact(net, net.conv(activated, out, 3, stride)), out, 3)
            x = residual + zero_channels(shortcut, out, stride)
    return net.classify(preact(net, x), 10)


def preact_cifar_bottleneck(net: Forward, x: Tensor, depth: int) -> Tensor:
    """ResNet-164 and 1001 of Table 4, as in resnet-1k-layers: the stride on the first 1x1."""
    x = net.conv(x, 16, 3)
    for stage in range(3):
        for index in range((depth - 2) // 9):
            x = full_preact(net, x, preact(net, x), 64 << stage, 2 if stage and not index else 1, stride_at=1)
    return net.classify(preact(net, x), 10)
