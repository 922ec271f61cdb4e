"""What a hostile feed, bibliography or library can consist of: the time is in proportion
to its size.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from papertrack.core import identity
from papertrack.core.facts import Facts
from papertrack.core.model import Record
from papertrack.joining.records import join_parts, merge
from tests.helpers.growth import grows_linearly

NOW = "2025-11-24T12:00:00Z"
ARXIV, DOI, URL = "arxiv:2511.00001", "doi:10.1/a", "url:https://e.org/a"
TITLE = "Zoku mibra"
SIZE = 1_200


def arxiv(number: int) -> str:
    return f"arxiv:2511.{number:05}"


def url(number: int) -> str:
    return f"url:https://e.org/{number:05}"


def titled(number: int, *ids: str, cite_key: str | None = None) -> Facts:
    return Facts(title=f"Takel {number}", ids=ids, cite_key=cite_key)


def named(*ids: str, title: str = TITLE, published: str | None = None) -> Facts:
    return Facts(title=title, ids=ids, published=published)


def by(number: int, *ids: str, title: str = TITLE) -> Facts:
    return Facts(title=title, ids=ids, authors=(f"Ann Zoku{number}",))


def some_of(number: int, *, few: int, of: int) -> Facts:
    """Some ids of a few, so that any two entries have one in common, and one of its own."""
    ids = [arxiv((number + place) % of) for place in range(few)]
    return titled(number, *ids, arxiv(of + number))


LISTINGS: Mapping[str, Callable[[int], Facts]] = {
    "an arXiv id, many titles": lambda n: titled(n, ARXIV),
    "a DOI, many titles": lambda n: titled(n, DOI),
    "a URL, many titles": lambda n: titled(n, URL),
    "a guid, many titles": lambda n: titled(n, "guid:a", url(n)),
    "a cite key, many titles": lambda n: titled(n, cite_key="a"),
    "an arXiv id, one title": lambda n: Facts(title=TITLE, ids=(ARXIV,), upvotes=n),
    "a star of a DOI": lambda n: titled(n, DOI, arxiv(n)),
    "a star of a DOI, one title": lambda n: named(DOI, arxiv(n)),
    "a star of a DOI, a title that many have": lambda n: named(
        DOI, arxiv(n), title="Editorial"
    ),
    "a chain of arXiv ids": lambda n: titled(n, arxiv(n), arxiv(n + 1)),
    "a wheel of arXiv ids": lambda n: titled(
        n, *((arxiv(0), arxiv(n + 9)) if n else map(arxiv, range(1_000)))
    ),
    "a ladder of arXiv ids": lambda n: titled(n, arxiv(n), arxiv(n + 1), arxiv(n + 2)),
    "halves of arXiv ids": lambda n: titled(n, arxiv(n), arxiv(n // 2), arxiv(n // 3)),
    "a chain of URLs": lambda n: titled(n, url(n), url(n + 1)),
    "a chain of URLs, one title": lambda n: named(url(n), url(n + 1)),
    "a chain with leaves": lambda n: (
        titled(n, url(n), url(n + 1)) if n % 2 else titled(n, url(n))
    ),
    "no id, one title": lambda n: Facts(title=TITLE, abstract=str(n)),
    "no id, one title, many years": lambda n: named(published=f"{1000 + n}-01-01"),
    "no id, one title, many authors": by,
    "no id, a title that many have": lambda n: Facts(
        title="Editorial", abstract=str(n)
    ),
    "no id, a title that many have, many authors": lambda n: by(n, title="Editorial"),
    "one title, an id or a year": lambda n: (
        named(url(n)) if n % 2 else named(published=f"{1000 + n}-01-01")
    ),
    "one title, some with ids": lambda n: by(n, *([arxiv(n)] if n % 2 else [])),
    "a DOI, a title that many have": lambda n: by(n, DOI, title="Editorial"),
    "the key of a title": lambda n: Facts(
        title=TITLE, ids=(identity.title_key(TITLE, None),), abstract=str(n)
    ),
}


@pytest.mark.parametrize("source", ["feed", "bibliography"])
@pytest.mark.parametrize("kind", LISTINGS)
def test_entries_of_a_listing(kind: str, source: str) -> None:
    def merged(size: int) -> None:
        merge({}, {source: map(LISTINGS[kind], range(size))}, now=NOW)

    assert grows_linearly(merged, SIZE)


@pytest.mark.parametrize(("few", "of"), [(2, 3), (3, 5), (4, 7)])
def test_ids_of_which_any_two_entries_share_one(few: int, of: int) -> None:
    """What each pair has in common is not common to all, so all pairs would count."""

    def merged(size: int) -> None:
        facts = [some_of(number, few=few, of=of) for number in range(size)]
        merge({}, {"feed": facts}, now=NOW)

    assert grows_linearly(merged, 2 * SIZE)


@pytest.mark.parametrize("source", ["feed", "bibliography"])
def test_an_entry_with_the_ids_of_all_others(source: str) -> None:
    def merged(size: int) -> None:
        ids = tuple(map(url, range(size)))
        others = [titled(number, one) for number, one in enumerate(ids)]
        merge({}, {source: [named(*ids), *others]}, now=NOW)

    assert grows_linearly(merged, SIZE // 2)


def record(
    number: int, *keys: str, source: str = "hf", title: str | None = None
) -> Record:
    facts = {"title": title or f"Takel {number}", "ids": list(keys), "upvotes": number}
    return Record(keys[0], keys, NOW, {source: facts})


RECORDS: Mapping[str, Callable[[int], Record]] = {
    "a key, many titles": lambda n: record(n, ARXIV),
    "a key, one title": lambda n: record(n, ARXIV, title=TITLE),
    "a key, many sources": lambda n: record(n, ARXIV, source=f"feed{n}"),
    "a key, no facts": lambda n: Record(ARXIV, (ARXIV,), NOW, {}),
    "a star of a DOI": lambda n: record(n, arxiv(n), DOI),
    "a chain": lambda n: record(n, url(n), url(n + 1)),
    "a chain, many sources": lambda n: record(n, url(n), url(n + 1), source=f"feed{n}"),
}


@pytest.mark.parametrize("kind", RECORDS)
def test_stored_records(kind: str) -> None:
    def joined(size: int) -> None:
        join_parts({number: RECORDS[kind](number) for number in range(size)})

    assert grows_linearly(joined, SIZE)
