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
    "make_divisible": '''\
def make_divisible(value: int, divisor: int, minimum: int | None = None) -> int:
    """The nearest multiple, half up; one more if that is below nine tenths."""
    nearest = (2 * value + divisor) // (2 * divisor) * divisor
    nearest = max(nearest, divisor if minimum is None else minimum)
    return nearest + divisor if 10 * nearest < 9 * value else nearest
''',
    "quick_gelu": '''\
def quick_gelu(x: torch.Tensor) -> torch.Tensor:
    """x * sigmoid(1.702 x) (arXiv:1606.08415, section 2)."""
    return x * torch.sigmoid(1.702 * x)
''',
    "hard_mish": '''\
def hard_mish(x: torch.Tensor) -> torch.Tensor:
    """x / 2 times x + 2 within 0 and 2: a piecewise Mish."""
    return 0.5 * x * torch.clamp(x + 2, 0, 2)
''',
    "mix_rows": '''\
def mix_rows(x: torch.Tensor, matrix: torch.Tensor) -> torch.Tensor:
    """Blocks of rows mixed by the matrix of each group of channels: (N, C, H, W)."""
    n, groups, size, _ = matrix.shape
    c = x.shape[1] // groups
    blocks = x.reshape(n, groups, c, size, -1).transpose(2, 3)
    mixed = torch.matmul(matrix, blocks.flatten(3))
    return mixed.view(n, groups, size, c, -1).transpose(2, 3).reshape(x.shape)
''',
    "mix_columns": '''\
def mix_columns(x: torch.Tensor, matrix: torch.Tensor) -> torch.Tensor:
    """Blocks of columns mixed by the matrix of each group of channels: (N, C, H, W)."""
    n, groups, size, _ = matrix.shape
    c, h, w = x.shape[1] // groups, x.shape[2], x.shape[3]
    blocks = x.reshape(n, groups, c, h, size, w // size).permute(0, 1, 4, 2, 3, 5)
    mixed = torch.matmul(matrix.transpose(2, 3), blocks.flatten(3))
    mixed = mixed.view(n, groups, size, c, h, w // size).permute(0, 1, 3, 4, 2, 5)
    return mixed.reshape(x.shape)
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
