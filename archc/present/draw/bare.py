"""A definition is drawn in a small network around it; what it leaves open has a plain value, which the figure names."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeAlias, assert_never

from archc.arguments import StrPath
from archc.arguments import path as path_text
from archc.compile.pipeline import Compiled, compile_spec
from archc.diagnostics import SpecError
from archc.language.document.nodes import Map, Node, Scalar
from archc.language.document.nodes import Sequence as Items
from archc.language.library import Document, Library
from archc.language.shipped import Kind, is_file, shipped_file, shipped_name, shipped_names
from archc.limits import Limits
from archc.present.draw.errors import FigureError
from archc.record import Record
from archc.suggest import nearest

Drawable: TypeAlias = Literal["block", "module", "shortcut"]
KINDS: tuple[Drawable, ...] = ("block", "module", "shortcut")

SIZES = ("", ", fixed: true", ", multiple: 2", ", multiple: 4", ", multiple: 8")
"""The sizes that a network may have to state (E0352, E0353), tried in this order."""
JOINED = 3
"""A module in place of an addition reads so many values: the shortcut, the branch and what both read."""
NUMBERS = {"stride": 1, "dilation": 1, "groups": 1, "kernel": 3}
"""The values of whole numbers by the names of parameters; others are 2."""


class Bare(Record):
    """The network around a definition."""

    compiled: Compiled
    name: str
    title: str
    place: str
    """The file of the definition."""
    shown: tuple[tuple[str, str], ...]
    """The scopes to draw, each with a caption."""
    chosen: str
    """The values that had to be chosen, in words."""


class _Plan(Record):
    """A plan for the network around a definition."""

    lines: list[str]
    """The lines of its spec."""
    shown: tuple[tuple[str, str], ...]
    """The scopes to draw, each with a caption."""
    place: str
    """The path at which the definition's parameters stand."""
    named: tuple[str, ...] = ()
    """The paths of other values that the figure names."""


def around(definition: StrPath, overrides: Sequence[str], limits: Limits) -> Bare:
    """Make a network for a definition, a shipped one or a file; `overrides` change it. Raises FigureError, SpecError."""
    target = path_text("definition", definition)
    path, name = _located(target)
    document = Library(limits).read(path, name)
    if document.problems:
        raise SpecError(document.problems)
    given = dict(_missing(document.root))
    plan = _plan(document, f"./{path.name}", given, target)
    compiled = _compiled(path, name, plan.lines, overrides, limits)
    name_words = document.name.replace("_", " ")
    title = f"shortcut {name_words}" if document.kind == "shortcut" else f"{name_words} {document.kind}"
    chosen = _told(compiled.spec.root, [*plan.named, *(f"{plan.place}.{parameter}" for parameter in given)])
    return Bare(compiled, document.name, title, name, plan.shown, f"drawn with {chosen}" if chosen else "")


def _plan(document: Document, reference: str, given: dict[str, object], target: str) -> _Plan:
    """Plan a network with the definition in the file of `reference`, its parameters as `given`."""
    root = document.root
    match document.kind:
        case "block":
            stride = {} if "stride_at" in root else {"stride_at": _strided(root)}
            block = {"kind": reference, "order": "post", "shortcut": "B", **stride, **given}
            named = ("block.order", "block.shortcut", "block.stride_at")
            return _Plan(_stages(block, 1), (("layer1.0", ""),), "block", named)
        case "shortcut":
            block = {"kind": "basic", "order": "post", "shortcut": {"kind": reference, **given}}
            shown = (("layer1.0", "same shape"), ("layer2.0", "shape changes"))
            return _Plan(_stages(block, 2), shown, "block.shortcut", ("block.kind", "block.order"))
        case "module":
            return _module(document, reference, given)
        case "network":
            hint = f"say which: --block {target}:layer1.0; `archc ir {target}` prints the paths"
        case "layout":
            hint = "a block, a module or a shortcut policy can be drawn"
        case _:
            assert_never(document.kind)
    raise FigureError(f"`{target}` is a {document.kind}, not a block", hint)


def _module(document: Document, reference: str, given: dict[str, object]) -> _Plan:
    """Plan a network around a module: one that reads three values joins a shortcut, a branch and their input."""
    reads = len(_names(document.root))
    if reads == JOINED:
        change = {"module": "projection", "out": "out", "stride": "stride"}
        policy = {"same": "identity", "change": change, "join": {"module": reference, **given}}
        lines = _stages({"kind": "basic", "order": "post", "shortcut": policy}, 1)
        return _Plan(lines, (("layer1.0", ""),), "block.shortcut.join", ("block.kind", "block.order"))
    use = {"module": reference, "of": ["x"] * reads, **given}
    lines = _stages({"kind": "conv", "order": "post", "shortcut": "none"}, 1)
    lines = [*lines[:-1], "head:", f"  {document.name}: {json.dumps(use)}"]
    return _Plan(lines, ((f"head.{document.name}", ""),), f"head.{document.name}")


def _located(target: str) -> tuple[Path, str]:
    """Return the file of a definition, and the name to print."""
    if "/" in target or "\\" in target or "." in target or is_file(Path(target)):
        return Path(target), target
    kinds: tuple[Kind, ...] = (*KINDS, "network")
    for kind in kinds:
        path = shipped_file(target, kind)
        if path is not None:
            return path, shipped_name(path)
    known = [name for kind in KINDS for name in shipped_names(kind)]
    guess = nearest(target, known)
    hint = f"did you mean `{guess}`?" if guess else "a file is named with its suffix; of a network: --block resnet50:layer2.0"
    raise FigureError(f"there is no file and no shipped block, module or shortcut policy `{target}`", hint)


def _compiled(path: Path, name: str, lines: Sequence[str], overrides: Sequence[str], limits: Limits) -> Compiled:
    """Compile the network as if its file stood beside the definition; it states sizes only where it has to."""
    first: SpecError | None = None
    for sizes in SIZES:
        library = Library(limits)
        beside = path.parent / f".around-{path.name}"
        text = ["archc: 1", "name: around", f"input: {{channels: 256, height: 56, width: 56{sizes}}}", *lines, ""]
        library.hold(beside, f"the network around {name}", "\n".join(text).encode())
        try:
            return compile_spec(str(beside), overrides=overrides, limits=limits, library=library)
        except SpecError as error:
            first = first or error
            if {diagnostic.code for diagnostic in error.diagnostics} - {"E0352", "E0353"} or sizes == SIZES[-1]:
                raise first from None
    raise AssertionError(SIZES)


def _stages(block: dict[str, object], count: int) -> list[str]:
    stages = ["layer1: {out: 256, repeat: 1}", "layer2: {out: 512, repeat: 1, stride: 2}"][:count]
    return ["stem: {}", f"block: {json.dumps(block)}", "stages:", *[f"  {stage}" for stage in stages], "head: {}"]


def _names(root: Map) -> list[str]:
    """Return the names of what a module reads."""
    inputs = root.get("inputs")
    return [str(item.value) for item in inputs.items if isinstance(item, Scalar)] if isinstance(inputs, Items) else ["x"]


def _missing(root: Map) -> Iterator[tuple[str, object]]:
    """Yield a plain value for each parameter without a default."""
    parameters = root.get("parameters")
    for entry in parameters.entries if isinstance(parameters, Map) else ():
        if isinstance(entry.value, Map) and "default" not in entry.value:
            yield str(entry.key), _plain(str(entry.key), entry.value)


def _plain(name: str, parameter: Map) -> object:
    kind, words = parameter.get("type"), parameter.get("one_of")
    match kind.value if isinstance(kind, Scalar) else "":
        case "channels":
            return 256 if name == "out" else 64
        case "integer":
            return NUMBERS.get(name, 2)
        case "number":
            return 0.5
        case "boolean":
            return False
        case "act":
            return "relu"
        case "norm":
            return "batch"
        case _:
            first = words.items[0] if isinstance(words, Items) and words.items else None
            return first.value if isinstance(first, Scalar) else name


def _strided(root: Map) -> str:
    """Return the step that would stride: the first convolution with a kernel above 1, else the first one."""
    steps = root.get("steps")
    entries = steps.entries if isinstance(steps, Map) else ()
    convolutions = [entry for entry in entries if str(entry.key).startswith("conv")]
    wide = [entry for entry in convolutions if _text(entry.value, "kernel") not in ("1", "")]
    return next((str(entry.key) for entry in [*wide, *convolutions, *entries]), "conv1")


def _text(node: Node, key: str) -> str:
    value = node.get(key) if isinstance(node, Map) else None
    return value.text if isinstance(value, Scalar) else ""


def _told(root: Map, paths: Sequence[str]) -> str:
    """Write `order post, shortcut B, width 64`, with the values after all changes."""
    settings = []
    for path in paths:
        node: Node | None = root
        *around, name = path.split(".")
        for key in around:
            node = node.get(key) if isinstance(node, Map) else None
        text = _text(node, name) if isinstance(node, Map) else ""
        if text:
            settings.append(f"{'block' if name == 'kind' else name} {text}")
    return ", ".join(settings)
