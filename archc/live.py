"""A spec as a live `torch.nn.Module`: the exec of the very source that `archc build` writes."""

import sys
from collections.abc import Sequence
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    import torch

    from archc.pipeline import Compiled


def torch_module(
    target: str,
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
    from archc.pipeline import Changes, compile_spec

    changes = Changes(tuple(features), without_head=not head, frozen_norm=frozen_norm)
    compiled = compile_spec(target, layout=layout, changes=changes)
    module = load_module(compiled)
    factory = getattr(module, compiled.graph.name)
    model: torch.nn.Module = factory(**overrides)
    return model


def load_module(compiled: "Compiled") -> ModuleType:
    """The emitted source as an imported module; the same module for the same source."""
    import hashlib
    import importlib.util
    import linecache

    from archc.backend import find_backend

    if importlib.util.find_spec("torch") is None:
        raise ImportError("archc.torch_module needs torch, which archc itself does not: pip install torch", name="torch")
    [file] = find_backend("torch").emit(compiled).files
    content = b"".join(file.chunks)
    # pickle and torch.jit look a class's module up by its name, so two networks of one name must not share it.
    name = f"archc.live.{compiled.graph.name}_{hashlib.sha256(content).hexdigest()[:12]}"
    if name in sys.modules:
        return sys.modules[name]
    source, filename = content.decode(), f"<{name}>"
    # torch.jit.script and tracebacks read source through linecache, which never drops an entry without a modification time.
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    module = ModuleType(name)
    module.__file__ = filename
    sys.modules[name] = module
    exec(compile(source, filename, "exec"), module.__dict__)  # noqa: S102  our own output, from checked names and literals
    return module
