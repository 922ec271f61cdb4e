"""Did you mean: for a word that no paper has, the nearest that some have. Asked only where a query finds nothing.

A slip of the fingers is one letter too many, too few, wrong, or two turned round: all such words are some five
hundred, and the index knows within 10 ms which of them there are, however many papers it holds. For what is
further off, the words of the newest titles are compared.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from papertrack.core.fields import Field, Kind
from papertrack.index.clauses import BARE, fold_label
from papertrack.index.schema import full_text, paper_of
from papertrack.query.language import Clause, How, Text, words
from papertrack.query.normalize import phrases

SHORTEST = 4
"""Shorter words are one letter from too many others."""

NEWEST_TITLES = 5000
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_READ = 20
"""In how many papers a likely word is looked for as it stands, not by its stem only."""


def suggestions(db: sqlite3.Connection, clause: Clause) -> list[tuple[str, str]]:
    """(what nothing has, what it may have meant), for the words and tags that a match of the clause needs."""
    found: dict[str, str] = {}
    for term in words(clause):
        if term.how not in (How.WORD, How.PHRASE, How.EXACT):
            continue
        if term.field is not None and term.field.kind is Kind.LABEL:
            found.update(_labels(db, term, term.field))
        elif term.field is None or term.field.kind is Kind.TEXT:
            columns = f"{{{term.field.name}}}" if term.field else BARE
            unknown = [word for word in _words(term.text) if _odd(db, columns, word)]
            found.update(
                (word, near)
                for word in unknown
                if (near := _nearest(db, columns, word))
            )
    return list(found.items())


def _labels(
    db: sqlite3.Connection, term: Text, field: Field
) -> Iterator[tuple[str, str]]:
    query = (
        "SELECT folded, count(*), min(value) FROM label WHERE field = ? GROUP BY folded"
    )
    known: dict[str, tuple[int, str]] = {}
    for folded, papers, value in db.execute(query, (field.name,)):
        known[folded] = (papers, value)
        for depth in range(1, value.count("/") + 1):
            parent = "/".join(value.split("/")[:depth])
            known.setdefault(fold_label(parent), (papers, parent))
    asked = fold_label(term.text)
    if asked in known:
        return
    slips = sorted(
        _slips(asked) & known.keys(), key=lambda label: (-known[label][0], label)
    )
    near = slips or _close(asked, known)
    yield from ((term.text, known[label][1]) for label in near[:1])


def _odd(db: sqlite3.Connection, columns: str, word: str) -> bool:
    """Whether a word that could be a slip is in no paper."""
    return (
        len(word) >= SHORTEST and word.isalpha() and not _papers(db, columns, word, 1)
    )


def _papers(db: sqlite3.Connection, columns: str, word: str, most: int) -> list[int]:
    query = "SELECT rowid FROM fts WHERE fts MATCH ? ORDER BY rowid DESC LIMIT ?"
    return [rid for (rid,) in db.execute(query, (f'{columns} : "{word}"', most))]


def _nearest(db: sqlite3.Connection, columns: str, word: str) -> str | None:
    """The word one slip away that most papers have; else the likest word of a title."""
    held = ((near, _papers(db, columns, near, 1000)) for near in _slips(word))
    likely = sorted(((-len(rids), near, rids) for near, rids in held if rids))
    # The index knows stems: optimizatoin is a slip from optimizating too, which no paper says.
    for _, near, rids in likely:
        if any(
            near in _words(text) for rid in rids[:_READ] for text in _texts(db, rid)
        ):
            return near
    titles = db.execute(
        "SELECT title FROM paper ORDER BY rid DESC LIMIT ?", (NEWEST_TITLES,)
    )
    alike = {
        near
        for (title,) in titles
        for near in title.casefold().split()
        if _alike(near, word)
    }
    return next(
        (near for near in _close(word, alike) if _papers(db, columns, near, 1)), None
    )


def _alike(near: str, word: str) -> bool:
    """Whether two words are worth comparing, which takes a hundred times as long as this."""
    return near[0] == word[0] and abs(len(near) - len(word)) <= 3 and near.isalpha()


def _close(word: str, known: Iterable[str]) -> list[str]:
    import difflib  # 4 ms, for mistakes only

    return difflib.get_close_matches(word, sorted(known), n=3, cutoff=0.8)


def _texts(db: sqlite3.Connection, rid: int) -> tuple[str, ...]:
    return full_text(
        paper_of(db.execute("SELECT body FROM doc WHERE rid = ?", (rid,)).fetchone()[0])
    )


def _words(text: str) -> list[str]:
    return [word for way in phrases(text)[:1] for word in way.split()]


def _slips(word: str) -> set[str]:
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    found = {head + tail[1:] for head, tail in parts if tail}
    found |= {
        head + tail[1] + tail[0] + tail[2:] for head, tail in parts if len(tail) > 1
    }
    found |= {
        head + letter + tail[skip:]
        for head, tail in parts
        for letter in _LETTERS
        for skip in (0, 1)
    }
    return found - {word}
