"""The papers that match a query, as a SELECT that other queries can contain."""

from typing import NamedTuple

from papertrack.index.clauses import NOT_HIDDEN, Where

EVERYTHING = Where(None, "1", ())


class Matching(NamedTuple):
    """The papers that meet a condition; the hidden ones among them only if `hidden` is
    true.
    """

    condition: Where
    hidden: bool = False

    @property
    def is_everything(self) -> bool:
        """Whether these are all papers but the hidden ones."""
        return self.condition == EVERYTHING and not self.hidden

    @property
    def words(self) -> str | None:
        """The words that are all of the condition, in FTS5's syntax, if they are;
        hidden papers are left out.
        """
        if self.condition.condition != "1" or self.hidden:
            return None
        return self.condition.match

    def select(self, columns: str) -> tuple[str, list[object]]:
        """A SELECT of these columns of each paper `p`, with its parameters."""
        match, condition, parameters = self.condition
        if not self.hidden:
            condition = f"{condition} AND {NOT_HIDDEN}"
        if match is None:
            return f"SELECT {columns} FROM paper p WHERE {condition}", [*parameters]
        source = "fts JOIN paper p ON p.rid = fts.rowid"
        sql = f"SELECT {columns} FROM {source} WHERE fts MATCH ? AND {condition}"
        return sql, [match, *parameters]
