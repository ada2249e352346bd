"""What changed between two networks: their graphs aligned, the differences in the field's words, costs, and weights.

Two graphs are aligned: parts by name, then by shape; blocks by what they compute (a longest common subsequence, so that
`repeat: 6` to 23 is seventeen added blocks and no changed one); operations by name, then in order. Differences become facts
of one place (`branch.py`, `shape.py`, `leaves.py`), each of which marks what it explains, from the settings down to single
attributes; what merely follows is not told. Equal facts of many blocks are one sentence (`describe.py`). A word like
`shortcut B → D` and its line come from the documents, whether there is a difference from the graphs alone. For
`REVISION:PATH` the specs beside and below are copied out of git to a private folder, and the library is told that what ships
may be there too.
"""

__all__ = ["compare", "git", "jsonout", "markdown", "marks", "model", "read", "text", "words"]
