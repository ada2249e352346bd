"""Values as a document would write them."""

from fractions import Fraction

from archc.compile.lower.kinds import said_of_norm
from archc.compile.lower.names import ActKind, NoNorm, NormKind
from archc.diagnostics import Span
from archc.ir.norms import ACTIVATIONS, Act
from archc.language.document.nodes import Entry, Map, Node, Scalar, Sequence


def written(value: object, place: Span) -> Node | None:
    """A number, truth, word, list of them, norm or activation, all said to come from `place`; None for anything else."""
    match value:
        case bool():
            return Scalar(value, str(value).lower(), place)
        case int() | str():
            return Scalar(value, str(value), place)
        case float():
            return Scalar(value, repr(value).replace("e-0", "e-"), place)
        case Fraction():
            return _fraction(value, place)
        case tuple():
            items = [written(item, place) for item in value]
            return Sequence(tuple(item for item in items if item is not None), place)
        case NoNorm() | ActKind(None):
            return Scalar("none", "none", place)
        case ActKind(Act() as op):
            return _kind(op.act, {} if ACTIVATIONS[op.act].slope is None else {"slope": op.slope}, place)
        case NormKind():
            other = "groups" if value.group_size else "group_size"
            said = {key: getattr(value, key) for key in said_of_norm(value.norm) if key != other}
            return _kind(value.norm, said, place)
        case _:
            return None


def _fraction(value: Fraction, place: Span) -> Scalar:
    """A decimal where there is one: `1 / 3` is none."""
    text = repr(float(value))
    if Fraction(text) == value:
        return Scalar(float(value), text, place)
    text = f"{value.numerator} / {value.denominator}"
    return Scalar(text, text, place)


def _kind(kind: str, more: dict[str, object], place: Span) -> Node:
    word = Scalar(kind, kind, place)
    entries = [Entry(key, place, node) for key, value in more.items() if (node := written(value, place)) is not None]
    return Map((Entry("kind", place, word), *entries), place) if entries else word


def usual_padding(step: Map, place: Span) -> Node:
    """The padding that keeps the size at stride 1, as an expression over a kernel and a dilation that are expressions."""
    sides = [_sides(step.get(key)) for key in ("kernel", "dilation")]
    texts = dict.fromkeys(_half(kernel, dilation) for kernel, dilation in zip(*sides, strict=True))
    items = tuple(Scalar(text, text, place) for text in texts)
    return items[0] if len(items) == 1 else Sequence(items, place)


def _sides(node: Node | None) -> tuple[str, str]:
    """A `kernel` or `dilation` down and across, as texts."""
    items = node.items if isinstance(node, Sequence) else (node, node)
    down, across = (str(item.value) if isinstance(item, Scalar) else "1" for item in items)
    return down, across


def _half(kernel: str, dilation: str) -> str:
    kernel = kernel if kernel.isidentifier() or kernel.isdigit() else f"({kernel})"
    times = "" if dilation == "1" else f"({dilation}) * "
    return f"{times}({kernel} - 1) / 2"
