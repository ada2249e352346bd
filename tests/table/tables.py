"""Networks and grids for the tests of tables."""

from collections.abc import Sequence
from functools import cache

from hypothesis import strategies as st

from archc.compile.pipeline import Compiled, compile_spec
from archc.present.table.grid import Band, Bracket, Cell, Grid, text_cell
from archc.present.table.network import Network

FIVE = ("resnet18_a", "resnet34_a", "resnet50_v1", "resnet101_v1", "resnet152_v1")

HOSTILE = st.one_of(
    st.text(max_size=24),
    st.text(alphabet="\\`*_[]<>|~$&#!:^{}@=+-,.'\"%/\x1b\u202e\n\t aé中✓×", max_size=24),
    st.sampled_from(
        (
            "=1+1", "@SUM(A1)", "-2", "+3", "<script>alert(1)</script>", "</td>", "| a | b |", "**b**", "$x^2$",
            r"\input{/etc/passwd}", "[a](http://b.c)", "http://a.b/c", "www.a.b", "a--b---c", ",,", "``q''", "[x]", "*", "&amp;",
            "\x1b[31mred",
            "a\r\nb", "%", "]]>", "<!-- x -->", "　",
        )
    ),
)  # fmt: skip
"""What a name or a title may hold, and should not be able to do."""


@cache
def compiled_once(name: str) -> Compiled:
    return compile_spec(name)


def network(name: str) -> Network:
    compiled = compiled_once(name)
    return Network(compiled.spec.title or name, name, compiled, compiled.graph)


def one(text: str) -> Grid:
    """A table with a text in every place that can have one."""
    band = Band((text_cell(text, "left"),), ((Cell((text, Bracket((text, text), 2))),),), text)
    return Grid((text,), (text_cell(text),), (band,), (text,))


def texts(count: int) -> st.SearchStrategy[Sequence[str]]:
    return st.lists(st.text(max_size=12), min_size=count, max_size=count)


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """Tables of any shape, as the layouts make them: rows of one cell or of all, heads that span, titles alone."""
    stubs, columns = draw(st.integers(1, 2)), draw(st.integers(1, 4))
    bands = []
    for _ in range(draw(st.integers(1, 4))):
        head = tuple(text_cell(text) for text in draw(texts(draw(st.integers(1, stubs)))))
        rows = []
        for _ in range(draw(st.integers(1, 2))):
            width = draw(st.sampled_from((1, columns)))
            parts = draw(
                st.lists(
                    st.one_of(st.text(max_size=12), st.builds(Bracket, texts(2).map(tuple), st.integers(1, 200))), max_size=2
                )
            )
            rows.append(tuple(Cell(tuple(parts), draw(st.sampled_from(("left", "center", "right")))) for _ in range(width)))
        bands.append(Band(head, tuple(rows), draw(st.sampled_from(("", "title")))))
    notes = tuple(draw(st.lists(st.text(max_size=40), max_size=2)))
    heads = tuple(text_cell(text) for text in draw(texts(columns)))
    return Grid(tuple(draw(texts(stubs))), heads, tuple(bands), notes, draw(st.booleans()))
