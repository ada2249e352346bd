"""A spec as a live `torch.nn.Module`: the exec of the very source that `archc build` writes."""

import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    import torch

    from archc.arguments import StrPath
    from archc.compile.pipeline import Compiled


def torch_module(
    target: "StrPath",
    /,
    *,
    features: Sequence[str] = (),
    head: bool = True,
    frozen_norm: bool = False,
    layout: str | None = None,
    **overrides: object,
) -> "torch.nn.Module":
    """The network of a spec file or shipped name, freshly initialised.

    `features` are paths of values: the module returns a dict of them. Without `head` it returns its last map; `frozen_norm` fixes
    the statistics and parameters of every batch norm; `layout` names its parameters. `overrides` are the arguments of the
    emitted factory, `num_classes` and `in_channels`. Raises SpecError where the spec has a problem, BackendError where its layout
    cannot be a module, and ImportError where torch is not installed.
    """
    from archc.arguments import instance, texts
    from archc.compile.pipeline import Changes, compile_spec

    instance("head", head, bool, "true or false")
    paths = texts("features", features, "a list of paths, as ['layer1', 'layer2']")
    changes = Changes(paths, without_head=not head, frozen_norm=frozen_norm)
    compiled = compile_spec(target, layout=layout, changes=changes)
    return module_of(compiled, overrides)


def module_of(compiled: "Compiled", overrides: Mapping[str, object]) -> "torch.nn.Module":
    """A new module of a network that is compiled; raises as torch_module."""
    module = load_module(compiled)
    factory: Callable[..., torch.nn.Module] = getattr(module, compiled.graph.name)
    _check(factory, overrides, compiled)
    return factory(**overrides)


def _check(factory: "Callable[..., torch.nn.Module]", given: Mapping[str, object], compiled: "Compiled") -> None:
    """Raise TypeError or ValueError for what the emitted factory does not take."""
    from inspect import signature

    from archc.arguments import positive
    from archc.exceptions import WrongType
    from archc.limits import DEFAULT_LIMITS
    from archc.suggest import nearest

    own = ("features", "head", "frozen_norm", "layout")
    taken = list(signature(factory).parameters)
    for name, value in given.items():
        if name not in taken and (reason := compiled.factory().missing.get(name)):
            key = {"num_classes": "classes", "in_channels": "input.channels"}[name]
            raise WrongType(f"`{compiled.graph.name}` has no argument `{name}`: {reason}; set `{key}` in its spec instead")
        if name not in taken:
            guess = nearest(name, [*own, *taken])
            helped = f"did you mean `{guess}`?" if guess else f"it takes {', '.join([*own, *taken])}"
            raise WrongType(f"torch_module has no argument `{name}` for this network; {helped}")
        positive(name, value, DEFAULT_LIMITS.params)


def load_module(compiled: "Compiled") -> ModuleType:
    """The emitted source as an imported module; the same module for the same source."""
    import hashlib
    import importlib.util

    from archc.backend import find_backend

    if importlib.util.find_spec("torch") is None:
        raise ImportError("archc.torch_module needs torch, which archc itself does not: pip install torch", name="torch")
    [file] = find_backend("torch").emit(compiled).files
    content = b"".join(file.chunks)
    # pickle and torch.jit look a class's module up by its name, so two networks of one name must not share it.
    return _module(f"archc.live.{compiled.graph.name}_{hashlib.sha256(content).hexdigest()[:12]}", content.decode())


def _module(name: str, source: str) -> ModuleType:
    """The module of a source, made where this process does not have it yet."""
    import copyreg
    import linecache

    if name in sys.modules:
        return sys.modules[name]
    filename = f"<{name}>"
    # torch.jit.script and tracebacks read source through linecache, which never drops an entry without a modification time.
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    module = ModuleType(name)
    module.__file__ = filename
    sys.modules[name] = module
    exec(compile(source, filename, "exec"), module.__dict__)  # noqa: S102  our own output, from checked names and literals

    def reduced(value: object) -> tuple[Callable[..., object], tuple[str, str, str], dict[str, object]]:
        return _again, (name, source, type(value).__name__), vars(value)

    for value in list(vars(module).values()):
        if isinstance(value, type) and value.__module__ == name:
            copyreg.pickle(value, reduced)
    return module


def _again(name: str, source: str, cls: str) -> object:
    """An object of a class of a live module, without its state: pickles carry the source to processes that do not have it."""
    kind: type[torch.nn.Module] = getattr(_module(name, source), cls)
    return kind.__new__(kind)
