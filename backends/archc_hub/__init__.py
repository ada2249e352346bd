"""The hub backend writes networks as a folder that `torch.hub.load` reads. It imports no torch."""

import ast
from collections.abc import Sequence
from textwrap import wrap

from archc.backend import Artifact, BackendError, File, Network
from archc.cost.count import parameters
from archc.language.layouts.table import CANONICAL
from archc.record import Record
from archc_torch import emitted_source, meta_of
from archc_torch.network import parameters_of, shapes
from archc_torch.printer import Bracket, call, lines
from archc_torch.source import FIRST_LINE, title_line
from archc_torch.words import wrapped

__all__ = ["HubBackend"]


class HubBackend(Record):
    """`--target hub` has no options of its own."""

    def emit(self, network: Network) -> Artifact:
        """Emit one network as `emit_all` does."""
        return self.emit_all([network])

    def emit_all(self, networks: Sequence[Network]) -> Artifact:
        """Emit `hubconf.py`, and for each network the module that `--target torch` writes.

        Raises BackendError where a network cannot be a module, or its name an entry point.
        """
        return Artifact(files(networks))


TAKEN = frozenset(("dependencies", "hubconf", "importlib", "os", "torch"))
"""Names that the file uses itself."""

START = '''\
"""Entry points of torch.hub: torch.hub.load(FOLDER, "{name}", source="local")."""

import importlib.util
import os

import torch

dependencies = ["torch"]


def _beside(name):
    """The module of a file beside this one, read anew: folders share names."""
    path = os.path.join(os.path.dirname(__file__), f"{{name}}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _loaded(model, weights):
    """The model with the state dict of a file or URL, if there is one."""
    if weights is not None:
        local = "://" not in weights
        read = torch.load if local else torch.hub.load_state_dict_from_url
        model.load_state_dict(read(weights, map_location="cpu", weights_only=True))
    return model
'''


def files(networks: Sequence[Network]) -> tuple[File, ...]:
    """Return the files. Raises BackendError (E0505) for a name that `hubconf.py` itself uses, or that two networks have."""
    names = [network.graph.name for network in networks]
    for name in names:
        if name in TAKEN:
            raise BackendError("E0505", f"an entry point of torch.hub cannot be called `{name}`", "rename the spec")
        if names.count(name) > 1:
            raise BackendError("E0505", f"two networks are called `{name}`", "rename one of the specs")
    modules = [File(f"{network.graph.name}.py", (emitted_source(network).encode("ascii"),)) for network in networks]
    text = "\n\n".join([FIRST_LINE + "\n" + START.format(name=names[0]), *(_entry(network) for network in networks)])
    ast.parse(text)
    return (File("hubconf.py", (text.encode("ascii"),)), *modules)


def _entry(network: Network) -> str:
    graph = network.graph
    factory = network.factory()
    given = parameters_of(factory.graph)
    signature = Bracket(f"def {graph.name}(", ("weights=None", *(f"{name}={value}" for name, value in given)))
    model = call(f'_beside("{graph.name}").{graph.name}', *(name for name, _ in given))
    keys = "canonical" if network.layout is CANONICAL else f"{network.layout.name.partition('/')[0]}'s"
    about = f"{shapes(graph)}, {parameters(graph)} parameters. `weights`: a file or URL of a state dict with {keys} keys."
    title, *more = wrapped(title_line(meta_of(network, graph)), 80)
    written = [
        *lines(signature, 0, "", ":"),
        f'    """{title}',
        *(f"    {line}".rstrip() for line in [*more, "", *wrap(about, 84)]),
        '    """',
        *lines(call("_loaded", model, "weights"), 4, "return "),
    ]
    return "\n".join(written) + "\n"
