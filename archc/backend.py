"""What a backend is: an object with `emit`, found by name among the installed entry points of the group `archc.backends`."""

from collections.abc import Iterable, Mapping, Sequence
from types import NoneType, UnionType
from typing import Literal, Protocol, get_args, get_origin, runtime_checkable

from archc.arguments import choice, instance, text
from archc.diagnostics import Diagnostic
from archc.exceptions import ArchcError, WrongType
from archc.ir.graph import Graph
from archc.language.layouts.table import Layout
from archc.record import Record

GROUP = "archc.backends"
BUILT_IN = {
    "hub": "archc_hub:HubBackend",
    "onnx": "archc_onnx:OnnxBackend",
    "timm": "archc_timm:TimmBackend",
    "torch": "archc_torch:TorchBackend",
}
"""archc's own entry points: importing `importlib.metadata` to look for them would be a fifth of `archc build`."""


class File(Record):
    """A file to write: its name, without folders, and its bytes in chunks."""

    name: str
    chunks: Iterable[bytes]


class Artifact(Record):
    """What a backend makes of a network. Backends never touch the disk: the command line writes, and shows the warnings."""

    files: tuple[File, ...]
    warnings: tuple[Diagnostic, ...] = ()


class Description(Protocol):
    """What a spec says of itself: its name, a title for people, `source` in the order written (paper, where), and how images are
    prepared, `preprocess` (mean and std of each channel, crop).
    """

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def source(self) -> Sequence[tuple[str, str]]: ...
    @property
    def preprocess(self) -> Sequence[tuple[str, float | tuple[float, ...]]]: ...


class Factory(Record):
    """A network as a factory of it makes it. In `graph` and `whole`, numbers that depend on an argument of the factory say how
    (`archc.traced`), where it is more than a layer's own width; `missing` are the arguments that it cannot have, and why.
    """

    graph: Graph
    whole: Graph
    missing: Mapping[str, str]


class Network(Protocol):
    """A checked network, as a backend sees it. `whole` is the one its weights are made for: where `graph` is cut to features or
    has no head, the graph before that. `factory` is for backends whose network takes other classes and input channels.
    """

    @property
    def spec(self) -> Description: ...
    @property
    def graph(self) -> Graph: ...
    @property
    def layout(self) -> Layout: ...
    @property
    def whole(self) -> Graph: ...
    def factory(self) -> Factory: ...


class Backend(Protocol):
    """A target of `archc build`: a frozen dataclass, or a `Record`, whose fields are its command-line options.

    A field is a `bool` that is False, an `int`, a `float`, a `str`, a `Literal` of texts, or one of these `| None`; its metadata
    may say `help` and `metavar`. A class attribute `prefers` names the layout to use where the command line names none and the
    spec has it.
    """

    def emit(self, network: Network, /) -> Artifact:
        """The files of a network. Raises BackendError where the target cannot say it."""
        ...


class Option(Protocol):
    """A field of a backend: of a `Record`, as archc's own are, or of a dataclass."""

    name: str

    @property
    def type(self) -> object: ...
    @property
    def metadata(self) -> Mapping[str, str]: ...


@runtime_checkable
class Together(Protocol):
    """A backend that writes several networks into one artifact."""

    def emit_all(self, networks: Sequence[Network], /) -> Artifact: ...


class BackendError(Record, ArchcError, frozen=False, eq=False):
    """A network the target cannot say, or a target that cannot be used; `code` is one of E0501 to E0579.

    `usage`: the command line is at fault, no spec. `notes` are further sentences.
    """

    code: str
    message: str
    help: str = ""
    notes: tuple[str, ...] = ()
    usage: bool = False

    def __str__(self) -> str:
        return self.message


def find_backend(name: str) -> Backend:
    """The backend of a name, with its options at their defaults: archc's own, whoever else offers that name, or an installed one.

    Raises BackendError: E0501 for an unknown name, E0502 where two packages offer the name, E0508 for one that cannot be loaded.
    """
    text("name", name, "the name of a backend")
    if name in BUILT_IN:
        return _loaded(name, BUILT_IN[name])
    from importlib.metadata import entry_points

    found = entry_points(group=GROUP)
    named = sorted({entry.value for entry in found if entry.name == name})
    if len(named) > 1:
        offers = " and ".join(f"`{value}`" for value in named)
        raise BackendError("E0502", f"two backends are called `{name}`: {offers}", "uninstall one of them", usage=True)
    if not named:
        raise _unknown(name, sorted({entry.name for entry in found}))
    return _loaded(name, named[0])


def backend_with(target: str, values: Mapping[str, object]) -> Backend:
    """The backend of a name, with options by the names of its fields.

    Raises BackendError as find_backend, WrongType for an option it does not have, and for a value that is none of the option's.
    """
    backend = find_backend(target)
    options = {option.name: option for option in options_of(backend)}
    for name, value in values.items():
        if name not in options:
            from archc.suggest import advice

            raise WrongType(f"target `{target}` has no option `{name}`: {advice(name, list(options)) or 'it has none'}")
        kind = kind_of(options[name])
        if isinstance(kind, tuple):
            choice(name, value, kind)
        elif not (value is None and isinstance(options[name].type, UnionType)):
            instance(name, float(value) if kind is float and type(value) is int else value, kind, f"of type {kind.__name__}")
    given = {name: getattr(backend, name) for name in options} | dict(values)
    return type(backend)(**given) if values else backend


def options_of(backend: object) -> Sequence[Option]:
    """The fields of a backend."""
    if isinstance(backend, Record):
        return list(backend.record_fields.values())
    from dataclasses import fields, is_dataclass

    return fields(backend) if is_dataclass(backend) else ()


def kind_of(option: Option) -> type[bool | int | float | str] | tuple[str, ...]:
    """What an option is: of a type, or one of the words it may be."""
    kind = option.type
    if isinstance(kind, UnionType):
        [kind] = [one for one in get_args(kind) if one is not NoneType]
    if get_origin(kind) is Literal:
        return get_args(kind)
    for known in (bool, int, float, str):
        if kind is known:
            return known
    raise TypeError(f"the field `{option.name}` of a backend must be bool, int, float, str or a Literal, not {kind}")


def _loaded(name: str, value: str) -> Backend:
    """An entry point's object, `module:attribute`, called."""
    from importlib import import_module

    module, _, attribute = value.partition(":")
    try:
        backend: Backend = getattr(import_module(module), attribute)()
    except (ImportError, AttributeError, TypeError) as error:
        raise BackendError("E0508", f"backend `{name}` (`{value}`) cannot be loaded: {error}", usage=True) from error
    return backend


def backend_names() -> list[str]:
    """The names of the installed backends, sorted."""
    from importlib.metadata import entry_points

    return sorted({entry.name for entry in entry_points(group=GROUP)})


def _unknown(name: str, known: list[str]) -> BackendError:
    from archc.suggest import nearest

    guess = nearest(name, known)
    if guess is not None:
        return BackendError("E0501", f"there is no backend `{name}`", f"did you mean `{guess}`?", usage=True)
    none = "none is installed: `pip install .` in a checkout of archc brings the built-in ones"
    listed = "installed: " + ", ".join(known) if known else none
    return BackendError("E0501", f"there is no backend `{name}`", listed, usage=True)
