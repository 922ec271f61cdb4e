"""The matches of a query, compared with a naive search in plain Python.

A query is generated together with its predicate, so parser and index are both checked.
The vocabulary is invented: English stemming does not change it.
"""

from __future__ import annotations

import datetime as dt
import random
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.core.errors import UsageError
from papertrack.core.facts import Facts
from papertrack.core.model import Mark, Paper
from papertrack.joining.settle import settle
from papertrack.library.library import Library
from papertrack.query.language import MAX_DEPTH, MAX_TERMS, parse
from papertrack.query.views import expand
from papertrack.storage import layout, reading

TODAY = dt.date(2025, 11, 24)
VOCABULARY = (
    "zoku",
    "mibra",
    "takel",
    "dorun",
    "felap",
    "Zókü",
    "MIBRA",
    "zoku-mibra",
    "x42",
    "GPT-4",
    "C++",
    "大規模",
)
WORDS = (
    "zoku",
    "mibra",
    "takel",
    "dorun",
    "felap",
    "zókü",
    "ZOKU",
    "x42",
    "zoku-mibra",
    "zokumibra",
    "a_mibra",
    "gpt4",
    "GPT-4",
    "gpt",
    "c",
    "c++",
    "大規模",
    "規模",
    "no",
)
PREFIXES = ("zo", "zók", "MIB", "ta", "dorun", "x4", "zoku-mi", "q")
TAGS = (
    "nlp",
    "nlp/parsing",
    "nlp/parsing/fast",
    "NLPx",
    "zoku",
    "deep mibra",
    "a/b",
    "Ünï",
)
DAYS = (
    "2024-01-01",
    "2024-12-31",
    "2025-01-01",
    "2025-11-03",
    "2025-11-09",
    "2025-11-23",
    "2025-11-24",
)


class Stored(NamedTuple):
    """A paper of the library and its mark."""

    paper: Paper
    mark: Mark


Test = Callable[[Stored], bool]
Query = tuple[str, Test]


class World(NamedTuple):
    """A library, and the papers in its files by key."""

    library: Library
    papers: dict[str, Stored]

    def __repr__(self) -> str:
        return "World"


def _facts(random: random.Random, number: int) -> Facts:
    def text(most: int) -> str:
        return " ".join(random.choices(VOCABULARY, k=random.randint(1, most)))

    def maybe(value: Any) -> Any:
        return value if random.random() < 0.6 else None

    ids = (
        (f"arxiv:2511.{number:05}",),
        (f"arxiv:2511.{number:05}", f"doi:10.1234/x.{number}"),
        (f"doi:10.1234/y.{number}",),
        (f"url:https://e.org/{number}",),
        (),
    )[number % 5]
    return Facts(
        title=f"{text(4)} n{number}",
        ids=ids,
        abstract=maybe(text(8)),
        authors=tuple(text(2) for _ in range(random.randint(0, 3))),
        organization=maybe(text(2)),
        published=maybe(random.choice(DAYS)),
        listed=maybe(random.choice(DAYS)),
        updated=maybe(random.choice(DAYS)),
        version=maybe(random.randint(1, 3)),
        categories=tuple(
            random.sample(["cs.CL", "cs.LG", "cs", "math"], k=random.randint(0, 2))
        ),
        keywords=tuple(text(2) for _ in range(random.randint(0, 2))),
        upvotes=maybe(random.randint(0, 9)),
        comments=maybe(random.randint(0, 3)),
        github=maybe("https://github.com/e/e"),
        stars=maybe(random.randint(0, 3000)),
        project=maybe("https://e.org"),
        venue=maybe(text(2)),
    )


def _mark(dice: random.Random) -> Mark:
    return Mark(
        tags=tuple(dice.sample(TAGS, k=dice.choice((0, 0, 1, 2)))),
        status=dice.choice(("unread", "unread", "read", "later", "hidden")),
        starred=dice.random() < 0.3,
        note=" ".join(dice.choices(VOCABULARY, k=3)) if dice.random() < 0.3 else None,
    )


def _world(root: Path, seed: int, count: int) -> World:
    """A library with marked papers of three sources; its index was updated, not
    rebuilt.
    """
    dice = random.Random(seed)
    for number, (source, now) in enumerate(
        [
            ("hf", "2025-11-03T08:00:00Z"),
            ("arxiv", "2025-11-23T23:59:59Z"),
            ("text", "2025-11-24T00:00:00Z"),
        ]
    ):
        library = Library(root / "library", root / "cache", now=now)
        library.adding.add(
            {source: [_facts(dice, count * number + n) for n in range(count)]}
        )
        library.close()
    library = Library(root / "library", root / "cache", now=now)
    keys = [
        key for name in layout.stamps(library.root) for key in _records(library, name)
    ]
    # In one write, in any order: queries are compared with the files.
    library.marking.mark(keys, lambda _: _mark(dice), what=str)
    marks = {
        key: Mark.from_json(document)
        for key, document in reading.read_marks(library.root).items()
    }
    papers = {}
    for name in layout.stamps(library.root):
        for key, record in _records(library, name).items():
            mark = marks.get(key, Mark())
            papers[key] = Stored(settle(record, mark), mark)
    assert len(papers) == 3 * count
    return World(library, papers)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = _world(tmp_path_factory.mktemp("clauses"), 11, 30)
    yield made
    made.library.index.close()


def _records(library: Library, name: str) -> dict[str, Any]:
    path: Path = library.root / name
    return {record.key: record for record in reading.read_records(path)}


# ------------------------------------------------------------------ the naive search


def tokens(text: str) -> list[str]:
    plain = "".join(
        c
        for c in unicodedata.normalize("NFD", text.lower())
        if not unicodedata.combining(c)
    )
    return re.findall(r"c\+\+|[\u4e00-\u9fff]|[^\W\d_\u4e00-\u9fff]+|\d+", plain)


def joined(text: str) -> list[str]:
    """The compounds in `text`, each as one word."""
    plain = unicodedata.normalize("NFC", text.lower())
    return [
        whole.replace("-", "")
        for whole in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)+", plain)
    ]


def has_phrase(value: Any, text: str, *, prefix: bool = False) -> bool:
    """Whether `value` or an item of it contains the words of `text` in this order; with
    `prefix` the last word may be incomplete.
    """
    if isinstance(value, tuple):
        return any(has_phrase(item, text, prefix=prefix) for item in value)
    texts = [tokens(value or ""), *(tokens(whole) for whole in joined(value or ""))]
    ways = [tokens(text), *([tokens("".join(joined(text)))] if joined(text) else [])]
    return any(_contains(there, words, prefix) for there in texts for words in ways)


def _contains(there: list[str], words: list[str], prefix: bool) -> bool:
    for start in range(len(there) - len(words) + 1):
        piece = there[start : start + len(words)]
        if piece == words or (
            prefix and piece[:-1] == words[:-1] and piece[-1].startswith(words[-1])
        ):
            return True
    return False


def in_any(names: tuple[str, ...], text: str, *, prefix: bool = False) -> Test:
    return lambda stored: any(
        has_phrase(getattr(stored.paper, name), text, prefix=prefix) for name in names
    )


BARE = ("title", "abstract", "authors", "tags", "note")
TEXTS = {
    "title": "title",
    "abstract": "abstract",
    "author": "authors",
    "org": "organization",
    "keyword": "keywords",
    "venue": "venue",
    "note": "note",
}
LABELS = {"tag": "tags", "cat": "categories", "source": "sources"}


def either(tests: list[Test]) -> Test:
    return lambda stored: any(test(stored) for test in tests)


def with_alternatives(field: str, parts: list[Query]) -> Query:
    return f"{field}:{','.join(text for text, _ in parts)}", either(
        [test for _, test in parts]
    )


# --------------------------------------------------------- queries with their predicates


def _term(names: tuple[str, ...]) -> st.SearchStrategy[Query]:
    phrases = st.lists(st.sampled_from(WORDS[:6]), min_size=1, max_size=3).map(" ".join)
    return (
        st.sampled_from(WORDS).map(lambda word: (word, in_any(names, word)))
        | phrases.map(lambda phrase: (f'"{phrase}"', in_any(names, phrase)))
        | st.sampled_from(PREFIXES).map(
            lambda start: (f"{start}*", in_any(names, start, prefix=True))
        )
    )


@st.composite
def _text_field(draw: st.DrawFn) -> Query:
    field = draw(st.sampled_from(sorted(TEXTS)))
    name = TEXTS[field]
    kind = draw(st.sampled_from(["term", "exact", "regex"]))
    if kind == "regex":
        pattern = draw(
            st.sampled_from(
                [
                    r"^zo",
                    "z.k[uü]",
                    "(mibra|takel)$",
                    r"n1\d",
                    "大",
                    r"zoku mibra",
                    "^$",
                ]
            )
        )

        def found(stored: Stored) -> bool:
            value = getattr(stored.paper, name)
            items = value if isinstance(value, tuple) else (value,)
            return any(
                re.search(pattern, item, re.IGNORECASE) for item in items if item
            )

        return f"{field}:/{pattern}/", found
    if kind == "exact":
        text = draw(
            st.lists(st.sampled_from(WORDS[:6]), min_size=1, max_size=2).map(" ".join)
        )

        def same(stored: Stored) -> bool:
            value = getattr(stored.paper, name)
            items = value if isinstance(value, tuple) else (value,)
            return any(tokens(item) == tokens(text) for item in items if item)

        return f'{field}:="{text}"', same
    return with_alternatives(
        field, draw(st.lists(_term((name,)), min_size=1, max_size=2))
    )


@st.composite
def _label(draw: st.DrawFn) -> Query:
    field = draw(st.sampled_from(sorted(LABELS)))
    name = LABELS[field]

    def labels(stored: Stored) -> list[str]:
        return [label.lower() for label in getattr(stored.paper, name)]

    def one(value: str, how: str) -> Query:
        low = value.lower()
        quoted = f'"{value}"' if " " in value else value
        if how == "exact":
            return f"={quoted}", lambda stored: low in labels(stored)
        if how == "prefix":
            cut = low[:3]
            return f"{cut}*", lambda stored: any(
                label.startswith(cut) for label in labels(stored)
            )
        return quoted, lambda stored: any(
            label == low or label.startswith(f"{low}/") for label in labels(stored)
        )

    values = st.sampled_from(
        [*TAGS, "NLP", "nlp/pars", "cs.CL", "CS.lg", "cs", "hf", "arxiv", "none"]
    )
    hows = st.sampled_from(["whole", "exact", "prefix"])
    return with_alternatives(
        field, draw(st.lists(st.builds(one, values, hows), min_size=1, max_size=2))
    )


@st.composite
def _number(draw: st.DrawFn) -> Query:
    field = draw(st.sampled_from(["upvotes", "comments", "stars", "version"]))
    low, high = draw(st.none() | st.integers(0, 5)), draw(st.none() | st.integers(0, 9))
    if low is None and high is None:
        high = 2
    if low is not None and high is not None:
        low, high = min(low, high), max(low, high)
    ends = (f"{'' if low is None else low}..{'' if high is None else high}", low, high)
    text, first, last = draw(
        st.sampled_from([ends, ("3", 3, 3), ("2.5..", 2.5, None), ("=0", 0, 0)])
    )

    def between(stored: Stored) -> bool:
        value = getattr(stored.paper, field)
        return (
            value is not None
            and (first is None or value >= first)
            and (last is None or value <= last)
        )

    return f"{field}:{text}", between


SPANS = [
    ("2024", "2024-01-01", "2024-12-31"),
    ("2025-11", "2025-11-01", "2025-11-30"),
    ("2025-W45", "2025-11-03", "2025-11-09"),
    ("2025-11-23", "2025-11-23", "2025-11-23"),
    ("today", "2025-11-24", "2025-11-24"),
    ("1d..", "2025-11-23", "9"),
    ("..2024", "0", "2024-12-31"),
    ("..2024-12-30", "0", "2024-12-30"),
    ("2024-12-31..2025-11-03", "2024-12-31", "2025-11-03"),
]


def _date(field: str, span: tuple[str, str, str]) -> Query:
    text, first, last = span

    def within(stored: Stored) -> bool:
        value = getattr(stored.paper, field)
        return value is not None and first <= value[:10] <= last

    return f"{field}:{text}", within


FLAGS: dict[str, Test] = {
    "is:unread": lambda stored: stored.paper.status == "unread",
    "is:read": lambda stored: stored.paper.status == "read",
    "is:later": lambda stored: stored.paper.status == "later",
    "is:hidden": lambda stored: stored.paper.status == "hidden",
    "is:starred": lambda stored: stored.paper.starred,
    "is:new": lambda stored: stored.paper.added == "2025-11-24T00:00:00Z",
    "is:updated": lambda stored: (
        stored.paper.status == "read"
        and (stored.paper.updated or "") > (stored.mark.marked or "")[:10]
    ),
    "is:starred,later": lambda stored: (
        stored.paper.starred or stored.paper.status == "later"
    ),
    "has:code": lambda stored: stored.paper.github is not None,
    "has:pdf": lambda stored: stored.paper.pdf is not None,
    "has:note": lambda stored: stored.paper.note is not None,
    "has:project": lambda stored: stored.paper.project is not None,
    "has:doi": lambda stored: stored.paper.doi is not None,
    "has:abstract": lambda stored: stored.paper.abstract is not None,
    "status:later": lambda stored: stored.paper.status == "later",
    "status:=Hidden": lambda stored: stored.paper.status == "hidden",
    "status:read,unread": lambda stored: stored.paper.status in ("read", "unread"),
    "doi:10.1234/X.1": lambda stored: (stored.paper.doi or "") == "10.1234/x.1",
    "doi:10.1234/x*": lambda stored: (stored.paper.doi or "").startswith("10.1234/x"),
    "id:2511.00005v3": lambda stored: stored.paper.key == "arxiv:2511.00005",
    "2511.00006": lambda stored: stored.paper.key == "arxiv:2511.00006",
    "id:10.1234/x.1": lambda stored: stored.paper.doi == "10.1234/x.1",
    "10.1234/y.2": lambda stored: stored.paper.doi == "10.1234/y.2",
    "id:2511.0000*": lambda stored: stored.paper.key.startswith("arxiv:2511.0000"),
    "https://e.org/8": lambda stored: stored.paper.key == "url:https://e.org/8",
    r"tag:/^nlp(\/|$)/": lambda stored: any(
        re.match(r"nlp(/|$)", tag, re.I) for tag in stored.paper.tags
    ),
    "cat:/L$/,math": lambda stored: any(
        cat == "math" or cat.endswith("L") for cat in stored.paper.categories
    ),
    "source:/^.{2}$/": lambda stored: any(
        len(source) == 2 for source in stored.paper.sources
    ),
    "status:/^(READ|later)$/": lambda stored: stored.paper.status in ("read", "later"),
    r"doi:/1234\/y/": lambda stored: "1234/y" in (stored.paper.doi or ""),
    "title:/^zoku,? m/,takel,/N1$/": lambda stored: (
        bool(re.search("^zoku,? m|n1$", stored.paper.title, re.I))
        or "takel" in tokens(stored.paper.title)
    ),
    "...": lambda _: False,
    "title:…": lambda _: False,
}

atoms = (
    _term(BARE)
    | _text_field()
    | _label()
    | _number()
    | st.builds(
        _date,
        st.sampled_from(["published", "listed", "added", "updated"]),
        st.sampled_from(SPANS),
    )
    | st.sampled_from(sorted(FLAGS.items()))
)


def _both(parts: list[Query], joint: str) -> Query:
    words = [part for part in parts if not _is_sign(part)]
    tests = [test for _, test in words or parts]
    return joint.join(f"({text})" for text, _ in parts), lambda stored: all(
        test(stored) for test in tests
    )


def _is_sign(part: Query) -> bool:
    """Whether a term has no word: it is left out where others are beside it."""
    return re.fullmatch(r"(not |[-^(])*\.\.\.\)*", part[0]) is not None


def _any(parts: list[Query]) -> Query:
    return " or ".join(f"({text})" for text, _ in parts), either(
        [test for _, test in parts]
    )


def _negated(part: Query, sign: str) -> Query:
    text, test = part
    return f"{sign}({text})", lambda stored: not test(stored)


def _flat(parts: list[Query], joints: list[str], signs: list[str]) -> Query:
    """Terms without parentheses: `not` binds closest, `or` least."""
    text, groups = "", [[]]  # type: tuple[str, list[list[Test]]]
    for (piece, test), joint, sign in zip(parts, ["", *joints], signs, strict=False):
        if joint == " or ":
            groups.append([])
        groups[-1].append(_negated((piece, test), "")[1] if sign else test)
        text += f"{joint}{sign}{piece}"
    return text, lambda stored: any(
        all(test(stored) for test in group) for group in groups
    )


flat = st.builds(
    _flat,
    st.lists(atoms, min_size=2, max_size=4),
    st.lists(st.sampled_from([" ", " and ", " or "]), min_size=3, max_size=3),
    st.lists(st.sampled_from(["", "", "-", "not ", "^"]), min_size=4, max_size=4),
)
queries = st.recursive(
    atoms | flat,
    lambda inner: (
        st.builds(
            _both,
            st.lists(inner, min_size=2, max_size=3),
            st.sampled_from([" ", " and "]),
        )
        | st.builds(_any, st.lists(inner, min_size=2, max_size=3))
        | st.builds(_negated, inner, st.sampled_from(["-", "not ", "^"]))
    ),
    max_leaves=6,
)


def mentions_hidden(text: str) -> bool:
    return "hidden" in text.lower()


@settings(max_examples=60)
@given(
    queries, st.sampled_from(["date", "relevance", "upvotes", "title"]), st.booleans()
)
def test_a_query_matches_the_same_papers_as_a_naive_search(
    world: World, query: Query, sort: str, reverse: bool
) -> None:
    compare(world, query, sort, reverse)


@settings(max_examples=6)
@given(st.integers(0, 1 << 32), st.lists(queries, min_size=12, max_size=12))
def test_queries_match_in_random_libraries(seed: int, drawn: list[Query]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = _world(Path(folder), seed, 5)
        for one in drawn:
            compare(made, one, "relevance", seed % 2 == 1)
        made.library.index.close()


def compare(world: World, query: Query, sort: str, reverse: bool) -> None:
    """Compare the matches of the index with those of the naive search."""
    text, test = query
    matching = {key for key, stored in world.papers.items() if test(stored)}
    shown = {
        key
        for key in matching
        if mentions_hidden(text) or world.papers[key].paper.status != "hidden"
    }
    clause = expand(parse(text, TODAY), {}, TODAY, fetched="2025-11-24T00:00:00Z")

    found = world.library.index.search(clause, sort=sort, reverse=reverse)
    keys = [paper.key for paper in found.papers]
    assert set(keys) == shown
    assert len(keys) == len(shown) == found.total
    assert found.hidden == (0 if shown else len(matching))
    assert {
        paper.key: paper._replace(score=None, cite_key=None) for paper in found.papers
    } == {key: world.papers[key].paper for key in shown}
    few = world.library.index.search(clause, sort=sort, reverse=reverse, limit=3)
    assert ([paper.key for paper in few.papers], few.total) == (keys[:3], found.total)


@pytest.mark.parametrize("sort", ["date", "upvotes", "published", "title"])
@pytest.mark.parametrize("reverse", [False, True])
def test_sorting(world: World, sort: str, reverse: bool) -> None:
    papers = world.library.index.search(
        parse("", TODAY), sort=sort, reverse=reverse
    ).papers
    values = [
        paper.title.lower()
        if sort == "title"
        else getattr(paper, "sort_date" if sort == "date" else sort)
        for paper in papers
    ]
    present = [value for value in values if value is not None]
    assert present == sorted(present, reverse=(sort == "title") == reverse)
    assert values == present + [None] * (len(values) - len(present)), (
        "papers without a value come last"
    )


ORDERS = (
    *("upvotes,title", "-upvotes,title", "date,title", "-date,-title"),
    *("date,-upvotes", "title,date", "published,upvotes,-title"),
)


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize("reverse", [False, True])
def test_sorting_by_several_fields(world: World, sort: str, reverse: bool) -> None:
    """As sorting by one field after the other, the last one first, each stable."""
    index = world.library.index
    expected = list(index.search(parse("", TODAY)).papers)
    for field in reversed(sort.split(",")):
        name = field.removeprefix("-")
        value: Callable[[Paper], Any] = attrgetter(
            "sort_date" if name == "date" else name
        )
        if name == "title":
            value = _folded_title
        has = [paper for paper in expected if value(paper) is not None]
        has.sort(
            key=value,
            reverse=(name == "title") == (reverse != field.startswith("-")),
        )
        expected = has + [paper for paper in expected if value(paper) is None]
    keys = [paper.key for paper in expected]
    for limit in (None, 1, 3, 7):
        found = index.search(parse("", TODAY), sort=sort, reverse=reverse, limit=limit)
        assert [paper.key for paper in found.papers] == keys[:limit]


def _folded_title(paper: Paper) -> str:
    return paper.title.lower()


def test_relevance_puts_the_best_match_first(library: Library) -> None:
    library.adding.add(
        {
            "hf": [
                Facts(
                    title="Dorun",
                    ids=("arxiv:2511.00001",),
                    abstract="Felap zoku mibra. " * 3,
                    listed="2025-11-20",
                ),
                Facts(
                    title="Takel",
                    ids=("arxiv:2511.00002",),
                    abstract="Dorun takel felap zoku.",
                    listed="2025-11-21",
                ),
                Facts(
                    title="Zoku and mibra",
                    ids=("arxiv:2511.00003",),
                    listed="2020-01-01",
                ),
                Facts(
                    title="Zoku felap",
                    ids=("arxiv:2511.00004",),
                    abstract="Mibra.",
                    listed="2025-11-22",
                ),
            ]
        }
    )
    found = library.index.search(parse("zoku mibra", TODAY), sort="relevance").papers
    assert [paper.id[-1] for paper in found] == ["3", "4", "1"], (
        "all words in the title, then some, then none"
    )
    assert all(paper.score is not None for paper in found)
    assert (
        library.index.search(parse("takel", TODAY), sort="relevance").papers[0].id
        == "2511.00002"
    )


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("Generative models", "generati*"),
        ("Learning to optimise", "learni*"),
        ("Optimization of things", "title:optimizat*"),
        ("Happily running", "runni*"),
    ],
)
def test_a_prefix_matches_the_unstemmed_word(
    library: Library, title: str, query: str
) -> None:
    """The index contains stems; a prefix longer than the stem must match too."""
    library.adding.add({"hf": [Facts(title=title, ids=("arxiv:2511.00001",))]})
    assert library.index.search(parse(query, TODAY)).total == 1


@pytest.mark.parametrize("query", ["title:=strasse", "title:=STRASSE", "title:=Straße"])
def test_an_exact_value_is_folded_like_the_field(library: Library, query: str) -> None:
    library.adding.add({"hf": [Facts(title="Straße", ids=("arxiv:2511.00001",))]})
    assert library.index.search(parse(query, TODAY)).total == 1


@pytest.mark.parametrize("field", ["abstract", "tag"])
def test_a_slow_regular_expression_is_stopped(library: Library, field: str) -> None:
    """The time is bounded over all papers together, whatever each of them takes."""
    texts = tuple(f"{'a' * 25}{number}!" for number in range(40))
    library.adding.add(
        {
            "hf": [
                Facts(title=t, ids=(f"arxiv:2511.{n:05}",), abstract=t)
                for n, t in enumerate(texts)
            ]
        }
    )
    library.marking.mark(
        ["arxiv:2511.00001"], lambda mark: mark._replace(tags=texts), what=str
    )
    with pytest.raises(
        UsageError,
        match=r"^a regular expression takes too long on these papers: [^\n]*$",
    ):
        library.index.search(parse(f"{field}:/(a|aa)+$/", TODAY))
    assert library.index.search(parse(f"{field}:/a+39!$/", TODAY)).total == 1, (
        "one that ends has matches"
    )


def _nested(left: str, middle: str, right: str) -> str:
    """A query of the maximal depth."""
    times = (MAX_DEPTH - left.count("(-")) // (left.count("(") + left.count("-("))
    return left * times + middle + right * times


LONGEST = [
    "zoku " * MAX_TERMS,
    "-mibra " * (MAX_TERMS // 2),
    "zoku" + " -mibra" * (MAX_TERMS // 2 - 1),
    "zoku" + " -mibra,takel -tag:x" * (MAX_TERMS // 8),
    " or ".join(["zoku"] * (MAX_TERMS // 2)),
    " or ".join(["is:new"] * (MAX_TERMS // 2)),
    "* " * MAX_TERMS,
    "pre-train* " * (MAX_TERMS // 2),
    " or ".join(["pretrain*"] * (MAX_TERMS // 2)),
    "^* " * (MAX_TERMS // 2),
    "tag:" + ",".join(["ab"] * (MAX_TERMS - 1)),
    "title:" + ",".join(["ab"] * (MAX_TERMS - 1)),
    '"' + "zoku " * 700 + '"',
    _nested("(zoku or ", "mibra", ")"),
    _nested("(zoku (mibra or ", "takel", "))"),
    _nested("(-zoku or tag:a ", "is:new", ")").replace(
        "-zoku or tag:a is:new", "tag:a is:new"
    ),
    _nested("(is:new or (zoku ", "takel", "))"),
    _nested("(tag:a or is:new zoku or (tag:b mibra ", "x*", "))"),
    _nested("(zoku or tag:a ", "x", ")"),
    _nested("(tag:a,b,c or tag:d,e ", "is:new", ")"),
    _nested("-(tag:a or zoku upvotes:1.. ", "x", ")"),
    _nested("-(zoku or mibra ", "x", ")"),
    "-" * MAX_DEPTH + "zoku",
    "-" * MAX_DEPTH + "is:new",
]


@pytest.mark.parametrize("query", LONGEST, ids=lambda query: query[:16])
@pytest.mark.parametrize("sort", ["date", "relevance"])
def test_the_longest_queries_are_answered(world: World, query: str, sort: str) -> None:
    found = world.library.index.search(
        expand(parse(query, TODAY), {}, TODAY), sort=sort
    )
    assert found.total == len(found.papers)


@pytest.mark.parametrize(
    "text",
    [
        'C++ "a"b',
        "NEAR(a b)",
        "a NOT b",
        "{title} : x",
        "x'--",
        "a\x00b",
        "ab\udc80",
        "tag:\udcff",
        "title:=\udc80x",
    ],
)
def test_a_query_is_never_syntax_of_the_index(world: World, text: str) -> None:
    for sort in ("date", "relevance"):
        world.library.index.search(parse(text, TODAY), sort=sort)
