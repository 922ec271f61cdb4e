"""Text from outside: cleaned on input, folded for comparing, shortened for output."""

from __future__ import annotations

import re
import unicodedata
from itertools import dropwhile
from typing import Literal

# Patterns are strings here and in other modules that every command imports: `re`
# compiles and caches them on first use; on import that would cost each start some ms.

# What must never reach a terminal, a file name or a mail header: C0 and C1 controls, DEL, lone
# surrogates, the bidi controls (which reorder what is beside them), zero-width space, BOM,
# interlinear marks and the invisible "tag" letters. Joiners stay: emoji and Persian need them.
UNWANTED = (
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f]"
)
_UNWANTED_IN_OUTPUT = UNWANTED.replace("\x00-\x1f", "\x00-\x08\x0b\x0c\x0e-\x1f")
"""The same without tabs and line breaks, also those of two characters."""

_SENTENCE = r"(?<=[.!?])\s+(?=[A-Z0-9\"'(\[])"

BASE_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "ŧ": "t",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)
"""For `str.translate`: letters that Unicode does not decompose into a letter and an accent."""


def clean(text: str) -> str:
    """One line of NFC text without control, bidi or invisible characters; white space is folded.

    >>> clean(" Attention\\n  is \\x1b[31mall\\u202e ")
    'Attention is [31mall'
    """
    # None of what is unwanted is printable, and most text needs nothing: a tenth of the time.
    if text.isprintable() and (text.isascii() or _normalised("NFC", text) == text):
        if "  " not in text and text.strip(" ") == text:
            return text
        return " ".join(text.split())
    text = re.sub(r"\s+", " ", text)
    text = re.sub(UNWANTED, "", text)
    return " ".join(_normalised("NFC", text).split())


def clean_output(text: str) -> str:
    """Text as it may reach a terminal: `clean`, but for its tabs, spaces and line breaks.

    >>> clean_output("all\\x1b[31m\\n\\tis well\\u202e")
    'all[31m\\n\\tis well'
    """
    # Compiling the pattern takes as long as 3 MB of this test, and most text passes it.
    bare = text.replace("\r\n", "").replace("\n", "").replace("\t", "")
    if bare.isprintable():
        return text
    text = re.sub(_UNWANTED_IN_OUTPUT, "", text)
    # Apart: with an alternative, `re` would not search by the set of characters.
    return re.sub("\r(?!\n)", "", text) if "\r" in text else text


def clean_lines(text: str) -> list[str]:
    """The lines of a note, each cleaned: the one text that has line breaks.

    A note is Markdown: the indent of a line stays, and two spaces at its end.

    >>> clean_lines("\\n- a  \\n\\t- b \\n")
    ['- a  ', '    - b']
    """
    lines = list(map(_clean_line, text.splitlines()))
    while lines and not lines[-1]:
        lines.pop()
    return list(dropwhile(lambda line: not line, lines))


def _clean_line(line: str) -> str:
    text = clean(line)
    if not text:
        return ""
    line = line.expandtabs(4)
    indent = " " * (len(line) - len(line.lstrip()))
    hard_break = "  " if line.endswith("  ") else ""
    return f"{indent}{text}{hard_break}"


def _normalised(form: Literal["NFC", "NFKD"], text: str) -> str:
    """`text` in a normal form; words of more than 500 letters in pieces.

    Putting accents in order takes the square of how many follow each other: 10 MB of
    them would take days.
    """
    if len(text) < 500 or max(map(len, text.split()), default=0) < 500:
        return unicodedata.normalize(form, text)
    pieces = re.findall(r"(?s).{1,500}", text)
    return "".join(unicodedata.normalize(form, piece) for piece in pieces)


def fold(text: str) -> str:
    """Words of `text` in lower case, without accents or punctuation, joined by single spaces.

    >>> fold("André's GPT-4: Über-Models")
    'andre s gpt 4 uber models'
    """
    if not text.isascii():
        decomposed = _normalised("NFKD", text)
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def shorten(text: str, width: int) -> str:
    """`text` cut at a word to at most `width` characters, an ellipsis where it was cut."""
    if len(text) <= width:
        return text
    cut = text[: max(width - 1, 0)]
    head, _, _ = cut.rpartition(" ")
    if len(head) > width // 2:
        cut = head
    return cut.rstrip(" ,;:") + "…"


def abridge(text: str, width: int) -> str:
    """`text` cut in its middle to at most `width` characters.

    >>> abridge("papertrack", 7)
    'pap…ack'
    """
    if len(text) <= width:
        return text
    tail = width // 2
    return f"{text[: width - tail - 1]}…{text[-tail:]}"


def sentences(text: str, width: int) -> str:
    """The first sentences of `text` that fit in `width` characters; at least part of the first."""
    kept = ""
    for sentence in re.split(_SENTENCE, text):
        if kept and len(kept) + 1 + len(sentence) > width:
            break
        kept = f"{kept} {sentence}".strip()
    return shorten(kept, width)


def pointed(
    text: str,
    position: int,
    width: int,
) -> list[str]:
    """The text as a terminal shows it, and a caret under the character at `position`.

    Both are at most `width` columns wide.

    A longer text is cut at both ends, so that the caret stays visible.

    >>> print(*pointed("a) 大きい", 1, 20), sep="\\n")
    a) 大きい
     ^
    """
    nearby = slice(max(position - _NEARBY * width, 0), position + _NEARBY * width)
    shown = "".join(char if char.isprintable() else " " for char in text[nearby])
    before = shown[: position - nearby.start]
    after = shown[position - nearby.start :]
    if nearby.start > 0 or columns(shown) > width:
        room = max(width // 2, width - columns(after) - 1)
        before = _head(before[::-1], room)[::-1]
        after = _head(after, width - columns(before))
    return [before + after, " " * columns(before) + "^"]


_NEARBY = 10
"""How many times its width is looked at of a text: letters may take no column."""


def _head(text: str, width: int) -> str:
    """`text`, or as much of its beginning as `width` columns show, with an ellipsis."""
    if columns(text) <= width:
        return text
    head = ""
    room = width - 1
    for char in text:
        room -= columns(char)
        if room < 0:
            break
        head += char
    return f"{head}…"


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    taken = len(text)
    for char in text:
        if unicodedata.combining(char):
            taken -= 1
        if unicodedata.east_asian_width(char) in "WF":
            taken += 1
    return taken


def pairs(table: str) -> list[tuple[str, str]]:
    """(name, value) of the lines of a table, two or more spaces between them."""
    rows = (line.strip().partition("  ") for line in table.strip().splitlines())
    return [(name, description.lstrip()) for name, _, description in rows]
