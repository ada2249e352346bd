"""A tally is one line about a run: the numbers of files, errors and warnings, and in which file they are."""

from collections.abc import Sequence

from archc.diagnostics import Diagnostic
from archc.rendering.report import Report


def tally(report: Report) -> str:
    """Return `3 files checked: 2 errors in bad.yaml (1 can be mended with --fix)`."""
    files = f"{len(report.files)} file" + ("" if len(report.files) == 1 else "s")
    mendable = sum(bool(each.fix) and each.fix[0].span.source.name in report.files for each in report.diagnostics)
    hint = f" ({mendable} can be mended with --fix)" if mendable else ""
    return f"{files} checked: {summary(report.diagnostics) or 'all good'}{hint}"


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """Return `2 errors, 1 warning in net.yaml`, "" where there is none."""
    counts = [(severity, sum(d.severity == severity for d in diagnostics)) for severity in ("error", "warning")]
    numbers = ", ".join(f"{count} {severity}{'s' if count > 1 else ''}" for severity, count in counts if count)
    names = {diagnostic.span.source.name: None for diagnostic in diagnostics if diagnostic.span}
    if not numbers or not names:
        return numbers
    from archc.rendering.visible import clipped

    files = [clipped(name) for name in names if not name.startswith("--")]
    options = [clipped(name) for name in names if name.startswith("--")]
    files = files if len(files) < 2 else [f"{len(files)} files"]
    options = options if len(options) < 2 else list(dict.fromkeys(option.partition(" ")[0] for option in options))
    return f"{numbers} in {' and '.join([*files, *options])}"
