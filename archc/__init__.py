"""archc compiles declarative specs of residual networks to readable source.

>>> import archc
>>> model = archc.torch_module("resnet50", num_classes=10)      # the exec of the source that `archc build` writes
>>> archc.compile_spec("resnet50").graph                        # the typed graph, no torch needed
"""

__version__ = "0.1.0"

__all__ = ["SpecError", "__version__", "compile_spec", "torch_module"]

TYPE_CHECKING = False  # typing's own would be the first import of many
if TYPE_CHECKING:
    from archc.compile.pipeline import compile_spec
    from archc.diagnostics import SpecError
    from archc.live import torch_module


def __getattr__(name: str) -> object:
    """Import what is asked for when it is asked for: `import archc` itself loads nothing."""
    if name == "SpecError":
        from archc.diagnostics import SpecError

        return SpecError
    if name == "compile_spec":
        from archc.compile.pipeline import compile_spec

        return compile_spec
    if name == "torch_module":
        from archc.live import torch_module

        return torch_module
    raise AttributeError(f"module 'archc' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
