"""Matches in context: highlighted titles, and snippets of abstracts and notes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.core.model import Paper
from papertrack.index.clauses import any_match
from papertrack.index.snippets import WORDS, Snippet, snippets
from papertrack.query.language import parse

TODAY = dt.date(2025, 11, 24)


def shown(query: str, **facts: Any) -> Snippet:
    """The snippet of one paper, matches between « and »."""
    match = any_match(parse(query, TODAY))
    assert match
    paper = Paper(id="1", key="arxiv:1", title="")._replace(**facts)
    found = snippets(match, [paper])
    if not found:
        return Snippet("")
    (one,) = found.values()
    marked = str.maketrans("\x02\x03", "«»")
    return Snippet(
        one.title.translate(marked),
        tuple(piece.translate(marked) for piece in one.pieces),
    )


@pytest.mark.parametrize(
    ("title", "query", "marked"),
    [
        ("Deep Networks", "network", "Deep «Networks»"),
        ("A GPT-4 Report", "gpt4", "A «GPT-4» Report"),
        ("A GPT4 Report (4 pages)", "GPT-4", "A «GPT4» Report (4 pages)"),
        (
            "Language Pre-training, again",
            "pretraining",
            "Language «Pre-training», again",
        ),
        ("Vision-Language Models", "language", "Vision-«Language» Models"),
        ("Fast C++ and C", "c++", "Fast «C++» and C"),
        ("About GPT-3.5", "3.5", "About GPT-«3.5»"),
        (r"On $\alpha$-divergence.", "α-divergence", r"On «$\alpha$-divergence»."),
        (r"The Schr\"odinger Bridge", "schrödinger", r"The «Schr\"odinger» Bridge"),
        ("大規模言語モデル", "言語", "大規模«言語»モデル"),
        ("Straße nach Ångström", "strasse angstrom", "«Straße» nach «Ångström»"),
        ("All You Need Is Need", '"you need"', "All «You Need» Is Need"),
        ("Transformers and Traces", "transf*", "«Transformers» and Traces"),
        ("A b C", "x or b", "A «b» C"),
        ("Deep Nets", "deep ^shallow", "«Deep» Nets"),
    ],
)
def test_matches_are_highlighted(title: str, query: str, marked: str) -> None:
    assert shown(query, title=title).title == marked


def test_the_snippet_of_an_abstract_has_the_most_matches() -> None:
    filler = " ".join(f"w{number}x" for number in range(40))
    piece = shown(
        "zoku mibra",
        abstract=f"Zoku first. {filler} and zoku with mibra here. {filler}",
    ).pieces[0]
    assert "«zoku» with «mibra» here." in piece
    assert piece.startswith("…")
    assert piece.endswith("…")
    assert len(piece.split()) == WORDS
    assert (
        shown("first", abstract=f"Zoku first. {filler}")
        .pieces[0]
        .startswith("Zoku «first». w0x")
    )
    assert (
        shown("here", abstract=f"{filler} right here")
        .pieces[0]
        .endswith(" right «here»")
    )
    assert shown("zoku", abstract="Short zoku.").pieces == ("Short «zoku».",)


def test_a_note_is_shown_where_it_matches() -> None:
    both = shown("zoku", abstract="A zoku.", note="My Zoku!")
    assert both.pieces == ("A «zoku».", "My «Zoku»!")
    assert shown("mibra", abstract="A zoku.", note="My mibra!").pieces == (
        "My «mibra»!",
    )
    assert shown("mibra", title="Mibra", abstract="A zoku.", note="None").pieces == ()


PARTS = [
    "Zoku",
    "mibra-takel",
    "C++",
    "3.5",
    "大規模",
    r"$\alpha$",
    r"Schr\"o",
    "ﬁn",
    "é,",
    "(GPT-4)",
]


@settings(max_examples=50)
@given(
    st.lists(st.sampled_from(PARTS)),
    st.sampled_from(
        [
            "zoku",
            "takel",
            "c++",
            "3.5",
            "規模",
            "alpha",
            "schro",
            "fin",
            "e",
            "gpt4",
            "gp*",
        ]
    ),
)
def test_highlighting_does_not_change_the_text(parts: list[str], query: str) -> None:
    text = " ".join(parts)
    found = shown(query, title=text, abstract=text)
    assert found.title.replace("«", "").replace("»", "") in (text, "")
    for piece in found.pieces:
        assert piece.replace("«", "").replace("»", "").strip("…") in text
        assert piece.count("«") == piece.count("»") > 0


FILLER = " ".join(f"w{number}x" for number in range(40))


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (0, []),
        (1, ["«zoku» «mibra»"]),
        (2, ["«zoku» «mibra»", "note «Zoku»"]),
        (3, ["«zoku» «mibra»", "note «Zoku»", "«Zoku» first"]),
        (None, ["«zoku» «mibra»", "note «Zoku»"]),
    ],
)
def test_the_best_piece_of_each_text_comes_first(
    most: int | None, expected: list[str]
) -> None:
    abstract = f"Zoku first. {FILLER} zoku mibra. {FILLER} end"
    paper = Paper(id="1", key="arxiv:1", title="", abstract=abstract, note="note Zoku")
    found = snippets("zoku OR mibra", [paper], most=most, words=8)["arxiv:1"]
    marked = str.maketrans("\x02\x03", "«»")
    pieces = [piece.translate(marked) for piece in found.pieces]
    assert len(pieces) == len(expected)
    for piece, part in zip(pieces, expected, strict=True):
        assert part in piece
        assert len(piece.split()) <= 8
