"""Rules: their syntax, the marks they set, and that several at once are like each in
turn.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from papertrack.core.errors import UsageError
from papertrack.core.facts import Facts
from papertrack.core.model import Mark
from papertrack.library import rules
from papertrack.library.library import Library
from papertrack.library.rules import Actions, Rule
from papertrack.query.language import Everything

TODAY = dt.date(2025, 11, 24)


@pytest.mark.parametrize(
    ("text", "actions", "shown"),
    [
        (
            "tag x, star, mark later, hide"[:-6],
            Actions(("x",), True, "later"),
            "tag x, star, mark later",
        ),
        (" HIDE ", Actions((), False, "hidden"), "hide"),
        ("mark hidden,hide", Actions((), False, "hidden"), "hide"),
        (
            "Tag nlp/Pa #b , tag x,star",
            Actions(("nlp/Pa", "b", "x"), True),
            "tag nlp/Pa, tag b, tag x, star",
        ),
        ("Mark  Read", Actions((), False, "read"), "mark read"),
    ],
)
def test_rules_are_parsed(text: str, actions: Actions, shown: str) -> None:
    assert rules.actions_of(text) == actions
    assert str(actions) == shown
    assert rules.actions_of(shown) == actions


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "tag",
        "tag x,",
        "mark",
        "mark unread",
        "untag x",
        "read",
        "star x",
        "tag a*b",
        "hide, mark read",
    ],
)
def test_invalid_rules_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        rules.actions_of(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Mark(), Mark(("x",), "later", True)),
        (Mark(("X",)), Mark(("X",), "later", True)),
        (
            Mark(("a",), "read", True, "n", "2025"),
            Mark(("a", "x"), "read", True, "n", "2025"),
        ),
        (
            Mark((), "unread", marked="2025"),
            Mark(("x",), "unread", True, marked="2025"),
        ),
    ],
)
def test_rules_change_marks(before: Mark, after: Mark) -> None:
    actions = Actions(("x",), True, "later")
    assert actions.on(before) == after
    assert actions.on(after) == after


CONDITIONS = (
    "zoku",
    "tag:zoku",
    "tag:a",
    "^tag:a",
    "is:unread",
    "is:starred or tag:b",
    "is:hidden or b",
    "",
    "status:later",
    "^is:starred upvotes:2..",
    "mibra or a",
    "is:new tag:b",
    "is:unread ^mibra",
)
DEEDS = (
    "tag a",
    "tag zoku",
    "tag b/mibra",
    "star",
    "mark later",
    "hide",
    "tag b, mark read",
    "star, hide",
)
made = st.tuples(st.sampled_from(CONDITIONS), st.sampled_from(DEEDS))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(made, min_size=2, max_size=4))
def test_rules_together_are_rules_in_turn(
    library: Library, facts: Callable[..., Facts], given_rules: list[tuple[str, str]]
) -> None:
    if not library.index.count():
        titles = ("Zoku", "Mibra", "Zoku mibra", "Tabes")
        library.adding.add(
            {
                "hf": [
                    facts(f"2511.0000{n}", title=title, upvotes=n)
                    for n, title in enumerate(titles)
                ]
            }
        )
        library.marking.mark(
            ["arxiv:2511.00000"], lambda mark: mark._replace(status="read"), what=str
        )
    chosen = [
        Rule(str(n), condition, rules.actions_of(does))
        for n, (condition, does) in enumerate(given_rules)
    ]
    clauses = [(rule, library.clause(rule.condition, TODAY)) for rule in chosen]
    whole = library.marking.apply_rules(clauses, dry_run=True).marks
    before, steps = marks(library), 0
    for one in clauses:
        steps += bool(library.marking.apply_rules([one]).marks)
    after = marks(library)
    assert {key: without_time(mark) for key, (_, mark) in whole.items()} == {
        key: without_time(mark) for key, mark in after.items() if mark != before[key]
    }
    assert len(library.marking.undo(steps).steps) == steps
    assert marks(library) == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "zoku",
        "is:hidden or mibra",
        "title:/^Z/",
        "zoku score:0..",
        "^upvotes:2..",
        "title:=Mibra or tag:x",
        "author:/(a+)+$/",
    ],
)
def test_the_keys_that_match_are_those_of_the_papers_found(
    library: Library, facts: Callable[..., Facts], text: str
) -> None:
    titles = ("Zoku", "Mibra", "Zoku mibra", "Tabes")
    library.adding.add(
        {
            "hf": [
                facts(f"2511.0000{n}", title=title, upvotes=n)
                for n, title in enumerate(titles)
            ]
        }
    )
    library.marking.mark(
        ["arxiv:2511.00000"],
        lambda mark: mark._replace(status="hidden", tags=("x",)),
        what=str,
    )
    clause = library.clause(text, TODAY)
    assert library.index.keys(clause) == [
        paper.key for paper in library.index.search(clause).papers
    ]


def marks(library: Library) -> dict[str, Mark]:
    documents = {
        paper.key: paper for paper in library.index.search(Everything()).papers
    }
    hidden = library.index.search(library.clause("is:hidden", TODAY)).papers
    papers = [*documents.values(), *hidden]
    return {
        paper.key: Mark(paper.tags, paper.status, paper.starred, paper.note)
        for paper in papers
    }


def without_time(mark: Mark) -> Mark:
    return mark._replace(marked=None)
