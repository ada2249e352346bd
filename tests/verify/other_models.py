"""Networks that are, or nearly are, that of small.yaml: other names, tensors registered in another order, written by hand.

Each function is named as what is unlike; `same` is the function itself.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn


class Block(nn.Module):
    """A bottleneck whose attributes are neither in order of use nor called as any zoo does."""

    def __init__(
        self, width: int, out: int, stride: int, *, first: bool = False, eps: float = 1e-5, act: bool = True, bias: bool = False
    ) -> None:
        super().__init__()
        mid = out // 4
        self.zulu = nn.BatchNorm2d(out)
        self.alpha = nn.Conv2d(mid, out, 1, bias=False)
        self.tango = nn.BatchNorm2d(mid, eps=eps)
        self.kilo = nn.BatchNorm2d(mid)
        self.bravo = nn.Conv2d(mid, mid, 3, 1 if first else stride, 1, bias=bias)
        if width != out:
            self.hotel = nn.BatchNorm2d(out)
            self.echo = nn.Conv2d(width, out, 1, stride, bias=False)
        self.delta = nn.Conv2d(width, mid, 1, stride if first else 1, bias=False)
        self.act = act

    def forward(self, x: Tensor) -> Tensor:
        y = self.kilo(self.delta(x)).relu()
        y = self.tango(self.bravo(y))
        y = self.zulu(self.alpha(y.relu() if self.act else y))
        return (self.hotel(self.echo(x)) + y if hasattr(self, "echo") else x + y).relu_()


class Net(nn.Module):
    def __init__(self, *blocks: nn.Module, tail: nn.Module | None = None, pool: nn.Module | None = None) -> None:
        super().__init__()
        self.tail = tail
        self.omega = nn.Linear(64, 10)
        self.papa = nn.BatchNorm2d(16)
        self.steps = nn.ModuleList(reversed(blocks))
        self.pool = pool or nn.MaxPool2d(3, 2, 1)
        self.lima = nn.Conv2d(3, 16, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(torch.relu(self.papa(self.lima(x))))
        for block in reversed(self.steps):
            x = block(x)
        x = self.omega(x.flatten(2).mean(2))
        return x if self.tail is None else self.tail(x)


def blocks(**second: bool | float) -> list[nn.Module]:
    """Options are those of the third block, the one that strides."""
    return [Block(16, 32, 1), Block(32, 32, 1), Block(32, 64, 2, **second), Block(64, 64, 1)]


def same() -> nn.Module:
    return Net(*blocks())


def stride_at_first() -> nn.Module:
    return Net(*blocks(first=True))


def eps() -> nn.Module:
    return Net(*blocks(eps=1e-3))


def no_act() -> nn.Module:
    return Net(*blocks(act=False))


def ceil_pool() -> nn.Module:
    return Net(*blocks(), pool=nn.MaxPool2d(3, 2, ceil_mode=True))


def average_pool() -> nn.Module:
    return Net(*blocks(), pool=nn.AvgPool2d(3, 2, 1))


def bends_at_six() -> nn.Module:
    """What is below 6 passes relu6 as it passes relu."""
    net = Net(*blocks())
    net.papa = nn.Sequential(net.papa, nn.ReLU6())
    return net


def bias_missing() -> nn.Module:
    net = Net(*blocks())
    net.omega = nn.Linear(64, 10, bias=False)
    return net


def bias_more() -> nn.Module:
    """It begins at zero, as if it were not there."""
    net = Net(*blocks(bias=True))
    for name, tensor in net.named_parameters():
        if name.endswith("bravo.bias"):
            nn.init.zeros_(tensor)
    return net


def one_for_two() -> nn.Module:
    net = Net(*blocks())
    first, second = (net.get_submodule(f"steps.{place}.bravo") for place in (3, 2))
    first.weight = second.weight
    return net


def traced() -> nn.Module:
    made: nn.Module = torch.jit.trace(same().double().eval(), torch.zeros(2, 3, 32, 32, dtype=torch.float64))
    return made


def block_missing() -> nn.Module:
    return Net(*blocks()[:3])


def convolution_more() -> nn.Module:
    made = blocks()
    made.insert(2, nn.Conv2d(32, 32, 5, padding=2, bias=False))
    return Net(*made)


def swapped() -> nn.Module:
    """The activation before the norm."""
    net = Net(*blocks())
    net.papa, net.pool = nn.Identity(), nn.Sequential(nn.BatchNorm2d(16), nn.MaxPool2d(3, 2, 1))
    return net


def momentum() -> nn.Module:
    net = Net(*blocks())
    net.papa.momentum = 0.01
    return net


def softmax() -> nn.Module:
    return Net(*blocks(), tail=nn.Softmax(1))


def drops() -> nn.Module:
    """Nothing is dropped where functions are compared."""
    return Net(*blocks(), tail=nn.Dropout(0.5))


def in_float32() -> nn.Module:
    """Casts that float64 makes needless are not followed."""

    class Cast(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.float().to(x.dtype)

    return Net(*blocks(), tail=Cast())


def two_outputs() -> nn.Module:
    class Twice(nn.Module):
        def forward(self, x: Tensor) -> dict[str, Tensor]:
            return {"a": x, "b": x}

    return Net(*blocks(), tail=Twice())


def _ends(function: Callable[[Tensor], object]) -> nn.Module:
    class End(nn.Module):
        def forward(self, x: Tensor) -> object:
            return function(x)

    return Net(*blocks(), tail=End())


def says() -> nn.Module:
    return _ends(str)


def leaves_torch() -> nn.Module:
    return _ends(lambda x: torch.from_numpy(x.numpy() * 2))


nothing = None


def only_small() -> nn.Module:
    """It refuses other sizes than 32x32."""

    class Square(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            if x.shape[2] * x.shape[3] != 16 * 16:
                raise ValueError("only 32x32")
            return x

    return Net(*blocks(), pool=nn.Sequential(nn.MaxPool2d(3, 2, 1), Square()))


def number() -> int:
    return 3


def leaves() -> nn.Module:
    raise SystemExit(0)


def never_runs() -> nn.Module:
    return Net(*blocks(), pool=nn.Conv2d(7, 7, 1))
