"""Look-ups derived from `fields.FIELDS`: by name, by query name, by kind."""

from __future__ import annotations

from papertrack.core.fields import FIELDS, HAS, IS, Kind

BY_NAME = {field.name: field for field in FIELDS}
BY_QUERY_NAME = {field.query_name: field for field in FIELDS if field.query_name}
DATE = "date"
"""What a query calls the day that tables show: `listed`, else `published`."""
OTHER_NAMES = {
    "category": "cat",
    "votes": "upvotes",
    "year": "published",
    DATE: "listed",
}
"""What other programs call a field -> its query name."""
QUERY_NAMES = {
    **{field.name: field for field in BY_QUERY_NAME.values()},
    **{other: BY_QUERY_NAME[name] for other, name in OTHER_NAMES.items()},
    **BY_QUERY_NAME,
}
"""The fields by all names that a query accepts: the query name, that of JSON, others."""

CONDITIONS = {
    "is": IS,
    "has": {name: presence.help for name, presence in HAS.items()},
}
"""The names that `is:` and `has:` accept, with their help."""

PAPER_NAMES = tuple(BY_NAME)
"""The fields of `model.Paper` and of JSON, in their order."""

FACTS = tuple(field for field in FIELDS if field.fact)
FACT_NAMES = ("title", "ids", *(field.name for field in FACTS if field.name != "title"))
"""The fields of `facts.Facts`, in the order in which they are stored."""

FACT_LISTS = ("ids", *(field.name for field in FACTS if field.is_list))
FACT_NUMBERS = tuple(field.name for field in FACTS if field.kind is Kind.NUMBER)
FACT_ADDRESSES = tuple(field.name for field in FACTS if field.kind is Kind.URL)
FACT_FLAGS = tuple(field.name for field in FACTS if field.kind is Kind.FLAG)
"""Facts are stored as lists of texts, as whole numbers, as true or false, or else as
texts.
"""

FULL_TEXT = tuple(field for field in FIELDS if field.kind is Kind.TEXT or field.bare)
SORTABLE = tuple(
    field.name
    for field in FIELDS
    if field.query_name and field.kind in (Kind.NUMBER, Kind.DATE)
    if field.name != "score"
)
"""The numbers and days that papers are sorted by; the score has an order of its own."""
