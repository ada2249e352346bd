"""Networks in Python: a spec compiled, with everything that can be read off it or made of it."""

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archc.arguments import StrPath, instance, keywords, text, texts
from archc.compile import pipeline
from archc.compile.pipeline import Changes, Compiled
from archc.exceptions import WrongValue
from archc.language.document.nodes import Map
from archc.language.library import Library
from archc.limits import DEFAULT_LIMITS, Limits
from archc.record import Record, replace

if TYPE_CHECKING:
    import torch

    from archc.api.cost import Cost
    from archc.api.figure import Figure
    from archc.api.table import Table
    from archc.backend import File

Value = str | int | float | bool | None | Sequence[object] | Mapping[str, object]
"""A value of a spec, as Python writes it."""

PATHS = "a map from paths of the spec to values, as {'block.shortcut': 'D', 'classes': 10}"


class Stage(Record):
    """A named stage: how many blocks it has and of which kind, and the shape of its output (C, H, W) for the declared image."""

    name: str
    blocks: int
    block: str
    shape: tuple[int, ...]


class Request(Record):
    """How a network was asked for, from which it can be compiled again."""

    path: Path
    """Absolute, as another process may stand in another folder."""
    shown: str
    """What messages call the file or text."""
    called: str
    """What it was asked for by: a name, a path, or what messages call a text."""
    overrides: tuple[str, ...] = ()
    """What `set` changed, as `path=value`."""
    layout: str | None = None
    """The layout that was asked for by name; None for the spec's first."""
    changes: Changes = pipeline.AS_IT_IS

    def __post_init__(self) -> None:
        self.record_set({"path": Path(os.path.abspath(self.path))})


class Network(Compiled, eq=False):
    """A checked network. Two are equal, and hash alike, where they compute the same function of the same weights.

    >>> import archc
    >>> net = archc.load("resnet50")
    >>> net.params, net.macs, net.depth
    (25557032, 4089184256, 50)
    >>> net.set({"block.shortcut": "D"}) == net
    False
    """

    request: Request

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Network) and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    def __repr__(self) -> str:
        return f"<Network {self.name}: {self.params:,} parameters, {self.macs:,} multiply-adds>"

    @property
    def name(self) -> str:
        return self.graph.name

    @cached_property
    def hash(self) -> str:
        """SHA-256 of what the network computes; names, and how the spec says it, do not change it."""
        from archc.ir.hash import graph_hash

        return graph_hash(self.graph)

    @cached_property
    def _totals(self) -> tuple[int, int]:
        from archc.cost.count import total

        costs = total(self.graph)
        return costs.parameters, costs.macs

    @property
    def params(self) -> int:
        """Learned parameters; running statistics are none."""
        return self._totals[0]

    @property
    def macs(self) -> int:
        """Multiply-adds of convolutions and linear layers for one image of the declared size."""
        return self._totals[1]

    @cached_property
    def depth(self) -> int:
        """Layers as papers count them: convolutions and linear layers on the main path."""
        from archc.cost.count import depth

        return depth(self.graph)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages in order."""
        blocks: dict[str, list[str]] = {scope.path: [] for scope in self.graph.scopes if scope.kind == "stage"}
        for scope in self.graph.scopes:
            if scope.kind == "block" and scope.parent in blocks:
                blocks[scope.parent].append(scope.template)
        return tuple(Stage(path, len(kinds), kinds[0] if kinds else "", self.shapes[path]) for path, kinds in blocks.items())

    @cached_property
    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """The shape of the output of every named part, its batch left out: of each node, block, stage, the stem and the head."""
        types = self.graph.types
        parts = {scope.path: scope.output for scope in self.graph.scopes if scope.path and scope.output in types}
        return {self.graph.input: types[self.graph.input].shape} | {
            name: types[value].shape
            for name, value in (parts | {node.name: node.outputs[0] for node in self.graph.nodes}).items()
        }

    def set(self, changes: Mapping[str, Value] | None = None, /, **values: Value) -> "Network":
        """The network with other values at paths of its spec, as `set:` and `--set` replace them.

        Paths with a dot are keys of `changes`; `classes=10` may be given by name. Raises SpecError.
        """
        return self.overridden((*override_texts(changes), *override_texts(values)))

    def overridden(self, overrides: Sequence[str]) -> "Network":
        """As `set`, with changes as texts like `classes=10`."""
        return _network(self.library, replace(self.request, overrides=(*self.request.overrides, *overrides)))

    @property
    def layouts(self) -> tuple[str, ...]:
        """The layouts that the spec lists, the default first."""
        node = self.document.root.get("layouts")
        return tuple(str(entry.key) for entry in node) if isinstance(node, Map) else ()

    def under(self, layout: str) -> "Network":
        """The network with its tensors under the names of another layout. Raises SpecError (E0320)."""
        return _network(self.library, replace(self.request, layout=text("layout", layout, "the name of a layout")))

    @cached_property
    def yaml(self) -> str:
        """The spec in full, after `extends` and `set`, which `parse` reads back. What it had to come out at is left out where
        `set` made another network; names of definitions beside its file stay names.
        """
        from archc.present.yamlout import as_yaml

        changed = pipeline.makes_another(self.request.overrides)
        root = self.document.root
        return as_yaml(Map(tuple(entry for entry in root if not (changed and entry.key == "expect")), root.span))

    def resolve(self) -> str:
        """The spec in full with every default, each value beside the place it came from, as `archc resolve` prints it."""
        from archc.compile.pipeline import completed
        from archc.present.yamlout import with_places

        return with_places(completed(self.library, self.document, self.request.overrides)[0])

    def cost(self, *others: "Network", **asked: Any) -> "Cost":
        """What it costs, alone or beside others; `asked` as `archc.api.cost.cost` takes it.

        >>> import archc
        >>> archc.load("resnet50").cost(convention="flops", batch=2).count
        16356737024
        """
        from archc.api.cost import cost

        return cost(self, *others, **keywords(cost, asked))

    def table(self, **asked: Any) -> "Table":
        """Its architecture table: `archc.table` of this network."""
        from archc.api.table import table

        return table(self, **keywords(table, asked))

    def draw(self, **asked: Any) -> "Figure":
        """Its figure: `archc.draw` of this network."""
        from archc.api.figure import draw

        return draw(self, **keywords(draw, asked))

    def _repr_svg_(self) -> str:
        return self.draw().to_svg()

    def source(self, target: str = "torch", **options: object) -> str:
        """The source that `archc build --target TARGET` writes; `options` are those of the target, as `fold_bn=True`.

        Raises BackendError where the target cannot say the network, or writes no text.
        """
        try:
            return self._only(target, options).decode()
        except UnicodeDecodeError:
            raise WrongValue(f"what `target` {target} writes is no text: `save` writes it to a file") from None

    def onnx(self, **options: object) -> bytes:
        """The ONNX model as bytes; `options` are those of `archc build --target onnx`, as `opset=17`."""
        return self._only("onnx", options)

    def torch(self, **arguments: int) -> "torch.nn.Module":
        """The network as a `torch.nn.Module`, freshly initialised; `num_classes` and `in_channels` as its factory takes them.

        Raises ImportError where torch is not installed.
        """
        from archc.live import module_of

        return module_of(self, arguments)

    def save(self, path: StrPath, *, force: bool = False, **options: object) -> None:
        """Write the network: its spec (`.yaml`), torch source (`.py`) or an ONNX model (`.onnx`), by the suffix of `path`.

        Raises OutputError where a file exists and `force` is not given; nothing is written then.
        """
        from archc.arguments import choice
        from archc.arguments import path as path_text
        from archc.output import destinations, write_files

        given = path_text("path", path)
        targets = {".yaml": None, ".py": "torch", ".onnx": "onnx"}
        target = targets[choice("suffix", os.path.splitext(given)[1].lower(), targets)]
        if target is None:
            write_files([(given, (self.yaml.encode(),))], force=force)
            return
        files = self._files(target, options)
        paths = destinations([os.path.basename(given), *(file.name for file in files[1:])], given)
        write_files([(path, file.chunks) for path, file in zip(paths, files, strict=True)], force=force)

    def _only(self, target: str, options: Mapping[str, object]) -> bytes:
        files = self._files(target, options)
        if len(files) > 1:
            raise WrongValue(f"target {target} writes {len(files)} files: `save` puts them side by side")
        return b"".join(files[0].chunks)

    def _files(self, target: str, options: Mapping[str, object]) -> "Sequence[File]":
        from archc.backend import backend_with

        backend = backend_with(target, options)
        with pipeline.placed(self.library, self.request.path, self.request.overrides, self.changes):
            return backend.emit(self).files

    def __reduce__(self) -> tuple[object, ...]:
        """As the texts of its spec and of the user's definitions, from which another process compiles it anew."""
        return _again, (self.library.texts(), self.request, self.library.limits)


def load(
    spec: "StrPath | Mapping[str, Value]",
    *,
    set: Mapping[str, Value] | None = None,
    features: Sequence[str] = (),
    head: bool = True,
    frozen_norm: bool = False,
    layout: str | None = None,
    limits: Limits | None = None,
) -> Network:
    """The network of a spec: the path of a file, the name of one that ships, or the spec itself as a map.

    `set` replaces values by path; `features` are paths of values to give by name instead of the output; without `head` the
    network ends with its last map; `frozen_norm` fixes the statistics and parameters of every batch norm; `layout` names its
    tensors. Raises SpecError with every problem of the spec.

    >>> import archc
    >>> archc.load("resnet18", set={"classes": 10}).params
    11181642
    """
    if isinstance(spec, Mapping):
        return parse(
            spec_text(spec), set=set, features=features, head=head, frozen_norm=frozen_norm, layout=layout, limits=limits
        )
    library = _library(limits)
    path, shown = pipeline.locate(spec)
    changes = _changes(features, head, frozen_norm)
    return _network(library, Request(path, shown, os.fspath(spec), override_texts(set), _layout(layout), changes))


def parse(
    spec: str,
    *,
    name: str = "<text>",
    folder: StrPath = ".",
    set: Mapping[str, Value] | None = None,
    features: Sequence[str] = (),
    head: bool = True,
    frozen_norm: bool = False,
    layout: str | None = None,
    limits: Limits | None = None,
) -> Network:
    r"""As `load`, of a spec as text. `name` is what messages call it; names of files in it are looked for in `folder`.

    >>> import archc
    >>> archc.parse("archc: 1\nname: mine\nextends: resnet18\nset: {classes: 10}").params
    11181642
    """
    from archc.arguments import path as path_text

    library = _library(limits)
    path = Path(path_text("folder", folder, "the path of a folder"), "<text>")
    text("name", name, "what messages call the text")
    library.hold(path, name, text("spec", spec, "a spec as text").encode("utf-8", "surrogatepass"))
    changes = _changes(features, head, frozen_norm)
    return _network(library, Request(path, name, name, override_texts(set), _layout(layout), changes))


def loaded(given: "Network | StrPath") -> Network:
    """A network, or that of a file or a shipped name."""
    return given if isinstance(given, Network) else load(given)


def shipped() -> tuple[str, ...]:
    """The names of the networks that ship with archc, sorted."""
    from archc.language.shipped import shipped_names

    return tuple(shipped_names("network"))


def compile_spec(
    target: StrPath,
    *,
    overrides: Sequence[str] = (),
    limits: Limits | None = None,
    layout: str | None = None,
    prefers: str | None = None,
    changes: Changes = pipeline.AS_IT_IS,
    library: Library | None = None,
) -> Network:
    """As `load`, with changes as texts like `classes=10`; networks that are compiled with one library share what they read.

    Where no `layout` is asked for it is `prefers`, if the spec has that one.
    """
    compiled = pipeline.compile_spec(
        target, overrides=overrides, limits=limits, layout=layout, prefers=prefers, changes=changes, library=library
    )
    path, shown = pipeline.locate(target)
    layout = prefers if layout is None and prefers is not None and compiled.has_layout(prefers) else layout
    return _of(compiled, Request(path, shown, os.fspath(target), tuple(overrides), layout, changes))


def compile_all(targets: Sequence[StrPath], *, overrides: Sequence[str] = (), limits: Limits | None = None) -> list[Network]:
    """Several networks, each parent and definition read once; none twice. Raises WrongValue for one that is given twice."""
    twice = next((target for target in targets if targets.count(target) > 1), None)
    if twice:
        raise WrongValue(f"`{twice}` is given twice", "a network is compared with others")
    library = _library(limits)
    return [compile_spec(target, overrides=overrides, library=library) for target in targets]


def _network(library: Library, request: Request) -> Network:
    compiled = pipeline.compile_file(
        library, request.path, request.shown, overrides=request.overrides, layout=request.layout, changes=request.changes
    )
    return _of(compiled, request)


def _of(compiled: Compiled, request: Request) -> Network:
    return Network(**{name: getattr(compiled, name) for name in Compiled.record_fields}, request=request)


def _again(texts: Mapping[str, tuple[str, bytes]], request: Request, limits: Limits) -> Network:
    library = Library(limits)
    for file, (called, data) in texts.items():
        library.hold(file, called, data)
    return _network(library, request)


def _library(limits: Limits | None) -> Library:
    return Library(DEFAULT_LIMITS if limits is None else limits)


def _layout(layout: str | None) -> str | None:
    return None if layout is None else text("layout", layout, "the name of a layout")


def _changes(features: Sequence[str], head: bool, frozen_norm: bool) -> Changes:  # noqa: FBT001  those of `load`, which are named
    instance("head", head, bool, "true or false")
    paths = texts("features", features, "a list of paths, as ['layer1', 'layer2']")
    return Changes(paths, without_head=not head, frozen_norm=frozen_norm)


def override_texts(changes: Mapping[str, Value] | None) -> tuple[str, ...]:
    """Changes as the command line has them, `path=value`. Raises WrongType."""
    given = {} if changes is None else instance("set", changes, Mapping, PATHS)  # type: ignore[type-abstract]
    return tuple(f"{text('set', path, PATHS)}={_flow(value)}" for path, value in given.items())


def spec_text(spec: Mapping[str, Value]) -> str:
    """A spec as block-style YAML, so that a message has a line to point at."""
    import yaml

    _flow(spec)  # refuses what is no value of a spec
    return str(yaml.safe_dump(_plain(spec), sort_keys=False, allow_unicode=True, default_flow_style=None, width=120))


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _flow(value: object) -> str:
    """A value as YAML on one line. Raises TypeError for what a spec cannot hold."""
    import json

    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if value is None or isinstance(value, str | bool | int | float):
        return json.dumps(value, ensure_ascii=False)
    from archc.arguments import wrong

    raise wrong("set", value, "made of texts, numbers, truths, None, lists and maps")
