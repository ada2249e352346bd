"""Classes and functions that torch does not have, emitted into a network's source where it uses them."""

from archc.record import Record, field
from archc_torch.functions import FUNCTIONS
from archc_torch.layers import LAYERS

HELPERS = {**LAYERS, **FUNCTIONS}


class Library(Record, frozen=False, eq=False):
    """What one network's source needs; `names` are taken."""

    used: set[str] = field(factory=set)

    def use(self, name: str) -> str:
        """Notes the helper, and returns its name."""
        assert name in HELPERS  # noqa: S101  a name of ours
        self.used.add(name)
        return name

    def sources(self) -> list[tuple[str, str]]:
        """Name and text of each helper in use, in the order they are declared."""
        return [(name, text) for name, text in HELPERS.items() if name in self.used]
