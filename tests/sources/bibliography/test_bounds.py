"""The time of reading notes, names and markup is proportional to their length."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from papertrack.sources.bibliography.identifiers import own_ids
from papertrack.sources.bibliography.markup import (
    without_markup,
    without_markup_in_latex,
)
from papertrack.sources.bibliography.people import of_bibtex, of_names
from tests.helpers.growth import grows_linearly

READERS: dict[str, tuple[Callable[[str], object], list[str]]] = {
    "notes": (
        lambda text: list(own_ids(text)),
        ["arxiv ", "arxiv:2106.01234, ", "--.ab", "https://a.b/cc, ", "(", "page "],
    ),
    "names of BibTeX": (
        of_bibtex,
        ["a, ", "a b, ", "{", "and ", "; ", "et al. ", "Roe, A., ", "a & b c ", "A.-"],
    ),
    "names": (lambda text: of_names([text]), ["a, ", "; ", " and ,", "A.B-"]),
    "markup": (without_markup, ["<", "&", "<i>", "&#1", "<p ", "&lt;i&gt;"]),
    "markup in LaTeX": (without_markup_in_latex, [r"{\&}", r"\&a", "<i>a</i>"]),
}


@pytest.mark.parametrize(
    ("name", "unit"),
    [(name, unit) for name, (_, units) in READERS.items() for unit in units],
)
def test_time_is_proportional_to_the_length(name: str, unit: str) -> None:
    read, _ = READERS[name]
    assert grows_linearly(lambda size: read(unit * size), 20_000)
