"""BibTeX, RIS, CSL-JSON: whole listings beside their files, refusals, round trips, and
bounds for any bytes.
"""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Listing
from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.exports.registry import export
from papertrack.sources.bibliography import bibtex, csl, ris
from papertrack.sources.bibliography.entries import split_keywords, text_of
from papertrack.sources.bibliography.identifiers import keys

CASES = Path(__file__).parent
PARSERS: dict[str, Callable[..., Listing]] = {
    ".bib": bibtex.parse,
    ".bibtex": bibtex.parse,
    ".ris": ris.parse,
    ".json": csl.parse,
}
FILES = sorted(
    path
    for path in CASES.iterdir()
    if path.suffix in PARSERS and ".expected" not in path.name
)


def as_json(listing: Listing) -> dict[str, Any]:
    return {
        "facts": [facts.as_json() for facts in listing.facts],
        "problems": list(listing.problems),
        "notes": list(listing.notes),
    }


def entry(fields: str) -> Any:
    return bibtex.parse(f"@misc{{a, {fields}}}".encode(), name="a.bib").facts[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_whole_listing_of_a_file(path: Path) -> None:
    listing = PARSERS[path.suffix](path.read_bytes(), name=path.name)
    assert listing.source == "bibliography"
    assert as_json(listing) == json.loads(
        (CASES / f"{path.name}.expected.json").read_text("utf-8")
    )


def test_each_expected_listing_has_its_file() -> None:
    expected = {
        path.name.removesuffix(".expected.json")
        for path in CASES.glob("*.expected.json")
    }
    bodies = {path.name for path in CASES.iterdir() if path.is_file()}
    assert expected == {
        name for name in bodies if not name.endswith((".expected.json", ".py"))
    }


@pytest.mark.parametrize("parse", [bibtex.parse, ris.parse, csl.parse])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xef\xbb\xbf\n",
        b"Shopping list\nmilk\n",
        b"<html><body>@article</body></html>",
        b"[]",
        b"{}",
        b"[1, 2]",
        b"@comment{nothing}",
        b"@string{a = {b}}",
        b"TY -",
        b'[{"id": 1}, {"id": 2}]',
        b"@a{c}\n@a{d}",
        b"TY  - A\nER  - \nTY  - B\nER  - \n",
    ],
)
def test_other_files_are_refused_by_name(
    parse: Callable[..., Listing], body: bytes
) -> None:
    with pytest.raises(Unrecognised, match=r"^notes\.txt"):
        parse(body, name="notes.txt")


@pytest.mark.parametrize(
    ("parse", "body"),
    [
        (csl.parse, b'[{"id": 1}, {"title": "a"}, {"id": 2}]'),
        (bibtex.parse, b"@a{a, title={b}}\n@a{c}\n@a{d}"),
        (ris.parse, b"TY  - A\nER  - \nTY  - B\nER  - \nTY  - C\nTI  - t\nER  - \n"),
    ],
)
def test_one_entry_is_kept_among_worse_ones(
    parse: Callable[..., Listing], body: bytes
) -> None:
    listing = parse(body, name="notes.txt")
    assert len(listing.facts) == 1
    assert len(listing.problems) == listing.unreadable == 2


@given(
    st.binary(max_size=300)
    | st.text(alphabet='@{}",=#\\$%&a1\n -TYERI[]:', max_size=300).map(str.encode)
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_a_listing_or_a_refusal(body: bytes) -> None:
    for start in (b"", b"@a{b, title={", b"TY  - A\nTI  - ", b'[{"title": "a"}, '):
        for parse in (bibtex.parse, ris.parse, csl.parse):
            with contextlib.suppress(Unrecognised):
                listing = parse(start + body, name="any")
                assert listing.facts
                assert all("\n" not in problem for problem in listing.problems)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
fields = st.sampled_from(
    [
        "title",
        "author",
        "issued",
        "DOI",
        "URL",
        "abstract",
        "container-title",
        "keyword",
        "note",
        "id",
    ]
)


@given(st.lists(st.dictionaries(fields, values, max_size=6), max_size=4), values)
def test_any_json_gives_a_listing_or_a_refusal(
    items: list[dict[str, Any]], parts: Any
) -> None:
    items.append(
        {
            "title": "whole",
            "issued": {"date-parts": parts},
            "author": [{"family": parts}],
        }
    )
    with contextlib.suppress(Unrecognised):
        assert csl.parse(json.dumps(items).encode(), name="any").facts


titles = (
    st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]),
        min_size=1,
        max_size=60,
    )
    .map(clean)
    .filter(bool)
)
authors = st.lists(
    st.sampled_from(
        [
            "André Dörner",
            "Ana Muñoz",
            "Łukasz Ek",
            "The Owl Team",
            "Bo van der Roe",
            "Ann and Bo Group",
            "Ș. Ţ. Ő",
            "X $5 % Y",
        ]
    ),
    max_size=4,
    unique=True,
)


@given(
    titles,
    authors,
    st.sampled_from(
        [
            "arxiv:2511.00001",
            "doi:10.1234/a_b(c)<d>%7b",
            "url:https://example.org/a_b~c",
        ]
    ),
)
@settings(max_examples=300, deadline=None)
def test_exported_bibtex_is_imported_unchanged(
    title: str, names: list[str], key: str
) -> None:
    kind, _, shown = key.partition(":")
    paper = Paper(
        id=shown,
        key=key,
        title=title,
        authors=tuple(names),
        venue="Proc. of A & B",
        venue_year=2025,
        published="2025-11-07",
        abstract=title,
        doi=shown if kind == "doi" else None,
        url=shown if kind == "url" else None,
    )
    (facts,) = bibtex.parse(
        export([paper], "bibtex").encode("utf-8", "replace"), name="a.bib"
    ).facts
    assert (facts.title, facts.abstract, facts.authors) == (title, title, tuple(names))
    assert (facts.published, facts.venue) == ("2025-11", "Proc. of A & B")
    assert facts.ids == ((key,) if kind != "doi" else ("doi:10.1234/a_b(c)<d>{",))


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ("title={a}, year=2020, month=may, day=12", "2020-05-12"),
        ("title={a}, year=2020, month=may # {~12}", "2020-05-12"),
        ('title={a}, year={2020}, month="May 12--14"', "2020-05"),
        ("title={a}, year={2020}, month={Mai}", "2020-05"),
        ("title={a}, year={2020}, month=5, day=31st", "2020-05"),
        ("title={a}, year={2020a}", "2020"),
        ("title={a}, date={2020-02-30}", None),
        ("title={a}, date={2020~}, year=1999", "2020"),
        ("title={a}, date={soon}, year=1999", "1999"),
        ("title={a}, year={forthcoming}", None),
        ("title={a}, year={9999}", None),
    ],
)
def test_days(fields: str, day: str | None) -> None:
    assert entry(fields).published == day


def test_macros_of_macros_are_bounded() -> None:
    macros = "".join(f"@string{{a{n + 1} = a{n} # a{n} # a{n}}}\n" for n in range(60))
    listing = bibtex.parse(
        f"@string{{a0 = {{xxxx}}}}\n{macros}@misc{{b, title = a60}}".encode(),
        name="a.bib",
    )
    assert len(listing.facts[0].title) <= 500


def test_libraries_log_nothing_to_stderr() -> None:
    # In a process of its own: pytest captures what is logged.
    body = b"@a{b, title={x \\frac}}\n@a{c, title={\n@a{d, title={y}}\n"
    code = (
        "from papertrack.sources.bibliography import bibtex; "
        f"print(len(bibtex.parse({body!r}, name='a.bib').problems))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert (ran.stdout, ran.stderr) == ("1\n", "")


def test_encodings() -> None:
    assert text_of("Dörner\r\nb\rc".encode("cp1252")) == "Dörner\nb\nc"
    assert text_of("\ufeffDörner".encode("utf-16")) == "\ufeffDörner"
    assert text_of("Dörner, Éa, \xff".encode()[:-2] + b"\xff") == "Dörner, Éa, \ufffd"


def test_keys_and_keywords() -> None:
    assert keys(doi="doi:10.1/x") == ()
    assert keys(
        doi="https://doi.org/10.1234/X.",
        urls=["https://example.org", "http://arxiv.org/pdf/1706.00002v1"],
    ) == (
        "arxiv:1706.00002",
        "doi:10.1234/x",
    )
    assert split_keywords("a, b; c;a, b") == ("a, b", "c")
