"""Two writers of the same files at once, and whose remain; a program: `python tests/support/writing_together.py KIND ROUNDS`."""

import json
import os
import sys
from collections import Counter

from killing import state, versions

from archc.output import write_files


def main(kind: str, rounds: int) -> None:
    files = versions(kind)
    seen: Counter[str] = Counter()
    for _ in range(rounds):
        start, go = os.pipe()
        writers = []
        for version in files:
            writers.append(os.fork())
            if not writers[-1]:
                os.close(go)
                os.read(start, 1)  # until both are there
                write_files(version, force=True)
                os._exit(0)
        os.close(start)
        os.close(go)
        for writer in writers:
            os.waitpid(writer, 0)
        seen[state(files)] += 1
    sys.stdout.write(json.dumps(seen))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
