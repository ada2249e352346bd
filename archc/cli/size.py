"""`--size HxW` asks for the graph of a network at another size of image."""

from archc.cli.parsing import UsageError
from archc.compile.pipeline import Compiled
from archc.ir.graph import Graph

LARGEST = 10**6


def sized(compiled: Compiled, text: str | None) -> Graph:
    """Return the graph at a size such as `224` or `320x480`, or as declared.

    Raises UsageError, also where it does not work there.
    """
    if text is None:
        return compiled.graph
    from archc.cost.resize import SizeError, at_size

    words = text.lower().split("x")
    if len(words) > 2 or not all(
        word.isascii() and word.isdigit() and len(word) < 8 and 0 < int(word) <= LARGEST for word in words
    ):
        raise UsageError(f"--size is HxW in pixels, as in 224 or 320x480, not `{text}`")
    try:
        return at_size(compiled.graph, int(words[0]), int(words[-1]))
    except SizeError as error:
        raise UsageError(f"{compiled.spec.name}: {error}") from error
