"""arXiv's strings of authors, each with the names in it; bounds for any string."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.sources.names import authors, hidden_authors, inverted, person
from tests.helpers.growth import grows_linearly

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


@pytest.mark.parametrize("text", STRINGS)
def test_authors(text: str) -> None:
    assert authors(text) == STRINGS[text]


def test_family_name_first() -> None:
    assert inverted("Roe, Ada B.") == "Ada B. Roe"
    assert inverted(r"Doe, Andr\'e, Jr.") == "André Doe Jr."
    assert inverted("collaboration, Owl") == "Owl collaboration"
    assert inverted("Owl Collaboration") == "Owl Collaboration"
    assert inverted("") == ""


def test_hidden_authors_are_counted() -> None:
    assert hidden_authors("A. Roe, et al. (909 additional authors not shown)") == 909
    assert hidden_authors("A. Roe (12)") == 0


def test_commas_and_dots_inside_a_name_are_preserved() -> None:
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
def test_time_is_proportional_to_the_length(unit: str) -> None:
    assert grows_linearly(lambda size: authors(unit * size), 100_000)


@given(st.text(alphabet="Aé\\'\"{}()$,:;~ijo.cand ", max_size=60))
def test_nothing_raises_and_no_name_is_empty(text: str) -> None:
    assert all(name.strip() for name in authors(text))
    inverted(text), person(text)
