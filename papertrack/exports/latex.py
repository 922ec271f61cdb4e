"""Text as LaTeX, and LaTeX from outside that is safe to hand on."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from pylatexenc.latexencode import UnicodeToLatexEncoder

from papertrack.core import formulas
from papertrack.core.latex import plain

# `core.latex` reads each of these back, and each balances for BibTeX, which counts `\{`
# as a brace.
_ESCAPES = dict(
    line.split()
    for line in r"""
    {  {\ensuremath{\lbrace}}
    }  {\ensuremath{\rbrace}}
    <  {\ensuremath{<}}
    >  {\ensuremath{>}}
    |  {\ensuremath{|}}
    \  {\textbackslash}
    ~  {\textasciitilde}
    ^  {\string^}
    `  {\textasciigrave}
    "  {"}
    @  {@}
    $  \$
    %  \%
    #  \#
    &  \&
    _  \_
""".strip().splitlines()
)
# Syntax; `@` at the start of a line, where bibtexparser sees an entry even in a value;
# the second of a pair that LaTeX would join (`--`, `''`, `,,`); what would make `&` an
# entity of HTML; the blocks whose characters LaTeX has commands for: Latin and Greek
# letters, punctuation, arrows, mathematics. Other scripts stay as they are.
_ENCODED = re.compile(
    r"""[{}<>|\\~^`"$%#&_]|^@|(?<=-)-|(?<=')'|(?<=,),|(?<=&)(?=[A-Za-z]\w{1,30};)"""
    r"|[\u00a1-\u03ff\u2010-\u22ff]"
)
_LATEX = UnicodeToLatexEncoder(
    replacement_latex_protection="braces-all",
    unknown_char_policy="keep",
    unknown_char_warning=False,
)


def encoded(text: str) -> str:
    """LaTeX that prints `text`; its formulas stay formulas."""
    pieces = formulas.parts(text)
    return "".join(
        piece if place % 2 else _encoded(piece) for place, piece in enumerate(pieces)
    )


def _encoded(text: str) -> str:
    return _ENCODED.sub(lambda match: _encoded_character(match[0]), text)


@cache
def _encoded_character(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isascii():
        return f"{{}}{character}"
    # pylatexenc has no commands for fractions and raised digits (No), and warns about
    # them.
    if unicodedata.category(character) == "No":
        return character
    # It writes some letters as others (ű as ú, Ħ as H̄): only what is read back is
    # encoded.
    latex: str = _LATEX.unicode_to_latex(character)
    return latex if plain(latex) == character else character


_TEXT_COMMANDS = """
    u v H c k r b d t i j l L o O ss SS ae AE oe OE aa AA dh DH th TH dj DJ ng NG IJ ij
    url path nolinkurl href doi enquote mkbibquote mkbibemph mkbibbold mkbibitalic
    guillemotleft guillemotright guilsinglleft guilsinglright quotedblbase quotesinglbase
    rmfamily sffamily ttfamily bfseries mdseries itshape slshape scshape upshape em sc sl
    normalfont uppercase lowercase MakeUppercase MakeLowercase TeX LaTeX BibTeX XeTeX LuaTeX
    XeLaTeX LuaLaTeX LaTeXe slash hyphen nobreakdash nobreakspace space newblock protect
    string relax xspace nobreak allowbreak linebreak break par noopsort bibinfo natexlab
    cite citep citet SI si num qty unit ang ce
"""
_COMMANDS = frozenset(_TEXT_COMMANDS.split()) | formulas.COMMANDS
# Symbols and fonts of text, and Cyrillic letters.
_COMMAND_FAMILIES = re.compile(r"(?:text|cyr|CYR)[A-Za-z]+")


def is_harmless(latex: str) -> bool:
    """Whether LaTeX from outside does nothing but typeset, and BibTeX can contain it."""
    # `^^5c` is a backslash to TeX, and one at the end would escape the brace after it.
    if "^^" in latex or re.search(r"(?<!\\)(?:\\\\)*\\$", latex):
        return False
    if re.search(r"\\href\s*\{(?!\s*https?://)", latex):
        return False
    commands = filter(None, re.findall(r"\\(?:([A-Za-z]+)|.)", latex))
    is_known = all(
        name in _COMMANDS or _COMMAND_FAMILIES.fullmatch(name) for name in commands
    )
    return is_known and is_closed(latex)


def is_closed(latex: str) -> bool:
    """Whether all braces are closed as BibTeX counts them, `\\{` too."""
    depth = 0
    for brace in re.findall("[{}]", latex):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0
