"""Activations become ONNX nodes, by the operation that an opset has for them or by simpler ones."""

from archc.ir.ops import Act
from archc_onnx.emitter import Place


def activation(place: Place, op: Act) -> None:
    """Write an activation. In float64 no number is an attribute, since those are float32."""
    simple = {"relu": "Relu", "tanh": "Tanh", "sigmoid": "Sigmoid", "softplus": "Softplus"}.get(op.act)
    if simple is not None:
        place.give(simple, place.x)
    elif op.act in _FORMS:
        _FORMS[op.act](place, op)
    else:
        raise AssertionError(f"there is no activation `{op.act}`")


def _relu6(place: Place, _: Act) -> None:
    place.give("Clip", place.x, place.number(0.0), place.number(6.0))


def _leaky_relu(place: Place, op: Act) -> None:
    if place.emitter.double:
        place.give("PRelu", place.x, place.number(op.slope))
    else:
        place.give("LeakyRelu", place.x, alpha=op.slope)


def _elu(place: Place, op: Act) -> None:
    if place.emitter.double:
        place.give("PRelu", place.step("unscaled", "Elu", place.x, alpha=1.0), place.number(op.slope))
    else:
        place.give("Elu", place.x, alpha=op.slope)


def _celu(place: Place, op: Act) -> None:
    """Write `max(0, x) + min(0, alpha · (exp(x / alpha) - 1))` by Elu with alpha 1, since ONNX's own Celu is float32 alone."""
    above = place.step("above", "Relu", place.x)
    below = place.step("below", "Min", place.x, place.number(0.0))
    bent = place.step("bent", "Elu", place.step("narrowed", "Div", below, place.number(op.slope)), alpha=1.0)
    place.give("Add", above, place.step("widened", "Mul", bent, place.number(op.slope)))


def _selu(place: Place, _: Act) -> None:
    """Write Selu, with scale and alpha by Klambauer et al. 2017, eq. 14."""
    scale, alpha = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
    if place.emitter.double:
        bent = place.step("bent", "PRelu", place.step("unscaled", "Elu", place.x, alpha=1.0), place.number(alpha))
        place.give("Mul", bent, place.number(scale))
    else:
        place.give("Selu", place.x, alpha=alpha, gamma=scale)


def _quick_gelu(place: Place, _: Act) -> None:
    place.give("Mul", place.x, place.step("gate", "Sigmoid", place.step("scaled", "Mul", place.x, place.number(1.702))))


def _hard_mish(place: Place, _: Act) -> None:
    raised = place.step("raised", "Add", place.x, place.number(2.0))
    gate = place.step("gate", "Clip", raised, place.number(0.0), place.number(2.0))
    place.give("Mul", place.step("half", "Mul", place.x, place.number(0.5)), gate)


def _silu(place: Place, _: Act) -> None:
    place.give("Mul", place.x, place.step("sigmoid", "Sigmoid", place.x))


def _gelu(place: Place, _: Act) -> None:
    if place.emitter.opset >= 20:
        place.give("Gelu", place.x)
        return
    erf = place.step("erf", "Erf", place.step("narrowed", "Div", place.x, place.number(2**0.5)))
    _half(place, erf)


def _gelu_tanh(place: Place, _: Act) -> None:
    if place.emitter.opset >= 20 and not place.emitter.double:
        place.give("Gelu", place.x, approximate="tanh")
        return
    x = place.x
    cube = place.step("cube", "Mul", place.step("square", "Mul", x, x), x)
    bent = place.step("bent", "Add", x, place.step("bend", "Mul", cube, place.number(0.044715)))
    tanh = place.step("tanh", "Tanh", place.step("scaled", "Mul", bent, place.number(0.7978845608028654)))
    _half(place, tanh)


def _half(place: Place, gate: str) -> None:
    """Write `x · 0.5 · (1 + gate)`."""
    half = place.step("half", "Mul", place.x, place.number(0.5))
    place.give("Mul", half, place.step("raised", "Add", gate, place.number(1.0)))


def _mish(place: Place, _: Act) -> None:
    if place.emitter.opset >= 18 and not place.emitter.double:
        place.give("Mish", place.x)
        return
    place.give("Mul", place.x, place.step("tanh", "Tanh", place.step("softplus", "Softplus", place.x)))


def _softsign(place: Place, _: Act) -> None:
    if place.emitter.double:
        place.give("Div", place.x, place.step("above", "Add", place.step("size", "Abs", place.x), place.number(1.0)))
    else:
        place.give("Softsign", place.x)


def _hard_sigmoid(place: Place, _: Act) -> None:
    if place.emitter.double:
        place.give("Clip", _line(place), place.number(0.0), place.number(1.0))
    else:
        place.give("HardSigmoid", place.x, alpha=1 / 6, beta=0.5)


def _hard_swish(place: Place, _: Act) -> None:
    if place.emitter.opset >= 14 and not place.emitter.double:
        place.give("HardSwish", place.x)
        return
    if place.emitter.double:
        gate = place.step("gate", "Clip", _line(place), place.number(0.0), place.number(1.0))
    else:
        gate = place.step("gate", "HardSigmoid", place.x, alpha=1 / 6, beta=0.5)
    place.give("Mul", place.x, gate)


def _line(place: Place) -> str:
    """Write `x / 6 + 1/2`."""
    return place.step("line", "Add", place.step("sixth", "Div", place.x, place.number(6.0)), place.number(0.5))


_FORMS = {
    "relu6": _relu6,
    "leaky_relu": _leaky_relu,
    "elu": _elu,
    "celu": _celu,
    "selu": _selu,
    "silu": _silu,
    "quick_gelu": _quick_gelu,
    "hard_mish": _hard_mish,
    "gelu": _gelu,
    "gelu_tanh": _gelu_tanh,
    "mish": _mish,
    "hard_sigmoid": _hard_sigmoid,
    "hard_swish": _hard_swish,
    "softsign": _softsign,
}
