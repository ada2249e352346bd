"""A lookup gives the levels that a layout adds to an attribute path for one scope or step, below those of the scope around it."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TypeAlias

from archc.diagnostics import Span
from archc.ir.graph import Scope
from archc.language.layouts.table import Layout, Path, Table, paths_of
from archc.record import Record, field

Levels: TypeAlias = tuple[str, ...]
"""Levels of an attribute path with placeholders filled in; whoever counts fills in `#`, the parent's next number."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Lookup(Record, frozen=False, eq=False):
    """A layout applied to the scopes of one graph. A turn of a loop has no levels: the scope around it names its steps."""

    layout: Layout
    order: Iterable[Scope]
    scopes: dict[str, Scope] = field(init=False)
    counts: bool = field(init=False)
    """Whether a path may depend on those before it: the layout has a `#` somewhere."""
    renames: bool = field(init=False)
    """Whether any tensor has a path of its own."""
    _stages: dict[str, int] = field(init=False)
    _steps: dict[tuple[str, str], dict[str, Levels]] = field(factory=dict)
    _known: dict[tuple[str, str], tuple[Table, ...]] = field(factory=dict)
    _keys: dict[tuple[str, str, str], tuple[tuple[str, Path], ...]] = field(factory=dict)
    _surroundings: dict[str, Mapping[str, object]] = field(factory=dict)

    def __post_init__(self) -> None:
        self.scopes = {scope.path: scope for scope in self.order}
        self.counts = any("#" in path.levels for path in paths_of(self.layout))
        layout = self.layout
        self.renames = any(table.parameters for table in (layout.stem, layout.block, layout.head, *layout.modules.values()))
        stages = [scope.path for scope in self.scopes.values() if scope.kind == "stage"]
        self._stages = {path: index for index, path in enumerate(stages)}

    def parent(self, path: str) -> str:
        """Return the path of the scope around one; a turn `loop.0` has no scope called `loop`."""
        path = path.rpartition(".")[0]
        while path not in self.scopes:
            path = path.rpartition(".")[0]
        return path

    def own(self, scope: Scope) -> Levels:
        """Return the levels that a scope adds."""
        path = self._own(scope)
        if path is None:
            return self._named(scope)
        values: dict[str, object] = {}
        local = scope.path.rpartition(".")[2]
        if scope.kind == "stage":
            index = self._stages[scope.path]
            values = {"n": index + 1, "i": index, "name": local}
        elif scope.kind == "block":
            stage = self._stages.get(self.parent(scope.path), -1) + 1
            number = int(local) + 1 if local.isdigit() else 0
            values = {"n": number, "i": local, "name": local, "stage": stage}
        return tuple(_filled(level, values) for level in path.levels)

    def own_span(self, scope: Scope) -> Span | None:
        path = self._own(scope)
        if path is not None:
            return path.span
        owner, local = self._place(scope.path)
        return self.step_span(owner, local) if scope.kind == "module" else None

    def steps(self, scope: str) -> dict[str, Levels]:
        """Return the levels of a scope's steps by name, as far as they are known; scopes of one kind and template share them."""
        owner = self.scopes[scope]
        return {} if owner.kind == "turn" else self._steps.setdefault((owner.kind, owner.template), {})

    def step(self, scope: str, local: str) -> Levels:
        """Return the levels of a step, below its scope's; of a step in a loop, below those of the scope that the loop is in."""
        owner_scope = self.scopes[scope]
        if owner_scope.kind == "turn":
            scope, local = self._place(f"{scope}.{local}")
            owner_scope = self.scopes[scope]
        path, values, rest = self._said(owner_scope, local)
        return (*(_filled(level, values) for level in path.levels), *rest)

    def step_span(self, scope: str, local: str) -> Span | None:
        owner, local = self._place(f"{scope}.{local}" if scope else local)
        return self._said(self.scopes[owner], local)[0].span

    def renamed(self, scope: str, local: str) -> Mapping[str, Levels]:
        """Return the tensors of a step that have a path of their own, below that of the scope that owns the step.

        In a layout of keys only they are whole keys, in which `{stage}` and `{block}` stand for the paths of the two.
        """
        owner = scope
        if self.scopes[scope].kind == "turn":
            owner, local = self._place(f"{scope}.{local}")
        owner_scope = self.scopes[owner]
        step = (owner_scope.kind, owner_scope.template, local)
        keys = self._keys.get(step)
        if keys is None:
            keys = self._keys[step] = self._parameters(owner_scope, local)
        if not keys:  # true for almost every step
            return {}
        values = self._around(owner)
        if "." in local:
            values = {**values, **_counted(local.split("."))}
        return {tensor: tuple(_filled(level, values) for level in path.levels) for tensor, path in keys}

    def _parameters(self, scope: Scope, local: str) -> tuple[tuple[str, Path], ...]:
        """Return the tensors of a step to which the tables of its scope give a path; the most specific table decides."""
        name = ".".join(local.split(".")[::2])
        paths: dict[str, Path] = {}
        for table in self._tables(scope):
            for key, path in table.parameters.items():
                step, _, tensor = key.rpartition(".")
                if step == name:
                    paths.setdefault(tensor, path)
        return tuple(paths.items())

    def _around(self, path: str) -> Mapping[str, object]:
        """Return what `{stage}` and `{block}` stand for in a key."""
        if not self.layout.keys_only or not path:
            return {}
        values = self._surroundings.get(path)
        if values is None:
            scope = self.scopes[path]
            own: dict[str, object] = {scope.kind: ".".join(self.own(scope))} if scope.kind in ("stage", "block") else {}
            values = self._surroundings[path] = {**self._around(self.parent(path)), **own}
        return values

    def _own(self, scope: Scope) -> Path | None:
        """Return the path of the scope itself, apart from the table of the scope around it."""
        match scope.kind:
            case "network" | "turn":
                return Path(())
            case "stage":
                return self.layout.by_stage.get(scope.path, self.layout.stages)
            case "block":
                paths = self.layout.blocks_by_stage.get(self.parent(scope.path), self.layout.blocks)
                local = scope.path.rpartition(".")[2]
                return paths[min(int(local), len(paths) - 1)] if local.isdigit() else paths[-1]
            case _:
                return next((table.own for table in self._tables(scope) if table.own is not None), None)

    def _named(self, scope: Scope) -> Levels:
        """Return the levels of a scope without a path: a module has those of its step, stem and head have their own name."""
        if scope.kind != "module":
            return (scope.path,)
        owner, local = self._place(scope.path)
        return self.step(owner, local)

    def _place(self, path: str) -> tuple[str, str]:
        """Return the nearest scope around a path that is no turn, and the rest of the path."""
        owner = self.parent(path)
        while self.scopes[owner].kind == "turn":
            owner = self.parent(owner)
        return owner, path[len(owner) + 1 :] if owner else path

    def _tables(self, scope: Scope) -> tuple[Table, ...]:
        """Return the tables that name a scope's steps, the most specific first; a stem or head may be a module too."""
        key = (scope.kind, scope.template)
        tables = self._known.get(key)
        if tables is None:
            layout = self.layout
            module = layout.modules.get(scope.template)
            own = {"stem": layout.stem, "block": layout.block, "head": layout.head}.get(scope.kind)
            tables = self._known[key] = tuple(table for table in (own, module) if table is not None)
        return tables

    def _said(self, scope: Scope, local: str) -> tuple[Path, Mapping[str, object], Levels]:
        """Return a step's path, the values of its placeholders, and levels to add. `loop.0.step` is keyed `loop.step`."""
        parts = local.split(".")
        name, values = ".".join(parts[::2]), _counted(parts)
        tables = self._tables(scope)
        for table in tables:
            if name in table.steps:
                return table.steps[name], values, ()
        if len(parts) > 1:
            for table in tables:
                if parts[0] in table.steps:
                    return table.steps[parts[0]], {}, tuple(parts[1:])
        for table in tables:
            if table.rest is not None:
                return table.rest, values, ()
        return Path(tuple(parts)), {}, ()


def _counted(parts: list[str]) -> Mapping[str, object]:
    """What `{i}` and `{n}` stand for in a loop: its innermost turn."""
    return {"i": parts[-2], "n": int(parts[-2]) + 1} if len(parts) > 1 else {}


_parts = cache(_PLACEHOLDER.split)
"""The texts between the placeholders of a level, and at odd places their names."""


def _filled(level: str, values: Mapping[str, object]) -> str:
    # A key may speak of the block around a module that is used outside of blocks too: it is left out there.
    if "{" not in level:
        return level
    parts = _parts(level)
    return "".join([str(values.get(part, "")) if place % 2 else part for place, part in enumerate(parts)])
