"""A line on a terminal that tells how far a long run is, once it has taken a second."""

import sys
import time

from archc.cli.parsing import on_terminal


class Progress:
    """Shown on stderr, and wiped when done; nothing where nobody looks."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.begin = time.monotonic()
        self.shown = False
        self.wanted = total > 1 and on_terminal()

    def show(self, done: int, name: str) -> None:
        if self.wanted and time.monotonic() - self.begin > 1:
            self.shown = True
            print(f"\r\x1b[Kchecking {done}/{self.total}: {name!a}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self.shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
