"""Which names the defaults of parameters use: a parameter whose default uses another changes with it."""

import re
from collections.abc import Iterable

from archc.language.document.nodes import Map, Scalar
from archc.language.library import Document

NAME = re.compile(r"[A-Za-z_]\w*")


def defaults(documents: Iterable[Document]) -> dict[str, dict[str, frozenset[str]]]:
    """By the name of a block or module and of a parameter, the words in its default."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for document in documents:
        declared = document.root.get("parameters")
        if document.kind in ("block", "module") and isinstance(declared, Map):
            own = found.setdefault(document.name, {})
            for entry in declared:
                value = entry.value.get("default") if isinstance(entry.value, Map) else None
                if isinstance(value, Scalar):
                    own[str(entry.key)] = frozenset(NAME.findall(value.text))
    return found
