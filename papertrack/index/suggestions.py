"""Did you mean: for a word that no paper contains, the closest that some do.

Used only if a query finds nothing.

A slip of the fingers is one letter too many, too few, wrong, or two swapped: there are
some five hundred such words, and the index knows within 10 ms which of them it has,
however many papers there are. Beyond that, the words of the newest titles are compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from sqlite3 import Connection

from papertrack.core.fields import Field, Kind
from papertrack.index.bodies import full_text, stored_paper
from papertrack.index.clauses import BARE, fold_label
from papertrack.index.schema import column
from papertrack.index.vocabulary import papers_with_each, stem_by_word
from papertrack.query.language import Clause, How, Text, words
from papertrack.query.normalize import APART, phrases

LETTERS = "abcdefghijklmnopqrstuvwxyz"

SHORTEST, LONGEST = 4, 40
"""Shorter words are one letter from too many others; longer ones are no words, and each
letter makes 54 slips.
"""

NEWEST_TITLES = 5000
READ = 20
"""How many papers are read to see whether a likely word occurs as it is, not only by
its stem.
"""


def suggestions(db: Connection, clause: Clause) -> list[tuple[str, str]]:
    """(unknown word or tag, closest known one), for those that a match of the clause
    needs.
    """
    found: dict[str, str] = {}
    for term in words(clause):
        if term.how is How.PREFIX or term.how is How.REGEX:
            continue
        field = term.field
        if field is not None and field.kind is Kind.LABEL:
            near = _nearest_label(db, field, term.text)
            if near:
                found[term.text] = near
        elif field is None or field.kind is Kind.TEXT:
            found.update(_nearest_words(db, term))
    return list(found.items())


def _nearest_label(
    db: Connection,
    field: Field,
    text: str,
) -> str | None:
    """The label closest to an unknown one."""
    rows = db.execute(
        "SELECT folded, count(*), min(value) FROM label WHERE field = ? GROUP BY folded",
        (field.name,),
    )
    papers: dict[str, int] = {}
    shown: dict[str, str] = {}
    for folded, count, label in rows:
        papers[folded] = count
        shown[folded] = label
        parent, slash, _ = label.rpartition("/")
        while slash:
            shown.setdefault(fold_label(parent), parent)
            papers.setdefault(fold_label(parent), count)
            parent, slash, _ = parent.rpartition("/")
    wanted = fold_label(text)
    if wanted in shown:
        return None
    slips = _slips(wanted) & shown.keys()
    if slips:
        nearest = min(slips, key=lambda label: (-papers[label], label))
        return shown[nearest]
    for label in _close(wanted, shown):
        return shown[label]
    return None


def _nearest_words(db: Connection, term: Text) -> dict[str, str]:
    """The unknown words of a term, each with the closest known one."""
    columns = f"{{{term.field.name}}}" if term.field else BARE
    found: dict[str, str] = {}
    for word in _words(term.text):
        if not _is_corrected(word):
            continue
        if _papers_with(db, columns, word, 1):
            continue
        near = _slip(db, columns, word)
        if near is None:
            near = _similar(db, columns, word)
        if near is not None:
            found[word] = near
    return found


def correction(db: Connection, text: str) -> str | None:
    """The most frequent word one slip away from a word that no paper has; None if there
    is none.

    A first letter is seldom wrong. Rare words are never corrected: they may be right.
    """
    words = _words(text)
    if len(words) != 1 or not _is_corrected(words[0]):
        return None
    if _papers_with(db, BARE, words[0], 1):
        return None
    return _slip(db, BARE, words[0])


def _is_corrected(word: str) -> bool:
    """Whether a word may have a slip that can be recognised."""
    return SHORTEST <= len(word) <= LONGEST and word.isalpha()


def _slip(
    db: Connection,
    columns: str,
    word: str,
) -> str | None:
    """The word one slip away that most papers contain."""
    near = sorted(slip for slip in _slips(word) if slip[:1] == word[:1])
    by_stem: dict[str, list[str]] = {}
    for slip, stem in stem_by_word(near).items():
        by_stem.setdefault(stem, []).append(slip)
    if not by_stem:  # letters that FTS5 takes for none
        return None
    papers = papers_with_each(db, by_stem)
    likeliest = sorted(by_stem, key=lambda stem: (-papers.get(stem, 0), stem))
    for stem in likeliest:
        found = _most_written(db, columns, by_stem[stem])
        if found is not None:
            return found
    return by_stem[likeliest[0]][0] if likeliest[0] in papers else None


def _most_written(db: Connection, columns: str, words: Sequence[str]) -> str | None:
    """Of words with the same stem the one that most of the newest papers have; None if
    none of these has any: optimizatoin is also a slip from optimizating.
    """
    counts = dict.fromkeys(words, 0)
    for rid in _papers_with(db, columns, words[0], READ):
        text = APART.join(full_text(stored_paper(db, rid))).casefold()
        for word in counts.keys() & set(re.findall(r"[^\W\d_]+", text)):
            counts[word] += 1
    best = max(words, key=counts.__getitem__)
    return best if counts[best] else None


def _similar(
    db: Connection,
    columns: str,
    word: str,
) -> str | None:
    """The most similar word of the newest titles."""
    query = "SELECT title FROM paper ORDER BY rid DESC LIMIT ?"
    titles = column(db, query, (NEWEST_TITLES,))
    lengths = range(len(word) - 3, len(word) + 4)
    likely: set[str] = set()
    words_of_titles = " ".join(titles).casefold().split()
    for near in words_of_titles:
        # Comparing two words takes a hundred times as long as this.
        is_similar = near[0] == word[0] and len(near) in lengths
        if is_similar and near.isalpha():
            likely.add(near)
    for near in _close(word, likely):
        if _papers_with(db, columns, near, 1):
            return near
    return None


def _papers_with(
    db: Connection,
    columns: str,
    word: str,
    most: int,
) -> list[int]:
    """The row ids of the newest papers with a word."""
    query = "SELECT rowid FROM fts WHERE fts MATCH ? ORDER BY rowid DESC LIMIT ?"
    match = f'{columns} : "{word}"'
    return column(db, query, (match, most))


def _close(word: str, known: Iterable[str]) -> list[str]:
    import difflib  # 4 ms, for mistakes only

    return difflib.get_close_matches(
        word,
        sorted(known),
        n=3,
        cutoff=0.8,
    )


def _words(text: str) -> list[str]:
    """The words of a text, in their main spelling."""
    for spelling in phrases(text):
        return spelling.split()
    return []


def _slips(word: str) -> set[str]:
    """All words one slip away."""
    found: set[str] = set()
    for place in range(len(word) + 1):
        head = word[:place]
        tail = word[place:]
        found.add(head + tail[1:])
        swapped = tail[1:2] + tail[:1]
        found.add(head + swapped + tail[2:])
        for letter in LETTERS:
            found.add(head + letter + tail)
            found.add(head + letter + tail[1:])
    return found - {word}
