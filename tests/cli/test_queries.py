"""The matches of many queries on a small library of hard values, and messages for
errors.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from papertrack.cli.app import run
from papertrack.cli.session import Session
from papertrack.core.facts import Facts
from papertrack.library.library import Library
from papertrack.query.language import parse

TODAY = dt.date(2025, 11, 24)
Search = Callable[[str], list[str]]

PAPERS: dict[str, tuple[str, Facts]] = {
    "attn": (
        "arxiv",
        Facts(
            title="Attention Is All You Need",
            ids=("arxiv:1706.03762",),
            authors=("Ashish Vaswani", "Noam Shazeer"),
            abstract="The dominant sequence transduction models are based on recurrent networks.",
            published="2017-06-12",
            updated="2023-08-02",
            version=7,
            categories=("cs.CL", "cs.LG"),
            venue="NeurIPS 2017",
            doi="10.5555/3295222",
        ),
    ),
    "gpt4": (
        "hf",
        Facts(
            title="GPT-4 Technical Report",
            ids=("arxiv:2303.08774",),
            authors=("OpenAI",),
            organization="OpenAI",
            published="2023-03-15",
            listed="2023-03-16",
            upvotes=120,
            comments=5,
            keywords=("large language models",),
        ),
    ),
    "gpt35": (
        "hf",
        Facts(
            title="From GPT-3.5 to Agents",
            ids=("arxiv:2511.00001",),
            authors=("Ann Li", "Bo Smith"),
            abstract="We compare 10,000 prompts.",
            published="2025-11-16",
            listed="2025-11-17",
            upvotes=50,
            github="https://github.com/a/b",
            stars=1500,
            project="https://a.example",
        ),
    ),
    "cpp": (
        "arxiv",
        Facts(
            title="Verifying C++ and C# Programs",
            ids=("arxiv:2511.00002",),
            authors=("Li Ann",),
            published="2025-11-03",
            categories=("cs.PL",),
            abstract="No survey.",
        ),
    ),
    "clang": (
        "arxiv",
        Facts(
            title="A Survey of Programs in C",
            ids=("arxiv:2511.00003",),
            published="2025-11-09",
            categories=("cs.PL",),
        ),
    ),
    "alpha": (
        "arxiv",
        Facts(
            title=r"$\alpha$-Divergence for \textit{Robust} Inference",
            ids=("arxiv:2501.00001",),
            published="2025-01-01",
            categories=("stat.ML",),
            authors=("Jean-Luc O'Brien",),
        ),
    ),
    "schro": (
        "arxiv",
        Facts(
            title=r"Schr\"odinger Bridges and Diffusion",
            ids=("doi:10.1234/abc.def",),
            published="2024-12-31",
            authors=("José Müller",),
        ),
    ),
    "cjk": (
        "hf",
        Facts(
            title="大規模言語モデルの事前学習",
            ids=("arxiv:2511.00004",),
            authors=("山田 太郎",),
            listed="2025-11-23",
            upvotes=10,
        ),
    ),
    "emoji": (
        "hf",
        Facts(
            title="🤗 Transformers: State-of-the-Art NLP",
            ids=("arxiv:1910.03771",),
            listed="2025-11-24",
            upvotes=0,
            github="https://github.com/huggingface/transformers",
            stars=100_000,
            organization="Hugging Face",
        ),
    ),
    "street": (
        "feed",
        Facts(
            title="Straße nach Ångström",
            ids=("url:https://e.org/straße",),
            published="2025-03-31",
        ),
    ),
    "markup": (
        "feed",
        Facts(
            title="[bold]Tags[/bold] & <b>100%</b> snake_case",
            ids=("url:https://e.org/a?b=c",),
            published="2025-03-01",
        ),
    ),
    "rtl": (
        "arxiv",
        Facts(
            title="نموذج لغوي كبير", ids=("arxiv:2406.00001",), published="2024-06-01"
        ),
    ),
    "pre-": (
        "arxiv",
        Facts(
            title="Language Model Pre-training",
            ids=("arxiv:2406.00002",),
            published="2024-06-02",
            version=1,
        ),
    ),
    "pre": (
        "arxiv",
        Facts(
            title="Pretraining Agents with Tools",
            ids=("arxiv:2406.00003",),
            published="2024-06-03",
            version=2,
            updated="2025-11-20",
        ),
    ),
    "old": (
        "arxiv",
        Facts(
            title="M-Theory on Orbifolds",
            ids=("arxiv:hep-th/9901001",),
            published="1999-01-01",
            categories=("hep-th",),
        ),
    ),
    "words": (
        "arxiv",
        Facts(
            title='And, Or, Not: the Operators of "Boolean" Search',
            ids=("arxiv:2406.00004",),
            published="2024-06-04",
        ),
    ),
    "undated": ("text", Facts(title="Notes without a Date")),
    "hidden": (
        "hf",
        Facts(
            title="A Hidden Diffusion",
            ids=("arxiv:2511.00005",),
            listed="2025-11-10",
            upvotes=50,
        ),
    ),
}
MARKS = {
    "attn": {
        "tags": ("nlp", "classic"),
        "status": "read",
        "starred": True,
        "note": "Read the appendix twice.",
    },
    "gpt4": {"tags": ("nlp/llm",), "status": "later"},
    "gpt35": {"tags": ("nlp/llm/agents", "to discuss")},
    "pre": {"tags": ("NLPx",), "status": "read"},
    "cpp": {"note": "C++ templates"},
    "hidden": {"status": "hidden"},
}

FINDS: list[tuple[str, str]] = [
    # words
    (
        "",
        "attn gpt4 gpt35 cpp clang alpha schro cjk emoji street markup rtl pre- pre "
        "old words undated",
    ),
    ("attention", "attn"),
    ("ATTENTION", "attn"),
    ("recurrent network", "attn"),
    ("programming", "cpp clang"),
    ("vaswani", "attn"),
    ("appendix", "attn"),
    ("classic", "attn"),
    ("hugging", ""),
    ("org:hugging", "emoji"),
    ("attention recurrent", "attn"),
    ("attention survey", ""),
    ("attention or survey", "attn cpp clang"),
    ("attention and need", "attn"),
    ("survey ^verifying", "clang"),
    ("survey -verifying", "clang"),
    ("survey not verifying", "clang"),
    ("not (survey or gpt) agents", "pre"),
    ("^survey programs", ""),
    ("agents or survey verifying", "gpt35 cpp pre"),
    ("(agents or survey) verifying", "cpp"),
    ("agents AND gpt OR orbifolds", "gpt35 old"),
    ('"or"', "words"),
    ('"not the operators"', "words"),
    ('"operators or"', ""),
    ('"all you need"', "attn"),
    ('"you all need"', ""),
    ('all"you need"', "attn"),
    ("transform*", "emoji"),
    ("prog*", "cpp clang"),
    ("verifyi*", "cpp"),
    ("pre-t*", "pre- pre"),
    ('"technical rep"*', "gpt4"),
    ('title:"a surv"*', "clang"),
    ('tag:"to d"*', "gpt35"),
    ('"rep technical"*', ""),
    # spelling
    ("c++", "cpp"),
    ("C", "clang"),
    ("c#", "cpp"),
    ("gpt4", "gpt4"),
    ("gpt 4", "gpt4"),
    ("GPT-4", "gpt4"),
    ("gpt-3.5", "gpt35"),
    ("gpt3.5", "gpt35"),
    ("gpt-3", ""),
    ("3.5", "gpt35"),
    ("10000", "gpt35"),
    ("pretraining", "pre- pre"),
    ("pre-training", "pre- pre"),
    ("training", "pre-"),
    ("state-of-the-art", "emoji"),
    ('"state of the art"', "emoji"),
    ("alpha-divergence", "alpha"),
    ("α-divergence", "alpha"),
    ("robust", "alpha"),
    ("textit", ""),
    (r"schr\"odinger", "schro"),
    ("Schrödinger", "schro"),
    ("schrodinger bridge", "schro"),
    ("言語", "cjk"),
    ("事前学習", "cjk"),
    ("学言", ""),
    ("strasse", "street"),
    ("ångstrom", "street"),
    ("نموذج", "rtl"),
    ("🤗", "emoji"),
    ("snake_case", "markup"),
    ("100%", "markup"),
    ("[bold]tags", "markup"),
    ("m-theory", "old"),
    ("mtheory", "old"),
    # text fields
    ("title:survey", "clang"),
    ("abstract:survey", "cpp"),
    ("title:survey,attention", "attn clang"),
    ('title:"a survey of programs",attention', "attn clang"),
    ("title:prog*,orbi*", "cpp clang old"),
    ("-title:survey abstract:survey", "cpp"),
    ('title:="attention is all you need"', "attn"),
    ('title:="Attention is all"', ""),
    ("title:='attention", ""),
    ("author:li", "gpt35 cpp"),
    ('author:"ann li"', "gpt35"),
    ('author:"li bo"', ""),
    ('author:="ann li"', "gpt35"),
    ("author:=li", ""),
    ("author:jose", "schro"),
    ("author:MÜLLER", "schro"),
    ("author:山田", "cjk"),
    ("author:obrien", "alpha"),
    ("author:jean-luc", "alpha"),
    ("authors:shazeer", "attn"),
    ('keyword:"language models"', "gpt4"),
    ("keywords:large", "gpt4"),
    ("venue:neurips", "attn"),
    ("note:templates", "cpp"),
    ("note:c++", "cpp"),
    # regular expressions
    ("title:/^a .* of/", "clang"),
    ("title:/^A SURVEY/", "clang"),
    ("title:/gpt-?[34]/", "gpt4 gpt35"),
    ("title:/orbi/,/nach/,attention", "attn street old"),
    (r"title:/c\+\+ (and|or)/", "cpp"),
    ("title:/モデル$/", ""),
    ("title:/習$/", "cjk"),
    ("author:/^(ann|bo) /", "gpt35"),
    ("abstract:/[0-9],0{3}/", "gpt35"),
    ("tag:/llm$/", "gpt4"),
    ("cat:/^cs/", "attn cpp clang"),
    ("doi:/^10.12/", "schro"),
    ("status:/^l/", "gpt4"),
    ("org:/face/ or venue:/2017$/", "attn emoji"),
    ("-title:/[aeiou]/", "cjk rtl"),
    # labels, single values, ids
    ("tag:nlp", "attn gpt4 gpt35"),
    ("tag:NLP", "attn gpt4 gpt35"),
    ("tag:=nlp", "attn"),
    ("tag:nlp*", "attn gpt4 gpt35 pre"),
    ("tag:nlp/llm", "gpt4 gpt35"),
    ('tag:"to discuss"', "gpt35"),
    ("tag:classic,nlpx", "attn pre"),
    ("tag:none", ""),
    ("cat:cs.CL", "attn"),
    ("cat:cs.pl,hep-th", "cpp clang old"),
    ("cat:cs*", "attn cpp clang"),
    ("source:text", "undated"),
    ("source:feed,text", "street markup undated"),
    ("status:read", "attn pre"),
    ("status:read,later", "attn gpt4 pre"),
    ("doi:10.1234/ABC.def", "schro"),
    ("doi:10.5555*", "attn"),
    ("id:1706.03762", "attn"),
    ("id:1706.03762v3", "attn"),
    ("1706.03762", "attn"),
    ("https://arxiv.org/abs/1706.03762", "attn"),
    ("hep-th/9901001", "old"),
    ("10.1234/abc.def", "schro"),
    ("https://doi.org/10.1234/abc.def", "schro"),
    ("https://e.org/a?b=c", "markup"),
    ("id:2511*", "gpt35 cpp clang cjk"),
    ("id:1706.03762,2303.08774", "attn gpt4"),
    # numbers
    ("upvotes:50", "gpt35"),
    ("upvotes:=50", "gpt35"),
    ("upvotes:50..", "gpt4 gpt35"),
    ("upvotes:..10", "cjk emoji"),
    ("upvotes:5..10,100..", "gpt4 cjk"),
    ("upvotes:0", "emoji"),
    (
        "not upvotes:0..",
        "attn cpp clang alpha schro street markup rtl pre- pre old words undated",
    ),
    ("stars:1000..2000", "gpt35"),
    ("stars:1e5..", "emoji"),
    ("comments:5", "gpt4"),
    ("version:2..", "attn pre"),
    # days
    ("published:2017", "attn"),
    ("published:2024", "schro rtl pre- pre words"),
    ("published:2024-06", "rtl pre- pre words"),
    ("published:2025-W45", "cpp clang"),
    ("published:2024-12-31", "schro"),
    ("published:..2000", "old"),
    ("published:2024-12-31..2025-01-01", "alpha schro"),
    ("published:2025-11..", "gpt35 cpp clang"),
    ("published:2017,1999", "attn old"),
    ("listed:today", "emoji"),
    ("listed:yesterday", "cjk"),
    ("listed:Yesterday..today", "cjk emoji"),
    ("listed:7d..", "gpt35 cjk emoji"),
    ("listed:7d", "gpt35"),
    ("listed:1w..", "gpt35 cjk emoji"),
    ("listed:1m..yesterday", "gpt35 cjk"),
    ("published:1y..", "gpt35 cpp clang alpha schro street markup"),
    ("updated:2025..", "pre"),
    (
        "added:today",
        "attn gpt4 gpt35 cpp clang alpha schro cjk emoji street markup rtl pre- pre "
        "old words undated",
    ),
    ("not published:0001.. not listed:0001..", "undated"),
    # states
    ("is:read", "attn pre"),
    ("is:READ,later", "attn gpt4 pre"),
    ("is:starred", "attn"),
    ("is:unread tag:nlp", "gpt35"),
    ("is:hidden", "hidden"),
    ("is:updated", ""),
    ("is:new source:text", "undated"),
    ("diffusion", "schro"),
    ("diffusion (is:hidden or not is:hidden)", "schro hidden"),
    ("status:hidden", "hidden"),
    ("has:code", "gpt35 emoji"),
    ("has:code,note", "attn gpt35 cpp emoji"),
    ("has:project", "gpt35"),
    ("has:doi", "attn schro"),
    ("not has:abstract upvotes:1..", "gpt4 cjk"),
    # together
    ("agents (is:read or upvotes:50..) ^tag:nlp", "pre"),
    ("is:unread upvotes:1.. listed:7d.. ^has:code", "cjk"),
    ("tag:nlp -(is:read or is:later)", "gpt35"),
    ("- - agents", "gpt35 pre"),
    ("--agents title:gpt", "gpt35"),
]
MISTAKES = [
    "kettles (whistle",
    "((a)",
    "a) b",
    "()",
    'title:"a',
    "title:/zoku",
    'a ""',
    "a not )",
    "titel:a",
    "categorie:cs",
    "a since:2025-11",
    "is:done",
    "a autor:b",
    "title:",
    "title: a",
    "title:(a or b)",
    'a title:""',
    "title:=",
    "a is:unraed",
    "is:read,xq",
    "is:",
    "has:cod",
    "status:red",
    "upvotes:many",
    "upvotes:1,x",
    "upvotes:..",
    "upvotes:9..3",
    "upvotes:1e99",
    "upvotes>5",
    "a published>=2025",
    "listed:2025-13",
    "a listed:2025,soon",
    "listed:2025..2024",
    "listed:..",
    "listed:7 days",
    "upvotes:/1/",
    "title:/a(b/",
    "title:a,/[/",
    "title://",
    "@nosuch",
    "score:5..",
    "大規模 (言語 モデル",
    "\x1b[31m (red",
    "word " * 40 + "titel:x" + " more" * 40,
    "(" * 11,
    "a " * 2001,
    "tag:" + "a," * 200 + "b",
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the library and its cache."""
    root = tmp_path_factory.mktemp("asking")
    library = Library(root / "library", root / "cache", now="2025-11-24T12:00:00Z")
    for source in ("arxiv", "hf", "feed", "text"):
        library.adding.add(
            {source: [facts for named, facts in PAPERS.values() if named == source]},
            is_fetch=True,
        )
    keys = {
        paper.title: paper.key
        for paper in library.index.search(parse("", TODAY)).papers
    }
    for name, values in MARKS.items():
        library.marking.mark(
            [keys[PAPERS[name][1].title]],
            lambda mark, values=values: mark._replace(**values),
            what=str,
        )
    library.index.close()
    return root


@pytest.fixture(scope="module")
def search(root: Path) -> Iterator[Search]:
    """`search(query)`: the sorted names of the matching papers."""
    library = Library(root / "library", root / "cache", now="2025-11-24T12:00:00Z")
    names = {facts.title: name for name, (_, facts) in PAPERS.items()}
    yield lambda query: sorted(
        names[paper.title]
        for paper in library.index.search(library.clause(query, TODAY)).papers
    )
    library.close()


@pytest.mark.parametrize(
    ("query", "names"), FINDS, ids=[query or "nothing" for query, _ in FINDS]
)
def test_a_query_matches_these_papers(query: str, names: str, search: Search) -> None:
    assert search(query) == sorted(names.split())


def test_the_table_has_enough_queries() -> None:
    assert len({query for query, _ in FINDS}) == len(FINDS) >= 120


def test_messages_for_query_errors(
    root: Path, golden: Callable[[str, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    messages = []
    places = {
        "PAPERTRACK_LIBRARY": str(root / "library"),
        "PAPERTRACK_CACHE": str(root / "cache"),
        "PAPERTRACK_STATE": str(root / "state"),
        "COLUMNS": "80",
    }
    for query in MISTAKES:
        code = run(
            ["list", query],
            Session(places, now=dt.datetime(2025, 11, 24, 12, tzinfo=dt.UTC)),
        )
        out, err = capsys.readouterr()
        assert (code, out) == (5 if query.startswith("@") else 2, "")
        assert all(
            len(line) <= 80 or line.startswith("papertrack: ")
            for line in err.splitlines()
        )
        messages.append(err)
    golden("query-mistakes", "\n".join(messages))
