"""What fvcore, ptflops and thop count of a torch module, by the name of archc's convention."""

import logging
import warnings
from collections.abc import Iterable

import torch
from torch import nn


def counts(model: nn.Module, shape: tuple[int, int, int], conventions: Iterable[str]) -> dict[str, int]:
    """For one image, by convention; none of them looks at a value, and on one thread small images are ten times as fast."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        logging.disable()
        try:
            return {convention: _count(convention, model, shape) for convention in conventions}
        finally:
            logging.disable(logging.NOTSET)
            torch.set_num_threads(threads)


def _count(convention: str, model: nn.Module, shape: tuple[int, int, int]) -> int:
    match convention:
        case "fvcore" | "fvcore-train":
            from fvcore.nn import FlopCountAnalysis

            found = FlopCountAnalysis(model.train(convention == "fvcore-train"), torch.zeros(1, *shape)).total()
        case "ptflops" | "ptflops-aten":
            from ptflops import get_model_complexity_info

            backend = "aten" if convention == "ptflops-aten" else "pytorch"
            found, _ = get_model_complexity_info(model, shape, print_per_layer_stat=False, as_strings=False, backend=backend)
        case _:
            import thop

            found, _ = thop.profile(model, (torch.zeros(1, *shape),), verbose=False)
    return int(found)
