"""`archc resolve` of networks drawn from numbers: `python tests/support/resolving.py 3600` prints those of another form.

The suite tries the first 150. More than half of what is drawn are networks; the others are passed over.
"""

import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from written_specs import case

from archc.compile.pipeline import compile_spec, complete_spec
from archc.diagnostics import SpecError
from archc.ir.hash import graph_hash
from archc.language.document.nodes import plain
from archc.present.yamlout import with_places


def hashes(path: Path | str) -> tuple[str, str]:
    """Of the network, and of the whole one that it is cut from."""
    compiled = compile_spec(str(path))
    return graph_hash(compiled.graph), graph_hash(compiled.whole)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(text)


def fault_of(spec: Path | str, path: Path) -> str:
    """What is wrong with the resolved form of a network, written to `path`; empty if nothing is."""
    root = complete_spec(str(spec))
    path.write_text(with_places(root))
    try:
        if hashes(path) != hashes(spec):
            return "another network"
        return "" if plain(complete_spec(str(path))) == plain(root) else "resolved once more it is another document"
    except SpecError as error:
        return error.diagnostics[0].message


def drawn(seeds: Iterable[int]) -> Iterator[tuple[int, str]]:
    """Each seed that is a network, with what is wrong."""
    for seed in seeds:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write(folder, case(seed))
            try:
                compile_spec(str(folder / "net.yaml"))
            except SpecError:
                continue
            yield seed, fault_of(folder / "net.yaml", folder / "resolved.yaml")


def main() -> int:
    networks = dict(drawn(range(int(sys.argv[1]))))
    faults = {seed: fault for seed, fault in networks.items() if fault}
    for seed, fault in faults.items():
        sys.stdout.write(f"written_specs.case({seed}): {fault}\n")
    sys.stdout.write(f"{len(networks)} networks, {len(faults)} that resolve to something else\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
