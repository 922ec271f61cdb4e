"""What services are asked, what is taken of their responses, and which title matches."""

from __future__ import annotations

import json
from typing import Any

import pytest

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts
from papertrack.sources.enrichment import lookups
from papertrack.sources.enrichment.lookups import Lookup
from papertrack.sources.enrichment.subjects import Subject, is_of
from tests.helpers import services as made

A, DOI = "2401.00001", "10.5555/tea.1"
PREPRINT = Subject(f"arxiv:{A}", arxiv=A, title="Kettles", author="Ann Roe", year=2024)
ARTICLE = Subject(f"doi:{DOI}", doi=DOI)


def read(ask: lookups.Plan, subject: Subject, item: Any) -> Facts | Lookup | None:
    (lookup,) = ask([subject], "http://e.org")
    (result,) = lookup.read(json.dumps(item).encode())
    return result


def values(facts: Any) -> dict[str, Any]:
    assert isinstance(facts, Facts)
    document = facts.as_json()
    return {name: document[name] for name in document if name != "references"}


S2 = lookups.semantic_scholar_lookups
OPENALEX = lookups.openalex_lookups
CROSSREF = lookups.crossref_lookups
NEURIPS = "Neural Information Processing Systems"


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        # The preprint's DOI, or none: its year is not the venue's.
        (
            made.s2(A, venue=NEURIPS, kind="conference"),
            {"venue": NEURIPS, "type": "conference-paper"},
        ),
        (
            made.s2(
                A,
                venue=NEURIPS,
                kind="conference",
                ids={"DOI": f"10.48550/arXiv.{A}", "DBLP": "conf/nips/Roe24"},
            ),
            {"venue": NEURIPS, "type": "conference-paper", "venue_year": 2024},
        ),
        (
            made.s2(A, venue="Tea", kind="journal", ids={"DOI": DOI}, year=2025),
            {"venue": "Tea", "type": "article", "venue_year": 2025, "doi": DOI},
        ),
        (
            made.s2(
                A,
                venue="Mind",
                kind="journal",
                ids={"DBLP": "journals/mind/Roe50a"},
                year=1951,
            ),
            {"venue": "Mind", "type": "article", "venue_year": 1950},
        ),
        (made.s2(A), {"type": "preprint"}),
        (
            made.s2(A, ids={"DBLP": "journals/corr/abs-2401-00001"}),
            {"type": "preprint"},
        ),
        (
            made.s2(A, venue="SSRN Electronic Journal", kind="journal"),
            {"type": "preprint"},
        ),
        (
            made.s2(A, publicationVenue=None, venue="ICLR"),
            {"type": "preprint"},
        ),
        (
            made.s2(A, venue="Diagnostics", publicationTypes=None),
            {"venue": "Diagnostics"},
        ),
    ],
)
def test_semantic_scholar(item: Any, expected: dict[str, Any]) -> None:
    found = values(read(S2, PREPRINT, [item]))
    counts = {"citations": 12, "influential": 2}
    ids = [f"arxiv:{A}", *([f"doi:{DOI}"] if "doi" in expected else [])]
    assert found == {"ids": ids, **expected, **counts}


def location(venue: str | None, kind: str = "journal", **more: Any) -> Any:
    source = {"display_name": venue, "type": kind} if venue else None
    return {"version": "publishedVersion", "source": source, **more}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (made.openalex(A), {"type": "preprint"}),
        (
            made.openalex(A, doi=DOI, venue="Tea"),
            {"venue": "Tea", "venue_year": 2025, "type": "article", "doi": DOI},
        ),
        # A repository has the published version too, and is no venue.
        (
            made.openalex(A, locations=[location("PubMed Central", "repository")]),
            {"type": "preprint"},
        ),
        # Proceedings that are no source of OpenAlex's.
        (
            made.openalex(
                A,
                doi=DOI,
                type="article",
                primary_location=location(
                    None,
                    raw_source_name="Proc. of Tea",
                    raw_type="proceedings-article",
                ),
            ),
            {
                "venue": "Proc. of Tea",
                "venue_year": 2024,
                "type": "conference-paper",
                "doi": DOI,
                "booktitle": "Proc. of Tea",
            },
        ),
        # A book on a platform, whose name stands beside it.
        (
            made.openalex(
                A,
                doi=DOI,
                type="book-chapter",
                primary_location=location(
                    "Tea eBooks", "ebook platform", raw_source_name="All about Tea"
                ),
            ),
            {
                "venue": "All about Tea",
                "venue_year": 2024,
                "type": "chapter",
                "doi": DOI,
                "booktitle": "All about Tea",
            },
        ),
        # A venue, but the preprint's DOI alone.
        (
            made.openalex(A, locations=[location("Tea")]),
            {"venue": "Tea", "type": "preprint"},
        ),
    ],
)
def test_openalex(item: Any, expected: dict[str, Any]) -> None:
    found = values(read(OPENALEX, PREPRINT, item))
    found.pop("ids")
    assert found == {**expected, "citations": 9}


@pytest.mark.parametrize(
    ("titles", "kind", "venue"),
    [
        (["Tea Letters"], "journal-article", "Tea Letters"),
        (["Tea Letters", "Tea Lett."], "journal-article", "Tea Letters"),
        (
            ["Studies in Tea", "Proc. of Kettles"],
            "proceedings-article",
            "Proc. of Kettles",
        ),
        (["Studies in Tea", ""], "book-chapter", "Studies in Tea"),
        ([], "journal-article", None),
    ],
)
def test_crossref_names_a_series_before_its_volume(
    titles: list[str], kind: str, venue: str | None
) -> None:
    work = made.crossref(DOI, type=kind)
    work["container-title"] = titles
    facts = read(CROSSREF, ARTICLE, {"message": work})
    assert isinstance(facts, Facts)
    assert facts.venue == venue


def test_a_preprint_at_crossref_leads_to_its_article() -> None:
    relation = {"is-preprint-of": [{"id-type": "doi", "id": "10.5555/tea.2"}]}
    preprint = made.crossref(DOI, type="posted-content", relation=relation)
    further = read(CROSSREF, ARTICLE, {"message": preprint})
    assert isinstance(further, Lookup)
    assert further.url == "http://e.org/works/10.5555/tea.2"
    article = made.crossref("10.5555/TEA.2", venue="Tea &amp; <i>Lids</i>")
    (facts,) = further.read(json.dumps({"message": article}).encode())
    found = values(facts)
    assert found["ids"] == [f"doi:{DOI}", "doi:10.5555/tea.2"]
    assert (found["venue"], found["venue_year"]) == ("Tea & Lids", 2025)
    # It is followed once: a circle ends.
    again = {**preprint, "DOI": "10.5555/tea.2"}
    (facts,) = further.read(json.dumps({"message": again}).encode())
    assert values(facts)["type"] == "preprint"


@pytest.mark.parametrize("ask", [S2, OPENALEX])
def test_another_preprint_is_no_answer(ask: lookups.Plan) -> None:
    item = made.s2("2401.00002") if ask is S2 else made.openalex("2401.00002")
    assert read(ask, PREPRINT, [item] if ask is S2 else item) is None


def test_nothing_but_facts_of_enrichment_is_taken() -> None:
    item = made.s2(A, title="Another title", abstract="Long.", tldr={"text": "Short."})
    facts = read(S2, PREPRINT, [{**item, "publicationDate": "2024-03-01"}])
    assert {"title", "abstract", "summary", "published"}.isdisjoint(values(facts))


@pytest.mark.parametrize(
    ("ask", "subject", "url"),
    [
        (OPENALEX, PREPRINT, f"/works/doi:10.48550/arXiv.{A}"),
        (OPENALEX, PREPRINT._replace(doi=DOI), f"/works/doi:10.48550/arXiv.{A}"),
        (OPENALEX, ARTICLE, f"/works/doi:{DOI}"),
        (CROSSREF, ARTICLE._replace(doi="10.1/a?b#c d"), "/works/10.1/a%3Fb%23c%20d"),
        (CROSSREF, PREPRINT._replace(doi=DOI), f"/works/{DOI}"),
        (lookups.hugging_face_lookups, PREPRINT, f"/api/papers/{A}"),
    ],
)
def test_urls(ask: lookups.Plan, subject: Subject, url: str) -> None:
    (lookup,) = ask([subject], "http://e.org")
    assert lookup.url.partition("?")[0] == f"http://e.org{url}"


@pytest.mark.parametrize(
    ("ask", "subject"),
    [
        (CROSSREF, PREPRINT),
        (S2, Subject("title:0123456789", title="Kettles")),
        (OPENALEX, Subject("title:0123456789", title="Kettles")),
        (lookups.hugging_face_lookups, ARTICLE),
        (
            lookups.hugging_face_lookups,
            Subject("arxiv:hep-th/9901001", "hep-th/9901001"),
        ),
        (lookups.dblp_lookups, ARTICLE),
    ],
)
def test_no_question_without_what_it_takes(ask: lookups.Plan, subject: Subject) -> None:
    assert list(ask([subject], "http://e.org")) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b"1", b'"x"', b"[1]", b"[[]]", b"<html>", b"[" * 9999],
)
@pytest.mark.parametrize(
    "ask",
    [S2, OPENALEX, CROSSREF, lookups.dblp_lookups, lookups.hugging_face_lookups],
)
def test_other_responses_are_refused(ask: lookups.Plan, body: bytes) -> None:
    (lookup,) = ask([PREPRINT._replace(doi=DOI)], "http://e.org")
    with pytest.raises(Unrecognised, match=r"http://e\.org/"):
        lookup.read(body)


# ------------------------------------------------------------------ titles


def dblp(*hits: Any) -> Facts | Lookup | None:
    found: Any = {"@total": str(len(hits))}
    if hits:
        found["hit"] = [{"info": hit} for hit in hits]
    return read(lookups.dblp_lookups, PREPRINT, {"result": {"hits": found}})


CORR = made.dblp(
    "Kettles",
    "Ann Roe",
    "CoRR",
    "2024",
    type="Informal and Other Publications",
    volume=f"abs/{A}",
    key="journals/corr/abs-2401-00001",
)


@pytest.mark.parametrize(
    ("hits", "venue"),
    [
        ([], None),
        ([made.dblp("Kettles", "Ann Roe", "TEA", "2025")], "TEA"),
        ([CORR, made.dblp("Kettles", "Ann Roe", "TEA", "2025")], "TEA"),
        ([made.dblp("Kettles", "Bo Roe", "TEA", "2025")], "TEA"),
        ([made.dblp("Kettles", "Ann Li", "TEA", "2025")], None),
        ([made.dblp("Kettles II", "Ann Roe", "TEA", "2025")], None),
        ([made.dblp("Kettles", "Ann Roe", "TEA", "2022")], None),
        ([made.dblp("Kettles", "Ann Roe", "TEA", "2028")], None),
        ([made.dblp("Kettles", "Ann Roe", "TEA", "2027")], "TEA"),
        ([{**CORR, "volume": "abs/2401.00002"}], None),
    ],
)
def test_dblp(hits: list[Any], venue: str | None) -> None:
    found = dblp(*hits)
    assert (found.venue if isinstance(found, Facts) else None) == venue


def test_the_preprint_alone_is_known_but_not_published() -> None:
    found = dblp(CORR)
    assert isinstance(found, Facts)
    assert (found.venue, found.venue_year, found.type) == (None, None, "preprint")


LONG = "A Study of the Whistling of Kettles in Large Kitchens"


@pytest.mark.parametrize(
    ("title", "author", "year", "matches"),
    [
        (LONG, "Ann Roe", 2024, True),
        (LONG.upper() + "!", "Roe, Ann", 2024, True),
        (LONG.replace("Whistling", "Whistlings"), "A. Roe", 2025, True),
        (LONG.replace("Large", "Small"), "Ann Roe", 2024, False),
        (LONG, "Ann Li", 2024, False),
        (LONG, "Ann Róe", 2024, True),
        (LONG, "Ann Roe", 2022, False),
        (LONG, "Ann Roe", 2023, True),
        (LONG, "Ann Roe", 2027, True),
        (LONG, "Ann Roe", 2028, False),
        (LONG, "", 2024, False),
        (LONG, "Ann Roe", None, False),
        ("", "Ann Roe", 2024, False),
    ],
)
def test_titles_authors_and_years_must_agree(
    title: str, author: str, year: int | None, matches: bool
) -> None:
    subject = Subject("arxiv:x", title=LONG, author="Ann Roe", year=2024)
    authors = (author,) if author else ()
    facts = Facts(title=title, authors=authors, venue_year=year)
    assert is_of(facts, subject) is matches
