"""Identifiers of the emitted source: which names a module may give its attributes, and how classes are called."""

import keyword
import re
from collections.abc import Container
from textwrap import wrap

from archc.backend import BackendError

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")

# Public attributes of nn.Module: a child of that name would hide a method, or be refused. A test compares with torch.
MODULE_ATTRIBUTES = frozenset(
    """T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval
    extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules mtia
    named_buffers named_children named_modules named_parameters parameters register_backward_hook register_buffer
    register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
    register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory
    state_dict to to_empty train training type xpu zero_grad""".split()
)
CONTAINER_ATTRIBUTES = frozenset("append clear extend insert items keys pop popitem setdefault update values".split())
"""Further attributes of nn.Sequential, nn.ModuleList and nn.ModuleDict."""

SOURCE_NAMES = frozenset(
    """F OrderedDict annotations bool dict enumerate float int isinstance list map nn object print range self str super torch
    tuple type zip""".split()
)
"""Names the emitted source uses itself."""

_KNOWN = {
    "resnet": "ResNet", "resnext": "ResNeXt", "resnest": "ResNeSt", "preact": "PreAct", "seresnet": "SEResNet",
    "seresnext": "SEResNeXt", "senet": "SENet", "vgg": "VGG", "regnet": "RegNet", "regnetx": "RegNetX", "regnety": "RegNetY",
    "resnetv2": "ResNetV2", "nf": "NF", "eca": "ECA", "cifar": "CIFAR", "wrn": "WRN", "ecaresnet": "ECAResNet",
    "bn": "BN", "gn": "GN",
}  # fmt: skip
_TRAILING = re.compile(r"([a-z]+)(.*)", re.DOTALL)


def is_word(name: str) -> bool:
    """Whether a name may stand in Python source."""
    return IDENTIFIER.fullmatch(name) is not None and not keyword.iskeyword(name) and not keyword.issoftkeyword(name)


def check_attribute(name: str, node: str, *, inside: str = "") -> None:
    """Raises BackendError (E0503) where a module cannot have the attribute. `inside`: the container it would be a key of."""
    if inside and _KEY.fullmatch(name) is None:
        raise BackendError("E0503", f"`{node}` cannot be called {name!a}: letters, digits, `_` and `-`, at most 63")
    if name in MODULE_ATTRIBUTES or (inside and name in CONTAINER_ATTRIBUTES):
        owner = f"nn.{inside}" if inside else "nn.Module"
        raise BackendError("E0503", f"`{node}` cannot be called `{name}`: that is an attribute of every {owner}")
    if not inside and not is_word(name):
        what = "a Python keyword" if IDENTIFIER.fullmatch(name) else "not a Python identifier"
        raise BackendError("E0503", f"`{node}` cannot be called `{name}`: it is {what}")


def unused(name: str, taken: Container[str], longest: int = 50) -> str:
    """The name, made a Python identifier that is not taken."""
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name).lstrip("_0123456789")[:longest] or "value"
    if not is_word(plain) or plain in SOURCE_NAMES:
        plain += "_"
    found, count = plain, 1
    while found in taken:
        count += 1
        found = f"{plain}{count}"
    return found


def class_name(words: str) -> str:
    """`squeeze_excite` as `SqueezeExcite`, `resnet152` as `ResNet152`."""
    found = []
    for word in re.sub(r"[^A-Za-z0-9]", "_", words).split("_"):
        match = _TRAILING.fullmatch(word)
        first, rest = (match[1], match[2]) if match else (word, "")
        found.append(_KNOWN.get(first, first[:1].upper() + first[1:]) + rest)
    return "".join(found).lstrip("0123456789") or "Network"


def network_class(name: str, title: str) -> str:
    """The title where it is the name in other letters (`ResNet-152`), else the name as a class name."""
    plain = "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", title))
    if plain.lower() == name.replace("_", "").lower() and plain != name and IDENTIFIER.fullmatch(plain):
        return plain
    found = class_name(name)
    return found if found != name else found + "Network"


def plain(text: str) -> str:
    """Free text as it may stand in a docstring, between double quotes or in a comment: one line of printable ASCII, of at most
    200 characters; whatever else it holds is escaped, and Python reads it as it was.
    """
    kept = re.sub(r"\s+", " ", text).strip()[:200]
    return kept.encode("unicode_escape").decode("ascii").replace('"', '\\"')


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """Lines of free text; a long word is left whole, as it may hold escapes."""
    return wrap(text, width, subsequent_indent=indent, break_long_words=False)
