r"""One spelling of text for all that is searched: the index, queries, exact values and
what is highlighted.

FTS5's own tokenizer (unicode61, then Porter's stems) parts words at whatever is no
letter or digit. Here text is spelled so that it parts them where a reader would:

    GPT-4, GPT4, gpt 4    gpt 4                      letters and digits apart
    GPT-3.5, 10,000       gpt 3·5, 10000             a decimal is one word
    C++, C#, A*           c⁺, c♯, a*                 a letter with its sign
    pre-training          pre training, pretraining  the parts and the whole
    pretraining           pretraining                a query also tries the parts
    $\alpha$-VAE, α-VAE   alpha vae, alphavae        LaTeX and Greek by name
    Schr\"odinger, Łódź   schrodinger, lodz          no accents or ligatures
    大規模                大 規 模                   any part is a phrase

The signs are private characters: letters to FTS5, and taken out of what comes from
outside.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from papertrack.core.text import BASE_LETTERS

# Patterns are strings: `re` compiles and keeps them on first use, where compiling on
# import costs each start.

APART = "\x1f"
"""What stands between the items of a list, so that no phrase is found across two of them."""
_POINT, _APART = "\ue000", "\ue004"
_SIGNS = {"++": "\ue001", "#": "\ue002", "*": "\ue003"}
_AS_WRITTEN = {
    ord(_POINT): ".",
    **{ord(sign): written for written, sign in _SIGNS.items()},
}
_SIGNED = r"(?<![^\W_])[a-z](\+\+|#(?!\w)|\*(?!\w))|(?<=[^\W_])(\+\+)"
_NUMBER = r"[0-9]+(?:[.,][0-9]+)*"
_THOUSANDS = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"
_COMPOUND = r"[^\W\d_]+(?:-[^\W\d_]+|'[^\W\d_]{3,})+"
_EDGES = ".,;:!?()[]\"'"
_FORE = (
    "pre",
    "post",
    "multi",
    "cross",
    "self",
    "semi",
    "non",
    "meta",
    "auto",
    "inter",
    "intra",
    "hyper",
    "fine",
    "few",
    "zero",
    "over",
    "under",
    "sub",
    "super",
    "co",
    "bi",
)
# written as one word, with a hyphen or with a space
_FUSED = rf"(?<![^\W_])({'|'.join(_FORE)})([^\W\d_]{{4,}})"
_NAMED = r"'[^\W\d_]{3}"  # O'Brien is a compound, BERT's and don't are none
_WORD = "[^\\W_]+(?:\ue000[0-9]+)*[\ue001-\ue003]?|[\ue001\ue004]"

_ACCENTS = (
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0640\u064b-\u065f\u0670]"
)
"""Those of Latin, Greek and Cyrillic; Hebrew's points, Arabic's vowels. Japanese's
voiced sounds are other letters.
"""

_UNSPACED = (
    "[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af]"
)
_PLAIN: dict[int, int | str] = {
    **BASE_LETTERS,
    **str.maketrans("‐‑‒–−’ʼ×", "-----''x"),
    **dict.fromkeys(range(0xE000, 0xE005), " "),
}
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi "
    "omicron pi rho sigma sigma tau upsilon "
    "phi chi psi omega"
)
"""The names of α to ω, ς among them, in the order of their code points."""

_LATEX = (
    (r"\\\\", " "),
    (
        r"\\[\"'`^~=.]\s*\{?\s*\\?([A-Za-z])\}?|\\[cvHukrdbt]\s*\{\s*\\?([A-Za-z])\s*\}",
        r"\1\2",
    ),
    (r"\\([oOlLij]|ss|ae|AE|oe|OE)(?![A-Za-z])\s?", r"\1"),
    (r"\\(a|A)\1(?![A-Za-z])\s?", r"\1"),
    (
        r"\\(?:text|math)[a-z]*\*?\s*|\\(?:emph|em|bf|it|rm|sc|sf|tt|bm|boldsymbol|mbox|hbox|operatorname|ensuremath"
        r"|underline|overline|left|right|hat|bar|tilde|vec|url|href|xspace)(?![A-Za-z])\*?\s*",
        "",
    ),
    (r"\\times(?![A-Za-z])", " x "),
    (r"\\ell(?![A-Za-z])", r"\\l"),
    (r"\\var(?=[a-z])", r"\\"),
    (r"(?<=\w)\\(?=[A-Za-z])", " "),
    (r"[\\{}$]", ""),
)
"""How LaTeX is read, step by step: accents and letters, then fonts, then what is left
is a word or nothing.

Not by `core.latex`, which leaves formulas and unknown commands as they are written:
here each becomes a word, so that `$\\alpha$` is found as alpha.
"""


def spelled(text: str) -> str:
    """The text as the index is given it: its words, then the compounds in it as one word each.

    >>> spelled("Pre-training GPT4")
    'pre-training gpt 4  \\ue004 pretraining'
    """
    plain = _plain(text) if text else ""
    has_name = "'" in plain and re.search(_NAMED, plain)
    if "-" not in plain and not has_name:
        return plain
    spellings = [plain]
    for part in plain.split():
        if "-" in part or "'" in part:
            spellings += map(_joined, _compounds(part))
    # Words that no phrase names stand between them, so that no phrase is found across.
    return f" {_APART} ".join(dict.fromkeys(spellings))


def phrases(text: str) -> tuple[str, ...]:
    """The ways in which `text` may stand in the index, words joined by single spaces;
    none where it has no word.

    >>> phrases("language pre-training")
    ('language pre training', 'language pretraining')
    """
    plain = _plain(text)
    if plain.isascii() and plain.isalpha() and not plain.startswith(_FORE):
        return (plain,)  # most of them, and no pattern is compiled for it
    ways = [plain]
    if "-" in plain or "'" in plain:
        whole = re.sub(_COMPOUND, lambda match: _joined(match[0]), plain)
        ways.append(whole)
    if any(part.startswith(_FORE) for part in plain.split()):
        ways.append(re.sub(_FUSED, r"\1 \2", plain))
    spellings: dict[str, None] = {}
    for way in ways:
        words = re.findall(_WORD, way)
        if words:
            spellings[" ".join(words)] = None
    return tuple(spellings)


def same(one: str, other: str) -> bool:
    """Whether two values are spelled with the same words; without any, whether they are
    the same but for case.
    """
    words = phrases(one)[:1]
    if words != phrases(other)[:1]:
        return False
    return bool(words) or one.casefold() == other.casefold()


class Piece(NamedTuple):
    """A word as it is spelled, and where what it spells stands in the text."""

    word: str
    start: int
    end: int


def pieces(text: str) -> Iterator[Piece]:
    """The words of `spelled(text)`, each with its place: that of the whole part where
    it is written otherwise.

    The places are found by parts without spaces, so LaTeX that has a space in it is
    read less well.
    """
    joined: list[Piece] = []
    folded = text.casefold()
    for match in re.finditer(rf"\S+|{APART}", text):
        part = match[0]
        position, end = start, _ = match.span()
        bare = part.strip(_EDGES)
        if bare:
            start += part.index(bare)
            end = start + len(bare)
            if bare.isascii() and bare.isalpha():
                # Most of them, in a tenth of the time.
                yield Piece(bare.lower(), start, end)
                continue
        plain = _plain(part)
        for word in re.findall(_WORD, plain):
            letters = word.translate(_AS_WRITTEN)
            place = -1
            if len(text) == len(folded):
                place = folded.find(letters, position, end)
            if place < 0:
                yield Piece(word, start, end)
            else:
                position = place + len(letters)
                yield Piece(word, place, position)
        for whole in _compounds(plain):
            joined.append(Piece(_joined(whole), start, end))
    for piece in joined:
        yield Piece(_APART, 0, 0)
        yield piece


def _plain(text: str) -> str:
    """The text in lower case, without accents and LaTeX, its words apart; what parts
    words may still be in it.
    """
    if "\\" in text:
        for pattern, plain in _LATEX:
            text = re.sub(pattern, plain, text)
    elif "$" in text or "{" in text:
        text = re.sub("[${}]", "", text)
    text = text.casefold() if text.isascii() else _latin(text)
    if "++" in text or "#" in text or "*" in text:
        text = re.sub(_SIGNED, _signed, text)
    # To look for each digit is a tenth of the time of looking for any.
    if any(map(text.__contains__, "0123456789")):
        text = re.sub(_NUMBER, _number, text)
    return text.replace(APART, f" {_APART} ")


def _latin(text: str) -> str:
    """Text beyond ASCII: compatible forms, no accents; letters of unspaced scripts apart."""
    text = text.replace("™", " ")
    text = re.sub("[\u00ad\u200b-\u200f\u2060\ufeff\0]", "", text)
    text = unicodedata.normalize("NFKC", text).casefold()
    text = unicodedata.normalize("NFD", text)
    text = re.sub(_ACCENTS, "", text)
    text = unicodedata.normalize("NFC", text).translate(_PLAIN)
    text = re.sub("(?<![α-ω])[α-ω](?![α-ω])", _greek, text)
    # The pattern takes 3 ms to compile, and few texts have such a character.
    if max(text, default="") < _UNSPACED[1]:
        return text
    return re.sub(_UNSPACED, r" \g<0> ", text)


def _greek(letter: re.Match[str]) -> str:
    """The name of a letter, apart from what it touches."""
    start, end = letter.span()
    number = ord(letter[0]) - ord("α")
    name = _GREEK.split()[number]
    if letter.string[start - 1 : start].isalnum():
        name = f" {name}"
    if letter.string[end : end + 1].isalpha():
        name = f"{name} "
    return name


def _signed(match: re.Match[str]) -> str:
    """A letter with its sign, as one word; or `++` after a word, as another."""
    if match[2]:
        return f" {_SIGNS['++']} "
    return f" {match[0][0]}{_SIGNS[match[1]]} "


def _number(match: re.Match[str]) -> str:
    digits = match[0]
    if not digits.isdigit():
        if re.fullmatch(_THOUSANDS, digits):
            digits = digits.replace(",", "")
        digits = digits.replace(".", _POINT)
        digits = digits.replace(",", " ")
    return f" {digits} "


def _compounds(part: str) -> list[str]:
    """The words of a part that are written with hyphens or an apostrophe."""
    bare = part.strip(_EDGES)
    is_regular = "--" not in bare and bare.strip("-") == bare
    if is_regular and bare.replace("-", "").isalpha():
        # Most of them, in a fifth of the time.
        return [bare] if "-" in bare else []
    return re.findall(_COMPOUND, part)


def _joined(compound: str) -> str:
    return compound.replace("-", "").replace("'", "")
