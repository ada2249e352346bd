"""The stream of YAML events of a text, from libyaml where PyYAML has it, else from PyYAML's own parser (ten times slower).

Neither recurses; composing and constructing do, and crash on 50 kB of brackets. That is why nothing else of PyYAML is used.
"""

from collections.abc import Callable, Iterator
from typing import Protocol, cast

import yaml


class Mark(Protocol):
    """A place: offset, line and column in code points, all from 0."""

    index: int
    line: int
    column: int


class Stream(Protocol):
    """A parser in the middle of a text."""

    def get_event(self) -> yaml.Event | None: ...


Parser: Callable[[str], Stream] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def events(text: str) -> Iterator[yaml.Event]:
    """Events up to the end of the stream. Raises yaml.YAMLError."""
    parser = Parser(text)
    while (event := parser.get_event()) is not None:
        yield event


def start(event: yaml.Event) -> Mark:
    return cast("Mark", event.start_mark)  # parsed events always have one


def end(event: yaml.Event) -> Mark:
    return cast("Mark", event.end_mark)
