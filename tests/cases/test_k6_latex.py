"""K6: LaTeX is printed as LaTeX would print it, also in names and venues."""

from __future__ import annotations

import pytest

from papertrack.core.model import Paper
from papertrack.exports.registry import export
from papertrack.sources.bibliography import bibtex
from tests.cases.bibliographies import bib, only

TITLES = {
    "ties": ("Cups~and~Lids", "Cups and Lids"),
    "a tie is no accent": (r"\~nandu~and \~{}x", "ñandu and ~x"),
    "dashes": ("Tea--Water --- a Study", "Tea–Water — a Study"),
    "quotes": ("``Hot'' and `cold' lids", "“Hot” and ‘cold’ lids"),
    "apostrophes": ("The potters' cup isn't hot", "The potters' cup isn't hot"),
    "accents": (
        r"S{\~a}o {\'E}t\'e {\v S}ko \c{c}a {\L}{\'o}d{\'z}",
        "São Été Ško ça Łódź",
    ),
    "dotless letters": (r"na{\"\i}ve na\"{\i}ve {\'{\i}}", "naïve naïve í"),
    "letters": (
        r"Stra{\ss}e, \OE uvre, {\AA}rhus, S{\o}n",
        "Straße, Œuvre, Århus, Søn",
    ),
    "stacked accents": (r"Vi{\d{\^e}}t Nguy{\~{\^e}}n", "Việt Nguyễn"),
    "two letters are no accent": (r"(\r{ho} = 1)", r"(\r{ho} = 1)"),
    "adjacent formulas": (
        r"$\Sigma$$^{10}$ and $y_{12}$",
        r"$\Sigma$$^{10}$ and $y_{12}$",
    ),
    "a formula in a group": (r"{\em $z_{34}$} is {hot}", "$z_{34}$ is hot"),
    "a price": (r"Tea at \$5 and \$6", "Tea at $5 and $6"),
    "signs": (r"5\% of R\&D, a\_b \#1", "5% of R&D, a_b #1"),
    "braces": ("{{KETTLE}}: {A} {M}odel", "KETTLE: A Model"),
    "fonts": (r"\textit{T. sinensis} and \textbf{\emph{x}}", "T. sinensis and x"),
    "a URL": (r"Cups at \url{http://a.example/~b_c}", "Cups at http://a.example/~b_c"),
    "a link": (r"\href{http://a.example/~b}{Cups}", "Cups"),
    "a quantity": (
        r"A \SI{5}{\kilo\meter} \qty{2}{\percent} slope",
        "A 5 km 2 % slope",
    ),
    "a number": (r"\num{1e6} cups at \ang{45}", "1 × 10⁶ cups at 45°"),
    "symbols": (r"Tea\textemdash hot\textsuperscript{\textregistered}", "Tea—hot®"),
    "hyphenation": (
        r"ket\-tle e.\,g. \LaTeX{} and \LaTeX\ x",
        "kettle e. g. LaTeX and LaTeX x",
    ),
    "an unknown command": (r"\kettle{tea} boils", r"\kettle{tea} boils"),
    "lines": ("Warm\n    Lids", "Warm Lids"),
}


@pytest.mark.parametrize("name", TITLES)
def test_a_title(name: str) -> None:
    written, printed = TITLES[name]
    listing = bibtex.parse(f"@misc{{k1, title = {{{written}}}}}".encode(), name="a")
    assert only(listing).title == printed


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (r"Mu{\~n}oz, Ana", "Ana Muñoz"),
        (r"Mu\~noz, Ana", "Ana Muñoz"),
        (r"Jo{\~a}o Bel{\'e}m", "João Belém"),
        (r"N{\'u}\~{n}ez, Eva", "Eva Núñez"),
        (r"Donald~E. Roe", "Donald E. Roe"),
        (r"{\O}re, Bo~C.", "Bo C. Øre"),
        (r"{\'E}. Roe", "É. Roe"),
        (r"Erd\H{o}s, P{\'a}l", "Pál Erdős"),
        (r"\c{S}en, \.{I}pek", "İpek Şen"),
        (r"{\relax Ch}arles Roe", "Charles Roe"),
        (r"O{'}Roe, Ann", "Ann O'Roe"),
    ],
)
def test_a_name(written: str, name: str) -> None:
    assert bib(f"author = {{{written}}}").authors == (name,)


@pytest.mark.parametrize(
    ("written", "venue"),
    [
        (r"J.~Kettles", "J. Kettles"),
        (r"Tea {\&} Water", "Tea & Water"),
        (r"Zeitschrift f{\"u}r Tee", "Zeitschrift für Tee"),
        (r"Proc.\ of Tea", "Proc. of Tea"),
        (r"Kettles -- Letters", "Kettles – Letters"),
    ],
)
def test_a_venue(written: str, venue: str) -> None:
    assert bib(f"journal = {{{written}}}").venue == venue


@pytest.mark.parametrize("name", ["Ana Muñoz", "João Belém", "Vi Nguyễn", "Łukasz Ek"])
def test_an_exported_name_is_read_back(name: str) -> None:
    paper = Paper(id="x", key="title:0123456789", title="São `Tee'", authors=(name,))
    facts = only(bibtex.parse(export([paper], "bibtex").encode(), name="a.bib"))
    assert (facts.title, facts.authors) == ("São `Tee'", (name,))
