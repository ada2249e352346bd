"""archc compiles declarative specs of residual networks to readable source.

>>> import archc
>>> net = archc.load("resnet50")                          # a shipped network, a file, or a spec as a map
>>> net.params, net.macs, net.depth
(25557032, 4089184256, 50)
>>> wide = net.set({"block.ratio": 0.5})                  # another network
>>> model = net.torch(num_classes=10)                     # a torch.nn.Module: the exec of `net.source("torch")`
"""

__version__ = "0.1.0"

TYPE_CHECKING = False  # typing's own would be the first import of many
if TYPE_CHECKING:
    from archc.api.cost import Cost
    from archc.api.difference import Difference, diff
    from archc.api.figure import Figure, draw
    from archc.api.network import Network, Stage, compile_spec, load, parse, shipped
    from archc.api.report import Report, check
    from archc.api.table import Table, table
    from archc.api.verdict import Verdict, verify
    from archc.api.weights import Conversion, convert_weights
    from archc.backend import BackendError
    from archc.diagnostics import SpecError
    from archc.exceptions import ArchcError
    from archc.limits import Limits
    from archc.live import torch_module
    from archc.output import OutputError

_MODULES = {
    "archc.api.cost": ("Cost",),
    "archc.api.difference": ("Difference", "diff"),
    "archc.api.figure": ("Figure", "draw"),
    "archc.api.network": ("Network", "Stage", "compile_spec", "load", "parse", "shipped"),
    "archc.api.report": ("Report", "check"),
    "archc.api.table": ("Table", "table"),
    "archc.api.verdict": ("Verdict", "verify"),
    "archc.api.weights": ("Conversion", "convert_weights"),
    "archc.backend": ("BackendError",),
    "archc.diagnostics": ("SpecError",),
    "archc.exceptions": ("ArchcError",),
    "archc.limits": ("Limits",),
    "archc.live": ("torch_module",),
    "archc.output": ("OutputError",),
}
__all__ = ["ArchcError", "BackendError", "Conversion", "Cost", "Difference", "Figure", "Limits", "Network", "OutputError"]
__all__ += [
    "Report",
    "SpecError",
    "Stage",
    "Table",
    "Verdict",
    "__version__",
    "check",
    "compile_spec",
    "convert_weights",
    "diff",
    "draw",
]
__all__ += ["diff", "draw", "load", "parse", "shipped", "table", "torch_module", "verify"]


def __getattr__(name: str) -> object:
    """Import what is asked for when it is asked for: `import archc` itself loads nothing."""
    for module, names in _MODULES.items():
        if name in names:
            from importlib import import_module

            return getattr(import_module(module), name)
    raise AttributeError(f"module 'archc' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
