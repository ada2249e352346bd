"""Fixes that may be made without asking, since the text has only one reading. No other function gives a diagnostic its `fix`.

No fix changes what the network is, or loses a value: a word is only spelled as the language spells it, and a key keeps its value
and its place, or moves to the same path of the network.
"""

from collections.abc import Collection, Iterable

from archc.diagnostics import Edit, Span
from archc.language.document.edits import begun, moved, renamed
from archc.language.document.nodes import Map
from archc.suggest import is_foreign, is_slip, spelled


def of_word(span: Span, word: str, words: Iterable[str]) -> tuple[Edit, ...]:
    """Correct a name that decides what the network is, in letter case, `_`, `-` and spaces only."""
    correct = spelled(word, words)
    return renamed(span, word, correct) if correct is not None else ()


def of_key(span: Span, key: str, keys: Iterable[str], there: Collection[str], language: Collection[str]) -> tuple[Edit, ...]:
    """Correct a key of the language as a word, or as a slip of the keyboard for one that is not `there`.

    A word of the language itself, or of another program, is no slip: it may be meant.
    """
    known = list(keys)
    if (correct := spelled(key, known)) is None:
        slips = [other for other in known if is_slip(key, other, known)]
        correct = slips[0] if len(slips) == 1 and key not in language and not is_foreign(key) else None
    return renamed(span, key, correct) if correct is not None and correct not in there else ()


def of_version(span: Span, version: int) -> tuple[Edit, ...]:
    """Correct a version that is written as a text, or with a point."""
    return (Edit(span, f"{version}"),)


def of_index(span: Span, index: str) -> tuple[Edit, ...]:
    """Correct the index of a block that is written as a text."""
    return (Edit(span, index),)


def with_version(root: Map, version: int) -> tuple[Edit, ...]:
    """Add the version that a document does not state."""
    return begun(root, f"archc: {version}")


def to_set(root: Map, key: str) -> tuple[Edit, ...]:
    """Move a change beside `extends` into `set`, where it is the same path, unless `set` changes a part of it."""
    changes = root.get("set")
    others = [str(entry.key) for entry in changes] if isinstance(changes, Map) else []
    if any(f"{other}.".startswith(f"{key}.") or key.startswith(f"{other}.") for other in others):
        return ()
    return moved(root, key, "set")
