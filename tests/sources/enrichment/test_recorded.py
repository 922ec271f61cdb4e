"""What is taken of the recorded responses of ../shared/data: a preprint's date and DOI
are never those of its publication.
"""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from papertrack.core.facts import Facts
from papertrack.joining import venues
from papertrack.joining.settle import settle
from tests.helpers.recorded_services import record_of, recorded

DATA = Path(__file__).parents[4] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not there")

PUBLISHED = 52
"""Papers of arXiv of which Semantic Scholar has a venue with a type, SSRN left out."""


@pytest.fixture(scope="module")
def papers() -> dict[str, dict[str, Facts]]:
    return recorded(DATA)


def test_every_published_preprint_has_its_venue(
    papers: dict[str, dict[str, Facts]],
) -> None:
    found = [
        said["semanticscholar"]
        for key, said in papers.items()
        if key.startswith("arxiv:") and said.get("semanticscholar")
    ]
    with_venue = [facts for facts in found if facts.venue]
    assert len(with_venue) >= PUBLISHED
    for facts in found:
        assert not (facts.doi or "").startswith("10.48550")
        assert facts.venue or not facts.venue_year
        assert facts.venue not in ("arXiv.org", "Social Science Research Network")
        if facts.venue_year:
            month = facts.ids[0].removeprefix("arxiv:")[:4]
            posted = f"20{month[:2]}-{month[2:]}"
            assert venues.is_possible(facts.venue_year, posted), facts


def test_the_order_of_services_does_not_matter(
    papers: dict[str, dict[str, Facts]],
) -> None:
    several = {key: said for key, said in papers.items() if len(said) > 1}
    assert len(several) > 15
    for key, said in several.items():
        settled = {
            settle(record_of(key, {name: said[name] for name in order}))
            for order in permutations(said)
        }
        assert len(settled) == 1, key


def test_an_article_has_its_venue_where_any_service_knows_it(
    papers: dict[str, dict[str, Facts]],
) -> None:
    for key, said in papers.items():
        paper = settle(record_of(key, said))
        assert bool(paper.venue) == any(facts.venue for facts in said.values()), key
        years = {facts.venue_year for facts in said.values()}
        assert paper.venue_year in {None, *years}, key
