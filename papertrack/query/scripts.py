"""Letters beyond ASCII as they are spelled: without accents, Greek by name, the letters of
scripts without spaces apart, vowels that are marks and emoji as private letters.
"""

import re
import unicodedata
from functools import lru_cache

from papertrack.core.text import BASE_LETTERS

MARK = "[\ue100-\uf2ff]"
EMOJI = "[\U000f0000-\U000fffff]"
"""Marks and emoji as they are spelled: moved to private letters."""
_TO_MARKS, _TO_EMOJI = 0xD800, 0xF0000
_ACCENTS = (
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]"
)
"""Those of Latin, Greek and Cyrillic; Hebrew's points, Arabic's vowels. Japanese's
voiced sounds are other letters.
"""

_UNSPACED = (
    "[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af]"
)
_SYLLABIC = (
    "[\u0e01-\u0e2f\u0e30-\u0e33\u0e40-\u0e46\u0e81-\u0ec6\u0edc-\u0edf\u1000-\u102a"
    "\u103f\u1050-\u109f\u1780-\u17b3\u17d7\u17dc\u1950-\u19df\u1a00-\u1a55"
    "\ua9e0-\ua9ff\uaa60-\uaadf]"
)
"""Letters of Thai, Lao, Burmese, Khmer and Tai, which have no spaces between words."""
_STACKERS = "[\ue839\uefd2\uf260]"
"""Marks that put the next letter below the last one, as they are spelled."""
_CLUSTER = f"{_SYLLABIC}(?:{_STACKERS}{_SYLLABIC}|{MARK})*"
_MARKED = "[\u0900-\u1aff\ua9e0-\ua9ff\uaa60-\uaadf]"
"""Scripts with marks that are vowels, or without spaces."""

_EMOJI_WRITTEN = (
    "[\u231a\u231b\u2328\u23cf\u23e9-\u23f3\u23f8-\u23fa\u2600-\u27bf\u2934\u2935"
    "\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\U0001f000-\U0001f3fa\U0001f400-\U0001faff]"
)
_FLAG = "[\U000ff1e6-\U000ff1ff]"
EMOJI_WORD = f"{_FLAG}{{2}}|{EMOJI}"
"""An emoji as it is spelled; two letters of a flag are one."""
_PRIVATE = "[\ue000-\uf8ff\U000f0000-\U0010ffff]"
"""What comes from outside and could be taken for one of the signs."""
_NO_LETTER = (
    "[\u00ad\u200b-\u200f\u2060\ufeff\0\u20e3\ufe00-\ufe0f\U0001f3fb-\U0001f3ff"
    "\U000e0020-\U000e007f]"
)
"""Invisible characters, and what varies emoji: their style and the colour of skin."""
_JOINER = "(?<=[\u0610-\u06ff\u0750-\u077f])\u200c+(?=[\u0620-\u06ff\u0750-\u077f])"
"""The joiner between the parts of a Persian word."""

_PLAIN: dict[int, int | str] = {
    **BASE_LETTERS,
    **str.maketrans("‐‑‒–−’ʼ×", "-----''x"),
    **str.maketrans("يىےكہھەۃةٱ", "یییکههههها"),
    **str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫٬", "01234567890123456789.,"),
}
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi "
    "omicron pi rho sigma sigma tau upsilon "
    "phi chi psi omega"
)
"""The names of α to ω, ς among them, in the order of their code points."""


def without_accents(text: str) -> str:
    """Text beyond ASCII: compatible forms, no accents; letters of unspaced scripts apart."""
    pieces = re.split("([^\0-\x7f]+)", text.replace("\0", ""))
    spelled_pieces = [pieces[0].casefold()]
    for number in range(1, len(pieces), 2):
        before, letters, after = pieces[number - 1 : number + 2]
        spell = _short_beyond_ascii if len(letters) <= _SHORT else _beyond_ascii
        spelled_pieces += (
            spell(letters, before[-1:].isalnum(), after[:1].isalpha()),
            after.casefold(),
        )
    return "".join(spelled_pieces)


def _beyond_ascii(letters: str, is_after: bool, is_before: bool) -> str:
    """Text beyond ASCII that follows a letter or digit of ASCII, or comes before a
    letter: no accent depends on which one.
    """
    first, last = "a" * is_after, "a" * is_before
    text = f"{first}{letters.replace('™', ' ')}{last}"
    if max(text) >= "\ue000":
        text = re.sub(_PRIVATE, " ", text)
    if "\u200c" in text:
        text = re.sub(_JOINER, "-", text)
    text = re.sub(_NO_LETTER, "", text)
    text = unicodedata.normalize("NFKC", text).casefold()
    text = unicodedata.normalize("NFD", text)
    text = re.sub(_ACCENTS, "", text)
    text = unicodedata.normalize("NFC", text).translate(_PLAIN)
    text = re.sub("(?<![α-ω])[α-ω](?![α-ω])", _greek, text)
    # The patterns take up to 3 ms to compile, and few texts have such a character.
    if max(text, default="") >= "\u0900":
        text = _unspaced(text)
    return text[len(first) : len(text) - len(last)]


_SHORT = 30
_short_beyond_ascii = lru_cache(maxsize=4096)(_beyond_ascii)
"""What is beyond ASCII is mostly short and often the same: a dash, a Greek letter."""


def _unspaced(text: str) -> str:
    """Text in scripts without spaces, or with vowels as marks, and with emoji."""
    highest = max(text)
    if re.search(_MARKED, text):
        text = re.sub("([\u0e4d\u0ecd])([\u0e48-\u0e4b\u0ec8-\u0ecb])", r"\2\1", text)
        text = text.translate(_marks()).replace("เเ", "แ").replace("ເເ", "ແ")
        text = re.sub(_CLUSTER, r" \g<0> ", text)
    if highest >= _EMOJI_WRITTEN[1]:
        text = re.sub(f"{_EMOJI_WRITTEN}+", _private, text)
    if highest >= _UNSPACED[1]:
        text = re.sub(_UNSPACED, r" \g<0> ", text)
    return text


@lru_cache(maxsize=1)
def _marks() -> dict[int, str]:
    """The marks and digits of India and Southeast Asia, and how they are spelled."""
    spellings: dict[int, str] = {}
    for code in range(0x0900, 0x1B00):
        category = unicodedata.category(chr(code))
        if category in ("Mn", "Mc"):
            spellings[code] = chr(code + _TO_MARKS)
        elif category == "Nd":
            spellings[code] = str(unicodedata.decimal(chr(code)))
    return spellings


def _private(emoji: re.Match[str]) -> str:
    """Emoji as private letters, apart from what they touch."""
    letters = (chr(_TO_EMOJI | ord(sign) & 0xFFFF) for sign in emoji[0])
    return f" {''.join(letters)} "


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


def without_emoji(plain: str) -> tuple[str, list[str]]:
    """A spelled text without its emoji, and these: those that are side by side as one."""
    if plain.isascii() or max(plain) < EMOJI[1]:
        return plain, []
    runs = re.findall(f"{EMOJI}+", plain)
    words = [" ".join(re.findall(EMOJI_WORD, run)) for run in runs]
    return re.sub(f"{EMOJI}+", " ", plain), words


def is_emoji(word: str) -> bool:
    """Whether a spelled word is an emoji."""
    return word[0] >= EMOJI[1]
