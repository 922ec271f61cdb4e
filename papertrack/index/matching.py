"""The papers that match a query, as a SELECT that other queries can contain."""

from typing import NamedTuple

from papertrack.index.clauses import NOT_HIDDEN, Where


class Matching(NamedTuple):
    """The papers that meet a condition; the hidden ones among them only if `hidden` is
    true.
    """

    condition: Where
    hidden: bool = False

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
