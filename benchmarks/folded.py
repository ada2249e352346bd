"""The emitted ResNet-50 with folded norms against torch.fx's folding of torchvision's, with the same weights: time of inference.

Both models see the same batch in the same process, contiguous and channels_last, on one thread unless told otherwise. Each round
takes the time of both, in an order that alternates; the figure is the median over rounds of the peer's divided by archc's.
"""

import argparse
import time
import warnings
from statistics import median

import torch
import torchvision  # type: ignore[import-untyped]
from rows import head, row
from torch.fx.experimental.optimization import fuse

from archc.compile.pipeline import compile_spec
from archc_torch import TorchBackend

warnings.filterwarnings("ignore", category=UserWarning)


def emitted(weights: dict[str, torch.Tensor]) -> torch.nn.Module:
    """What `archc build resnet50 --fold-bn` writes, with the weights of the network that has its norms."""
    [file] = TorchBackend(fold_bn=True).emit(compile_spec("resnet50", layout="torchvision")).files
    known: dict[str, object] = {"__name__": "resnet50"}
    exec(compile(b"".join(file.chunks), file.name, "exec"), known)  # noqa: S102  our own output
    model = known["resnet50"]()  # type: ignore[operator]
    model.load_state_dict(known["fold"](weights))  # type: ignore[operator]
    return model.eval()


def peer() -> tuple[torch.nn.Module, torch.nn.Module]:
    """Make torchvision's ResNet-50 with statistics that are not at rest, and torch.fx's folding of it."""
    torch.manual_seed(0)
    model = torchvision.models.resnet50(weights=None).eval()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    return model, fuse(model)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    clock = time.process_time if arguments.threads == 1 else time.perf_counter
    kind = "CPU of one thread" if arguments.threads == 1 else f"elapsed time on {arguments.threads} threads"
    head(f"Least {kind} of {arguments.rounds} rounds, and the median of the ratios")
    away: dict[str, float] = {}
    plain, fused = peer()
    ours = emitted(plain.state_dict())
    images = torch.randn(arguments.batch, 3, 224, 224)
    with torch.no_grad():
        expected = plain(images)
        for name, model in (("archc", ours), ("torch.fx", fused)):
            away[name] = float((model(images) - expected).abs().max() / expected.std())
        said = "folded ResNet-50 against the network with norms, float32"
        row(said, f"differs by {away['archc']:.1e}", f"torch.fx: by {away['torch.fx']:.1e}")
        for form, layout in (("contiguous", torch.contiguous_format), ("channels_last", torch.channels_last)):
            pair = [model.to(memory_format=layout) for model in (ours, fused)]
            batch = images.to(memory_format=layout)
            ratios: list[float] = []
            least = [float("inf")] * 2
            for turn in range(-2, arguments.rounds):  # two to warm up
                taken = [0.0, 0.0]
                for which in (0, 1) if turn % 2 else (1, 0):
                    begin = clock()
                    pair[which](batch)
                    taken[which] = clock() - begin
                if turn >= 0:
                    ratios.append(taken[1] / taken[0])
                    least = [min(pair) for pair in zip(least, taken, strict=True)]
            what = f"folded ResNet-50, batch {arguments.batch} at 224, {form}"
            row(
                what,
                f"{least[0]:.3f} s",
                f"torch.fx's folding of torchvision's: {least[1]:.3f} s",
                f"{median(ratios):.3f}x the speed",
            )


if __name__ == "__main__":
    main()
