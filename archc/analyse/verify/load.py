"""The program that `--against` names is loaded: a zoo's network, a file of ONNX, or a factory in a file of Python."""

import importlib
import importlib.util
import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from archc.analyse.verify.errors import VerifyError, trouble
from archc.diagnostics import Diagnostic
from archc.suggest import family, nearest

if TYPE_CHECKING:
    from torch import nn

    from archc.analyse.verify.program import Program
    from archc.ir.graph import Graph

FORMS = "say torchvision:NAME, timm:NAME, FILE.onnx or FILE.py:FACTORY"


def load(text: str, graph: "Graph") -> "Program":
    """Load a program. A zoo's network is built with random weights, for the classes and input channels of ours.

    Raises VerifyError: E0620 where a package is missing, E0621 where the text names nothing, E0001 to E0003 and E0622 where a
    file cannot be loaded, E0623 where it has an operation that cannot be run.
    """
    zoo, colon, name = text.partition(":")
    if zoo in ("torchvision", "timm") and colon:
        return _of_module(text, _zoo(zoo, name, graph))
    if text.lower().endswith(".onnx"):
        need("onnx")
        from archc.analyse.verify.onnx_program import load_onnx

        _check_file(text)
        return load_onnx(text)
    path, colon, factory = text.rpartition(":")
    if colon and path.endswith(".py"):
        _check_file(path)
        return _of_module(text, _made(path, factory))
    if text.endswith(".py"):
        raise trouble("E0621", f"`{text}` does not say which function or class makes the network", f"name it: {text}:make")
    raise trouble("E0621", f"`{text}` is nothing to compare with", FORMS)


def need(package: str) -> ModuleType:
    """Import a package. Raises VerifyError (E0620) with the command that installs it."""
    try:
        return importlib.import_module(package)
    except ImportError as error:
        if error.name not in (None, package):
            raise trouble("E0620", f"`{package}` cannot be imported: {error}") from error
        raise trouble("E0620", f"this needs `{package}`, which is not installed", f"pip install {package}") from error


def _of_module(text: str, model: "nn.Module") -> "Program":
    from archc.analyse.verify.program import TorchProgram

    return TorchProgram(text, model)


def _zoo(zoo: str, name: str, graph: "Graph") -> "nn.Module":
    package: Any = need(zoo)
    known_names: list[str] = package.list_models() if zoo == "timm" else package.models.list_models()
    if name not in known_names and not (zoo == "timm" and package.is_model(name)):
        guess = nearest(name, known_names)
        raise trouble(
            "E0621", f"{zoo} has no network `{name}`", f"did you mean `{zoo}:{guess}`?" if guess else family(name, known_names)
        )
    network = next((scope for scope in graph.scopes if scope.kind == "network"), None)
    arguments = {argument.name: argument.value for argument in network.arguments} if network else {}
    options: dict[str, Any] = {"num_classes": arguments["classes"]} if arguments.get("classes") else {}
    channels, height, _ = graph.types[graph.input].shape
    factory = package.create_model if zoo == "timm" else package.models.get_model
    if zoo == "timm":
        options |= {"pretrained": False, "in_chans": channels}
        if not graph.any_size:
            options["img_size"] = height  # a table of positions is made for one size
    else:
        options["weights"] = None
    try:
        model: nn.Module = factory(name, **options)
    except Exception as error:  # the zoo's own code
        raise trouble("E0622", f"{zoo} cannot build `{name}`: {type(error).__name__}: {error}") from error
    return model


def _check_file(path: str) -> None:
    if not os.path.exists(path):
        raise VerifyError((Diagnostic("E0001", f"there is no file `{path}`"),))
    if os.path.isdir(path):
        raise VerifyError((Diagnostic("E0002", f"`{path}` is a folder"),))
    if not os.path.isfile(path):
        raise VerifyError((Diagnostic("E0002", f"`{path}` is not a file"),))
    if not os.access(path, os.R_OK):
        raise VerifyError((Diagnostic("E0003", f"`{path}` cannot be read"),))


def _made(path: str, factory: str) -> "nn.Module":
    """Call a function or class of a file without arguments and return what it makes; the file's own folder is importable."""
    from torch import nn

    name = f"archc.analyse.verify.against.{os.path.splitext(os.path.basename(path))[0]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise trouble("E0622", f"`{path}` cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    try:
        spec.loader.exec_module(module)
        if not hasattr(module, factory):
            known = [name for name in vars(module) if not name.startswith("_")]
            guess = nearest(factory, known)
            raise trouble("E0622", f"`{path}` has no `{factory}`", f"did you mean `{guess}`?" if guess else "")
        value = getattr(module, factory)
        model = value() if callable(value) and not isinstance(value, nn.Module) else value
    except VerifyError:
        raise
    except (Exception, SystemExit) as error:  # the user's own code
        way_out = "it is called without arguments" if isinstance(error, TypeError) else ""
        raise trouble("E0622", f"`{path}:{factory}` fails: {type(error).__name__}: {error}", way_out) from error
    finally:
        sys.path.pop(0)
    if not isinstance(model, nn.Module):
        raise trouble("E0622", f"`{path}:{factory}` makes a {type(model).__name__}, not a torch.nn.Module")
    return model
