"""A spec as a live `torch.nn.Module`: the exec of the very source that `archc build` writes."""

import sys
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    import torch

    from archc.pipeline import Compiled


def torch_module(target: str, /, **overrides: object) -> "torch.nn.Module":
    """The network of a spec file or shipped name, freshly initialised.

    `overrides` are the arguments of the emitted factory, `num_classes` and `in_channels`. Raises SpecError where the spec has
    a problem, BackendError where its layout cannot be a module, and ImportError where torch is not installed.
    """
    from archc.pipeline import compile_spec

    compiled = compile_spec(target)
    module = load_module(compiled)
    factory = getattr(module, compiled.graph.name)
    model: torch.nn.Module = factory(**overrides)
    return model


def load_module(compiled: "Compiled") -> ModuleType:
    """The emitted source as an imported module, one for each graph and layout."""
    import importlib.util
    import linecache

    if importlib.util.find_spec("torch") is None:
        raise ImportError("archc.torch_module needs torch, which archc itself does not: pip install 'archc[torch]'", name="torch")
    source = emitted_source(compiled)
    name = f"archc.live.{compiled.graph.name}"
    module = ModuleType(name, f"The network `{compiled.graph.name}`, as archc emits it.")
    # torch.jit.script and tracebacks read the source through linecache; a size without mtime is never invalidated.
    filename = f"<archc {compiled.graph.name}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    module.__file__ = filename
    sys.modules[name] = module  # pickle, dataclasses and torch.jit look a class's module up by name
    exec(compile(source, filename, "exec"), module.__dict__)  # noqa: S102  our own output, from checked names and literals
    return module
