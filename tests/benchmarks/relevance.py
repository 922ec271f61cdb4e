"""How well papertrack finds, and recommends, what its reader wants: figures over the
test sets in FOLDER, of which their README tells how they are measured.

    python -m tests.benchmarks.relevance ../shared/relevance --data ../shared/data
        [--only known similar recommend] [--at FOLDER]

The libraries are imported once, below --at where that is given, and kept there for the
next run. Where scikit-learn is installed (it is in no environment of papertrack's own),
each interest is also ranked as arxiv-sanity-lite does: LinearSVC on tf-idf, with its
settings (https://github.com/karpathy/arxiv-sanity-lite).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from papertrack.core.model import Paper
from papertrack.core.progress import SILENT
from papertrack.index import likeness
from papertrack.index.ranking_cache import RankingCache
from papertrack.library.library import Library
from papertrack.library.models import SAMPLED, model_of_papers
from papertrack.library.searching import Wanted, find_papers
from papertrack.library.similar import telling_words
from papertrack.library.vectors import Vectors
from papertrack.ranking.model import Model, sums
from papertrack.ranking.recommend import Ranking
from papertrack.ranking.terms import words_of
from papertrack.ranking.vectors import Sample, Vector, sample_of

NOW = datetime.now(UTC)
RANKS = (1, 3, 10)
SIMILAR_RANKS = (1, 10, 50)
MIXED = 3
"""How many interests are mixed."""

Tests = Sequence[Mapping[str, Any]]


class Corpus(NamedTuple):
    """A library of real papers: its papers by id, row ids by id, the day of each;
    papers as numbers, and the newest of these.
    """

    library: Library
    papers: Mapping[str, Paper]
    rids: Mapping[str, int]
    days: Mapping[str, str]
    numbers: tuple[Vectors, Sample, Sequence[Vector]]


class Figures(NamedTuple):
    """Precision at 10 and at 50, average precision."""

    at_10: float
    at_50: float
    average: float


def read(path: Path) -> Tests:
    """The tests of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def corpus(name: str, data: Path, below: Path) -> Corpus:
    """The library of a corpus, imported if it is not there yet."""
    folder = below / name.partition(".")[0]
    source = data / name
    files = [source] if source.is_file() else sorted(source.glob("*.json.gz"))
    if not (folder / "library").exists():
        environment = {
            **os.environ,
            "PAPERTRACK_LIBRARY": f"{folder}/library",
            "PAPERTRACK_CACHE": f"{folder}/cache",
            "PAPERTRACK_STATE": f"{folder}/state",
            "PAPERTRACK_CONFIG": f"{folder}/config.toml",
        }
        command = [sys.executable, "-m", "papertrack", "-q", "import", *map(str, files)]
        subprocess.run(command, env=environment, check=True)
    now = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
    library = Library(folder / "library", folder / "cache", folder / "state", now=now)
    rids = {}
    for key, rid in library.index.db.execute("SELECT key, rid FROM paper"):
        rids[key.partition(":")[2]] = rid
    papers = {
        paper.key.partition(":")[2]: paper for paper in library.index.all_papers()
    }
    days = {id: (paper.date or "")[:10] for id, paper in papers.items()}
    cache = RankingCache(library.root, library.cache)
    vectors = Vectors(library.index, cache, SILENT)
    sampled = vectors.of(library.index.query(likeness.newest, SAMPLED))
    numbers = (vectors, sample_of(sampled), sampled)
    return Corpus(library, papers, rids, days, numbers)


# ------------------------------------------------------------------ known items


def known_items(tests: Tests, found: Callable[[str], Iterable[str]]) -> None:
    """Print success at some ranks, and the mean reciprocal rank, by kind."""
    ranks: dict[str, list[int | None]] = defaultdict(list)
    for test in tests:
        ids = list(found(test["query"]))
        rank = ids.index(test["id"]) + 1 if test["id"] in ids else None
        ranks[test["kind"]].append(rank)
        ranks["all"].append(rank)
    print(f"{'known items':24} {'n':>4} {'@1':>6} {'@3':>6} {'@10':>6} {'MRR':>6}")
    for kind, places in ranks.items():
        shares = [_share(places, rank) for rank in RANKS]
        reciprocal = [1 / place if place else 0.0 for place in places]
        figures = [*shares, statistics.mean(reciprocal)]
        print(f"{kind:24} {len(places):4} {_figures(figures)}", flush=True)


def _share(places: Sequence[int | None], rank: int) -> float:
    return sum(place is not None and place <= rank for place in places) / len(places)


def _figures(figures: Iterable[float]) -> str:
    return " ".join(f"{figure:6.2f}" for figure in figures)


# ------------------------------------------------------------------ similar


def similar(tests: Tests, among: Corpus) -> None:
    """Print at which ranks the other paper of a pair is, without the name in both."""
    places: list[int | None] = []
    for test in tests:
        for one, other in (
            (test["id"], test["expected"]),
            (test["expected"], test["id"]),
        ):
            if one in among.papers and other in among.papers:
                places.append(_place(among, one, other, test["name"]))
    shares = [_share(places, rank) for rank in SIMILAR_RANKS]
    print(f"{'similar':24} {'n':>4} {'@1':>6} {'@10':>6} {'@50':>6}")
    print(f"{'':24} {len(places):4} {_figures(shares)}", flush=True)


def _place(among: Corpus, one: str, other: str, name: str) -> int | None:
    paper = among.papers[one]
    masked = re.compile(re.escape(name), re.IGNORECASE)
    title = masked.sub(" ", paper.title)
    abstract = masked.sub(" ", paper.abstract or "")
    index = among.library.index
    words = [word.word for word in telling_words(index, words_of(title, abstract))]
    most = max(SIMILAR_RANKS)
    found = list(index.query(likeness.closest, words, most, but=among.rids[one]))
    wanted = among.rids[other]
    return found.index(wanted) + 1 if wanted in found else None


# ------------------------------------------------------------------ recommend


def recommend(tests: Tests, corpora: Callable[[str], Corpus]) -> None:
    """Print how well the papers of an interest are found, beside the SVM's figures."""
    by_corpus: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for test in tests:
        by_corpus[test["corpus"]].append(test)
    columns = f"{'P@10':>6} {'P@50':>6} {'AP':>6}"
    for name, interests in by_corpus.items():
        among = corpora(name)
        svm = _svm(among)
        print(f"{f'recommend, {name}':36} {columns}   LinearSVC {columns}")
        rows = [(test["interest"], [test]) for test in interests]
        _table(among, rows, svm, "mean")
        print(f"{MIXED} of them at once", flush=True)
        mixed = combinations(interests, MIXED)
        rows = [(" ".join(test["interest"] for test in few), [*few]) for few in mixed]
        _table(among, rows, svm, f"mean of {len(rows)}", shown=False)
    if svm is None:
        print("LinearSVC: left out, as scikit-learn is not installed here")


Svm = Callable[[Sequence[str], Sequence[str]], list[str]]


def _table(
    among: Corpus,
    rows: Sequence[tuple[str, Tests]],
    svm: Svm | None,
    mean: str,
    *,
    shown: bool = True,
) -> None:
    ours: list[Figures] = []
    theirs: list[Figures] = []
    for name, interests in rows:
        first = max(test["candidates_from"] for test in interests)
        tagged = [list(test["tagged"]) for test in interests]
        known = {id for ids in tagged for id in ids}
        candidates = [
            id for id, day in among.days.items() if day >= first and id not in known
        ]
        candidates.sort(key=lambda id: -among.rids[id])
        relevant = {id for test in interests for id in test["relevant"]}
        ours.append(_judged(_ranked(among, tagged, candidates), relevant))
        if svm is not None:
            theirs.append(_judged(svm(sorted(known), candidates), relevant))
        if shown:
            other = f"             {_figures(theirs[-1])}" if theirs else ""
            print(f"{name[:36]:36} {_figures(ours[-1])}{other}", flush=True)
    other = f"             {_figures(_mean(theirs))}" if theirs else ""
    print(f"{mean:36} {_figures(_mean(ours))}{other}", flush=True)


def _mean(figures: Sequence[Figures]) -> list[float]:
    return [statistics.mean(column) for column in zip(*figures, strict=True)]


def _ranked(
    among: Corpus, tagged: Sequence[Sequence[str]], candidates: Sequence[str]
) -> list[str]:
    """The candidates, the best first, for a reader with these papers of each tag."""
    index = among.library.index
    vectors, sample, sampled = among.numbers
    models: list[Model] = []
    for number, ids in enumerate(tagged):
        rids = sorted((among.rids[id] for id in ids), reverse=True)
        model = model_of_papers(index, f"t{number}", rids, sample)
        models.append(model.measured(list(sums(model, sampled))))
    by_rid = {among.rids[id]: id for id in candidates}
    numbers = vectors.of(list(by_rid))
    scores = [list(map(model.score, sums(model, numbers))) for model in models]
    return [by_rid[rid] for rid in Ranking(list(by_rid), models, scores).scores]


def _judged(ranked: Sequence[str], relevant: set[str]) -> Figures:
    hits = [id in relevant for id in ranked]
    found = 0
    precisions = []
    for rank, hit in enumerate(hits, 1):
        if hit:
            found += 1
            precisions.append(found / rank)
    average = sum(precisions) / len(relevant)
    return Figures(sum(hits[:10]) / 10, sum(hits[:50]) / 50, average)


def _svm(among: Corpus) -> Svm | None:
    """Ranks as arxiv-sanity-lite does; None without scikit-learn."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.svm import LinearSVC
    except ImportError:
        return None
    places = {id: place for place, id in enumerate(among.papers)}
    texts = (
        f"{paper.title} {paper.abstract} {' '.join(paper.authors)}"
        for paper in among.papers.values()
    )
    vectors = TfidfVectorizer(
        strip_accents="unicode",
        stop_words="english",
        token_pattern=r"(?u)\b[a-zA-Z_][a-zA-Z0-9_]+\b",
        ngram_range=(1, 2),
        max_features=20_000,
        max_df=0.1,
        min_df=5,
        sublinear_tf=True,
    ).fit_transform(texts)

    def ranked(tagged: Sequence[str], candidates: Sequence[str]) -> list[str]:
        is_tagged = [id in set(tagged) for id in places]
        machine = LinearSVC(
            class_weight="balanced", max_iter=10_000, tol=1e-6, C=0.01, random_state=0
        )
        machine.fit(vectors, is_tagged)
        rows = [places[id] for id in candidates]
        scores = machine.decision_function(vectors[rows])
        order = sorted(range(len(rows)), key=lambda row: -scores[row])
        return [candidates[row] for row in order]

    return ranked


# ------------------------------------------------------------------ running


def _search(library: Library) -> Callable[[str], Iterator[str]]:
    """What `search` lists for a query."""

    def found(query: str) -> Iterator[str]:
        wanted = Wanted(query, date.today(), limit=30)
        papers = find_papers(library, wanted).papers
        return (paper.key.partition(":")[2] for paper in papers)

    return found


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tests", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--at", type=Path)
    kinds = ("known", "similar", "recommend")
    parser.add_argument("--only", nargs="+", choices=kinds, default=kinds)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        made: dict[str, Corpus] = {}

        def corpora(name: str) -> Corpus:
            if name not in made:
                made[name] = corpus(
                    name, arguments.data, arguments.at or Path(temporary)
                )
            return made[name]

        arxiv = "arxiv-27k.jsonl.gz"
        if "known" in arguments.only:
            tests = read(arguments.tests / "known-item.jsonl")
            known_items(tests, _search(corpora(arxiv).library))
        if "similar" in arguments.only:
            similar(read(arguments.tests / "similar.jsonl"), corpora(arxiv))
        if "recommend" in arguments.only:
            recommend(read(arguments.tests / "recommend.jsonl"), corpora)


if __name__ == "__main__":
    main()
