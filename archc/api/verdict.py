"""Whether a network and another program are one function."""

import copy
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from archc.api.network import Network
from archc.api.values import Shown
from archc.arguments import instance
from archc.exceptions import WrongValue
from archc.record import Record

if TYPE_CHECKING:
    from torch import nn

    from archc.analyse.verify.outcome import Run
    from archc.analyse.verify.outcome import Verdict as Found
    from archc.analyse.verify.program import Program


class Verdict(Shown, Record):
    """What a comparison of two programs on the same weights and images came to."""

    found: "Found"
    formats: ClassVar[Mapping[str, str]] = {".txt": "to_text", ".json": "to_json"}

    def __repr__(self) -> str:
        return f"<Verdict {self.found.name} against {self.found.against}: {'equal' if self.equal else 'different'}>"

    @property
    def equal(self) -> bool:
        return self.found.equal

    @property
    def runs(self) -> "tuple[Run, ...]":
        """Each comparison, evaluated or trained: its input, and the largest difference as a part of the largest value."""
        return self.found.runs

    @property
    def pairs(self) -> Mapping[str, str]:
        """Which tensor of the network is which of the program."""
        return dict(self.found.pairs)

    def to_text(self, *, pairs: bool = False) -> str:
        """As `archc verify` prints it; `pairs` lists which tensor is which."""
        from archc.analyse.verify.report import lines
        from archc.rendering.visible import visible

        return "".join(f"{visible(line)}\n" for line in lines(self.found, pairs=pairs))

    def to_dict(self) -> dict[str, object]:
        """What `to_json` writes, as data."""
        from archc.analyse.verify.report import tree

        return tree(self.found)

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), indent=2) + "\n"


def verify(
    network: Network,
    program: "str | nn.Module | None" = None,
    *,
    sizes: Sequence[tuple[int, int]] = (),
    tolerance: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Whether a network and a program are one function, evaluated and trained, on random weights and images, in float64.

    `program` is a `torch.nn.Module` (a copy of it is run), `torchvision:NAME`, `timm:NAME`, `FILE.onnx`, or `FILE.py:FACTORY`,
    which is imported and run; None holds the network's own programs against one another: interpreter, torch module, ONNX model.
    `sizes` are (height, width) of the images in pixels, by default the declared and another; `tolerance` is the largest
    difference, as a part of the largest value (1e-9, for files of float32 1e-6). Raises SpecError where it cannot be told.
    """
    from archc.analyse.verify.load import load, need

    instance("network", network, Network, "what `archc.load` makes")
    if tolerance is not None and not 0 <= instance("tolerance", tolerance, float, "a number from 0 up to 1") < 1:
        raise WrongValue(f"`tolerance` is a number from 0 up to 1, not {tolerance}")
    wanted = [_size(size) for size in sizes]
    need("torch")
    from archc.analyse.verify.cases import cases
    from archc.analyse.verify.compare import Settings, against
    from archc.analyse.verify.own import agree

    settings = Settings(tolerance, instance("seed", seed, int, "a whole number"))
    if program is None:
        return Verdict(agree(network, cases(network.graph, wanted, (), trains=True), settings))
    theirs = load(program, network.graph) if isinstance(program, str) else _module(program)
    return Verdict(against(network.graph, theirs, cases(network.graph, wanted, theirs.size, trains=theirs.trains), settings))


def _size(size: object) -> tuple[int, int]:
    from archc.arguments import positive, wrong

    if not isinstance(size, tuple | list) or len(size) != 2:
        raise wrong("sizes", size, "a list of (height, width)")
    return positive("sizes", size[0]), positive("sizes", size[1])


def _module(program: object) -> "Program":
    from torch import nn

    from archc.analyse.verify.program import TorchProgram

    module = instance("program", program, nn.Module, "a torch.nn.Module, or a text like `timm:NAME`")
    return TorchProgram(type(module).__name__, copy.deepcopy(module))
