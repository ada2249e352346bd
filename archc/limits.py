"""How large a spec may be. Each limit has a name that `--limit NAME=N` raises and a message that prints it."""

from archc.arguments import positive
from archc.record import Record


class Limits(Record):
    """Bounds on one spec; all exact integers, checked before anything is built."""

    bytes: int = 1 << 20
    depth: int = 64
    nodes: int = 50_000
    expanded: int = 100_000
    aliases: int = 1_000
    scalar: int = 16_384
    key: int = 256
    digits: int = 40
    diagnostics: int = 100
    expression: int = 200
    turns: int = 64
    blocks: int = 10_000
    operations: int = 20_000
    channels: int = 65_536
    size: int = 65_536
    kernel: int = 255
    params: int = 100_000_000_000

    def __post_init__(self) -> None:
        for name in self.record_fields:
            positive(name, getattr(self, name))


DEFAULT_LIMITS = Limits()
