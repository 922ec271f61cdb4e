"""The paper shown takes each field from the most trusted source that has it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest

from papertrack.core.model import Mark, Record
from papertrack.joining.settle import settle

NOW = "2025-11-24T12:00:00Z"


def record(said: dict[str, dict[str, Any]], *keys: str) -> Record:
    keys = keys or ("arxiv:2511.00001",)
    return Record(keys[0], keys, NOW, said)


def test_each_field_is_from_the_most_trusted_source_that_has_it() -> None:
    said: dict[str, dict[str, Any]] = {
        "text": {"title": "text", "venue": "text", "abstract": "text", "upvotes": 4},
        "bibliography": {"title": "bib", "venue": "bib", "authors": ["Bib"]},
        "feed:https://e.org": {"title": "feed", "project": "feed"},
        "hf": {"title": "hf", "abstract": "hf", "upvotes": 0, "authors": []},
        "arxiv": {"title": "arxiv", "abstract": "", "github": None},
    }
    for order in permutations(said):
        paper = settle(record({source: said[source] for source in order}))
        assert (paper.title, paper.abstract, paper.upvotes) == ("arxiv", "hf", 0)
        assert (paper.venue, paper.authors, paper.project, paper.github) == (
            "bib",
            ("Bib",),
            "feed",
            None,
        )
        assert paper.sources == (
            "arxiv",
            "hf",
            "feed:https://e.org",
            "bibliography",
            "text",
        )


@pytest.mark.parametrize(
    ("voices", "count"),
    [
        ([{}], None),
        ([{"author_count": 7}], 7),
        ([{"authors": ["A", "B"]}], 2),
        ([{"authors": ["A"], "author_count": 7}], 7),
        ([{"authors": ["A", "B"]}, {"author_count": 7}], 2),
        ([{"author_count": 7}, {"authors": ["A", "B"]}], 7),
        ([{}, {"authors": ["A", "B"]}], 2),
    ],
)
def test_author_count(voices: Sequence[dict[str, Any]], count: int | None) -> None:
    assert (
        settle(record(dict(zip(("arxiv", "hf"), voices, strict=False)))).author_count
        == count
    )


@pytest.mark.parametrize(
    ("keys", "said", "url", "pdf", "doi"),
    [
        (
            ["arxiv:cs/0101001"],
            {},
            "https://arxiv.org/abs/cs/0101001",
            "https://arxiv.org/pdf/cs/0101001",
            None,
        ),
        (["arxiv:2511.1"], {"url": "u", "pdf": "p", "doi": "d"}, "u", "p", "d"),
        (
            ["arxiv:2511.1", "doi:10.1/a"],
            {},
            "https://arxiv.org/abs/2511.1",
            "https://arxiv.org/pdf/2511.1",
            "10.1/a",
        ),
        (["doi:10.1/a"], {}, "https://doi.org/10.1/a", None, "10.1/a"),
        (["url:https://e.org/a"], {}, "https://e.org/a", None, None),
        (["title:0123456789"], {}, None, None, None),
    ],
)
def test_derived_links(
    keys: list[str], said: dict[str, Any], url: str, pdf: str, doi: str
) -> None:
    paper = settle(record({"hf": said}, *keys))
    assert (paper.url, paper.pdf, paper.doi) == (url, pdf, doi)
    assert paper.id == keys[0].partition(":")[2]
    assert paper.title == paper.id, "a paper without a title is shown by its id"


def test_a_mark_is_added() -> None:
    mark = Mark(("a",), "later", True, "n", NOW)
    paper = settle(record({"hf": {"title": "Zoku"}}), mark)
    assert (paper.tags, paper.status, paper.starred, paper.note) == (
        ("a",),
        "later",
        True,
        "n",
    )
