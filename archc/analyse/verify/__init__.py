"""Whether two programs are one function: every way to run a network, and other people's networks, on the same weights.

Either program is run in float64: ours by `interpreter.py`, theirs (`Program`: a torch module, or a file of ONNX run on torch)
under `recorder.py`, which records every ATen operation. `entries.py` and `reading.py` say where each tensor enters the flow
of data, `pairing.py` pairs them by that, `sharing.py` reads theirs into ours, `compare.py` compares and `locate.py` finds the
first node whose output the other program has nowhere.
"""

__all__ = ["cases", "compare", "load", "outcome", "own", "program", "report"]
