"""The parser of copied text: whole listings beside their texts, refusals, and bounds."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.core.errors import Unrecognised, UsageError
from papertrack.core.facts import Listing
from papertrack.sources.copied_page import parse

CASES = sorted((Path(__file__).parent / "copied_page").glob("*.txt"))
RECORDED = Path(__file__).parents[3] / "shared" / "data" / "listing-2025-11-07.txt"
DATES = {"given-day.txt": "2025-03-01"}
ABSTRACT = (
    "Nothing is known of owls that read, and we keep it so. Ten owls were "
    "given books, and all ten slept well."
)
LINES = [
    "• 4 authors",
    "1 author",
    "·",
    "Mar 17 2",
    "Feb 29",
    "Oct 14, 2020",
    "Nov 7",
    "netflix Netflix",
    "94",
    "Submitted by",
    "Submitted by a",
    "Owls Read in the Dark",
    ABSTRACT,
    "Company",
    "Next",
    "",
    "\ufeff",
    "\u202e",
    "x" * 400,
]


def as_json(listing: Listing) -> dict[str, Any]:
    return {
        "facts": [facts.as_json() for facts in listing.facts],
        "problems": list(listing.problems),
        "notes": list(listing.notes),
    }


def page(*lines: str) -> bytes:
    return "\n".join(lines).encode()


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_text_gives_the_whole_listing(path: Path) -> None:
    listing = parse(path.read_bytes(), name=path.name, date=DATES.get(path.name))
    assert listing.source == "text"
    assert as_json(listing) == json.loads(
        path.with_suffix(".expected.json").read_text("utf-8")
    )


def test_each_expected_listing_has_its_text() -> None:
    expected = {
        path.name.removesuffix(".expected.json")
        for path in CASES[0].parent.glob("*.expected.json")
    }
    assert expected == {path.stem for path in CASES}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xef\xbb\xbf \r\n\t\n",
        b"Shopping list\n\nmilk\nhoney\n",
        b"Nov 7\n\nA Title That Stands Alone\n",
        b"4 authors\n",
        b"<!DOCTYPE html>\n<html><body>"
        + b"<p>Log in to the network.</p>" * 20
        + b"</body></html>",
        b"Mar 17 2\n" * 50,
        b"a\n" * 200_001,
    ],
)
def test_other_text_is_refused_by_name(body: bytes) -> None:
    with pytest.raises(
        Unrecognised, match=r"notes\.txt: .*; expected the text of a Daily Papers page"
    ):
        parse(body, name="notes.txt", date=None)


def test_an_invalid_day_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="2025-02-30 is not a day"):
        parse(b"", name="a.txt", date="2025-02-30")


@pytest.mark.parametrize(
    ("written", "month"),
    [
        (m[:n], i)
        for i, m in enumerate(
            [
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ],
            1,
        )
        for n in (3, None)
    ]
    + [("Sept", 9), ("sep.", 9), ("DEC", 12)],
)
def test_months_full_and_abbreviated(written: str, month: int) -> None:
    body = page(
        "Owls Read in the Dark", ABSTRACT, "• 2 authors", "·", f"{written} 3 14"
    )
    listing = parse(body, name="a.txt", date="2025-12-24")
    assert [(f.published, f.comments, f.listed) for f in listing.facts] == [
        (f"2025-{month:02}-03", 14, "2025-12-24")
    ]


@pytest.mark.parametrize(
    ("line", "organization"),
    [
        ("netflix Netflix", "Netflix"),
        ("Owl Owl", "Owl"),
        ("Night-Lab Night Lab", "Night Lab"),
        ("owls OpenOwl (North, East)", "OpenOwl (North, East)"),
        ("Owl Society", "Owl Society"),
        ("ant farm", "ant farm"),
        ("Owls", "Owls"),
        ("owl-inc Owl, Inc.", "Owl, Inc."),
    ],
)
def test_an_organisation_is_named_without_its_avatar(
    line: str, organization: str
) -> None:
    (facts,) = parse(
        page("Owls Read in the Dark", ABSTRACT, line, "·", "Oct 3"),
        name="a",
        date="2025-11-07",
    ).facts
    assert (facts.organization, facts.abstract, facts.author_count) == (
        organization,
        ABSTRACT,
        None,
    )


def test_the_page_of_a_later_year_than_its_header_leaves_bare_days_out() -> None:
    first = ("Owls Read", ABSTRACT, "• 2 authors", "Mar 1, 2024")
    body = page("Nov 7, 2024", *first, "Owls Sleep", ABSTRACT, "2 authors", "Oct 9")
    listing = parse(body, name="a.txt", date=None)
    assert [(f.published, f.listed) for f in listing.facts] == [
        ("2024-03-01", "2024-11-07"),
        (None, "2024-11-07"),
    ]
    assert listing.problems == (
        "a.txt, line 9: 'Oct 9' was ignored: 2025-10-09 is after the listing of 2024-11-07",
    )


def test_many_problems_are_summarized() -> None:
    body = page(
        *["• 2 authors"] * 500, "Owls Read in the Dark", ABSTRACT, "• 2 authors"
    )
    problems = parse(body, name="a.txt", date=None).problems
    assert len(problems) == 21
    assert problems[-1] == "a.txt: 480 more problems like these"


@pytest.mark.parametrize("line", ["x", "- ", "é ", "·", "a. ", "9", "Mar 17 2 · "])
def test_ten_megabytes_of_junk_are_one_paper(line: str) -> None:
    body = (
        f"Owls Read in the Dark\n{line * (10_000_000 // len(line.encode()))}\n• "
        "2 authors"
    ).encode()
    assert len(parse(body, name="a.txt", date=None).facts) == 1


@given(
    st.one_of(
        st.binary(),
        st.lists(st.one_of(st.sampled_from(LINES), st.text())).map(
            lambda lines: page_of(lines)
        ),
    )
)
def test_any_text_is_a_listing_or_unrecognised(body: bytes) -> None:
    for name, date in (("a.txt", None), ("2025-11-07.txt", None), ("", "2024-02-29")):
        try:
            listing = parse(body, name=name, date=date)
        except Unrecognised:
            continue
        assert listing.facts
        assert all(facts.title for facts in listing.facts)


def page_of(lines: list[str]) -> bytes:
    return "\n".join(lines).encode("utf-8", "surrogatepass")


@given(st.lists(st.sampled_from(LINES), max_size=30))
def test_blank_lines_and_line_ends_change_nothing(lines: list[str]) -> None:
    def titles(body: bytes) -> list[Any]:
        try:
            return [
                facts.as_json()
                for facts in parse(body, name="2025-11-07.txt", date=None).facts
            ]
        except Unrecognised:
            return []

    assert titles(page(*lines)) == titles(
        "\r\n\r\n \t\r\n".join(lines).encode("utf-8-sig")
    )


@pytest.mark.skipif(not RECORDED.exists(), reason=f"no recording at {RECORDED}")
@pytest.mark.parametrize(
    ("name", "date"), [(RECORDED.name, None), ("a.txt", "2025-11-07"), ("a.txt", None)]
)
def test_the_recorded_page(name: str, date: str | None) -> None:
    listing = parse(RECORDED.read_bytes(), name=name, date=date)
    facts = listing.facts
    bare = [f for f in facts if f.published and f.published.startswith("2025")]
    counts = [f.author_count for f in facts if f.author_count is not None]
    comments = [f.comments for f in facts if f.comments is not None]
    assert (len(facts), sum(f.published is not None for f in facts), len(bare)) == (
        72,
        70,
        22,
    )
    assert (len(counts), sum(counts), len(comments), sum(comments)) == (69, 510, 16, 44)
    assert [(f.organization, f.author_count) for f in facts if f.organization] == [
        ("Netflix", None)
    ]
    assert {f.listed for f in facts} == {"2025-11-07"}
    assert {f.ids for f in facts} == {()}
    assert min(len(f.abstract or "") for f in facts) > 1000
    assert listing.problems == ()
    assert bool(listing.notes) == (name == "a.txt" and date is None)
