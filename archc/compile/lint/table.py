"""The table of lints, and their run over one network."""

from collections.abc import Callable, Iterator

from archc.backend import Network
from archc.compile.lint.channels import odd_channels
from archc.compile.lint.effect import odd_preprocess, own_key, unreached_stride, unread_part
from archc.compile.lint.norms import no_final_norm, odd_norm
from archc.compile.lint.stem import early_downsampling
from archc.compile.lint.strides import lossy_stride
from archc.compile.lint.subject import Finding, Subject
from archc.compile.lint.written import no_expect, unused_override
from archc.diagnostics import Diagnostic
from archc.language.document.nodes import Map
from archc.language.library import Document
from archc.record import Record


class Lint(Record):
    """A code, the name it is allowed by, and what finds it."""

    code: str
    name: str
    find: Callable[[Subject], Iterator[Finding]]


LINTS = (
    Lint("W0601", "odd_channels", odd_channels),
    Lint("W0602", "no_final_norm", no_final_norm),
    Lint("W0603", "lossy_stride", lossy_stride),
    Lint("W0604", "early_downsampling", early_downsampling),
    Lint("W0605", "unused_override", unused_override),
    Lint("W0606", "no_expect", no_expect),
    Lint("W0608", "own_key", own_key),
    Lint("W0609", "unread_part", unread_part),
    Lint("W0610", "unreached_stride", unreached_stride),
    Lint("W0611", "odd_preprocess", odd_preprocess),
    Lint("W0612", "odd_norm", odd_norm),
)


def warnings(document: Document, network: Network) -> tuple[Diagnostic, ...]:
    """The findings that the network does not allow, and what it allows in vain (W0607)."""
    subject = Subject(document, network.whole, network.graph)
    node = document.root.get("allow")
    allowed = node if isinstance(node, Map) else Map((), document.root.span)
    found: list[Diagnostic] = []
    for lint in LINTS:
        findings = list(lint.find(subject))
        entry = allowed.entry(lint.name)
        if entry is None:
            found += [_warning(lint, finding, document) for finding in findings]
        elif not findings and entry.span.source is document.written.span.source:
            message = f"`{lint.name}` is allowed, and nothing here needs that"
            found.append(Diagnostic("W0607", message, entry.span, help="leave it out", severity="warning"))
    return tuple(found)


def _warning(lint: Lint, finding: Finding, document: Document) -> Diagnostic:
    said = f"allow: {{{lint.name}: why}}"
    said = f"if it is meant, `{f'set: {{{said}}}' if 'extends' in document.written else said}`"
    advice = f"{finding.help}; {said}" if finding.help else said
    return Diagnostic(lint.code, finding.message, finding.span, finding.label, finding.notes, advice, "warning")
