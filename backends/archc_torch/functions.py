"""The source of functions that torch does not have: each as it appears in an emitted file."""

FUNCTIONS: dict[str, str] = {
    "space_to_depth": '''\
def space_to_depth(x: torch.Tensor, block: int) -> torch.Tensor:
    """Squares of `block` pixels as channels: (N, C, H, W) to (N, CB^2, H/B, W/B)."""
    n, c, h, w = x.shape
    x = x.reshape(n, c, h // block, block, w // block, block)
    x = x.permute(0, 3, 5, 1, 2, 4)
    return x.reshape(n, c * block * block, h // block, w // block)
''',
    "shuffle": '''\
def shuffle(x: torch.Tensor, groups: int, parts: int) -> torch.Tensor:
    """Channels ordered (group, part, c) as (part, group, c): (N, C, H, W)."""
    return x.unflatten(1, [groups, parts, -1]).transpose(1, 2).flatten(1, 3)
''',
    "softmax_over_parts": '''\
def softmax_over_parts(x: torch.Tensor, parts: int) -> torch.Tensor:
    """Softmax over equal parts of the channels: (N, PC, ...)."""
    return x.unflatten(1, [parts, -1]).softmax(1).flatten(1, 2)
''',
    "softmax_over_space": '''\
def softmax_over_space(x: torch.Tensor) -> torch.Tensor:
    """Softmax over the positions of each channel: (N, C, H, W)."""
    return x.flatten(2).softmax(2).view_as(x)
''',
    "attention": '''\
def attention(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, heads: int
) -> torch.Tensor:
    """Scaled dot-product attention in `heads` heads: (N, T, C)."""
    q = query.unflatten(2, [heads, -1]).transpose(1, 2)
    k = key.unflatten(2, [heads, -1]).transpose(1, 2)
    v = value.unflatten(2, [heads, -1]).transpose(1, 2)
    x = F.scaled_dot_product_attention(q, k, v)
    return x.transpose(1, 2).flatten(2)
''',
}
