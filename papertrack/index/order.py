"""How results are sorted."""

from typing import NamedTuple, Self

from papertrack.index.schema import EARLIER_FIRST, LATER_FIRST

HEAT = "heat(p.upvotes, p.day, p.votes_read)"
"""What papers are sorted by as `hot`."""


class SortKey(NamedTuple):
    """A field that results are sorted by; "date" is the day that tables show."""

    name: str
    reverse: bool

    @property
    def column(self) -> str:
        """A term of ORDER BY, for the table `paper p`."""
        ascending = self.reverse
        expression = f"p.{self.name}"
        if self.name == "date":
            expression = "p.day"
        elif self.name == "hot":
            expression = HEAT
        elif self.name == "title":
            expression = "p.title COLLATE NOCASE"
            ascending = not self.reverse
        direction = "ASC" if ascending else "DESC"
        return f"{expression} {direction} NULLS LAST"


class Order(NamedTuple):
    """How results are sorted, and how many are wanted; None for all.

    Each key sorts what is equal by those before it. "relevance" is alone.
    """

    keys: tuple[SortKey, ...]
    limit: int | None

    @classmethod
    def by(cls, sort: str, *, reverse: bool = False, limit: int | None = None) -> Self:
        """The order for fields with commas between them, such as `upvotes,-date`.

        A field after `-` is in the reverse order; `reverse` turns all of them.
        """
        keys = []
        for field in sort.split(","):
            name = field.removeprefix("-")
            keys.append(SortKey(name, reverse != field.startswith("-")))
        return cls(tuple(keys), limit)

    @property
    def sort(self) -> str:
        """The field that counts first."""
        return self.keys[0].name

    @property
    def reverse(self) -> bool:
        """Whether the field that counts first is in the reverse order."""
        return self.keys[0].reverse

    @property
    def by_time(self) -> bool:
        """Whether a page is made of whole days.

        Relevance without words falls back to dates.
        """
        return self.sort in ("date", "relevance")

    @property
    def by_heat(self) -> bool:
        """Whether SQL calls `heat` (`sql_functions.register_heat`)."""
        return any(key.name == "hot" for key in self.keys)

    @property
    def columns(self) -> str:
        """ORDER BY, for the table `paper p`."""
        if self.by_time and len(self.keys) == 1:
            return EARLIER_FIRST if self.reverse else LATER_FIRST
        return ", ".join([*(key.column for key in self.keys), LATER_FIRST])
