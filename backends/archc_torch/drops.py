"""Random layers as source text, emitted only where a network needs them."""

DROPS: dict[str, str] = {
    "DropPath": '''\
class DropPath(nn.Module):
    """In training, drops whole images with probability `rate` (arXiv:1603.09382)."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training and self.rate > 0:
            keep = torch.empty_like(x.flatten(1)[:, 0]).bernoulli_(1 - self.rate)
            x = x * (keep / (1 - self.rate)).view([-1] + [1] * (x.dim() - 1))
        return x
''',
    "DropBlock": '''\
class DropBlock(nn.Module):
    """In training, drops squares in each channel, `rate` of all (arXiv:1810.12890)."""

    def __init__(self, rate: float, size: int) -> None:
        super().__init__()
        self.rate = rate
        self.size = size

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training and self.rate > 0:
            n, c, h, w = x.shape
            _, _, high, wide = x[:, :, : self.size, : self.size].shape
            rows, columns = h - high + 1, w - wide + 1
            gamma = self.rate * h * w / (high * wide) / (rows * columns)
            corners = x.new_empty([n, c, rows, columns]).bernoulli_(gamma)
            corners = F.pad(corners, [wide - 1, wide - 1, high - 1, high - 1])
            keep = 1 - F.max_pool2d(corners, [high, wide], stride=1)
            kept = keep.sum(dtype=torch.float32).clamp(min=1)
            x = x * (keep * (keep.numel() / kept).to(x.dtype))
        return x
''',
    "TimmDropBlock": '''\
class TimmDropBlock(nn.Module):
    """In training, drops squares, cut at the border, in all channels alike, as timm."""

    def __init__(self, rate: float, size: int) -> None:
        super().__init__()
        self.rate = rate
        self.size = size

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training and self.rate > 0:
            n, _, h, w = x.shape
            _, _, high, wide = x[:, :, : self.size, : self.size].shape
            gamma = self.rate * h * w / (high * wide)
            gamma = gamma / ((h - high + 1) * (w - wide + 1))
            centres = x.new_empty([n, 1, h, w]).bernoulli_(gamma)
            padding = [high // 2, wide // 2]
            drop = F.max_pool2d(centres, [high, wide], stride=1, padding=padding)
            keep = 1 - drop[:, :, (high + 1) % 2 :, (wide + 1) % 2 :]
            kept = keep.sum(dtype=torch.float32).clamp(min=1)
            x = x * (keep * (keep.numel() / kept).to(x.dtype))
        return x
''',
}
