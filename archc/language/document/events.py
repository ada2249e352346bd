"""A text is a stream of YAML events, which libyaml makes where PyYAML has it, else PyYAML's own parser (ten times slower).

Neither recurses. Nothing else of PyYAML is used: composing and constructing recurse, and crash on 50 kB of brackets.
"""

from collections.abc import Callable, Iterator
from typing import Protocol, cast

import yaml


class Mark(Protocol):
    """A place in a text: offset, line and column in code points, all from 0."""

    index: int
    line: int
    column: int


class Stream(Protocol):
    """A parser at a place in a text."""

    def get_event(self) -> yaml.Event | None: ...


Parser: Callable[[str], Stream] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def events(text: str) -> Iterator[yaml.Event]:
    """Yield the events of a text. Raises yaml.YAMLError."""
    parser = Parser(text)
    while (event := parser.get_event()) is not None:
        yield event


def start(event: yaml.Event) -> Mark:
    return cast("Mark", event.start_mark)  # parsed events always have one


def end(event: yaml.Event) -> Mark:
    return cast("Mark", event.end_mark)
