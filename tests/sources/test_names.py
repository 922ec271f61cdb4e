"""Names and accents: arXiv's strings beside the names in them, and what no string may do."""

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.sources.names import authors, hidden_authors, inverted, person, tex

STRINGS = {
    "": (),
    " , ;:": (),
    "Ada Roe": ("Ada Roe",),
    "A. Roe, B. Ek, and C. Lo": ("A. Roe", "B. Ek", "C. Lo"),
    "A. Roe and B. Ek": ("A. Roe", "B. Ek"),
    "Anders And, Brand Andy": ("Anders And", "Brand Andy"),
    r"Andr\'e Roe": ("André Roe",),
    r"Andr\'{e} Roe, {\'E}va Ek, Mar\'{\i}a Lo, na\"\i f": (
        "André Roe",
        "Éva Ek",
        "María Lo",
        "naïf",
    ),
    r"S\o ren {\L}uk, \O rn \AA sa, Erd\H{o}s, M. {\v S}ko, G\"{o}{\ss}e": (
        "Søren Łuk",
        "Ørn Åsa",
        "Erdős",
        "M. Ško",
        "Göße",
    ),
    r"J.~Roe, {Bo Ek}, Ann\ Lo": ("J. Roe", "Bo Ek", "Ann Lo"),
    "A. Roe (Univ. of X, Y), B. Ek": ("A. Roe", "B. Ek"),
    "A. Roe (1), B. Ek (1 and 2) ((1) Barn, Field, (2) ETH (Z), Lake)": (
        "A. Roe",
        "B. Ek",
    ),
    "A. Roe (Barn, B. Ek": ("A. Roe", "B. Ek"),
    "A. Roe), B. Ek": ("A. Roe", "B. Ek"),
    "Ann Doe, Jr., Bo Ek, III, Cy Lo Sr., Di Vo IV": (
        "Ann Doe Jr.",
        "Bo Ek III",
        "Cy Lo Sr.",
        "Di Vo IV",
    ),
    "Owl Collaboration: A. Roe, B. Ek": ("Owl Collaboration", "A. Roe", "B. Ek"),
    "The Owl Team: A. Roe; B. Ek": ("Owl Team", "A. Roe", "B. Ek"),
    "A. Roe for the Owl Collaboration": ("A. Roe", "Owl Collaboration"),
    "A. Roe (for the Owl Collaboration)": ("A. Roe", "Owl Collaboration"),
    "A. Roe, on behalf of the Owl and Lamp Collaborations": (
        "A. Roe",
        "Owl and Lamp Collaborations",
    ),
    "A. Roe and the Owl Collaboration": ("A. Roe", "Owl Collaboration"),
    "Owl collaboration: A. Roe, et al. (909 additional authors not shown)": (
        "Owl collaboration",
        "A. Roe",
    ),
    "Roe, et al": ("Roe",),
}
TEXTS = {
    r"Schr\"odinger": "Schrödinger",
    r"Poincar\'e of $\'etale$, \(\'a\), \[\'a\], $$\'a$$, \'a": r"Poincaré of $\'etale$, \(\'a\), \[\'a\], $$\'a$$, á",
    r"\emph{Gr\"o{\ss}e} of {\em na\"{\i}ve} 12\% \& more \sigma": r"\emph{Größe} of {\em naïve} 12\% \& more \sigma",
    r"5 \AA wide, 5\AA{} and \AA ngstr\"om": "5 Å wide, 5Å and Ångström",
    "one\n  line": "one line",
    r"\'1 \'": r"\'1 \'",
    r"costs $5, d\'ej\`a vu": "costs $5, déjà vu",
    r"\c{c} \c s \k{a} \u{g} \r a \.I \=o \~n \t{oo}x": "ç ş ą ğ å İ ō ñ oox",
}


@pytest.mark.parametrize("text", STRINGS)
def test_a_string_is_its_names(text: str) -> None:
    assert authors(text) == STRINGS[text]


@pytest.mark.parametrize("text", TEXTS)
def test_accents_are_letters_and_maths_stays(text: str) -> None:
    assert tex(text) == TEXTS[text]


def test_a_family_name_first_is_turned_round() -> None:
    assert inverted("Roe, Ada B.") == "Ada B. Roe"
    assert inverted(r"Doe, Andr\'e, Jr.") == "André Doe Jr."
    assert inverted("collaboration, Owl") == "Owl collaboration"
    assert inverted("Owl Collaboration") == "Owl Collaboration"
    assert inverted("") == ""


def test_authors_left_out_are_counted() -> None:
    assert hidden_authors("A. Roe, et al. (909 additional authors not shown)") == 909
    assert hidden_authors("A. Roe (12)") == 0


def test_one_name_keeps_its_comma_and_dots() -> None:
    assert person("A. B. Roe") == "A. B. Roe"


@pytest.mark.parametrize(
    "unit",
    [
        "(",
        ")(",
        "\\(",
        "\\[",
        "$",
        "\\'",
        "{\\'",
        "and ",
        "for the ",
        ",",
        "\\c",
        "(for ",
    ],
)
def test_no_string_takes_long(unit: str) -> None:
    began = time.process_time()
    authors(unit * 100_000)
    tex(unit * 100_000)
    assert time.process_time() - began < 2


@given(st.text(alphabet="Aé\\'\"{}()$,:;~ijo.cand ", max_size=60))
def test_nothing_raises_and_no_name_is_empty(text: str) -> None:
    assert all(name.strip() for name in authors(text))
    inverted(text), tex(text), person(text)


def test_pylatexenc_is_loaded_for_accents_only() -> None:
    code = "import sys; from papertrack.sources.names import *; authors('A (B), C'); tex(r'$\\sigma$ \\emph{x}')"
    code += "; assert 'pylatexenc' not in sys.modules; authors(r'Andr\\'e'); assert 'pylatexenc' in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
