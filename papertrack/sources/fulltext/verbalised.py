"""Formulas that a converter of 2024 wrote four times: as signs, as content, as TeX and in
words, as in `ε 𝜀\\varepsilon italic_ε`. Only the TeX is left.
"""

from __future__ import annotations

import re

from papertrack.core.lazy_regex import pattern

_WORDS = pattern(
    r"(?:bold_)?(?:italic|bold|roman|caligraphic|blackboard|fraktur|script|sansserif"
    r"|typewriter|slanted|upright)_(?:[A-Za-z]{2,20}(?![A-Za-z])|.)"
    r"|(?:start|end)_[A-Z]{3,30}"
)
"""What only the form in words has."""
_CONTENT = pattern(
    r"[\U0001d400-\U0001d7ff]+|(?:super|sub)script|absent|[\d.]{1,6}|[-+*/=<>≤≥∈−,()|]{1,3}"
)
"""A word of the form as content."""
_SIGN = pattern(r"[\U0001d400-\U0001d7ff]")
_BETWEEN = 4
"""Characters of a word of a formula that has no mark of its own, as a number."""


def untangled(text: str, formula: str = "${}$") -> str:
    """A line whose tangled formulas are written once, in TeX, as `formula` has it."""
    if not _WORDS.search(text):
        return text
    words = text.split(" ")
    shown: list[str] = []
    at = 0
    while at < len(words):
        match = _WORDS.search(words[at])
        if match is None:
            shown.append(words[at])
            at += 1
            continue
        tex, before = _tex(shown, words[at][: match.start()])
        end, after = _end(words, at)
        shown.append(f"{before}{formula.format(tex)}{after}" if tex else after)
        at = end
    return " ".join(shown)


def _end(words: list[str], at: int) -> tuple[int, str]:
    """The place after the form in words, and what follows it without a space."""
    last = at
    open_brackets = 0
    for place in range(at, len(words)):
        word = words[place]
        has_mark = bool(_WORDS.search(word))
        if not has_mark and len(word) > _BETWEEN:
            break
        open_brackets += {"(": 1, ")": -1}.get(word, 0)
        if has_mark or (word == ")" and open_brackets >= 0):
            last = place
    *_, final = [None, *_WORDS.finditer(words[last])]
    return last + 1, words[last][final.end() :] if final else ""


def _tex(shown: list[str], head: str) -> tuple[str, str]:
    """The TeX before the form in words, and what of the text touches it.

    The other forms are taken from the end of `shown`.
    """
    tex = head
    if not tex and shown:
        tex = shown.pop()
    # The base of a power begins the form in words, at the end of the TeX.
    based = re.fullmatch(r"(.*[}\])])([^\s{}\\()\[\]^_]{1,8})", tex)
    if based and not head:
        tex = based[1]
    signs = re.match(r"[\U0001d400-\U0001d7ff]+", tex)
    if signs:
        tex = tex[signs.end() :]
    while shown and _CONTENT.fullmatch(shown[-1]) and not _is_form(shown[-1], tex):
        shown.pop()
    before = ""
    if shown:
        form = _SIGN.split(shown.pop(), maxsplit=1)[0]
        quote = re.match(r"[(\[“\"']+", form)
        if quote and not tex.startswith(quote[0]):
            before = quote[0]
    return tex, before


def _is_form(word: str, tex: str) -> bool:
    """Whether a word is the formula as signs: it has the digits of the TeX."""
    digits = re.sub(r"\D", "", word)
    return len(word) > 2 and bool(digits) and digits == re.sub(r"\D", "", tex)
