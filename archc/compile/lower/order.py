"""The order of convolution, norm and activation in a block (He et al. 2016, Fig. 4), and its words."""

from archc.compile.lower.atoms import PLAIN, Word
from archc.compile.lower.context import Context
from archc.language.document.nodes import Map, Node, Scalar, Sequence
from archc.record import Record
from archc.suggest import advice

Words = tuple[Word, ...]
WORDS: tuple[Word, ...] = ("conv", "norm", "act")


class Order(Record):
    """Where norm and activation stand: in each unit, in the first and last where they differ, and after the addition."""

    each: Words = PLAIN
    first: Words | None = None
    last: Words | None = None
    after_add: Words = ()

    def of(self, index: int, count: int) -> Words:
        """The words of unit `index` of `count`; a single unit is the first if that is set apart, else the last."""
        if index == 0 and self.first is not None:
            return self.first
        if index == count - 1 and self.last is not None:
            return self.last
        return self.each


ORDERS: dict[str, Order] = {
    "post": Order(("conv", "norm", "act"), None, ("conv", "norm"), ("act",)),
    "norm_after_add": Order(("conv", "norm", "act"), None, ("conv",), ("norm", "act")),
    "act_before_add": Order(("conv", "norm", "act"), None, ("conv", "norm", "act")),
    "act_only_pre": Order(("act", "conv", "norm")),
    "pre": Order(("norm", "act", "conv")),
    "linear_out": Order(("conv", "norm", "act"), None, ("conv", "norm")),
}


def explicit(node: Scalar, context: Context) -> Map:
    """The map a word is short for, so that a path can change a part of it."""
    from archc.language.document.nodes import Entry

    order = _word(node, context)
    parts = {"each": order.each, "last": order.last, "after_add": order.after_add}
    entries = []
    for key, words in parts.items():
        if words is not None:
            items = tuple(Scalar(word, word, node.span) for word in words)
            entries.append(Entry(key, node.span, Sequence(items, node.span)))
    return Map(tuple(entries), node.span)


def read_order(node: Node, context: Context) -> Order:
    """A word of the table, or `{each, first, last, after_add}`."""
    if isinstance(node, Scalar):
        return _word(node, context)
    if not isinstance(node, Map):
        raise context.fail("E0345", "an order is a word or a map", node.span, "one of " + ", ".join(ORDERS))
    parts: dict[str, Words] = {}
    for entry in node:
        if entry.key not in ("each", "first", "last", "after_add"):
            helped = advice(str(entry.key), ("each", "first", "last", "after_add"), "keys order")
            raise context.fail("E0201", f"unknown key `{entry.key}` in `order`", entry.span, help=helped)
        parts[str(entry.key)] = _words(entry.value, context, str(entry.key))
    if "each" not in parts:
        raise context.fail("E0202", "this order does not say `each`", node.span)
    first = {} if "last" in parts else {"first": parts["each"]}  # beside `last` it would be another order of a single unit
    context.take(node, {**first, "last": parts["each"], "after_add": ()})
    return Order(parts["each"], parts.get("first"), parts.get("last"), parts.get("after_add", ()))


def _word(node: Scalar, context: Context) -> Order:
    order = ORDERS.get(str(node.value))
    if order is None:
        helped = advice(str(node.value), ORDERS, "order")
        label = "one of " + ", ".join(ORDERS)
        raise context.fail("E0204", f"`order` cannot be `{node.value}`", node.span, label, help=helped)
    return order


def _words(node: Node, context: Context, key: str) -> Words:
    words: list[Word] = []
    for item in node.items if isinstance(node, Sequence) else ():
        for word in WORDS:
            if isinstance(item, Scalar) and item.value == word and word not in words:
                words.append(word)
                break
        else:
            label = "a second time" if isinstance(item, Scalar) and item.value in words else ""
            raise context.fail("E0345", f"`{key}` lists conv, norm and act, each once", item.span, label)
    if not isinstance(node, Sequence) or (key != "after_add" and "conv" not in words):
        raise context.fail("E0345", f"`{key}` is a list with conv in it", node.span, "where does the convolution stand?")
    if key == "after_add" and "conv" in words:
        raise context.fail("E0345", "there is no convolution after the addition", node.span)
    return tuple(words)
