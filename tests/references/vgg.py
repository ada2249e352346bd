"""VGG-19 as Simonyan and Zisserman 2015 give it: Table 1, configuration E."""

import torch.nn.functional as F
from references.forward import Forward
from torch import Tensor

CONFIGURATION_E = ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4))
"""Channels and number of the 3x3 convolutions before each 2x2 max pooling."""


def vgg19(net: Forward, x: Tensor, *, norm: bool) -> Tensor:
    for channels, layers in CONFIGURATION_E:
        for _ in range(layers):
            x = net.conv(x, channels, 3, bias=True)
            x = F.relu(net.norm(x) if norm else x)
        x = F.max_pool2d(x, 2, 2)
    # At 224 the map is 7x7 already; at other sizes the classifier still needs 512 x 7 x 7 numbers.
    x = F.adaptive_avg_pool2d(x, 7).flatten(1)
    x = net.dropout(F.relu(net.linear(x, 4096)), 0.5)
    x = net.dropout(F.relu(net.linear(x, 4096)), 0.5)
    return net.linear(x, 1000)
