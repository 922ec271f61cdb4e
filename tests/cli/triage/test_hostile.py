"""Text of others on the screen of triage: nothing in it acts on the terminal."""

from __future__ import annotations

import re

import pytest

OWN = re.compile(
    rb"\x1b\[\?(?:1049|2004|2026|25|7)[hl]"  # modes that triage sets and resets
    rb"|\x1b\[\d+;\d+H|\x1b\[H|\x1b\[2[JK]"
    rb"|\x1b\[[\d;]*m"
    rb"|\x1b\]52;c;[A-Za-z0-9+/=]*\x07"
)

ATTACKS = [
    "\x1b]0;owned\x07\x1b[2J\x1b[31mred",
    "\x1b]52;c;b3duZWQ=\x07 \x1bP$q\x1b\\",
    "\u202egnp.exe\u202c \u2066x\u2069 \u200b\ufeff",
    "日本語" * 60,
    "👨‍👩‍👧‍👦🏳️‍🌈" * 60,
    "z\u0335\u0322\u031b" * 200,
    "x" * 5_000,
    "a\r\nb\tc\x9b31m\x85",
]


@pytest.fixture
def attacked(home, written):
    """A library with an attack in each field of each paper."""
    papers = []
    for number, attack in enumerate(ATTACKS, 1):
        paper = {
            "id": f"2511.{number:05}",
            "added": "2026-01-01T00:00:00Z",
            "listed": f"2025-11-{28 - number}",
            "title": attack,
            "abstract": attack * 3,
            "summary": attack,
            "authors": [attack, attack],
            "categories": [attack],
            "venue": attack,
            "url": f"https://example.org/{attack}",
            "note": attack,
            "upvotes": number,
        }
        papers.append(paper)
    written(home, *papers)
    return home


@pytest.mark.parametrize("size", [(40, 10), (80, 24)], ids=str)
def test_no_text_acts_on_the_terminal(size, triage, attacked):
    columns, lines = size
    shown = triage(attacked, columns=columns, lines=lines)
    for number in range(1, len(ATTACKS) + 1):
        text = shown.until(f"{number} of {len(ATTACKS)} ")
        assert len(text.splitlines()) <= lines
        last = text.splitlines()[-1]
        assert last.startswith("r read  l later"), last
        shown.say("y", "copied")
        shown.press("b")
        shown.until(lambda text: "BibTeX" in text or "clipboard" in text)
        shown.press("r")
    shown.until("That was the last paper.")
    shown.press("q")
    assert shown.end() == 0
    rest = OWN.sub(b"", shown.raw.partition(b"\x1b[?1049l")[0])
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", rest)
    assert not re.search(
        "[\x80-\x9f\u202a-\u202e\u2066-\u2069\u200b\ufeff]", rest.decode()
    )
