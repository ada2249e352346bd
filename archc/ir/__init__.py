"""Operations and all that is known of each, the graph they stand in, its sizes, its text and its hash."""

__all__ = [
    "arrange",
    "behaviour",
    "convolutions",
    "ends",
    "extract",
    "fold",
    "freeze",
    "graph",
    "hash",
    "lengths",
    "norms",
    "op",
    "ops",
    "pools",
    "sizes",
    "text",
    "types",
    "verify",
]
