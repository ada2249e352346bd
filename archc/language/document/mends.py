"""The mends that may be made without asking: those of which a text has one reading. Nothing else gives a diagnostic its `fix`.

None changes what the network is, and none loses a value: a word is only spelled as the language spells it, a key keeps its
value and its place, or stands at the same path of the network.
"""

from collections.abc import Collection, Iterable

from archc.diagnostics import Edit, Span
from archc.language.document.edits import begun, moved, renamed
from archc.language.document.nodes import Map
from archc.suggest import is_foreign, is_slip, spelled


def of_word(span: Span, word: str, words: Iterable[str]) -> tuple[Edit, ...]:
    """A name that decides what the network is: letter case, `_`, `-` and spaces only."""
    right = spelled(word, words)
    return renamed(span, word, right) if right is not None else ()


def of_key(span: Span, key: str, keys: Iterable[str], there: Collection[str], language: Collection[str]) -> tuple[Edit, ...]:
    """A key of the language: as a word, or a slip of the keyboard for one that is not `there`.

    Not where the text is a word of the language itself, or of another program: it may be meant.
    """
    known = list(keys)
    if (right := spelled(key, known)) is None:
        slips = [other for other in known if is_slip(key, other, known)]
        right = slips[0] if len(slips) == 1 and key not in language and not is_foreign(key) else None
    return renamed(span, key, right) if right is not None and right not in there else ()


def of_version(span: Span, version: int) -> tuple[Edit, ...]:
    """A version written as a text, or with a point."""
    return (Edit(span, f"{version}"),)


def of_index(span: Span, index: str) -> tuple[Edit, ...]:
    """The index of a block, written as a text."""
    return (Edit(span, index),)


def with_version(root: Map, version: int) -> tuple[Edit, ...]:
    """The version that a document does not say."""
    return begun(root, f"archc: {version}")


def to_set(root: Map, key: str) -> tuple[Edit, ...]:
    """A change beside `extends`, put into `set`, where it is the same path; not where another change is of a part of it."""
    changes = root.get("set")
    others = [str(entry.key) for entry in changes] if isinstance(changes, Map) else []
    if any(f"{other}.".startswith(f"{key}.") or key.startswith(f"{other}.") for other in others):
        return ()
    return moved(root, key, "set")
