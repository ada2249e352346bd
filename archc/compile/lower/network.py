"""A whole network: stem, stages of blocks, head, as one graph."""

from typing import Literal

from archc.compile.lower.atoms import Atom
from archc.compile.lower.block import Surroundings
from archc.compile.lower.builder import Fragment, Ref
from archc.compile.lower.context import Context, Failed, TooLarge
from archc.compile.lower.frame import POISON, Frame
from archc.compile.lower.kinds import DEFAULTS, init_kind
from archc.compile.lower.names import Names
from archc.compile.lower.running import ONE, run_steps, use_module
from archc.compile.lower.stages import INPUT_NAME, Stages
from archc.compile.lower.unused import check_definitions, check_given, check_values
from archc.compile.lower.values import value_of, whole, word
from archc.ir.graph import Graph, InitPolicy, Scope, ScopeArgument
from archc.ir.types import TensorType
from archc.language.document.nodes import Map, Scalar, Sequence
from archc.language.library import Document


class NetworkLowering:
    """Lowers one resolved network document; problems collect in the context."""

    def __init__(self, context: Context, document: Document) -> None:
        self.context = context
        self.root = document.root
        self.name = document.name
        self.part = Fragment()
        self.names = self._names()
        self.defaults = DEFAULTS.restated(document.root, self.names)
        self.zero_last = False

    def lower(self) -> Graph | None:
        """The graph; None after problems that leave none."""
        try:
            return self._lower()
        except (Failed, TooLarge):
            return None

    def _lower(self) -> Graph | None:
        type_, fixed, multiple = self._input()
        arguments = [ScopeArgument("in", type_.channels)]
        if isinstance(classes := self.names.known.get("classes"), int):
            arguments.append(ScopeArgument("classes", classes))
        self.part.scopes.append(Scope("", "network", self.name, tuple(arguments)))
        policy = self._init()
        self.part.types[INPUT_NAME] = type_
        value = self._ends("stem", Ref(INPUT_NAME, type_, "in"))
        if value.type is None:
            value = self._guess(type_)
        around = Surroundings(self.context, self.names, self.defaults, self.zero_last)
        self.context.part = "stages"
        stages = Stages(around, self.root, self.part)
        value = stages.lower(value)
        value = self._ends("head", value)
        if self.context.diagnostics or value.type is None:
            return None
        check_values(self.context, self.part, {value.name, *self._features()})
        check_given(self.context, stages.settings())
        check_definitions(self.context)
        self._unused()
        if "classes" not in self.names.read:  # no head, or one that makes something else
            self.part.scopes[0] = Scope("", "network", self.name, (arguments[0],))
        return Graph(
            name=self.name,
            input=INPUT_NAME,
            outputs=(value.name,),
            nodes=tuple(self.part.nodes),
            scopes=tuple(self.part.scopes),
            types=self.part.types,
            init=policy,
            any_size=not fixed,
            multiple=multiple,
        )

    def _guess(self, type_: TensorType) -> Ref:
        """What a stem with a problem may come to, so that stages and head are checked too: channels as the first stage's."""
        self.context.guessed = True
        stages = self.root.get("stages")
        first = next(iter(stages), None) if isinstance(stages, Map) else None
        out = first.value.get("out") if first is not None and isinstance(first.value, Map) else None
        channels = out.value if isinstance(out, Scalar) and type(out.value) is int and out.value > 0 else 64
        return Ref("", TensorType((channels, *type_.shape[1:])))

    def _names(self) -> Names:
        names = Names(self.context, "this network", {})
        root = self.root
        variables = root.get("vars")
        nodes = {}
        for entry in variables if isinstance(variables, Map) else ():
            key = str(entry.key)
            nodes[key] = entry.value
            names.lazy[key] = lambda node=entry.value: value_of(node, names)  # type: ignore[misc]
        names.nodes = nodes
        classes = root.get("classes")
        if classes is not None:
            try:
                value = whole(classes, names, "`classes`", 1, "channels")
                tracing = self.context.tracing
                names.known["classes"] = tracing.open("num_classes", value) if tracing else value
            except Failed:
                names.lazy["classes"] = self._again
        return names

    def _again(self) -> int:
        raise Failed

    def _input(self) -> tuple[TensorType, bool, int]:
        """Its type, whether that is fixed, and what its sizes are multiples of."""
        node = self.root.get("input")
        if not isinstance(node, Map):
            raise self.context.fail("E0202", "`input` is missing", self.root.span)
        shape = []
        for key, limit in (("channels", "channels"), ("height", "size"), ("width", "size")):
            at = node.get(key)
            if at is None:
                raise self.context.fail("E0202", f"`input` does not say its `{key}`", node.span)
            shape.append(whole(at, self.names, f"`input.{key}`", 1, limit))
        if self.context.tracing is not None:
            shape[0] = self.context.tracing.open("in_channels", shape[0])
        fixed = node.get("fixed")
        multiple = node.get("multiple")
        said = multiple.value if isinstance(multiple, Scalar) and isinstance(multiple.value, int) else 1
        return TensorType(tuple(shape)), isinstance(fixed, Scalar) and fixed.value is True, said

    def _init(self) -> InitPolicy:
        node = self.root.get("init")
        policy = InitPolicy()
        if not isinstance(node, Map):
            return policy
        try:
            conv, linear, last = node.get("conv"), node.get("linear"), node.get("last_norm")
            if last is not None:
                self.zero_last = word(last, self.names, "`init.last_norm`", ("ones", "zeros")) == "zeros"
            return InitPolicy(
                init_kind(conv, self.names) if conv is not None else policy.conv,
                init_kind(linear, self.names) if linear is not None else policy.linear,
            )
        except Failed:
            return policy

    def _ends(self, which: Literal["stem", "head"], value: Ref) -> Ref:
        """The stem or head: steps, or one module."""
        node = self.root.get(which)
        if not isinstance(node, Map) or not node.entries or value.type is None:
            return value
        self.context.part = which
        names = Names(self.context, f"the {which}", {}, outer=self.names)
        names.arguments = frozenset(("in", "classes"))
        place = len(self.part.scopes)
        span = node.span
        try:
            if "module" in node:
                names.arguments = frozenset(("classes",))
                frame = Frame(self.context, names, self.defaults, self.part, "", {})
                last = use_module(frame, Atom(which, "step", node, span, which), [value])
                scope = self.part.scopes[place]
                arguments: tuple[ScopeArgument, ...] = scope.arguments
                template = scope.template
            else:
                self.part.scopes.append(Scope(which, "stem", which))
                inner = Ref(value.name, value.type, "in")
                frame = Frame(self.context, names, self.defaults, self.part, which, {"x": inner})
                result = run_steps(frame, node, inner)
                if isinstance(result, list):
                    raise self.context.fail("E0337", f"the {which} ends in a list", node.entries[-1].span, help=ONE)
                last, template = result, which
                arguments = (ScopeArgument("in", value.type.channels, value.channels),)
                classes = self.names.known.get("classes")
                if isinstance(classes, int) and "classes" in names.read:
                    arguments = (*arguments, ScopeArgument("classes", classes, "classes"))
        except Failed:
            return POISON
        self.part.scopes[place] = Scope(which, which, template, arguments, (value.name,), last.name, origin=span)
        return Ref(last.name, last.type)

    def _features(self) -> list[str]:
        """The values that `features` names."""
        node = self.root.get("features")
        paths = {item.value for item in node.items if isinstance(item, Scalar)} if isinstance(node, Sequence) else set()
        nodes = [value for node in self.part.nodes if node.name in paths for value in node.outputs]
        return nodes + [scope.output for scope in self.part.scopes if scope.path in paths]

    def _unused(self) -> None:
        variables = self.root.get("vars")
        for entry in variables if isinstance(variables, Map) else ():
            if entry.key not in self.names.read:
                self.context.report("E0336", f"nothing uses variable `{entry.key}`", entry.span, "declared here")
