"""Whole documents to begin with, proposed where there is nothing yet."""

from archc.language.editor.texts import snippet
from archc.language.schema.load import Schema

_NETWORK: Schema = {
    "archc": 1,
    "name": "${1:my_net}",
    "input": {"channels": 3, "height": "${2:32}", "width": "${2:32}"},
    "classes": "${3:10}",
    "stem": {"conv": {"kernel": 3, "out": "${4:16}"}},
    "block": {"kind": "${5:basic}", "order": "${6:post}", "shortcut": "${7:B}"},
    "stages": {
        "layer1": {"out": "${4:16}", "repeat": "${8:3}"},
        "layer2": {"out": "${9:32}", "repeat": "${8:3}", "stride": 2},
    },
    "head": {"pool": {"op": "global_pool"}, "flat": {"op": "flatten"}, "fc": {"op": "linear", "out": "classes"}},
}
_VARIANT: Schema = {
    "archc": 1,
    "name": "${1:my_net}",
    "extends": "${2:resnet50}",
    "set": {"${3:block.shortcut}": "${4:D}"},
}
_BLOCK: Schema = {
    "archc": 1,
    "block": "${1:my_block}",
    "stride_at": "conv1",
    "parameters": {"mid": {"type": "channels", "default": "out"}},
    "steps": {"conv1": {"kernel": 3, "out": "mid"}, "conv2": {"kernel": 3, "out": "out"}},
}
_MODULE: Schema = {
    "archc": 1,
    "module": "${1:my_module}",
    "parameters": {"width": {"type": "channels"}},
    "steps": {"conv": {"kernel": 1, "out": "width"}},
}
_SHORTCUT: Schema = {
    "archc": 1,
    "shortcut": "${1:my_shortcut}",
    "same": "identity",
    "change": {"module": "projection", "out": "out", "stride": "stride"},
}
_LAYOUT: Schema = {
    "archc": 1,
    "layout": "${1:my_zoo/resnet}",
    "stages": "layer{n}",
    "blocks": '^"{i}"',
    "stem": {"conv": "conv1", "norm": "bn1"},
}


def starters(*, definitions: bool) -> list[Schema]:
    """A network and a variant of one; and a definition of each kind."""
    networks = [
        snippet("a network", "a small residual network, whole", _NETWORK),
        snippet("a variant of a network", "another network's name, and the lines that differ", _VARIANT),
    ]
    others = [
        snippet("a block", "the residual branch of a block, as steps", _BLOCK),
        snippet("a module", "steps with named values", _MODULE),
        snippet("a shortcut", "what stands beside a block's branch", _SHORTCUT),
        snippet("a layout", "the parameter names of a zoo", _LAYOUT),
    ]
    return [*networks, *others] if definitions else networks
