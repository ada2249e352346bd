"""A name for each problem that stays when lines are put in above it: what code review tools recognise it by."""

import hashlib
from collections import Counter
from collections.abc import Sequence

from archc.diagnostics import Diagnostic
from archc.language.document.lines import lines
from archc.rendering.paths import in_a_file, relative


def fingerprints(diagnostics: Sequence[Diagnostic], root: str) -> list[str]:
    """Of the code, the file, the text of the line, and which of several equal ones it is; 32 hexadecimal digits each."""
    texts: dict[int, list[str]] = {}
    seen: Counter[tuple[str, ...]] = Counter()
    found: list[str] = []
    for diagnostic in diagnostics:
        span = diagnostic.span
        where: tuple[str, ...] = (diagnostic.message,)
        if span is not None and in_a_file(span):
            text = texts.setdefault(id(span.source), lines(span.source.text))
            where = (relative(span.source.name, root), text[span.line - 1].strip() if span.line <= len(text) else "")
        key = (diagnostic.code, *where)
        seen[key] += 1
        parts = "\0".join((*key, str(seen[key]))).encode("utf-8", "surrogatepass")
        found.append(hashlib.sha256(parts).hexdigest()[:32])
    return found
