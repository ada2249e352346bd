"""Pages as a browser takes them apart: tags, scripts, the texts of cells, and attributes that would run or load something."""

from html.parser import HTMLParser


class Tags(HTMLParser):
    """What html.parser finds in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags = dict.fromkeys(("img", "script", "b", "th", "td", "li", "title"), 0)
        self.scripts: list[str] = []
        self.cells: list[str] = []
        self.events: list[str] = []
        self.inside: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.events += [name for name, _ in attrs if name.startswith("on") or name in ("href", "src")]
        self.inside.append(tag)
        if tag == "script":
            self.scripts.append("")
        elif tag in ("th", "td", "li"):
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "script" in self.inside:
            self.scripts[-1] += data
        elif {"th", "td", "li"} & {*self.inside}:
            self.cells[-1] += data
