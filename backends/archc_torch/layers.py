"""The source of modules that torch does not have: each as it appears in an emitted file."""

from archc_torch.drops import DROPS

LAYERS: dict[str, str] = {
    "StandardizedConv2d": '''\
class StandardizedConv2d(nn.Conv2d):
    """A convolution whose filters have mean zero and variance one (arXiv:1903.10520)."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        groups: int = 1,
        bias: bool = True,
        eps: float = 1e-6,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            groups,
            bias,
        )
        self.eps = eps

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        variance, mean = torch.var_mean(
            self.weight, dim=[1, 2, 3], keepdim=True, correction=0
        )
        weight = (self.weight - mean) * torch.rsqrt(variance + self.eps)
        return self._conv_forward(input, weight, self.bias)
''',
    "ScaledConv2d": '''\
class ScaledConv2d(nn.Conv2d):
    """A standardised convolution with a learned gain per filter (arXiv:2102.06171)."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        groups: int = 1,
        bias: bool = True,
        eps: float = 1e-6,
        gamma: float = 1.0,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            groups,
            bias,
        )
        self.gain = nn.Parameter(torch.ones(out_channels, 1, 1, 1))
        self.scale = gamma * self.weight[0].numel() ** -0.5
        self.eps = eps

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        variance, mean = torch.var_mean(
            self.weight, dim=[1, 2, 3], keepdim=True, correction=0
        )
        weight = (self.weight - mean) * torch.rsqrt(variance + self.eps)
        return self._conv_forward(input, weight * (self.gain * self.scale), self.bias)
''',
    "ChannelConv": '''\
class ChannelConv(nn.Conv1d):
    """One filter along the channels of a pooled map: (N, C, 1, 1) (arXiv:1910.03151)."""

    def __init__(self, kernel_size: int) -> None:
        super().__init__(1, 1, kernel_size, padding=kernel_size // 2, bias=False)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        x = input.flatten(2).transpose(1, 2)
        x = self._conv_forward(x, self.weight, self.bias)
        return x.transpose(1, 2).unsqueeze(3)
''',
    "PositionLinear": '''\
class PositionLinear(nn.Linear):
    """A linear layer over the channels at each position: (N, C, H, W)."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        x = F.linear(input.permute(0, 2, 3, 1), self.weight, self.bias)
        return x.permute(0, 3, 1, 2)
''',
    "FrozenBatchNorm2d": '''\
class FrozenBatchNorm2d(nn.Module):
    """Batch norm with fixed statistics and parameters."""

    weight: torch.Tensor
    bias: torch.Tensor
    running_mean: torch.Tensor
    running_var: torch.Tensor

    def __init__(self, num_features: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.register_buffer("weight", torch.ones(num_features))
        self.register_buffer("bias", torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def _load_from_state_dict(
        self, state_dict: dict[str, torch.Tensor], prefix: str, *rest: object
    ) -> None:
        # Weights of a norm that learns come with a count of its batches.
        state_dict.pop(f"{prefix}num_batches_tracked", None)
        super()._load_from_state_dict(state_dict, prefix, *rest)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.batch_norm(
            x,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            training=False,
            eps=self.eps,
        )
''',
    "LayerNorm2d": '''\
class LayerNorm2d(nn.LayerNorm):
    """Layer norm over the channels at each position: (N, C, H, W)."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        x = F.layer_norm(
            input.permute(0, 2, 3, 1),
            self.normalized_shape,
            self.weight,
            self.bias,
            self.eps,
        )
        return x.permute(0, 3, 1, 2)
''',
    "EvoNormS0": '''\
class EvoNormS0(nn.Module):
    """x * sigmoid(v * x), or x if linear, by its group's deviation (arXiv:2004.02967)."""

    def __init__(
        self, groups: int, channels: int, eps: float = 1e-5, linear: bool = False
    ) -> None:
        super().__init__()
        self.groups = groups
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.v = None if linear else nn.Parameter(torch.ones(channels))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        parts = x.unflatten(1, [self.groups, -1])
        variance = parts.var(dim=[2, 3, 4], correction=0, keepdim=True)
        deviation = torch.sqrt(variance + self.eps).expand_as(parts).reshape(x.shape)
        if self.v is not None:
            x = x * torch.sigmoid(x * self.v[:, None, None])
        x = x / deviation
        return x * self.weight[:, None, None] + self.bias[:, None, None]
''',
    "FilterResponseNorm": '''\
class FilterResponseNorm(nn.Module):
    """x over its root mean square, at least tau (arXiv:1911.09737); linear: no tau."""

    def __init__(self, channels: int, eps: float = 1e-5, linear: bool = False) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.tau = None if linear else nn.Parameter(torch.zeros(channels))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x * torch.rsqrt(x.square().mean(dim=[2, 3], keepdim=True) + self.eps)
        x = x * self.weight[:, None, None] + self.bias[:, None, None]
        return x if self.tau is None else torch.maximum(x, self.tau[:, None, None])
''',
    "BlurPool": '''\
class BlurPool(nn.Module):
    """A binomial filter per channel after reflection padding (arXiv:1904.11486)."""

    filt: torch.Tensor

    def __init__(self, channels: int, kernel_size: int = 3, stride: int = 1) -> None:
        super().__init__()
        self.channels = channels
        self.stride = stride
        self.padding = (stride + kernel_size - 2) // 2
        row = torch.ones(1)
        for _ in range(kernel_size - 1):
            row = (F.pad(row, (0, 1)) + F.pad(row, (1, 0))) / 2
        filt = torch.outer(row, row).repeat(channels, 1, 1, 1)
        self.register_buffer("filt", filt, persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        p = self.padding
        x = F.pad(x, [p, p, p, p], mode="reflect")
        return F.conv2d(x, self.filt, stride=self.stride, groups=self.channels)
''',
    "QuickGELU": '''\
class QuickGELU(nn.Module):
    """x * sigmoid(1.702 x) (arXiv:1606.08415, section 2)."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * torch.sigmoid(1.702 * x)
''',
    "HardMish": '''\
class HardMish(nn.Module):
    """x / 2 times x + 2 within 0 and 2: a piecewise Mish."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 0.5 * x * torch.clamp(x + 2, 0, 2)
''',
    **DROPS,
    "ChannelScale": '''\
class ChannelScale(nn.Module):
    """A learned factor for each channel: (N, C, H, W)."""

    def __init__(self, channels: int, value: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,), value))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.weight[:, None, None]
''',
    "VectorScale": '''\
class VectorScale(nn.Module):
    """A learned factor for each channel: (N, C) or (N, T, C)."""

    def __init__(self, channels: int, value: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,), value))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.weight
''',
    "SharedScale": '''\
class SharedScale(nn.Module):
    """A learned factor."""

    def __init__(self, value: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(value))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.weight
''',
    "Position": '''\
class Position(nn.Module):
    """Adds a learned table of one row per token: (N, T, C)."""

    def __init__(self, tokens: int, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(tokens, channels))
        nn.init.normal_(self.weight, std=channels**-0.5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.weight
''',
}
