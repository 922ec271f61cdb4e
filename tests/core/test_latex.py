"""LaTeX as text: accents alone, a whole field, and bounds for any text."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.core.latex import accents, plain
from papertrack.core.text import clean
from tests.helpers.growth import grows_linearly

ACCENTS = {
    r"They agree (\r{ho} = 0.94), \t{oo}, \'{ab}": r"They agree (\r{ho} = 0.94), oo, \'{ab}",
    r"Schr\"odinger": "Schrödinger",
    r"Poincar\'e of $\'etale$, \(\'a\), \[\'a\], "
    r"$$\'a$$, \'a": r"Poincaré of $\'etale$, \(\'a\), \[\'a\], $$\'a$$, á",
    r"\emph{Gr\"o{\ss}e} of {\em na\"{\i}ve} 12\% \& more "
    r"\sigma": r"\emph{Größe} of {\em naïve} 12\% \& more \sigma",
    r"5 \AA wide, 5\AA{} and \AA ngstr\"om": "5 Å wide, 5Å and Ångström",
    "one\n  line": "one line",
    r"\'1 \'": r"\'1 \'",
    r"costs $5, d\'ej\`a vu": "costs $5, déjà vu",
    r"\c{c} \c s \k{a} \u{g} \r a \.I \=o \~n \t{oo}x": "ç ş ą ğ å İ ō ñ oox",
}
PLAIN = {
    r"\SI{5}{\kilo\meter} \qty{8e-3}{\meter\per\second\squared}": "5 km 8 × 10⁻³ m/s²",
    r"\si{m.s^{-1}}, \num{1.5 +- 0.1}, \ang{45}": "m·s⁻¹, 1.5 ± 0.1, 45°",
    r"\SIrange{1}{5}{\GHz}, \SI[a=b]{10}{\percent}~off": "1–5 GHz, 10 % off",
    "`semi--fit' and James' `a' rock 'n' roll": "‘semi–fit’ and James' ‘a’ rock 'n' roll",
    r",,Tee`` \enquote{x} \copyright 5 {\textless}3 \noopsort{1973}B": "„Tee“ “x” ©5 <3 B",
    r"D{\"o}rner \& S{\o}n, {\'E}t\'e": "Dörner & Søn, Été",
    r"Mu{\~n}oz, Nguy{\~{\^e}}n, {\v S}ko, Ho{\.z}e, "
    r"\textcommabelow{s}": r"Muñoz, Nguyễn, Ško, Hoże, \textcommabelow{s}",
    r"{BERT} for $\alpha_{1}$ {and} 5%": r"BERT for $\alpha_{1}$ and 5%",
    r"$\Sigma$$^{10}$ and {\em $y_{1}$} and "
    r"\(z_{2}\)": r"$\Sigma$$^{10}$ and $y_{1}$ and \(z_{2}\)",
    r"costs $5 and {\"u}": "costs $5 and ü",
    r"\textbf{Bold} R&D at 5\% --- \LaTeX{}, {\TeX} \LaTeX\ and "
    r"\BibTeX is": "Bold R&D at 5% — LaTeX, TeX LaTeX and BibTeX is",
    r"\url{https://a.org/b_c%20d~e} \href{https://b.org}{c}": "https://a.org/b_c%20d~e c",
    r"{\bf a {b} c}, {\itshape d}, \textsuperscript{2}": "a b c, d, 2",
    "Kettles~and~Pots: ``Warm'' -- A Study--ed": "Kettles and Pots: “Warm” – A Study–ed",
    r"is (~5), ~5, a~5 and \~{}user": "is (~5), ~5, a 5 and ~user",
    r"-{}- '{}' {\ensuremath{\lbrace}}{\textbackslash}x{\string^}": r"-- '' {\x^",
    r"Open\textemdash close \textcopyright{} \ldots{} \ensuremath{\mathbb{R}}": "Open—close © … ℝ",
    r"re\-use R\&D a\,b \_ \# \$ \{ \}": "reuse R&D a b _ # $ { }",
    r"\frac, \foo{bar {baz}}{q} {x} \today": r"\frac, \foo{bar baz}{q} x \today",
    r"a } b { c": "a  b  c",
    "\\" + "{" * 3000 + "x" + "}" * 3000: "{x",
}


@pytest.mark.parametrize("text", ACCENTS)
def test_accents_become_letters_and_the_rest_is_unchanged(text: str) -> None:
    assert accents(text) == ACCENTS[text]


@pytest.mark.parametrize("text", PLAIN)
def test_a_field_as_it_is_printed(text: str) -> None:
    assert plain(text) == PLAIN[text]


@given(st.text(alphabet="Aé\\'\"{}()[]$~-`,;vcotij nd", max_size=60))
def test_nothing_raises(text: str) -> None:
    accents(text), plain(text)


@given(st.text(st.characters(exclude_characters="\\{}~-`'!?$")).map(clean))
def test_text_without_syntax_is_unchanged(text: str) -> None:
    assert accents(text) == plain(text) == text


@pytest.mark.parametrize(
    "unit",
    ["\\(", "\\[", "$", "$\\", "\\'", "{\\'", "\\c", "{", "\\url{", "\\v{ ", "\\'{{"],
)
def test_time_is_proportional_to_the_length(unit: str) -> None:
    assert grows_linearly(lambda size: accents(unit * size), 100_000)
    assert grows_linearly(lambda size: plain(unit * size), 100_000)


def test_pylatexenc_is_loaded_for_symbols_only() -> None:
    code = (
        "import sys; from papertrack.core.latex import plain; plain(r'$\\sigma$ {\\'e} \\emph{x}');"
        "assert 'pylatexenc' not in sys.modules; assert plain(r'\\sigma') == 'σ'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
