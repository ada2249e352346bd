"""A network's class is written as timm's models are, with the entry point that timm registers."""

import re
from collections.abc import Mapping

from archc.backend import BackendError
from archc.ir.graph import Graph
from archc.ir.ops import Dropout
from archc.language.layouts.lookup import Levels, Lookup
from archc.language.layouts.naming import attribute_paths
from archc.language.layouts.table import Layout
from archc.record import Record, replace
from archc_timm.ending import Ending, beheaded
from archc_timm.features import Feature, features_of, named_features
from archc_timm.head import Head, Style, head_of_model
from archc_timm.passes import Pass, returning, walk, walk_part
from archc_torch.instances import Group
from archc_torch.library import Library
from archc_torch.network import commented, policy_lines, shapes
from archc_torch.plan import Plan
from archc_torch.printer import WIDTH, Bracket, call, lines, number
from archc_torch.words import plain, wrapped

RESERVED = frozenset(
    """num_classes num_features head_hidden_size drop_rate grad_checkpointing feature_info in_chans pretrained_cfg default_cfg
    forward_features forward_head forward_intermediates get_classifier reset_classifier group_matcher
    set_grad_checkpointing""".split()
)
"""Attributes of every model of timm, which no module may be called."""


class Model(Record):
    """A network to be written."""

    graph: Graph
    """The whole network."""
    ending: Ending
    """Where its head begins."""
    style: Style
    """How the head is written."""
    layout: Layout
    cut: Graph
    """The network cut to the wanted features; the graph itself where none are wanted."""
    classes: int
    missing: Mapping[str, str]
    """Why the network cannot take other classes or channels than the declared ones."""

    def write(
        self,
        graph: Graph,
        group: Group,
        name: str,
        plans: dict[int, Plan],
        library: Library,
        title: str,
        stages: dict[str, Levels],
    ) -> list[str]:
        """Write the class, and after it the entry point called like the spec. `graph` has no head if that is timm's own."""
        main = walk(graph, group, plans, library)
        clash = next((name for name in main.writer.tree.root.children if name in RESERVED), None)
        if clash is not None:
            message = f"no module of a timm model can be called `{clash}`"
            raise BackendError("E0571", message, "give the stage or step another name")
        if self.cut is self.graph:
            features = features_of(self.graph, self.layout, stages, self.ending.features)
        else:
            features = named_features(self.cut, self.graph, self.layout, self.ending.features)
        head = head_of_model(self.graph, self.ending, self.layout, self.style)
        body = main if self.style != "steps" else walk_part(beheaded(self.graph, self.ending), self.layout)
        each = self._each(features)
        paths = {path: ".".join(levels) for path, levels in stages.items()}
        attributes = commented(graph, main.attributes, paths)
        tops = list(dict.fromkeys(path.partition(".")[0] for path in paths.values()))
        checkpoints, forward = _checkpointed(self.graph, body, tops)
        return [
            f"class {name}(nn.Module):",
            f'    """{title}: {shapes(self.graph)}."""',
            "",
            *self._signature(head),
            "        super().__init__()",
            *self._fixed(),
            "        self.num_classes = num_classes",
            "        self.in_chans = in_chans",
            *head.before,
            "        self.grad_checkpointing = False",
            *self._renamed(_feature_info(features)),
            *self._renamed([*dict.fromkeys([*main.stored, *body.stored, *head.stored, *each.stored])]),
            *self._renamed(attributes),
            *self._renamed(head.attributes),
            *main.now,
            *policy_lines(self.graph, self.graph.init, [*main.late, *head.late], plans),
            *head.after,
            *_scaled_rates(self.graph),
            "",
            *self._group_matcher(stages),
            *checkpoints,
            *head.methods,
            *_intermediates(features, each, self.ending.features),
            "    def forward_features(self, x: torch.Tensor) -> torch.Tensor:",
            *returning(forward),
            "",
            *head.forward,
            "    def forward(self, x: torch.Tensor) -> torch.Tensor:",
            "        return self.forward_head(self.forward_features(x))",
            "",
            "",
            *_entry(self.graph, name, len(features)),
        ]

    def _each(self, features: list[Feature]) -> Pass:
        """Walk the network once for every feature and the value that the head reads."""
        names = {self.ending.features: "features"} | {feature.value: feature.name for feature in features}
        order = [feature.value for feature in features]
        values = tuple(dict.fromkeys([*order, self.ending.features]))
        named = tuple([names[value] for value in values])
        return walk_part(replace(beheaded(self.graph, self.ending), outputs=values, output_names=named), self.layout)

    def _signature(self, head: Head) -> list[str]:
        channels = self.graph.types[self.graph.input].channels
        parameters = [f"num_classes: int = {self.classes}", f"in_chans: int = {channels}", *head.parameters]
        if greatest := _greatest_rate(self.graph):
            parameters.append(f"drop_path_rate: float = {number(greatest)}")
        if not self.graph.any_size:
            parameters.append(f"img_size: int | tuple[int, int] = {self._size}")
        return lines(Bracket("def __init__(", ("self", *parameters)), 4, "", " -> None:")

    @property
    def _size(self) -> tuple[int, ...]:
        return self.graph.types[self.graph.input].shape[1:]

    def _fixed(self) -> list[str]:
        checks: list[str] = []
        for name, reason in self.missing.items():
            channels = self.graph.types[self.graph.input].channels
            argument, allowed = (
                ("num_classes", f"(0, {self.classes})") if name == "num_classes" else ("in_chans", f"({channels},)")
            )
            checks += [f"        if {argument} not in {allowed}:"]
            text = plain(f"{self.graph.name} has no other {argument}: {reason}")
            checks += lines(call("ValueError", f'"{text}"'), 12, "raise ")
        if self.graph.any_size:
            return checks
        height, width = self._size
        return [
            *checks,
            f"        if to_2tuple(img_size) != ({height}, {width}):",
            *lines(
                call("ValueError", f'f"{self.graph.name} works at {height}x{width} alone, not at {{img_size}}"'), 12, "raise "
            ),
        ]

    def _renamed(self, text: list[str]) -> list[str]:
        """Use timm's word for the image's channels; a classifier of no classes is made with one, and replaced afterwards."""
        renamed = [re.sub(r"(?<![\w.])in_channels\b(?!=)", "in_chans", line) for line in text]
        if self.style == "steps":
            renamed = [re.sub(r"(?<![\w.])num_classes\b(?!=)", "max(num_classes, 1)", line) for line in renamed]
        return renamed

    def _group_matcher(self, stages: dict[str, Levels]) -> list[str]:
        """Write which parameters learn at one rate where it decays by layers: the stem's, and each stage's or block's."""
        lookup = Lookup(self.layout, self.graph.scopes)
        coarse = {_counted(levels) for levels in stages.values()}
        blocks = [scope for scope in self.graph.scopes if scope.kind == "block"]
        fine = {_counted((*stages[scope.parent], *lookup.own(scope))) for scope in blocks}
        if len(coarse) == len(fine) == 1 and "(" in next(iter(coarse)):
            matcher = [f'        blocks = r"^{coarse.pop()}" if coarse else r"^{fine.pop()}"']
        else:
            entries = tuple(f'(r"^{re.escape(".".join(levels))}\\.", ({n},))' for n, levels in enumerate(stages.values()))
            matcher = lines(Bracket("[", entries, "]"), 8, "blocks = ")
        names = "|".join(dict.fromkeys(re.escape(path) for path in self._stem()))
        return [
            "    @torch.jit.ignore",
            "    def group_matcher(self, coarse: bool = False) -> dict[str, Any]:",
            *matcher,
            f'        return {{"stem": r"^(?:{names})\\.", "blocks": blocks}}',
            "",
        ]

    def _stem(self) -> list[str]:
        """Return the attributes that hold the stem's parameters."""
        paths = attribute_paths(self.graph, self.layout)
        stem = [node for node in self.graph.nodes if node.scope.split(".")[0] == "stem" and node.op.parameters()]
        return [paths[node.name].partition(".")[0] for node in stem]


def _greatest_rate(graph: Graph) -> float:
    """Return the greatest rate at which the network drops paths, 0 where it drops none."""
    rates = [node.op.rate for node in graph.nodes if isinstance(node.op, Dropout) and node.op.what == "path"]
    return float(max(rates, default=0))


def _scaled_rates(graph: Graph) -> list[str]:
    """Scale the rates to `drop_path_rate`, which is the greatest; the others keep their ratios to it."""
    greatest = _greatest_rate(graph)
    if not greatest:
        return []
    return [
        "        for m in self.modules():",
        "            if isinstance(m, DropPath):",
        f"                m.rate *= drop_path_rate / {number(greatest)}",
    ]


def _counted(levels: Levels) -> str:
    """Return a regular expression of a path in which each number stands for any."""
    path = re.escape(".".join(levels))
    return re.sub(r"\d+", r"(\\d+)", path)


def _feature_info(features: list[Feature]) -> list[str]:
    entries = tuple(
        Bracket("{", (f'"num_chs": {number(each.channels)}', f'"reduction": {each.reduction}', f'"module": "{each.module}"'), "}")
        for each in features
    )
    return lines(Bracket("[", entries, "]", spread=True), 8, "self.feature_info = ")


def _checkpointed(graph: Graph, body: Pass, tops: list[str]) -> tuple[list[str], list[str]]:
    """Return `set_grad_checkpointing`, and the features' statements with the stages checkpointed if they are consecutive."""
    calls = [f"        x = self.{top}(x)" for top in tops]
    text = body.statements
    start = text.index(calls[0]) if calls[0] in text else -1
    if start < 0 or text[start : start + len(calls)] != calls:
        refusal = call("NotImplementedError", f'"the stages of {graph.name} are not checkpointed"')
        return [
            "    @torch.jit.ignore",
            "    def set_grad_checkpointing(self, enable: bool = True) -> None:",
            "        if enable:",
            *lines(refusal, 12, "raise "),
            "",
        ], text
    stages = Bracket("[", tuple(f"self.{top}" for top in tops), "]")
    run = call("checkpoint_seq", stages if len(tops) > 1 else f"self.{tops[0]}", "x", "flatten=True")
    checkpointed = [
        "        if self.grad_checkpointing and not torch.jit.is_scripting():",
        *lines(run, 12, "x = "),
        "        else:",
        *(f"    {line}" for line in calls),
    ]
    setter = [
        "    @torch.jit.ignore",
        "    def set_grad_checkpointing(self, enable: bool = True) -> None:",
        "        self.grad_checkpointing = enable",
        "",
    ]
    return setter, [*text[:start], *checkpointed, *text[start + len(calls) :]]


def _intermediates(features: list[Feature], each: Pass, last: str) -> list[str]:
    maps = Bracket("[", tuple(each.results[feature.value] for feature in features), "]")
    return [
        "    @torch.jit.ignore",
        "    def forward_intermediates(",
        "        self,",
        "        x: torch.Tensor,",
        "        indices: int | list[int] | None = None,",
        "        norm: bool = False,",
        "        stop_early: bool = False,",
        '        output_fmt: str = "NCHW",',
        "        intermediates_only: bool = False,",
        "    ) -> list[torch.Tensor] | tuple[torch.Tensor, list[torch.Tensor]]:",
        '        """Features, and maps of `feature_info`: at `indices`, or so many last ones."""',
        '        if norm or output_fmt != "NCHW":',
        '            raise ValueError("maps are given as they are: no norm, NCHW")',
        *each.statements,
        *lines(maps, 8, "maps = "),
        "        if indices is None:",
        "            indices = len(maps)",
        "        last = isinstance(indices, int)",
        "        taken = maps[-indices:] if last else [maps[i] for i in indices]",
        f"        return taken if intermediates_only else ({each.results[last]}, taken)",
        "",
    ]


def _wrapped(text: str, indent: int) -> list[str]:
    """Write a docstring on one line or several."""
    pad = " " * indent
    if indent + len(text) + 6 <= WIDTH:
        return [f'{pad}"""{text}"""']
    first, *more = wrapped(text, WIDTH - indent - 6)
    return [f'{pad}"""{first}', *(pad + line for line in more), f'{pad}"""']


def _entry(graph: Graph, name: str, count: int) -> list[str]:
    return [
        "@register_model",
        *lines(Bracket(f"def {graph.name}(", ("pretrained: bool = False", "**kwargs: Any")), 0, "", f" -> {name}:"),
        *_wrapped(f"The network of `{graph.name}`; `kwargs` are those of `{name}` and of `timm.create_model`.", 4),
        "    return build_model_with_cfg(",
        f"        {name},",
        f'        "{graph.name}",',
        "        pretrained,",
        f'        feature_cfg={{"out_indices": tuple(range({count})), "feature_cls": "getter"}},',
        "        **kwargs,",
        "    )",
    ]
