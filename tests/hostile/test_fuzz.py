"""Any bytes to every parser, any text to the cleaning and to the query language: a
value or a papertrack error, in time.

    PAPERTRACK_FUZZ=5000 pytest -o addopts= tests/hostile/test_fuzz.py

runs so many examples of each, in 20 minutes.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.core import addresses, secrets
from papertrack.core.errors import PapertrackError, QueryError
from papertrack.core.facts import Facts
from papertrack.core.identity import normalise
from papertrack.core.text import UNWANTED, clean, fold, shorten
from papertrack.library.library import Library
from papertrack.query.language import parse
from papertrack.sources import limits as guard
from tests.helpers.parsers import PARSERS, outcome
from tests.helpers.server_faults import ATOM, CARDS, KINDS, LIST, OAI, RSS

EXAMPLES = int(os.environ.get("PAPERTRACK_FUZZ", "8"))
fuzzed = settings(max_examples=EXAMPLES, deadline=None)

BIB = (
    "@article{k1,\n title={On {BERT} and \\'etudes},\n author={Doe, Jane and {The "
    "Team}},\n year=2020,\n"
    ' month=jan # "~12",\n}\n'
)
RIS = "TY  - JOUR\nTI  - A title\nAU  - Doe, Jane\nPY  - 2020/05\nDO  - 10.1234/x\nER  - \n"
CSL = (
    '[{"type":"article","title":"A <i>title</i>","author":[{"family":"Doe"}],'
    '"issued":{"date-parts":[[2020,5]]}}]'
)
OWN = (
    '{"key":"arxiv:2511.00001","title":"A title","authors":["Jane Doe"],'
    '"published":"2025-11-01","upvotes":3}\n'
)
SNAPSHOT = (
    '{"id":"0704.0001","title":"A title","authors_parsed":[["Doe","Jane",""]],"categories":"cs.CL",'
    '"update_date":"2008-01-01","versions":[{"version":"v1","created":"Mon, 2 Apr '
    '2007 19:18:42 GMT"}]}\n'
)
PLAIN = (
    "Nov 7\n\nA Title of a Paper\n\nAn abstract that goes on. It ends here, after a "
    "while of words and more words.\n\n"
    "• 4 authors\n·\nMar 17\n2\n"
)
IDS = "see arXiv:2511.00001v2 and https://arxiv.org/abs/hep-th/9901001, doi:10.1234/x(1).\n"
HF = KINDS["hf"].body.decode()
SEEDS = {
    "file": BIB + RIS + OWN,
    "hf-json": HF,
    "hf-page": CARDS,
    "arxiv-page": LIST,
    "api": ATOM,
    "announced": RSS,
    "oai": OAI,
    "feed": ATOM,
    "bibtex": BIB,
    "ris": RIS,
    "csl": CSL,
    "own": OWN,
    "lines": OWN,
    "snapshot": SNAPSHOT,
    "ids": IDS,
    "plain": PLAIN,
}
TOKENS = [
    *(
        "<",
        ">",
        "</",
        "/>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<!DOCTYPE x [",
        "<!ENTITY a 'b'>",
        "&a;",
        "&#0;",
        "&#x1F600;",
    ),
    *(
        "&",
        "<?xml encoding='x'?>",
        "xmlns:a='b'",
        "{",
        "}",
        "[",
        "]",
        '"',
        "'",
        ",",
        ":",
        "\\",
        "\\u0000",
        "\\ud800",
        "null",
    ),
    *(
        "NaN",
        "-1e999",
        "9" * 5000,
        "true",
        "@article{",
        "@string{a=",
        "#",
        " and ",
        "\\'",
        "\\frac{",
        "$",
        "%",
        "~",
        "\n",
        "\r",
    ),
    *(
        "\t",
        "\0",
        "\x1b[2J",
        "\u202e",
        "\ufeff",
        "é",
        "日本",
        "TY  - ",
        "ER  - ",
        "2511.00001",
        "arXiv:",
        "10.1234/x",
        "Nov 7",
    ),
    *(
        "http://",
        "https://arxiv.org/abs/",
        "• 4 authors",
        "·",
        "(",
        ")",
        "0000-00-00",
        "99999-12-31",
        "Fri, 99 Foo 2025",
    ),
]
piece = st.one_of(
    st.sampled_from(TOKENS).map(str.encode),
    st.binary(max_size=12),
    st.text(max_size=12).map(str.encode),
)


@st.composite
def broken(draw: st.DrawFn, seed: str) -> bytes:
    """A complete body, with some of its bytes replaced, doubled, dropped or moved."""
    body = (
        draw(st.sampled_from([seed, *SEEDS.values()])).encode()
        if draw(st.booleans())
        else seed.encode()
    )
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.sampled_from([0, 0, 1, 5, 40, 400])))
        new = draw(
            st.one_of(
                piece,
                st.just(body[start:end] * 3),
                st.just(b""),
                piece.map(lambda text: text * 50),
            )
        )
        body = body[:start] + new + body[end:]
    return body


@pytest.mark.parametrize("parser", PARSERS)
def test_any_bytes_are_a_listing_or_an_error(parser: str) -> None:
    @fuzzed
    @given(
        st.one_of(broken(SEEDS[parser]), broken(SEEDS[parser]), st.binary(max_size=200))
    )
    def check(body: bytes) -> None:
        assert outcome(parser, body)

    check()


def test_a_truncated_seed_is_a_listing_or_an_error() -> None:
    for parser, seed in SEEDS.items():
        body = seed.encode()
        for cut in range(0, len(body), max(len(body) // 20, 1)):
            assert outcome(parser, body[:cut])


texts = st.one_of(
    st.text(max_size=80), st.lists(st.sampled_from(TOKENS), max_size=12).map("".join)
)


@fuzzed
@given(texts)
def test_cleaned_text_can_be_shown_and_is_stable(text: str) -> None:
    shown = clean(text)
    assert not re.search(UNWANTED, shown)
    assert clean(shown) == shown
    assert len(shorten(shown, 20)) <= 20
    assert fold(fold(text)) == fold(text)
    assert Facts(title=text, authors=(text,)).title[:999] == clean(text)[:999]
    secrets.hide_secrets(text)
    secrets.without_password(text)
    addresses.names_private_host(text)
    normalise(text)
    guard.decode(
        text.encode("utf-8", "surrogatepass"),
        {"content-type": f"text/html; charset={clean(text)}"},
    )


WORDS = [
    *(
        "a",
        "kettle",
        '"',
        '"a b"',
        "title:",
        "tag:",
        "upvotes:",
        "..",
        "1..",
        "listed:",
        "7d..",
        "2025-W45",
        "is:",
    ),
    *(
        "unread",
        "(",
        ")",
        "not ",
        "^",
        "-",
        " and ",
        " or ",
        ",",
        ":=",
        ":/a+/",
        ":/(a+)+$/",
        "*",
        "@x",
        "/",
        "\\",
    ),
    *("NEAR(", "score:"),
]


@pytest.fixture(scope="module")
def kettles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("fuzz")
    library = Library(folder / "library", folder / "cache", now="2025-11-24T12:00:00Z")
    library.adding.add(
        {"hf": [Facts(title="Kettle " + "a" * 40, ids=("arxiv:2511.00001",))]}
    )
    yield library
    library.close()


def error_of(library: Library, query: str) -> PapertrackError | None:
    try:
        library.index.search(parse(query, today=dt.date(2025, 11, 24)), limit=3)
    except PapertrackError as error:
        return error
    return None


def test_any_query_is_a_clause_or_an_error_with_its_position(kettles: Library) -> None:
    @fuzzed
    @given(
        st.one_of(
            st.lists(st.sampled_from(WORDS), max_size=12).map("".join),
            st.text(max_size=40),
        )
    )
    def check(query: str) -> None:
        fault = error_of(kettles, query)
        assert not isinstance(fault, QueryError) or 0 <= fault.position <= len(
            fault.query
        )

    check()
