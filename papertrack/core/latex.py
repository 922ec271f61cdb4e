r"""LaTeX as text: accents, special letters, fonts, dashes, quotes and ties; formulas
stay as they are written.

`accents` resolves accented and special letters and nothing else: arXiv's titles,
abstracts and names have them in text that is no LaTeX otherwise. `plain` reads a field
of a bibliography. Both are one pass over the text, so the time is proportional to its
length. A command that is not known stays as it is written, its arguments in their
braces.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from papertrack.core import siunitx
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import pairs

_ACCENTS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    "u": "\u0306",
    ".": "\u0307",
    '"': "\u0308",
    "r": "\u030a",
    "H": "\u030b",
    "v": "\u030c",
    "d": "\u0323",
    "c": "\u0327",
    "k": "\u0328",
    "b": "\u0331",
    "t": "",  # a tie over two letters, which few fonts show
}
_MATHS_ACCENTS = {
    "grave": "\u0300",
    "acute": "\u0301",
    "hat": "\u0302",
    "tilde": "\u0303",
    "bar": "\u0304",
    "breve": "\u0306",
    "dot": "\u0307",
    "ddot": "\u0308",
    "check": "\u030c",
    "not": "\u0338",
}
_MARKS = _ACCENTS | _MATHS_ACCENTS
"""The combining mark of each accent command."""

_LETTERS = dict(
    pairs("""
    ss  ß
    ae  æ
    AE  Æ
    oe  œ
    OE  Œ
    aa  å
    AA  Å
    dh  ð
    DH  Ð
    th  þ
    TH  Þ
    dj  đ
    DJ  Đ
    ng  ŋ
    NG  Ŋ
    o   ø
    O   Ø
    l   ł
    L   Ł
    i   ı
    j   ȷ
""")
)
_DOTTED = {"ı": "i", "ȷ": "j"}
_ALPHABETS = {"bb": "DOUBLE-STRUCK", "scr": "SCRIPT", "frak": "BLACK-LETTER"}
_FONT = pattern(
    r"(?:text|math)(?:rm|it|bf|sc|sf|sl|tt|md|up|normal|bb|cal|scr|frak)"
    r"|text(?:super|sub)script|(?:rm|sf|tt)family|(?:bf|it|sc|sl|up|md)(?:series|shape)"
    r"|emph|em|bf|it|rm|sc|sf|sl|tt|text|[mh]box|ensuremath|boldsymbol|bm|overline|underline"
    r"|normalfont|protect|string|relax|xspace|nobreak|MakeUppercase|uppercase|textnormal"
    r"|nocase|foreignlanguage|ce"
)
"""Commands that print nothing but their argument or what follows."""

_SYMBOLS = dict(
    pairs("""
    copyright        ©
    pounds           £
    euro             €
    S                §
    P                ¶
    slash            /
    textless         <
    textgreater      >
    textbar          |
    textasciicircum  ^
    textcelsius      °C
    glqq             „
    grqq             “
    glq              ‚
    grq              ‘
    flqq             «
    frqq             »
""")
) | dict.fromkeys(("newline", "linebreak", "enspace", "thinspace", "space"), " ")
"""What pylatexenc does not know, or knows as another character."""

_ESCAPES = {
    " ": " ",
    "\n": " ",
    "\t": " ",
    "\\": " ",
    ",": " ",
    ";": " ",
    ":": " ",
    "-": "",
    "/": "",
    "!": "",
    "@": "",
}
"""Spaces and hints for typesetting; any other character after a backslash stands for
itself.
"""

_LIGATURES = {
    "~": " ",
    "--": "–",
    "---": "—",
    "``": "“",
    "''": "”",
    "`": "‘",
    "'": "’",
    ",,": "„",
    "!`": "¡",
    "?`": "¿",
}

# No `{1,500}` is left before its end may follow, so that each dollar is looked at once.
_MATHS = (
    r"(?P<maths>\$\$(?:[^$\\]|\\.){1,500}+\$\$|\$(?:[^$\\]|\\.){1,500}+\$"
    r"|\\\((?:[^\\]|\\(?![()])){1,500}+\\\)|\\\[(?:[^\\]|\\(?![\[\]])){1,500}+\\\])"
)
_SPECIAL = r"(?:ss|ae|AE|oe|OE|aa|AA|dh|DH|th|TH|dj|DJ|ng|NG|[oOlLij])(?![A-Za-z])"
_DOTLESS = r"\\(?:[ij]|ae|AE|oe|OE|[oO])(?![A-Za-z])(?:\s{1,9}(?=[a-z]))?"
_INNER = r"\\[`'^\"~=.](?:\{[A-Za-z]\}|[A-Za-z])|\\[cvuHkrbd]\{[A-Za-z]\}"
_ARGUMENT = (
    rf"\{{\s{{0,9}}(?:{_INNER}|\{{?{_DOTLESS}\}}?|\{{?[A-Za-z]\}}?)\s{{0,9}}\}}"
    rf"|{_DOTLESS}"
)
_ACCENTED = (
    rf"[`'^\"~=.]\s{{0,9}}(?:{_ARGUMENT}|[A-Za-z])"
    rf"|[cvuHkrbdt](?:\s{{0,9}}(?:{_ARGUMENT})|\s{{1,9}}[A-Za-z])"
    # A tie is over two letters; over more than one, any other is no accent.
    r"|t\{[A-Za-z]{2}\}"
    # After a digit \AA is the unit, and no part of the word that follows.
    r"|(?:(?<=\d\\)|(?<=\d\s\\))AA(?![A-Za-z])(?:\{\})?"
    rf"|{_SPECIAL}(?:\{{\}}|\s{{1,9}}(?=[a-z]))?"
)
_ACCENT = rf"\\(?:{_ACCENTED})|\{{\\(?:{_ACCENTED})\s{{0,9}}\}}"

_HAS_ACCENT = pattern(rf"\\(?:{_ACCENTED})")
_MATHS_OR_ACCENT = pattern(rf"(?s)(?=[\\{{$])(?:{_MATHS}|(?P<accent>{_ACCENT}))")
_PARTS = pattern(r"\\([A-Za-z]+|.)|([A-Za-z]+)")

_HAS_SYNTAX = pattern(r"[\\{}~`]|--|''|,,")
_TOKEN = pattern(
    # The look-ahead makes it ten times as fast: most characters begin no token.
    rf"(?s)(?=[\\{{}}$~`'!?,-])(?:{_MATHS}|(?P<accent>{_ACCENT})"
    rf"|(?P<over>\\(?:{'|'.join(_MATHS_ACCENTS)})"
    r"(?:\\[a-z]+|\{(?:[A-Za-z]|\\[a-z]+(?:\{\\[a-z]+\})?)\}))"
    r"|\\math(?P<alphabet>bb|scr|frak)\{(?P<capital>[A-Z])\}"
    r"|\\(?:url|path|nolinkurl)\s{0,9}\{(?P<verbatim>[^{}]*+)\}"
    r"|(?P<link>\\href\s{0,9}\{[^{}]*+\}|\\noopsort\s{0,9}\{[^{}]*+\})"
    r"|\\(?:enquote|mkbibquote)\*?\{(?P<quoted>[^{}\\$]*+)\}"
    rf"|{siunitx.COMMAND}"
    # A logo is written as if the space after it were printed.
    r"|\\(?P<logo>(?:La|Bib|Xe|Lua)?(?:La)?TeX)(?![A-Za-z])(?:\{\}|\\(?=\s))?"
    r"|(?P<command>\\(?P<name>[A-Za-z]+)\*?(?:\{\}|\s*+))"
    r"|\\(?P<escaped>.)(?:\{\})?"
    r"|(?P<open>\{)|(?P<close>\})"
    # A tie follows what it ties: `(~5` and `is ~5` are about 5.
    r"|(?P<ligature>(?<=[^\s(\[])~|---?|``|''|!`|\?`|(?<![^\s(]),,(?=\w)|(?<!\w)`(?=[^\s`'])|(?<=[^\s'])'(?![\w'])))"
)


def accents(text: str) -> str:
    r"""`text` on one line, its accented and special letters in Unicode; formulas and
    other commands stay.

    >>> accents("Schr\\\"odinger's {\\'e}tude of $\\'e_1$ and \\emph{\\O re}")
    "Schrödinger's étude of $\\'e_1$ and \\emph{Øre}"
    """
    text = " ".join(text.split())
    # Most backslashes are in formulas, which take longer to find than an accent.
    if "\\" not in text or not _HAS_ACCENT.search(text):
        return text
    return _MATHS_OR_ACCENT.sub(
        lambda token: token[0] if token["maths"] else _letter(token[0]), text
    )


def plain(text: str) -> str:
    r"""`text` as LaTeX prints it, without braces; formulas and unknown commands stay.

    >>> plain("{BERT}~-- 5\\% of {\\'E}. \\textbf{No\\\"el}'s $\\alpha_{1}$ \\foo{bar}")
    "BERT – 5% of É. Noël's $\\alpha_{1}$ \\foo{bar}"
    """
    return "".join(_printed(text)) if _HAS_SYNTAX.search(text) else text


def _printed(text: str) -> Iterator[str]:
    position = 0
    argument = -1  # where an argument of an unknown command would begin
    shown: list[bool] = []  # of each open brace, whether it is part of the text
    is_quoted = False  # after the beginning of a quotation in single quotes
    for token in _TOKEN.finditer(text):
        yield text[position : token.start()]
        position = token.end()
        match token.lastgroup:
            case "maths":
                yield token[0]
            case "accent" | "over":
                yield _letter(token[0])
            case "capital":
                yield _capital(token["alphabet"], token["capital"])
            case "verbatim" | "logo" as kind:
                yield token[kind]
            case "escaped":
                yield _ESCAPES.get(token["escaped"], token["escaped"])
            case "arguments":
                yield siunitx.printed(token["si"], token["arguments"])
            case "quoted":
                yield f"“{token['quoted']}”"
            case "ligature" if token[0] != "'" or is_quoted:
                # An apostrophe at the end of a word closes only what "`" opened.
                is_quoted = token[0] == "`" or (is_quoted and token[0] != "'")
                yield _LIGATURES[token[0]]
            case "ligature":
                yield token[0]
            case "open":
                shown.append(token.start() == argument)
                yield "{" if shown[-1] else ""
            case "close" if shown and shown.pop():
                argument = position
                yield "}"
            case "command":
                printed = _command(token["name"])
                if printed is None:
                    argument = position
                    yield token[0]
                else:
                    yield printed
    yield text[position:]


def _command(name: str) -> str | None:
    """What a command prints before its arguments; None where it is not known."""
    if _FONT.fullmatch(name):
        return ""
    return _SYMBOLS.get(name) or _symbols().get(name)


@cache
def _symbols() -> dict[str, str]:
    """pylatexenc's symbols: \\textendash, \\alpha, \\copyright and 800 more."""
    from pylatexenc.latex2text import get_default_latex_context_db  # 30 ms, few texts

    symbols = {
        spec.macroname: spec.simplify_repl
        for spec in get_default_latex_context_db().iter_macro_specs()
        if isinstance(spec.simplify_repl, str) and "%" not in spec.simplify_repl
    }
    del symbols["today"]
    return symbols


def _capital(alphabet: str, letter: str) -> str:
    """`ℝ` for bb and R; the letter itself where Unicode has no such one."""
    try:
        return unicodedata.lookup(f"{_ALPHABETS[alphabet]} CAPITAL {letter}")
    except KeyError:
        return letter


@lru_cache(maxsize=2048)
def _letter(written: str) -> str:
    r"""The letter that `\'{e}`, `{\o}`, `\v s` or `\'{\^e}` stands for."""
    marks = letters = ""
    for command, base in _PARTS.findall(written):
        if command in _MARKS:
            marks = _MARKS[command] + marks
        else:
            letters = base or _LETTERS.get(command) or _symbols().get(command, "")
    if not letters:
        return written
    if marks:
        letters = _DOTTED.get(letters, letters)
    return unicodedata.normalize("NFC", letters[0] + marks) + letters[1:]
