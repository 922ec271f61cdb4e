"""Text is cleaned when it is read, folded for comparing, shortened for display."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.core.text import clean, columns, fold, pointed, sentences, shorten

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain", "plain"),
        ("  two   spaces\tand\r\nlines ", "two spaces and lines"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("a\x00b\x07c\x08d\x7fe", "abcde"),
        ("\x9b31m\x85", "31m"),
        ("a\u202eb\u2066c\u2069", "abc"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("e\u0301", "é"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("tags\U000e0041\U000e007f", "tags"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u2028", ""),
        ("", ""),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text(st.characters(exclude_categories=())))
def test_cleaned_text_is_safe_and_cleaning_is_idempotent(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert cleaned.strip() == cleaned
    assert "  " not in cleaned
    assert not [
        c
        for c in cleaned
        if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in BIDI
    ]
    cleaned.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("André's GPT-4: Über-Models", "andre s gpt 4 uber models"),
        ("snake_case", "snake case"),
        ("ﬁne ½", "fine 1 2"),
        ("STRASSE straße", "strasse strasse"),
        ("  ", ""),
        ("?!…", ""),
        ("大規模、入門", "大規模 入門"),
        ("İstanbul", "istanbul"),
        ("Ångström Łódź", "angstrom łodz"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_ignores_case_form_and_cleaning(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(
        unicodedata.normalize("NFC", text)
    )


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("fits", 4, "fits"),
        ("one two three", 9, "one two…"),
        ("one, two", 6, "one…"),
        ("unbreakable", 5, "unbr…"),
        ("a verylongword", 8, "a veryl…"),
        ("abc", 1, "…"),
    ],
)
def test_shorten(text: str, width: int, short: str) -> None:
    assert shorten(text, width) == short


@given(st.text(), st.integers(1, 40))
def test_shortened_text_fits(text: str, width: int) -> None:
    assert len(shorten(text, width)) <= width
    assert len(sentences(text, width)) <= width


def test_sentences_stop_at_the_last_that_fits() -> None:
    text = "We do A. We do B! Then much more follows here."
    assert sentences(text, 20) == "We do A. We do B!"
    assert sentences(text, 10) == "We do A."
    assert sentences(text, 5) == "We d…"
    assert sentences(text, 400) == text
    assert sentences("", 10) == ""


@given(st.text(max_size=200), st.integers(0, 200), st.integers(20, 100))
def test_a_caret_is_under_its_position_and_visible(
    text: str, position: int, width: int
) -> None:
    position = min(position, len(text))
    shown, caret = pointed(text, position, width)
    assert shown.isprintable()
    assert columns(shown) <= width + 1
    assert caret == " " * (len(caret) - 1) + "^"
    at = next(
        (n for n in range(len(shown) + 1) if columns(shown[:n]) == len(caret) - 1), None
    )
    assert at is not None
    if position < len(text) and text[position].isprintable():
        assert text[position] in shown[at : at + 9] or columns(text[position]) == 2
