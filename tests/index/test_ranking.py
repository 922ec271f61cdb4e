"""Relevance: the weight of fields, the influence of recency, unranked papers; and
suggested words.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import papertrack.index.search
from papertrack.core.errors import UsageError
from papertrack.core.facts import Facts
from papertrack.index.suggestions import suggestions
from papertrack.library.library import Library
from papertrack.query.language import parse

TODAY = dt.date(2025, 11, 24)
Make = Callable[..., Facts]


def ranked(library: Library, query: str, **more: Any) -> list[str]:
    """The last figure of each id, best first."""
    return [
        paper.id[-1]
        for paper in library.index.search(
            parse(query, TODAY), sort="relevance", **more
        ).papers
    ]


def test_a_word_counts_most_in_the_title_then_tags_and_notes_then_authors(
    library: Library, facts: Make
) -> None:
    rest = {
        "title": "Dorun takel felap",
        "abstract": "Dorun takel felap",
        "authors": ("A. Dorun",),
    }
    library.adding.add(
        {
            "hf": [
                facts(
                    "2511.00001",
                    **{**rest, "abstract": "Dorun zoku felap"},
                    listed="2025-11-09",
                ),
                facts(
                    "2511.00002",
                    **{**rest, "authors": ("A. Zoku",)},
                    listed="2025-11-08",
                ),
                facts("2511.00003", **rest, listed="2025-11-07"),
                facts("2511.00004", **rest, listed="2025-11-06"),
                facts(
                    "2511.00005",
                    **{**rest, "title": "Dorun zoku felap"},
                    listed="2025-11-05",
                ),
            ]
        }
    )
    library.marking.mark(
        ["arxiv:2511.00003"], lambda mark: mark._replace(note="A zoku"), what=str
    )
    library.marking.mark(
        ["arxiv:2511.00004"], lambda mark: mark._replace(tags=("a", "zoku")), what=str
    )
    assert ranked(library, "zoku") == ["5", "3", "4", "2", "1"], (
        "the newer of two that match as well comes first"
    )
    assert ranked(library, "zoku", reverse=True) == ["1", "2", "4", "3", "5"]


@pytest.mark.parametrize("reverse", [False, True])
def test_papers_too_old_to_be_ranked_follow_by_date(
    library: Library, facts: Make, monkeypatch: pytest.MonkeyPatch, reverse: bool
) -> None:
    monkeypatch.setattr(papertrack.index.search, "RANKED", 3)
    titles = [
        "Zoku",
        "Zoku zoku",
        "Zoku mibra",
        "Zoku",
        "Zoku takel dorun",
        "Zoku mibra felap",
        "Mibra",
    ]
    papers = [
        facts(f"2511.0000{n}", title=title, listed=f"2025-11-0{n + 1}")
        for n, title in enumerate(titles)
    ]
    library.adding.add({"hf": papers})
    whole = ["3", "5", "4", "2", "1", "0"]
    assert ranked(library, "zoku", reverse=reverse) == (
        whole[::-1] if reverse else whole
    )
    for limit in range(1, 7):
        assert (
            ranked(library, "zoku", limit=limit, reverse=reverse)
            == (whole[::-1] if reverse else whole)[:limit]
        )
    assert (
        library.index.search(parse("zoku", TODAY), sort="relevance", limit=2).ranked
        == 3
    )
    assert (
        library.index.search(parse("mibra", TODAY), sort="relevance").ranked is None
    ), "all three were ranked"
    assert library.index.search(parse("zoku", TODAY)).ranked is None, (
        "by date there is nothing to rank"
    )


MEANT = {
    "difusion": "diffusion",
    "diffusoin": "diffusion",
    "diffusionn": "diffusion",
    "difpusion": "diffusion",
    "optimizatoin": "optimization",
    "author:hintn": "hinton",
    "author:diffusoin": None,
    "title:'trnsfrmers": "transformers",
    "pre-trianing": "training",
    "difusion and netwrok": "diffusion network",
    '"difusion models"': "diffusion",
    "tag:nlpp": "nlp",
    "tag:nlp": None,
    "tag:=visoin": "vision",
    "cat:cs.LC": "cs.CL",
    "note:comparre": "compare",
    "diffusion network": None,
    "not difusion": None,
    "dif": None,
    "3.5": None,
    "title:/difusion/": None,
    "difusio*": None,
    "upvotes:99..": None,
    "zzzzzzzz": None,
}


@pytest.mark.parametrize("query", MEANT)
def test_the_closest_word_is_suggested(shelf: sqlite3.Connection, query: str) -> None:
    near = [word for _, word in suggestions(shelf, parse(query, TODAY))]
    assert " ".join(near) == (MEANT[query] or "")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """The index of some papers."""
    root = tmp_path_factory.mktemp("meant")
    library = Library(root / "library", root / "cache", now="2025-11-24T12:00:00Z")
    titles = [
        "Diffusion Models",
        "Optimization of Networks",
        "Pre-training Transformers",
        "A Recurrent Network",
    ]
    papers = [
        Facts(title=title, ids=(f"arxiv:2511.0000{n}",), categories=("cs.CL",))
        for n, title in enumerate(titles)
    ]
    papers[0] = Facts(
        title=titles[0],
        ids=papers[0].ids,
        authors=("Geoffrey Hinton",),
        categories=("cs.CV", "cs.LO"),
    )
    library.adding.add({"hf": papers})
    tags = {"arxiv:2511.00001": ("nlp/parsing",), "arxiv:2511.00002": ("vision",)}
    for key, names in tags.items():
        library.marking.mark(
            [key],
            lambda mark, names=names: mark._replace(tags=names, note="compare"),
            what=str,
        )
    yield library.index.db
    library.close()


def test_a_score_is_queried_as_shown(library: Library, facts: Make) -> None:
    titles = ["Zoku", "Zoku mibra", "Zoku mibra takel dorun felap", "Takel"]
    library.adding.add(
        {"hf": [facts(f"2511.0000{n}", title=title) for n, title in enumerate(titles)]}
    )
    library.marking.mark(
        ["arxiv:2511.00003"], lambda mark: mark._replace(note="zoku"), what=str
    )
    scores = {
        paper.id[-1]: paper.score
        for paper in library.index.search(parse("zoku", TODAY), sort="relevance").papers
    }
    assert None not in scores.values()
    assert len(scores) == len(titles)
    for score in sorted(score for score in scores.values() if score is not None):
        for query, found in {
            f"zoku score:{score}..": [n for n in scores if (scores[n] or 0) >= score],
            f"score:..{score} zoku": [n for n in scores if (scores[n] or 0) <= score],
            f"zoku score:{score}": [n for n in scores if scores[n] == score],
            f"zoku not score:{score}..": [
                n for n in scores if (scores[n] or 0) < score
            ],
        }.items():
            assert sorted(ranked(library, query)) == sorted(found), query
            assert library.index.search(parse(query, TODAY)).total == len(found), query
            assert sorted(
                key[-1] for key in library.index.keys(parse(query, TODAY))
            ) == sorted(found), query
    with pytest.raises(UsageError, match="add a word"):
        library.index.search(parse("score:1.. tag:a", TODAY))
