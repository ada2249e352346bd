"""What autograd saves of a live network in training, in bytes: once for each storage, parameters and buffers left out."""

import torch
from torch import nn

from archc.cost.batched import Batched


def saved_bytes(model: nn.Module, shape: tuple[int, ...]) -> Batched:
    """From batches of two and of three images: what is there once, and for each. One thread, which is faster for small ones."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    two, three = (_saved(model.train(), torch.randn(images, *shape)) for images in (2, 3))
    torch.set_num_threads(threads)
    return Batched(3 * two - 2 * three, three - two)


def _saved(model: nn.Module, images: torch.Tensor) -> int:
    own = {tensor.untyped_storage().data_ptr() for tensor in (*model.parameters(), *model.buffers())}
    found: dict[int, int] = {}
    kept = []

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            found[storage.data_ptr()] = storage.nbytes()
            kept.append(tensor)  # or another tensor could take its place
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        model(images)
    return sum(found.values())
