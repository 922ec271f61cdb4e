"""What any match of a regular expression contains: of no pattern is a match missed."""

import datetime as dt
import sqlite3

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.index.clauses import where
from papertrack.index.literals import literals
from papertrack.index.sql_functions import Patterns
from papertrack.query.language import parse


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("quokka", ["quokka"]),
        ("^quo|tion$", ["quo", "tion"]),
        ("zq+x", ["zq"]),
        ("ab*cde", ["cde"]),
        ("ab??cd.*ef gh", ["ef gh"]),
        (r"\bGPT-4\b", ["GPT"]),
        (r"\d+B model", ["B model"]),
        (r"C\+\+ code", [" code"]),
        (r"\\|tea", []),  # a backslash, or tea
        (r"cup\|tea", ["cup"]),  # a text with a bar
        ("tea|", []),
        ("a|tea", []),
        ("(tea)?", []),
        ("te{0}a", []),
        ("[tea]", []),
        (r"\x41bc", []),
        ("(?x) te a", []),
        ("été tea", [" tea"]),
    ],
)
def test_what_a_match_contains(pattern: str, expected: list[str]) -> None:
    assert literals(pattern) == expected


patterns = st.lists(
    st.sampled_from([*"abkKsSiı .^$|*?+-%_\\", r"\w", r"\b", r"\.", r"\|", r"\\"]),
    max_size=10,
).map("".join)
titles = st.text("abkKsSiIıİſ\u212a .-%_\\|w\n", max_size=12)


@settings(max_examples=1500, deadline=None)
@given(patterns, titles)
def test_no_match_is_missed(pattern: str, title: str) -> None:
    try:
        matches = regex.search(pattern, title, regex.IGNORECASE)
    except regex.error:
        return
    needed = [text.lower() for text in literals(pattern)]
    if matches and needed and title.isascii():
        assert any(text in title.lower() for text in needed)


TITLES = ["Tea", "a tea cup", "TE\u212aE", "ſtea", "Tee", "100% te_a", "", None]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("tea", ["Tea", "a tea cup", "ſtea"]),
        ("^tea|CUP$", ["Tea", "a tea cup"]),
        ("teke", ["TE\u212aE"]),
        ("ste+a", ["ſtea"]),
        ("te.a", ["100% te_a"]),
        ("0% te", ["100% te_a"]),
        ("quokka", []),
    ],
)
def test_titles_that_match(pattern: str, expected: list[str]) -> None:
    db = sqlite3.connect(":memory:")
    Patterns().register(db)
    db.execute("CREATE TABLE paper (title)")
    db.executemany("INSERT INTO paper VALUES (?)", [(title,) for title in TITLES])
    _, condition, parameters = where(parse(f"title:/{pattern}/", dt.date(2026, 1, 1)))
    query = f"SELECT p.title FROM paper p WHERE {condition}"
    assert [title for (title,) in db.execute(query, parameters)] == expected
    db.close()
