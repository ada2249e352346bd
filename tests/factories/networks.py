"""Small networks whose classes or input channels have an effect somewhere unusual: changes of the parts of `small_specs.spec`."""

HEAD = "pool: {op: global_pool}, flat: {op: flatten}"

DEFINITIONS = {
    "depthwise": """\
module: depthwise
steps:
  d: {op: conv, kernel: 3, out: in, groups: in}
  c: {op: conv, kernel: 1, out: in * 4}
  n: {op: norm}
  r: {op: act}
  e: {op: conv, kernel: 1, out: 16}
""",
    "mlp": """\
module: mlp
parameters: {width: {type: channels}, n: {type: integer}, more: {type: integer, default: n + 1}}
steps:
  a: {op: linear, out: width * 2}
  r: {op: act}
  b: {op: linear, out: more}
  c: {op: linear, out: n}
""",
    "pair": """\
module: pair
parameters: {out: {type: channels}}
steps:
  a: {op: linear, out: out}
  b: {op: linear, out: out, of: x}
  y: {op: add, of: [a, b]}
""",
}

CLASSES = {
    "twice": "{%s, fc: {op: linear, out: 2 * classes}}",
    "variable": "{%s, fc: {op: linear, out: n}}",
    "plus": "{%s, fc: {op: linear, out: classes + 1}}",
    "largest": '{%s, fc: {op: linear, out: "max(classes, 10)"}}',
    "least": '{%s, fc: {op: linear, out: "min(classes, 10) + classes // 3"}}',
    "divisible": '{%s, fc: {op: linear, out: "make_divisible(classes, 8)"}}',
    "divisible_from": '{%s, fc: {op: linear, out: "make_divisible(3 * classes, 8, 0)"}}',
    "conv": "{conv: {kernel: 1, out: classes}, %s}",
    "grouped": "{c: {op: conv, kernel: 1, out: 4 * classes}, d: {op: conv, kernel: 1, out: classes, groups: classes}, %s}",
    "two": "{%s, a: {op: linear, out: classes}, b: {op: linear, out: classes, of: flat}, y: {op: add, of: [a, b]}}",
    "after": "{%s, fc: {op: linear, out: classes}, n: {op: norm, kind: layer}, s: {op: scale}, fc2: {op: linear, out: 5}}",
    "parts": "{%s, fc: {op: linear, out: 2 * classes}, s: {op: split, parts: 2}, y: {op: add, of: [s.0, s.1]}}",
    "module": "{%s, m: {module: mlp, width: classes + 3, n: classes}}",
    "modules": "{%s, m: {module: mlp, width: 7, n: 9}, o: {module: mlp, width: classes, n: 2 * classes}}",
    "pair": "{%s, m: {module: pair, out: classes - 1 + 1}}",
}
"""Heads, around `pool` and `flat`."""

CHANNELS = {
    "depthwise": "{module: depthwise}",
    "depthwise_step": "{m: {module: depthwise}, conv: {kernel: 3, out: 16}}",
    "squares": "{s: {op: space_to_depth, block: 2}, n: {op: norm}, conv: {kernel: 3, out: 16}}",
    "parts": "{s: {op: split, parts: 3}, a: {op: conv, kernel: 1, out: 4, of: s.0}, b: {op: conv, kernel: 3, out: 4, of: s.2}, "
    "y: {op: concat, of: [a, s.1, b]}, conv: {kernel: 3, out: 16}}",
    "zeros": "{p: {op: pad_channels, out: 16, zeros: both}, n: {op: norm}}",
    "beside": "{c: {op: conv, kernel: 3, out: 13}, y: {op: concat, of: [x, c]}, conv: {kernel: 3, out: 16}}",
    "mask": "{m: {op: mean, over: channels}, y: {op: mul, of: [x, m]}, n: {op: norm}, conv: {kernel: 3, out: 16}}",
    "norms": "{n: {op: norm, kind: group, group_size: 1}, s: {op: scale}, b: {op: blur_pool}, conv: {kernel: 3, out: 16}}",
    "groups": "{conv1: {kernel: 3, out: 6, groups: 3}, conv: {kernel: 3, out: 16}}",
    "shuffled": "{s: {op: shuffle, groups: 3, parts: 1}, e: {module: squeeze_excite, width: 4}, conv: {kernel: 3, out: 16}}",
    "nothing": "{}",
}
"""Stems. With none the image goes into a plain block, whose width is a multiple of its channels."""


def parts_of(name: str) -> dict[str, str]:
    """What `small_specs.spec` is called with, for one of either table."""
    if name.startswith("in_"):
        stem = CHANNELS[name.removeprefix("in_")]
        stages = "{layer1: {out: 16, repeat: 1, stride: 2}, layer2: {out: 8, repeat: 1, stride: 2}}"
        if stem == "{}":
            stages = stages.replace("16, repeat: 1", "in * 4, repeat: 2, shortcut: none").replace("8,", "in * 2,")
        return {"stem": stem, "stages": stages}
    head = CLASSES[name] % HEAD
    return {"head": head, "more": "vars: {n: classes}" if "out: n}" in head else ""}


NAMES = [*CLASSES, *(f"in_{name}" for name in CHANNELS)]
