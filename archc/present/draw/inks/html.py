"""A figure becomes one static page that pans, zooms, folds, searches, and tells about a chosen item, without a network."""

import json
import os
import re
from collections.abc import Iterator, Mapping

from archc.present.draw.inks.shapes import brief
from archc.present.draw.inks.svg import Names, colours, font_face, fragments, shapes
from archc.present.draw.layouts.cards import SPACE, label_of
from archc.present.draw.layouts.columns import CHANGE, LABEL
from archc.present.draw.pages import Form, Page
from archc.present.draw.scene import Box, Curve, Facts, Group, Item, Join, Point, Rule
from archc.present.draw.themes import DARK, Theme
from archc.rendering.escape import xml

PAGE = os.path.join(os.path.dirname(os.path.dirname(__file__)), "page")


def html(title: str, description: str, shown: Page, sources: Mapping[str, str], theme: Theme) -> str:
    """Return the page; `sources` are the specs' texts by the name that facts cite."""
    wide = shown.margin + sum(one.width for one in shown.drawn)
    named, x, figure, facts = Names(), shown.margin, list[str](), dict[str, dict[str, object]]()
    if shown.margin:
        figure += [_band(row, name, wide) for row, name in shown.firsts]
    figure += fragments(shown.legend, named)
    for index, one in enumerate(shown.drawn):
        figure.append(f'<g class="drawn" data-index="{index}" transform="translate({brief(x)} 0)">')
        for form in one.forms:
            figure += _form(form, named)
            for item in (*form.items, *(form.unfolded or ())):
                facts.update(_facts(item))
        figure.append("</g>")
        x += one.width
    data = {
        "width": wide, "top": shown.top, "change": CHANGE if shown.margin else 0,
        "firsts": [row for row, _ in shown.firsts], "facts": facts,
        "whole": [_told(one.facts) for one in shown.drawn], "sources": _cited(facts, sources),
    }  # fmt: skip
    folds = any(form.unfolded for one in shown.drawn for form in one.forms)
    buttons = '<button data-action="unfold">unfold all</button>\n<button data-action="fold">fold all</button>' if folds else ""
    fields = {
        "TITLE": xml(title), "DESCRIPTION": xml(description), "FIGURE": "\n".join(figure), "FOLDING": buttons,
        "STYLE": _style(theme), "SCRIPT": _resource("page.js"),
        "DATA": _script(data),
    }  # fmt: skip
    return re.sub("@([A-Z]+)@", lambda mark: fields[mark[1]], _resource("page.html"))


def _script(data: object) -> str:
    """Return JSON in which no end tag and no comment begins; bytes of a file's name that are no text are escaped."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _band(row: int, name: str, wide: float) -> str:
    """Return an output size with a rule above it; the page's script moves it beside its row."""
    rule = [Rule(x1=16, y1=-(SPACE + CHANGE) / 2, x2=wide - 16, y2=-(SPACE + CHANGE) / 2)] if row else []
    inside = fragments([*rule, *(label_of(name, LABEL / 2 + 4, 0.0) if name else [])], Names())
    return f'<g class="band" data-row="{row}">{"".join(inside)}</g>'


def _resource(name: str) -> str:
    with open(os.path.join(PAGE, name), encoding="utf-8") as file:
        return file.read()


def _style(theme: Theme) -> str:
    faces = "".join([font_face(face) for face in ("regular", "bold", "italic")])
    sheet = faces + _resource("page.css") + shapes() + colours(theme)
    if theme is DARK:
        return sheet + _night()
    return sheet + f"@media (prefers-color-scheme: dark) {{{_night()}{colours(DARK)}}}"


def _night() -> str:
    ink, muted = DARK.texts["ink"], DARK.texts["muted"]
    return (
        f":root{{color-scheme:dark;--ink:{ink};--muted:{muted};--ground:{DARK.page};--panel:#1c2027;--line:#3a404a;"
        "--accent:#7fb4ee;--hit:#e6c75c}"
    )


def _form(form: Form, named: Names) -> Iterator[str]:
    place = f'data-where="{form.where}" data-row="{form.row}" data-high="{brief(form.height)}"'
    if form.unfolded is None:
        yield f'<g class="part" {place}>'
        yield from _reachable(fragments(form.items, named))
        yield _link(form.link)
        yield "</g>"
        return
    hidden = (" hidden", "") if form.open else ("", " hidden")
    shown = "true" if form.open else "false"
    yield f'<g class="part" {place} data-tall="{brief(form.tall)}" data-open="{shown}">'
    yield f'<g class="folded"{hidden[0]}>'
    yield from _reachable(fragments(form.items, named))
    yield _link(form.link)
    yield f'</g>\n<g class="unfolded"{hidden[1]}>'
    yield from _reachable(fragments(form.unfolded, named))
    yield _link(form.unlink)
    yield "</g>"
    label = f"fold or unfold {form.label}"
    yield (
        f'<g class="fold" tabindex="0" role="button" aria-expanded="{shown}" aria-label="{xml(label)}">'
        f'<rect x="26" y="{brief(form.height - 48)}" width="58" height="22" rx="6"/>'
        f'<text x="55" y="{brief(form.height - 33)}">{"fold" if form.open else "unfold"}</text></g>'
    )
    yield "</g>"


def _link(start: Point | None) -> str:
    """Return the line to the next part, whose end the page's script sets."""
    if start is None:
        return ""
    x, y = brief(start[0]), brief(start[1])
    return f'<g class="edge flow"><path class="line link" data-x="{x}" data-y="{y}" d="M{x} {y}V{y}"/></g>'


def _reachable(lines: Iterator[str]) -> Iterator[str]:
    """Let the keyboard reach boxes and circles."""
    for line in lines:
        if line.startswith("<g id=") and ('class="box' in line or 'class="join' in line):
            yield line.replace(' class="', ' tabindex="0" role="button" class="', 1)
        else:
            yield line


def _told(facts: Facts) -> dict[str, object]:
    return {"title": facts.title, "shape": facts.shape, "params": facts.params, "macs": facts.macs, "place": facts.place}


def _facts(item: Item) -> dict[str, dict[str, object]]:
    """Return the facts of an item and of those in it, by their ids in the page."""
    facts: dict[str, dict[str, object]] = {}
    if isinstance(item, Box | Join | Curve | Group) and item.facts is not None:
        facts[xml(item.id).replace(" ", "_")] = _told(item.facts)
    if isinstance(item, Group):
        for inner in item.items:
            facts.update(_facts(inner))
    return facts


def _cited(facts: Mapping[str, Mapping[str, object]], sources: Mapping[str, str]) -> dict[str, str]:
    """Return the sources that some fact cites."""
    names = dict.fromkeys(str(fact["place"]).rpartition(":")[0] for fact in facts.values() if fact["place"])
    return {name: sources[name] for name in names if name in sources}
