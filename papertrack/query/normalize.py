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
    ภาษาไทย               ภ า ษ า ไ ท ย              so it is in Thai, Lao, Khmer, Burmese
    می‌روم                می روم, میروم              the joiner of Persian is a hyphen
    علي, کتاب             علی, کتاب                  one form of Arabic's letters
    🚀                    a private letter           behind the text, in no phrase of it

The signs are private characters: letters to FTS5, and taken out of what comes from
outside. So are emoji, and the vowels that are marks on the letters of India and
Southeast Asia, which FTS5 would part words at.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from papertrack.query.scripts import (
    MARK,
    without_accents,
    without_emoji,
)

# Patterns are strings: `re` compiles and keeps them on first use, where compiling on
# import costs each start.

APART = "\x1f"
"""What is between the items of a list, so that no phrase is found across two of them."""
_POINT = "\ue000"
STOP = "\ue004"
"""A word that no phrase names, so that none is found across it."""
_SIGNS = {"++": "\ue001", "#": "\ue002", "*": "\ue003"}
AS_WRITTEN = {
    ord(_POINT): ".",
    **{ord(sign): written for written, sign in _SIGNS.items()},
}
"""The private characters that are signs, and what they spell; for str.translate."""
_SIGNED = r"(?<![^\W_])[a-z](\+\+|#(?!\w)|\*(?!\w))|(?<=[^\W_])(\+\+)"
_NUMBER = r"[0-9]+(?:[.,][0-9]+)*"
_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_THOUSANDS = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"
_COMPOUND = r"[^\W\d_]+(?:-[^\W\d_]+|'[^\W\d_]{3,})+"
EDGES = ".,;:!?()[]\"'"
"""What may touch a word without being part of it."""
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
# O'Brien is a compound, BERT's and don't are none.
_NAMED = rf"'(?:[^\W\d_]|{MARK}){{3}}"
_COMPOUND_OF_ANY = _COMPOUND.replace(r"[^\W\d_]", rf"(?:[^\W\d_]|{MARK})")
_LETTERS = f"(?:[^\\W_]|{MARK})+"
WORD = f"{_LETTERS}(?:\ue000[0-9]+)*[\ue001-\ue003]?|[\ue001\ue004]"
"""A word as it is spelled, with its sign; or a sign alone."""

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
    (r"\\(?<=\w\\)(?=[A-Za-z])", " "),
)
"""How LaTeX is read, step by step: accents and letters, then fonts, then what is left
is a word or nothing. Each pattern begins with the backslash, which `re` looks for
first; with a condition before it that would take twenty times as long.

Not by `core.latex`, which leaves formulas and unknown commands as they are written:
here each becomes a word, so that `$\\alpha$` is found as alpha.
"""


def spelled(text: str) -> str:
    """The text as the index is given it: its words, then the compounds in it as one word each.

    >>> spelled("Pre-training GPT4")
    'pre-training gpt 4  \\ue004 pretraining'
    """
    if not text:
        return ""
    plain = plain_text(text)
    emoji: list[str] = []
    if not text.isascii():
        plain, emoji = without_emoji(plain)
    has_name = "'" in plain and re.search(_NAMED, plain)
    if "-" not in plain and not has_name and not emoji:
        return plain
    spellings = [plain]
    for part in [plain] if has_name else _hyphenated(plain):
        join = _joined_of_short if len(part) <= _SHORT else _joined_compounds
        spellings += join(part)
    spellings += emoji
    # Words that no phrase names are between them, so that no phrase is found across.
    return f" {STOP} ".join(dict.fromkeys(spellings))


def phrases(text: str) -> tuple[str, ...]:
    """The ways in which `text` may be in the index, words joined by single spaces;
    none where it has no word.

    >>> phrases("language pre-training")
    ('language pre training', 'language pretraining')
    """
    plain = plain_text(text)
    if plain.isascii() and plain.isalpha() and not plain.startswith(_FORE):
        return (plain,)  # most of them, and no pattern is compiled for it
    plain, emoji = without_emoji(plain)
    ways = [plain]
    if "-" in plain or "'" in plain:
        whole = re.sub(_COMPOUND_OF_ANY, lambda match: joined_compound(match[0]), plain)
        ways.append(whole)
    if any(part.startswith(_FORE) for part in plain.split()):
        ways.append(re.sub(_FUSED, r"\1 \2", plain))
    spellings: dict[str, None] = {}
    for way in ways:
        words = re.findall(WORD, way)
        if words:
            spellings[" ".join(words)] = None
    # Emoji are in no phrase, so they count where they are alone.
    if emoji and not spellings:
        return (" ".join(emoji),)
    return tuple(spellings)


def spelled_words(text: str) -> list[str]:
    """The words of `spelled(text)`, in order; a sign is where no phrase continues.

    >>> spelled_words("Pre-training GPT4")
    ['pre', 'training', 'gpt', '4', '\\ue004', 'pretraining']
    """
    return re.findall(WORD, spelled(text))


def same(one: str, other: str) -> bool:
    """Whether two values are spelled with the same words; without any, whether they are
    the same but for case.
    """
    words = phrases(one)[:1]
    if words != phrases(other)[:1]:
        return False
    return bool(words) or one.casefold() == other.casefold()


def plain_text(text: str) -> str:
    """The text in lower case, without accents and LaTeX, its words apart; what parts
    words may still be in it.
    """
    if "\\" in text or "$" in text or "{" in text:
        text = _without_latex(text)
    text = text.casefold() if text.isascii() else without_accents(text)
    if "++" in text or "#" in text or "*" in text:
        text = re.sub(_SIGNED, _signed, text)
    return _numbers_apart(text).replace(APART, f" {STOP} ")


def _without_latex(text: str) -> str:
    if "\\" in text:
        for pattern, plain in _LATEX:
            text = re.sub(pattern, plain, text)
    for sign in "\\${}":
        text = text.replace(sign, "")
    return text


def _signed(match: re.Match[str]) -> str:
    """A letter with its sign, as one word; or `++` after a word, as another."""
    if match[2]:
        return f" {_SIGNS['++']} "
    return f" {match[0][0]}{_SIGNS[match[1]]} "


def _numbers_apart(text: str) -> str:
    """The text with its numbers spelled, apart from what they touch."""
    # To look for one digit takes a quarter of the time of looking for any. A byte stands
    # for each character: to replace some takes a tenth of the time.
    zeros = text.encode("ascii", "replace").translate(_ZEROS)
    place = zeros.find(b"0")
    if place < 0:
        return text
    number = re.compile(_NUMBER)
    pieces: list[str] = []
    done = 0
    while place >= 0:
        match = number.match(text, place)
        assert match is not None
        pieces += (text[done:place], _number(match))
        done = match.end()
        place = zeros.find(b"0", done)
    pieces.append(text[done:])
    return "".join(pieces)


def _number(match: re.Match[str]) -> str:
    digits = match[0]
    if not digits.isdigit():
        if re.fullmatch(_THOUSANDS, digits):
            digits = digits.replace(",", "")
        digits = digits.replace(".", _POINT)
        digits = digits.replace(",", " ")
    return f" {digits} "


def _hyphenated(text: str) -> Iterator[str]:
    """The parts of a text between spaces that have a hyphen in them.

    To look for hyphens takes a third of the time of looking at each part.
    """
    place = text.find("-")
    while place >= 0:
        start = text.rfind(" ", 0, place) + 1
        end = text.find(" ", place)
        if end < 0:
            end = len(text)
        yield text[start:end]
        place = text.find("-", end)


def _joined_compounds(text: str) -> tuple[str, ...]:
    """The compounds in a text, each as one word."""
    parts = (part for part in text.split() if "-" in part or "'" in part)
    return tuple(joined_compound(one) for part in parts for one in compounds(part))


_SHORT = 60
_joined_of_short = lru_cache(maxsize=4096)(_joined_compounds)
"""Half of what is written with hyphens is written so in many papers."""


def compounds(part: str) -> list[str]:
    """The words of a part that are written with hyphens or an apostrophe."""
    bare = part.strip(EDGES)
    is_regular = "--" not in bare and bare.strip("-") == bare
    if is_regular and bare.replace("-", "").isalpha():
        # Most of them, in a fifth of the time.
        return [bare] if "-" in bare else []
    return re.findall(_COMPOUND if part.isascii() else _COMPOUND_OF_ANY, part)


def joined_compound(compound: str) -> str:
    """A compound as one word."""
    return compound.replace("-", "").replace("'", "")
