"""Queries in the language of a service's own search."""

from __future__ import annotations

import datetime as dt

import pytest

from papertrack.core.errors import QueryError
from papertrack.fetching.remote_query import for_arxiv, for_hugging_face
from papertrack.query.language import parse_placed

TODAY = dt.date(2025, 11, 12)


def arxiv(text: str) -> str:
    return for_arxiv(parse_placed(text, TODAY), TODAY)


def hugging_face(text: str) -> str:
    return for_hugging_face(parse_placed(text, TODAY))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("diffusion", "all:diffusion"),
        ("diffusion models", "all:diffusion AND all:models"),
        ('"flow matching"', 'all:"flow matching"'),
        ("chain-of-thought", 'all:"chain-of-thought"'),
        ("transform*", "all:transform*"),
        ("title:diffusion author:ho", "ti:diffusion AND au:ho"),
        ('author:"Jonathan Ho"', 'au:"Jonathan Ho"'),
        ("abstract:a,b", "abs:a OR abs:b"),
        ("kettle abstract:a,b", "all:kettle AND (abs:a OR abs:b)"),
        ("cat:cs.cl", "cat:cs.CL"),
        ("cat:cs.CL,cs.LG kettle", "(cat:cs.CL OR cat:cs.LG) AND all:kettle"),
        ("comment:accepted venue:nature", "co:accepted AND jr:nature"),
        ("a or b", "all:a OR all:b"),
        ("(a or b) c", "(all:a OR all:b) AND all:c"),
        ("a ^b", "all:a ANDNOT all:b"),
        ("^b a", "all:a ANDNOT all:b"),
        ("a not (b or c)", "all:a ANDNOT (all:b OR all:c)"),
        ("not not b", "all:b"),
        (
            "published:2025-11-03",
            "submittedDate:[202511030000 TO 202511032359]",
        ),
        (
            "a date:2025-10..2025-11-05",
            "all:a AND (submittedDate:[202510010000 TO 202511052359])",
        ),
        ("updated:2025-11..", "lastUpdatedDate:[202511010000 TO 202511122359]"),
        ("published:..2024", "submittedDate:[199101010000 TO 202412312359]"),
        ("published:7d..", "submittedDate:[202511050000 TO 202511122359]"),
        ('"AND"', 'all:"AND"'),
        ("to", 'all:"to"'),
        ('a"b c"', 'all:a AND all:"b c"'),
        ('\\"odinger', "all:odinger"),
        ("[x:y]&sortBy=1", 'all:"[x:y]&sortBy=1"'),
        ("Schrödinger", "all:Schrödinger"),
    ],
)
def test_for_arxiv(text: str, query: str) -> None:
    assert arxiv(text) == query


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("a upvotes:5..", 2, "has no upvotes:"),
        ("a is:unread", 2, "has no is:"),
        ("a has:code", 2, "has no has:"),
        ("a tag:nlp,vision", 2, "has no tag:"),
        ("a (b or note:x)", 8, "has no note:"),
        ("title:=kettle", 0, "has no title:="),
        ("a title:/k.ttle/", 2, "has no regular expressions"),
        ("a listed:7d..", 2, "has no listed:"),
        ("a @mine", 2, "has no saved queries"),
        ("a 2511.04570", 2, "has no ids; papertrack add ID adds one"),
        ("^a", 0, "can only exclude"),
        ("a or ^b", 5, "can only exclude"),
        ("^a ^b", 0, "can only exclude"),
        ("title:a-b*", 0, "a prefix* of letters"),
        ('a "\\"', 2, ""),
        ("", 0, "needs words"),
    ],
)
def test_what_arxiv_can_not_search_for(text: str, position: int, reason: str) -> None:
    with pytest.raises(QueryError) as raised:
        arxiv(text)
    assert raised.value.query == text
    assert raised.value.position == position
    assert reason in str(raised.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("diffusion", "diffusion"),
        ("diffusion models", "diffusion models"),
        ('"flow matching" video', "flow matching video"),
        ("diffusion and models", "diffusion models"),
        ("Schrödinger & co", "Schrödinger co"),
    ],
)
def test_for_hugging_face(text: str, words: str) -> None:
    assert hugging_face(text) == words


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("a title:b", 2, "has no title:"),
        ("a or b", 2, "has no or"),
        ("kettle ^b", 7, "has no not"),
        ("kettle pre*", 7, "has no prefixes*"),
        ("published:2025", 0, "has no published:"),
        ("a date:2025", 2, "has no date:"),
        ("title:a or title:b", 0, "has no title:"),
        ("a 2511.04570", 2, "has no ids"),
        ("a title:b,c", 2, "has no title:"),
        ("a upvotes:5..", 2, "has no upvotes:"),
        ("", 0, "needs words"),
    ],
)
def test_what_hugging_face_can_not_search_for(
    text: str, position: int, reason: str
) -> None:
    with pytest.raises(QueryError) as raised:
        hugging_face(text)
    assert (raised.value.query, raised.value.position) == (text, position)
    assert reason in str(raised.value)
