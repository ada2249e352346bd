"""The regular expressions of the schema, on texts made to keep one busy: none takes more than a moment."""

import re
import signal
from collections.abc import Iterator

import pytest

from archc.language.schema.load import whole_schema


def patterns(at: object) -> Iterator[str]:
    if isinstance(at, dict):
        if isinstance(at.get("pattern"), str):
            yield at["pattern"]
        if isinstance(at.get("patternProperties"), dict):
            yield from at["patternProperties"]
        for value in at.values():
            yield from patterns(value)
    elif isinstance(at, list):
        for value in at:
            yield from patterns(value)


@pytest.mark.parametrize("pattern", sorted({*patterns(whole_schema())}))
def test_a_pattern_comes_to_an_end(pattern: str) -> None:
    """As long as a value may be, and almost what is looked for: backtracking would take years."""

    def late(*_: object) -> None:
        raise TimeoutError(pattern)

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, 5)
    try:
        found = [re.search(pattern, piece * 4_000 + "!\n") for piece in ("a", "a.", "0", "_", "a_", "a/", "./", "x-", " ", "é")]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    assert all(match is None or pattern.startswith("^x-") or "$" not in pattern for match in found)
