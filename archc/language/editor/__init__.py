"""The schema of the language as an editor wants it: with what ships, completion texts, and a twin in draft 07.

References are written out (`flat.py`), what ships and its parameters are read off the definitions (`offers.py`, `ships.py`),
then come the paths of `set` (`changes.py`) and texts of completion and hover (`texts.py`). `archc check` reads none of that:
it has the plain file.
"""

__all__ = ["view"]
