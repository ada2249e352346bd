"""A fingerprint is the name of a problem that stays when lines are inserted above it: code review tools know it by that."""

import hashlib
from collections import Counter
from collections.abc import Sequence

from archc.diagnostics import Diagnostic
from archc.language.document.lines import lines
from archc.rendering.paths import in_a_file, relative


def fingerprints(diagnostics: Sequence[Diagnostic], root: str) -> list[str]:
    """Hash each diagnostic to 32 digits: its code, its file, the text of its line, and its number among equal ones."""
    texts: dict[int, list[str]] = {}
    seen: Counter[tuple[str, ...]] = Counter()
    prints: list[str] = []
    for diagnostic in diagnostics:
        span = diagnostic.span
        where: tuple[str, ...] = (diagnostic.message,)
        if span is not None and in_a_file(span):
            text = texts.setdefault(id(span.source), lines(span.source.text))
            where = (relative(span.source.name, root), text[span.line - 1].strip() if span.line <= len(text) else "")
        key = (diagnostic.code, *where)
        seen[key] += 1
        parts = "\0".join((*key, str(seen[key]))).encode("utf-8", "surrogatepass")
        prints.append(hashlib.sha256(parts).hexdigest()[:32])
    return prints
