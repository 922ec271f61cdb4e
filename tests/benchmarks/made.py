"""Makes a library of any size, the same for the same seed, as papertrack writes it.

    python -m tests.benchmarks.made 100000 FOLDER [--seed 7] [--marks 20000]
    python -m tests.benchmarks.made 27000 FOLDER --from arxiv.jsonl.gz

Words are drawn by Zipf's law: the most frequent are English, the tail is made of
syllables, and new ones never cease. `quokka` is in 10 papers, `axolotl` in one of
1,000, `model` in half of them. Abstracts have 1,200 characters, one paper in ten is
known from two sources. With --short an abstract is one sentence: a tenth of the time to
make and to index. With --from, the papers are those of a file (a JSON object a line)
instead.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

MONTH_BYTES = 4_000_000
ENGLISH = re.findall(
    r"\S+",
    """
    the of and to in we a for on that with is this by our are as from which be large
    language models data training performance learning results show method tasks can
    an methods propose generation reasoning approach framework based these using it
    across benchmark while between their image more information such existing quality
    at high multimodal novel video or text visual task evaluation have however new
    state art code knowledge work through diffusion over understanding has inference
    accuracy human present agents demonstrate its efficient context experiments model
    attention policy optimization introduce both tokens into improve different also
    multiple not dataset time reinforcement process challenges training-free world two
    first scene real when representation
    """,
)
SYLLABLES = re.findall(
    r"\S+",
    """
    al be cor di el fa gre hu in jo ka lu mer no or pa qui ra sen ti ul va wo xi yo za
    tion ing ed ly er ment con pre de re un ster ble ous ity
    """,
)
CATEGORIES = (
    "cs.CL",
    "cs.CV",
    "cs.LG",
    "cs.AI",
    "cs.RO",
    "cs.SE",
    "cs.IR",
    "stat.ML",
    "eess.AS",
    "math.OC",
)
GIVEN = (
    "Wei",
    "Anna",
    "José",
    "Yuki",
    "Priya",
    "Lars",
    "Chen",
    "Fatima",
    "Olga",
    "Jürgen",
    "Zoë",
    "Kofi",
    "Łukasz",
)
TAGS = (
    "nlp",
    "nlp/parsing",
    "vision",
    "agents",
    "to-discuss",
    "survey",
    "rl",
    "speech",
    "theory",
    "data",
)
LAST_MONTH = 2026 * 12 + 9
"""October 2026, counted in months."""

Document = dict[str, Any]


def vocabulary(
    dice: random.Random, size: int = 60_000
) -> tuple[list[str], list[float]]:
    """Words, the frequent ones short, and their cumulated weights."""
    tail = (
        ("".join(dice.choices(SYLLABLES, k=2 + (n > 800) + (n % 7 == 0))))
        for n in itertools.count()
    )
    words = list(
        itertools.islice(
            dict.fromkeys(itertools.chain(ENGLISH, itertools.islice(tail, 3 * size))),
            size,
        )
    )
    return words, list(
        itertools.accumulate((rank + 8) ** -1.25 for rank in range(len(words)))
    )


class Prose:
    """An endless sequence of sentences."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.words, self.weights = vocabulary(dice)
        self.waiting: list[str] = []

    def take(self, count: int) -> list[str]:
        """`count` words."""
        if len(self.waiting) < count:
            self.waiting += self.dice.choices(
                self.words, cum_weights=self.weights, k=200_000
            )
        taken = self.waiting[-count:]
        del self.waiting[-count:]
        return taken

    def sentence(self) -> str:
        """A sentence; one of ten names a new system."""
        words = self.take(self.dice.randint(12, 30))
        if self.dice.random() < 0.1:
            words[0] = (
                "".join(self.dice.choices(SYLLABLES, k=4)).capitalize()
                + f"-{self.dice.randint(1, 90)}B"
            )
        return f"{words[0][:1].upper()}{words[0][1:]} {' '.join(words[1:])}."


class Dated(NamedTuple):
    """What a paper is called at arXiv, and its day (ISO)."""

    id: str
    day: str


def recent(count: int) -> Iterator[Dated]:
    """Papers of the last years, as many in each month."""
    months = max(1, min(120, count // 300, 96 if count <= 100_000 else 120))
    serial = 0
    before = None
    for number in range(count):
        year, month = divmod(LAST_MONTH - months + 1 + number * months // count, 12)
        serial = serial + 1 if before == (year, month) else 1
        before = year, month
        day = f"{year}-{month + 1:02}-{1 + 28 * (number * months % count) // count:02}"
        yield Dated(f"{year % 100:02}{month + 1:02}.{serial:05}", day)


def papers(
    count: int,
    seed: int,
    *,
    short: bool = False,
    dated: Iterable[Dated] | None = None,
    first: int = 0,
) -> Iterator[tuple[str, Document]]:
    """(month, document) of each paper, oldest first.

    `dated` may be those from number `first` on, so that several processes share the work.
    """
    dice = random.Random(seed)
    prose = Prose(dice)
    if first:
        dice.seed(f"{seed} {first}")
    surnames = [word.capitalize() for word in prose.words[400:9000:2]]
    if dated is None:
        dated = recent(count)
    for number, (id, day) in enumerate(dated, first):
        abstract = [prose.sentence()]
        while not short and sum(map(len, abstract)) < dice.gauss(1150, 220):
            abstract.append(prose.sentence())
        if planted := _planted(number, count):
            abstract.insert(
                len(abstract) // 2, f"The {' '.join(planted)} case is studied."
            )
        title = prose.take(dice.randint(6, 13))
        title[0] = title[0].capitalize()
        names = [
            f"{dice.choice(GIVEN)} {dice.choice(surnames)}"
            for _ in range(dice.randint(1, 9))
        ]
        yield (
            day[:7],
            _document(id, day, " ".join(title), " ".join(abstract), names, dice),
        )


def _planted(number: int, count: int) -> list[str]:
    return ["quokka"] * (number % max(count // 10, 1) == count // 20) + ["axolotl"] * (
        number % 1000 == 500
    )


def _document(
    id: str,
    day: str,
    title: str,
    abstract: str,
    authors: list[str],
    dice: random.Random,
) -> Document:
    facts = {
        "title": title,
        "ids": [f"arxiv:{id}"],
        "abstract": abstract,
        "authors": authors,
        "published": day,
        "updated": day,
        "version": 1,
        "categories": list(dict.fromkeys(dice.choices(CATEGORIES, k=2))),
        "url": f"https://arxiv.org/abs/{id}",
        "pdf": f"https://arxiv.org/pdf/{id}",
    }
    said = {"arxiv": facts}
    if dice.random() < 0.1:
        said["hf"] = {
            "title": title,
            "ids": [f"arxiv:{id}"],
            "abstract": abstract,
            "authors": authors,
            "listed": day,
            "upvotes": int(dice.paretovariate(0.9)) % 1500,
            "comments": dice.randint(0, 9),
            "github": f"https://github.com/{id.replace('.', '/')}",
        }
    return {
        "key": f"arxiv:{id}",
        "keys": [f"arxiv:{id}"],
        "added": f"{day}T12:00:00Z",
        "said": said,
    }


def papers_of(path: Path) -> Iterator[tuple[str, Document]]:
    """(month, document) of each line of a file of arXiv's papers, oldest first."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = sorted(
            (json.loads(line) for line in lines), key=lambda row: row["published_at"]
        )
    for row in rows:
        day = row["published_at"][:10]
        facts = {
            "title": row["title"],
            "ids": [f"arxiv:{row['id']}"],
            "abstract": row["abstract"],
            "authors": row["authors"],
            "published": day,
            "updated": day,
            "version": 1,
            "categories": row["categories"],
            "url": row["url"],
            "pdf": row["pdf_url"],
        }
        key = f"arxiv:{row['id']}"
        yield (
            day[:7],
            {
                "key": key,
                "keys": [key],
                "added": f"{day}T12:00:00Z",
                "said": {"arxiv": facts},
            },
        )


def marks(keys: list[str], count: int, seed: int) -> list[Document]:
    """Documents of marks.json for some of the papers."""
    dice = random.Random(seed)
    made: list[Document] = []
    for key in dice.sample(keys, k=min(count, len(keys) // 5)):
        said: Document = {"key": key}
        if dice.random() < 0.8:
            said["tags"] = list(
                dict.fromkeys(dice.choices(TAGS, weights=range(len(TAGS), 0, -1), k=2))
            )
        if dice.random() < 0.5:
            said |= {
                "status": dice.choice(("read", "later", "hidden")),
                "marked": "2026-11-01T12:00:00Z",
            }
        if dice.random() < 0.1:
            said |= {"starred": True, "note": "Compare with the survey of last year."}
        made.append(said if len(said) > 1 else {**said, "starred": True})
    return made


def write(
    root: Path, found: Iterable[tuple[str, Document]], count: int, seed: int
) -> None:
    """Write the library."""
    (root / "papers").mkdir(parents=True)
    keys: list[str] = []
    for month, group in itertools.groupby(found, key=lambda pair: pair[0]):
        parts: dict[int, list[Document]] = defaultdict(list)
        size = 0
        for _, document in group:
            parts[size // MONTH_BYTES].append(document)
            size += len(json.dumps(document, ensure_ascii=False)) + 2
            keys.append(document["key"])
        for number, documents in parts.items():
            _put(
                root / "papers" / f"{month}{f'.{number + 1}' if number else ''}.json",
                "papers",
                documents,
            )
    _put(root / "marks.json", "marks", marks(keys, count, seed))


def _put(path: Path, table: str, documents: list[Document]) -> None:
    dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    lines = ",\n".join(
        f'"{number}":{dumps(document)}' for number, document in enumerate(documents, 1)
    )
    path.write_text(
        f'{{"format":{{\n"1":{{"version":1}}\n}},\n"{table}":{{\n{lines}\n}}}}\n',
        encoding="utf-8",
    )


def main() -> None:
    """Generate the library of the arguments."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("papers", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--marks", type=int, default=20_000)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--from", dest="file", type=Path)
    arguments = parser.parse_args()
    found = (
        papers_of(arguments.file)
        if arguments.file
        else papers(arguments.papers, arguments.seed, short=arguments.short)
    )
    write(
        arguments.folder,
        itertools.islice(found, arguments.papers),
        arguments.marks,
        arguments.seed,
    )


if __name__ == "__main__":
    main()
