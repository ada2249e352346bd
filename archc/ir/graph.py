"""The graph: a flat list of operations in order of execution, and the scopes their names are grouped by."""

from collections.abc import Container, Hashable, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, TypeAlias

from archc.diagnostics import Span
from archc.ir.op import ZERO, Init, Parameter
from archc.ir.ops import Operation
from archc.ir.types import TensorType
from archc.record import Record, field

Role: TypeAlias = Literal["main", "shortcut", "insert"]
"""Where a node or module stands in its block: on the residual branch (stem and head too), the shortcut, or inserted."""

ScopeKind: TypeAlias = Literal["network", "stem", "stage", "block", "head", "module", "turn"]

Argument: TypeAlias = int | Fraction | float | bool | str


class Node(Record, compiled=True):
    """One operation. `name` is a path (`layer1.0.conv1`); `name + "." + parameter` is the canonical key of a tensor.

    `outputs` is `(name,)`, or `name:0`, `name:1`, … where there are several. `arguments` says which of the enclosing scope's
    arguments an attribute came from: `(("out_channels", "mid"), ("stride", "stride"))`. `init` names tensors that begin otherwise
    than the graph's policy says. `origin` is where the spec says it, and `unit` the convolution unit it is a part of: `conv2` of
    `conv2`, `norm2` and `act2`; "" of any other step. Both are missing from a graph's text, and take no part in equality.
    """

    name: str
    op: Operation
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    scope: str
    arguments: tuple[tuple[str, str], ...] = ()
    init: tuple[tuple[str, Init], ...] = ()
    role: Role = "main"
    origin: Span | None = field(default=None, compare=False, repr=False)
    unit: str = field(default="", compare=False, repr=False)

    @property
    def local(self) -> str:
        """The name within its scope."""
        return self.name[len(self.scope) + 1 :] if self.scope else self.name


class ScopeArgument(Record, compiled=True):
    """A value a scope was made with; `passed` is the name it has in the enclosing scope, None where it is none of its names."""

    name: str
    value: Argument
    passed: str | None = None


class Setting(Record):
    """What a spec says of a block under one key.

    `word` names the value as a reader would: `B`, `pre`. `has_word` is False for a map, whose word is only its kind. `meaning` is
    what a word and a map that is written out have in common, None where that is not known.
    """

    word: str
    has_word: bool
    place: Span
    meaning: Hashable = None


NO_SETTINGS: Mapping[str, Setting] = MappingProxyType({})


class Scope(Record, compiled=True):
    """A named part of the network. `kind` and `template`: `network` (the spec's name), `stem`, `stage`, `block` (`bottleneck`),
    `head`, `module` (`squeeze_excite`), `turn` (one turn of a loop; the template is the loop's name).

    `arguments` of a block: `in`, `out`, `stride`, `dilation` and its parameters; of a module: `in` and its parameters; of the
    network: `in` (input channels) and `classes`. `inputs` and `output` are value names, for a module and a block.

    `settings` of a block and a stage are what the network says of it, by key; `block` is where it says anything of blocks. All
    blocks that are told the same share them. A graph that was read from its text has none.
    """

    path: str
    kind: ScopeKind
    template: str
    arguments: tuple[ScopeArgument, ...] = ()
    inputs: tuple[str, ...] = ()
    output: str = ""
    role: Role = "main"
    label: str = ""
    origin: Span | None = field(default=None, compare=False, repr=False)
    settings: Mapping[str, Setting] = field(default=NO_SETTINGS, compare=False, repr=False)

    @property
    def parent(self) -> str:
        """The path without its last name: the enclosing scope's, but for a turn (`enclosing`); the network's is ""."""
        return self.path.rpartition(".")[0]


def enclosing(scope: Scope, known: Container[str]) -> str:
    """The path of the scope it stands in; a turn `scales.0` stands in that of its loop `scales`, which is no scope itself."""
    parent = scope.parent
    return parent.rpartition(".")[0] if scope.kind == "turn" and parent not in known else parent


class InitPolicy(Record):
    """How weights begin where a node does not say otherwise. Norms begin at one and zero."""

    conv: Init = Init("kaiming_normal_fan_out")
    linear: Init = Init("torch")

    def beginning(self, node: Node, parameter: Parameter) -> Init:
        """How a tensor of a node begins: by its step's own words, else by its layer's policy, or as always.

        Under a policy other than torch's own, a bias is zero.
        """
        begins = dict(node.init).get(parameter.name) or parameter.begins
        if isinstance(begins, Init):
            return begins
        policy: Init = getattr(self, begins)
        return policy if parameter.role == "filter" or policy.kind == "torch" else ZERO


class Graph(Record, kw_only=True):
    """A network. `scopes` are in order of first use, a scope before what is in it, the network's own ("") first.

    Where it takes `any_size`, height and width are multiples of `multiple`.

    `types` maps every value, the input's name included, to its type. `output_names` are the features' where the outputs are
    given by name, one for each; () where the network gives its one output as it is.
    """

    name: str
    input: str
    outputs: tuple[str, ...]
    nodes: tuple[Node, ...]
    scopes: tuple[Scope, ...]
    types: Mapping[str, TensorType]
    init: InitPolicy = InitPolicy()
    any_size: bool = True
    multiple: int = 1
    output_names: tuple[str, ...] = ()

    def parameters(self) -> Iterator[tuple[str, Node, tuple[int, ...], bool]]:
        """Canonical key, node, shape and whether it is learned, of every tensor in order of execution."""
        for node in self.nodes:
            for parameter in node.op.parameters():
                yield f"{node.name}.{parameter.name}", node, parameter.shape, parameter.trainable
