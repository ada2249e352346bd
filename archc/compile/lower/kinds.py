"""What `norm`, `act`, `conv` and `init` say, and the defaults that hold until something nearer restates them."""

from contextlib import suppress

from archc.compile.lower.context import Failed
from archc.compile.lower.faults import show
from archc.compile.lower.names import ActKind, Names, NoNorm, NormKind, NormModule, identifier
from archc.compile.lower.values import LARGEST_FLOAT, number, real, truth, whole, word
from archc.ir import norms
from archc.ir.convolutions import Weights
from archc.ir.norms import ACTIVATIONS, Act
from archc.ir.op import Init
from archc.language.document.nodes import Map, Node, Scalar
from archc.language.spec.defaults import WORDS
from archc.record import Record, replace
from archc.suggest import advice

KINDS_OF_NORM = {
    "batch": NormKind("batch"),
    "group": NormKind("group"),
    "layer": NormKind("layer", eps=1e-6),  # timm's default; torch's own is 1e-5
    "instance": NormKind("instance"),
    "evonorm_s0": NormKind("evonorm_s0"),
    "filter_response": NormKind("filter_response"),
}
NORMS = (*KINDS_OF_NORM, "none")
GROUPED = ("group", "evonorm_s0")
OWN_KEYS = {
    "batch": ("momentum",),
    "group": ("groups", "group_size"),
    "evonorm_s0": ("groups", "group_size", "linear"),
    "filter_response": ("linear",),
}
"""What a norm may say besides `kind`, `eps` and `frozen`."""
NEEDED = ("groups", "group_size")
"""What has no default."""
KINDS_OF_WEIGHTS: dict[str, Weights] = {"plain": "plain", "standardized": "standardized", "scaled": "scaled"}
_OF_KINDS = {
    "groups": "it belongs to `{kind: group, groups: 32}` and to evonorm_s0",
    "group_size": "it belongs to `{kind: group, group_size: 16}` and to evonorm_s0",
    "momentum": "it belongs to `{kind: batch, momentum: 0.1}`",
    "linear": "it belongs to evonorm_s0 and filter_response",
    "slope": "it belongs to `{kind: leaky_relu, slope: 0.1}`, elu and celu",
}
"""Whose keys these are, for those who write them beside another kind."""
INITS = ("torch", "kaiming_normal_fan_out", "kaiming_normal_fan_in", "xavier_uniform", "normal", "zeros", "ones")


def said_of_norm(kind: str) -> tuple[str, ...]:
    """The keys beside `kind`."""
    return ("eps", *OWN_KEYS.get(kind, ()), "frozen")


class ConvKind(Record):
    """What `conv:` says: how weights are treated, and whether a convolution has a bias unless it says."""

    weights: Weights = "plain"
    bias: bool = False
    eps: float = 1e-6
    gamma: float = 1.0


class Defaults(Record):
    """The nearest `norm`, `act` and `conv`; values are evaluated where they stand."""

    norm: NormKind | NormModule | NoNorm
    act: ActKind
    conv: ConvKind

    def restated(self, root: Map, names: Names) -> "Defaults":
        """With what a network, block, module use or unit says of them."""
        norm, act, conv = root.get("norm"), root.get("act"), root.get("conv")
        if norm is None and act is None and conv is None:
            return self
        held_norm, held_act, held_conv = self.norm, self.act, self.conv
        if norm is not None:
            with suppress(Failed):  # what was told of is left as it is, so that the rest is read too
                held_norm = norm_kind(norm, names, before=self.norm)
        if act is not None:
            with suppress(Failed):
                held_act = act_kind(act, names, before=self.act)
        if conv is not None:
            with suppress(Failed):
                held_conv = conv_kind(conv, names, self.conv)
        return Defaults(held_norm, held_act, held_conv)


DEFAULTS = Defaults(KINDS_OF_NORM[WORDS["norm"]], ActKind(Act(WORDS["act"])), ConvKind(KINDS_OF_WEIGHTS[WORDS["conv"]]))
"""What holds in a network that says nothing."""


def _kind_word(node: Node, names: Names, what: str, allowed: tuple[str, ...]) -> str:
    if isinstance(node, Map):
        inner = node.get("kind")
        if inner is None:
            raise names.context.fail("E0202", f"`{what}` does not say its `kind`", node.span, "one of " + ", ".join(allowed))
        return word(inner, names, f"`{what}.kind`", allowed, what)
    return word(node, names, f"`{what}`", allowed, what)


def _unknown_keys(node: Map, names: Names, what: str, known: tuple[str, ...]) -> None:
    for entry in node:
        if entry.key not in known:
            listed = "" if len(known) < 2 else "its keys: " + ", ".join(known)
            helped = advice(str(entry.key), known, f"keys {what}", _OF_KINDS.get(str(entry.key), listed))
            names.context.report("E0201", f"unknown key `{entry.key}` in `{what}`", entry.span, help=helped)


def norm_kind(
    node: Node,
    names: Names,
    defaults: dict[str, object] | None = None,
    before: NormKind | NormModule | NoNorm | None = None,
) -> NormKind | NormModule | NoNorm:
    """`batch`, `{kind: group, groups: 32}`, `{module: …}`, `none`, or a parameter of type norm; what it leaves out goes to
    `defaults`, or is kept for the value itself. A map without kind changes only what it names of the one `before`.
    """
    name = identifier(node)
    if name is not None and name not in NORMS and names.has(name, node.span.source):
        value = names.get(name, node.span)
        if isinstance(value, NormKind | NormModule | NoNorm):
            return value
    if isinstance(node, Map) and "module" in node:
        return NormModule(node)
    changes = isinstance(node, Map) and "kind" not in node and isinstance(before, NormKind)
    kind = before.norm if changes and isinstance(before, NormKind) else _kind_word(node, names, "norm", NORMS)
    if kind == "none":
        return NoNorm()
    found = before if changes and isinstance(before, NormKind) else KINDS_OF_NORM[kind]
    _take(node, names, defaults, {key: getattr(found, key) for key in said_of_norm(kind)})
    if not isinstance(node, Map):
        if kind in GROUPED:
            label = f"{{kind: {kind}, groups: 32}}"
            raise names.context.fail("E0202", f"a norm `{kind}` does not say its `groups`", node.span, label)
        return found
    _unknown_keys(node, names, "norm", ("kind", *said_of_norm(kind)))
    if (eps := node.get("eps")) is not None:
        with suppress(Failed):
            found = replace(found, eps=_positive(eps, names, "eps"))
    if (momentum := node.get("momentum")) is not None:
        with suppress(Failed):
            found = replace(found, momentum=_positive(momentum, names, "momentum"))
    if kind in GROUPED and not (changes and "groups" not in node and "group_size" not in node):
        found = _grouped(replace(found, groups=1, group_size=0), node, names)
    if (linear := node.get("linear")) is not None and norms.NORMS[found.norm].gate:
        found = replace(found, linear=truth(linear, names, "`linear`"))
    frozen = node.get("frozen")
    return found if frozen is None else replace(found, frozen=truth(frozen, names, "`frozen`"))


def _grouped(found: NormKind, node: Map, names: Names) -> NormKind:
    """With its number of groups, or how many channels each has."""
    groups, size = node.get("groups"), node.get("group_size")
    if groups is None and size is None:
        message = f"a norm `{found.norm}` does not say its `groups`"
        raise names.context.fail("E0202", message, node.span, "groups: 32, say, or group_size: 16")
    if groups is not None and size is not None:
        raise names.context.fail("E0201", "`group_size` beside `groups`", size.span, "the two say one thing")
    if groups is not None:
        return replace(found, groups=whole(groups, names, "`groups`"), origin=groups.span)
    assert size is not None  # noqa: S101  one of the two is there
    return replace(found, group_size=whole(size, names, "`group_size`"), origin=size.span)


def _positive(node: Node, names: Names, what: str) -> float:
    value = float(number(node, names, f"`{what}`"))
    if not 0 <= value < float("inf"):
        raise names.context.fail("E0375", f"`{what}` must be at least 0, not {show(value)}", node.span)
    return value


def _take(node: Node, names: Names, defaults: dict[str, object] | None, values: dict[str, object]) -> None:
    """Keep what a norm, activation or `conv` does not say; that of which there is no default is left out."""
    left = {key: value for key, value in values.items() if key not in NEEDED and not (isinstance(node, Map) and key in node)}
    if defaults is None:
        names.context.take(node, left)
    else:
        defaults.update(left)


def act_kind(node: Node, names: Names, defaults: dict[str, object] | None = None, before: ActKind | None = None) -> ActKind:
    """`relu`, `{kind: leaky_relu, slope: 0.1}`, `none`, or a parameter of type act; the rest as in `norm_kind`."""
    name = identifier(node)
    if name is not None and names.passes(name) and names.has(name, node.span.source):
        value = names.get(name, node.span)
        if isinstance(value, ActKind):
            return value
    changed = before.op if before is not None and isinstance(node, Map) and "kind" not in node else None
    kind = changed.act if changed is not None else _kind_word(node, names, "act", (*ACTIVATIONS, "none"))
    if kind == "none":
        return ActKind(None)
    own = ACTIVATIONS[kind].slope
    slope = changed.slope if changed is not None else own or 0.0
    _take(node, names, defaults, {} if own is None else {"slope": slope})
    if isinstance(node, Map):
        _unknown_keys(node, names, "act", ("kind",) if own is None else ("kind", "slope"))
        if (given := node.get("slope")) is not None:
            slope = real(given, names, "slope")
            if kind == "celu" and abs(slope) * LARGEST_FLOAT < 1:
                raise names.context.fail("E0309", f"a slope of {slope:g}: celu divides by its slope", given.span)
    return ActKind(Act(kind, slope))


def conv_kind(node: Node, names: Names, before: ConvKind) -> ConvKind:
    """`plain`, `standardized`, `scaled`, or `{kind, bias, eps, gamma}`; a map without kind changes only what it names."""
    kinds = tuple(KINDS_OF_WEIGHTS)
    if not isinstance(node, Map):
        found = ConvKind(KINDS_OF_WEIGHTS[word(node, names, "`conv`", kinds, "conv")], before.bias)
        _take(node, names, None, _of_weights(found))
        return found
    _unknown_keys(node, names, "conv", ("kind", "bias", "eps", "gamma"))
    kind, bias, eps, gamma = (node.get(key) for key in ("kind", "bias", "eps", "gamma"))
    found = before if kind is None else ConvKind(KINDS_OF_WEIGHTS[word(kind, names, "`conv.kind`", kinds, "conv")], before.bias)
    _take(node, names, None, _of_weights(found) if kind is not None else {})
    return ConvKind(
        found.weights,
        found.bias if bias is None else truth(bias, names, "`conv.bias`"),
        found.eps if eps is None else _positive(eps, names, "conv.eps"),
        found.gamma if gamma is None else real(gamma, names, "gamma"),
    )


def _of_weights(found: ConvKind) -> dict[str, object]:
    """What a `conv` of this kind says beside it, where it has an effect."""
    constants = {"plain": (), "standardized": ("eps",), "scaled": ("eps", "gamma")}[found.weights]
    return {key: getattr(found, key) for key in ("bias", *constants)}


def init_kind(node: Node, names: Names) -> Init:
    """A number, a word, or `{kind: normal, std: 0.01}`."""
    if isinstance(node, Map):
        _unknown_keys(node, names, "init", ("kind", "std"))
        kind = _kind_word(node, names, "init", INITS)
        std = node.get("std")
        if kind == "normal" and std is None:
            raise names.context.fail("E0202", "a normal init does not say its `std`", node.span, "{kind: normal, std: 0.01}")
        return Init("normal", _positive(std, names, "std")) if std is not None else _init_word(kind)
    if isinstance(node, Scalar) and isinstance(node.value, str):
        name = identifier(node)
        if name in INITS and name != "normal":
            return _init_word(name)
        if name is not None and not names.has(name, node.span.source):
            return _init_word(word(node, names, "`init`", INITS, "init"))
    return Init("constant", real(node, names, "constant"))


def _init_word(kind: str) -> Init:
    return {"zeros": Init("constant", 0.0), "ones": Init("constant", 1.0)}.get(kind, Init(kind))
