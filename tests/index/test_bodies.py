"""A paper is read from the index as it was stored, or the damage is noticed."""

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.core.model import Mark, Paper
from papertrack.index.bodies import body_of, names_of, other_keys, paper_of, with_mark
from papertrack.index.common_text import DICTIONARY

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
KEYS = st.lists(st.from_regex(r"doi:10\.\d{4}/[a-z]{1,8}", fullmatch=True), unique=True)


def a_paper(**values: Any) -> Paper:
    return Paper("2306.90001", "arxiv:2306.90001", **values)


@given(
    title=TEXTS,
    abstract=TEXTS | TEXTS.map(lambda text: text * 200),
    authors=st.lists(TEXTS, max_size=5).map(tuple),
    note=st.none() | TEXTS,
    keys=KEYS,
    folds=st.lists(st.integers(0, 2**48), max_size=3),
)
def test_a_paper_is_read_as_it_was_stored(
    title: str,
    abstract: str,
    authors: tuple[str, ...],
    note: str | None,
    keys: list[str],
    folds: list[int],
) -> None:
    paper = a_paper(title=title, abstract=abstract, authors=authors, note=note)
    body = body_of(paper, keys, folds, "")
    assert paper_of(body) == paper
    assert other_keys(body) == keys
    assert names_of(body) == ([paper.key, *keys], folds)
    mark = Mark(tags=("a",), status="read", starred=True, note="b")
    marked = paper_of(with_mark(body, mark))
    assert marked == paper._replace(tags=("a",), status="read", starred=True, note="b")


def test_common_text_takes_little_room() -> None:
    phrases = DICTIONARY.decode()
    usual = a_paper(title="Kettles", abstract=phrases[1000:2400])
    other = a_paper(title="Kettles", abstract=phrases[1000:2400][::-1])
    assert len(body_of(usual, [], [], "")) * 4 < len(body_of(other, [], [], ""))


def test_a_body_that_is_cut_off_is_damaged() -> None:
    body = body_of(a_paper(title="Kettles", abstract="They whistle. " * 9), [], [], "")
    assert paper_of(body).title == "Kettles"
    for length in range(len(body)):
        with pytest.raises(sqlite3.DatabaseError):
            paper_of(body[:length])


@pytest.mark.parametrize(
    "damage",
    [
        lambda body: b"",
        lambda body: b"[[]]\n",
        lambda body: b"[[]]\nnothing that is compressed",
        lambda body: body.replace(b"\n", b"", 1),
        lambda body: b"\xff" + body,
        lambda body: body[:9] + bytes([body[9] ^ 255]) + body[10:],
        lambda body: body[:-4] + b"\0\0\0\0",
    ],
)
def test_a_damaged_body_is_noticed(damage: Callable[[bytes], bytes]) -> None:
    body = body_of(a_paper(title="Kettles", abstract="They whistle. " * 9), [], [], "")
    with pytest.raises(sqlite3.DatabaseError):
        paper_of(damage(body))
