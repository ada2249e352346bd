"""A number that depends on the batch has a part that is there once, and a part for each image."""

from archc.record import Record


class Batched(Record):
    """The number `fixed + image · N` of a batch of N, in exact integers."""

    fixed: int = 0
    image: int = 0

    def at(self, batch: int) -> int:
        return self.fixed + self.image * batch

    def each(self, batch: int) -> int:
        """Return the share of one image of a batch, rounded up."""
        return self.image + -(-self.fixed // batch)

    def times(self, factor: int) -> "Batched":
        """Multiply both parts, such as elements by the bytes of one."""
        return Batched(self.fixed * factor, self.image * factor)

    def __add__(self, other: "Batched") -> "Batched":
        return Batched(self.fixed + other.fixed, self.image + other.image)

    def __str__(self) -> str:
        if not self.image:
            return f"{self.fixed:,}"
        return f"{self.image:,} N" if not self.fixed else f"{self.fixed:,} + {self.image:,} N"
