"""Runs of like entries in a list of modules, written as loops."""

from fractions import Fraction
from itertools import pairwise

from archc.record import Record
from archc_torch.arguments import Expr, Key
from archc_torch.plan import Plan
from archc_torch.printer import Bracket, Doc, flat, number, prefixed


class Entry(Record, frozen=False, eq=False, compiled=True):
    """One module of a container: its key there, the call that makes it, and for an instance of a class what it is called with."""

    key: str
    doc: Doc
    plan: Plan | None = None
    given: tuple[tuple[Key, Expr], ...] = ()
    text: str = ""
    starred: bool = False

    def __post_init__(self) -> None:
        self.text = self.text or flat(self.doc)


def positional(entries: list[Entry]) -> list[Doc]:
    """The entries as arguments, runs of equal ones and of ones that differ in numbers as `*(… for …)`."""
    found: list[Doc] = []
    for run in _runs(entries):
        if len(run) == 1:
            found.append(run[0].doc)
        else:
            doc, loop = _loop(run)
            found.append(Bracket("*(", (doc, loop), comma=False))
    return found


def listed(entries: list[Entry]) -> Doc:
    """The entries as a list: one comprehension where they are one run."""
    runs = list(_runs(entries))
    if len(runs) == 1 and len(entries) > 1:
        doc, loop = _loop(runs[0])
        return Bracket("[", (doc, loop), "]", comma=False)
    return Bracket("[", tuple(positional(entries)), "]", spread=True)


def by_key(entries: list[Entry]) -> Bracket:
    """The entries as a dict, runs with counted keys as `**{f"b{i}": … for i in range(…)}`."""
    found: list[Doc] = []
    for run in _runs(entries):
        counted = _counted([entry.key for entry in run]) if len(run) > 1 else None
        alike = counted is not None and all(entry.text == run[0].text for entry in run)
        if counted is None or not alike:
            found += [prefixed(f'"{entry.key}": ', entry.doc) for entry in run]
            continue
        stem, first = counted
        doc = prefixed(f'f"{stem}{{i}}": ', run[0].doc)
        found.append(Bracket("**{", (doc, f"for i in {_range(first, len(run))}"), "}", comma=False))
    return Bracket("{", tuple(found), "}", spread=True)


def _runs(entries: list[Entry]) -> list[list[Entry]]:
    """Longest first from the left: equal entries, else three or more calls of one class with unlike numbers."""
    found: list[list[Entry]] = []
    start = 0
    while start < len(entries):
        end = start + 1
        while end < len(entries) and entries[end].text == entries[start].text and not entries[start].starred:
            end += 1
        if end == start + 1:
            end = _unlike(entries, start)
        found.append(entries[start:end])
        start = end
    return found


def _unlike(entries: list[Entry], start: int) -> int:
    """The end of a run of calls of one class, each unlike the next; short runs are not worth a loop."""
    first = entries[start]
    end = start + 1
    while (
        first.given
        and end < len(entries)
        and entries[end].plan is first.plan
        and entries[end].given
        and (end + 1 == len(entries) or entries[end].text != entries[end + 1].text)
    ):
        end += 1
    return end if end - start >= 3 else start + 1


def _loop(run: list[Entry]) -> tuple[Doc, Doc]:
    """What is repeated, and the `for` clause."""
    first = run[0]
    if all(entry.text == first.text for entry in run) or first.plan is None:
        return first.doc, f"for _ in range({len(run)})"
    columns = list(zip(*(tuple(expr.values[0] for _, expr in entry.given) for entry in run), strict=True))
    varied = [place for place, values in enumerate(columns) if any(value != values[0] for value in values)]
    given = list(first.given)
    names: list[str] = []
    for place in varied:
        key, expr = given[place]
        name = first.plan.params[place].name.split("_")[-1] if len(varied) == 1 else first.plan.params[place].name
        names.append(name)
        given[place] = (key, Expr(name, expr.values, literal=False))
    if len(varied) == 1:
        sequence = _progression(columns[varied[0]])
        if sequence is not None:
            text, loop = sequence
            key, expr = given[varied[0]]
            given[varied[0]] = (key, Expr(text, expr.values, literal=False))
            return first.plan.call(given, {}), f"for i in {loop}"
        values: tuple[Doc, ...] = tuple(number(value) for value in columns[varied[0]])
        return first.plan.call(given, {}), Bracket(f"for {names[0]} in (", values, spread=True)
    rows: tuple[Doc, ...] = tuple(
        "(" + ", ".join(number(columns[place][row]) for place in varied) + ")" for row in range(len(run))
    )
    return first.plan.call(given, {}), Bracket(f"for {', '.join(names)} in (", rows, spread=True)


def _progression(values: tuple[int | float, ...]) -> tuple[str, str] | None:
    """`i / 490` and `range(3, 11)` where the values are exactly that."""
    fractions = [Fraction(value).limit_denominator(1_000_000) for value in values]
    denominator = 1
    for fraction in fractions:
        denominator = denominator * fraction.denominator // _gcd(denominator, fraction.denominator)
        if denominator > 1_000_000:
            return None
    counts = [int(fraction * denominator) for fraction in fractions]
    steps = {b - a for a, b in pairwise(counts)}
    if len(steps) != 1 or any(count / denominator != value for count, value in zip(counts, values, strict=True)):
        return None
    step = steps.pop()
    if step <= 0:
        return None
    loop = f"range({counts[0]}, {counts[-1] + step}" + (f", {step})" if step > 1 else ")")
    return ("i" if denominator == 1 else f"i / {denominator}"), loop


def _gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a


def _counted(keys: list[str]) -> tuple[str, int] | None:
    """The common beginning of keys that count up, and the first number."""
    stem = keys[0].rstrip("0123456789")
    numbers = [key[len(stem) :] for key in keys]
    if not all(key.startswith(stem) for key in keys) or not all(number.isdigit() for number in numbers):
        return None
    first = int(numbers[0])
    return (stem, first) if numbers == [str(first + place) for place in range(len(keys))] else None


def _range(first: int, count: int) -> str:
    return f"range({count})" if first == 0 else f"range({first}, {first + count})"
