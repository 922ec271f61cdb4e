"""Exports read by the programs that they are for, where these are installed.

Two need a file that is not ours to ship: `ZOTERO_TRANSLATORS` names a checkout of
https://github.com/zotero/translators, `CSL_SCHEMA` the file csl-data.json of
https://github.com/citation-style-language/schema.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from papertrack.core.model import Paper
from papertrack.exports.registry import export
from tests.exports.conftest import HOSTILE

ROOT = Path(__file__).resolve().parents[2]
TITLES = [" ".join(title.split()) for title in HOSTILE]
ARTICLE = Paper(
    id="10.1234/kettle",
    key="doi:10.1234/kettle",
    title="Kettles & Their Songs",
    authors=("Ada Quill", "Bo van der Berg", "Kettle Collaboration"),
    published="2024-03-05",
    doi="10.1234/kettle",
    url="https://doi.org/10.1234/kettle",
    venue="Journal of Kettles",
    volume="7",
    number="2",
    pages="101-119",
    type="article",
    tags=("tea/kettles",),
    keywords=("songs",),
    note="Mine.",
    abstract="They sing.",
    added="2024-03-06T09:00:00Z",
)
PREPRINT = Paper(
    id="2511.00001",
    key="arxiv:2511.00001",
    title="Whistling Kettles",
    authors=("Ada Quill",),
    published="2025-11",
    doi="10.48550/arXiv.2511.00001",
    url="https://arxiv.org/abs/2511.00001",
    pdf="https://arxiv.org/pdf/2511.00001",
    type="preprint",
)
TALK = ARTICLE._replace(
    id="10.1234/talk",
    key="doi:10.1234/talk",
    doi="10.1234/talk",
    title="A Talk on Tea",
    type="conference-paper",
    booktitle="Proceedings of Tea",
    editors=("Cy Lee",),
    published="2023",
)
NAMED = [ARTICLE, PREPRINT, TALK]
HOSTILE_PAPERS = [
    ARTICLE._replace(
        id=f"10.1234/{n}",
        key=f"doi:10.1234/{n}",
        doi=f"10.1234/{n}",
        title=title,
        abstract=title,
        venue=title,
    )
    for n, title in enumerate(TITLES)
]


def run(*command: str | Path, text: str = "") -> str:
    """The output of a program; the test is skipped where it is not installed."""
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def file_of(variable: str, name: str) -> Path:
    """A file that an environment variable leads to; else the test is skipped."""
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} names no {name}")
    path = Path(value)
    return path / name if path.is_dir() else path


# ------------------------------------------------------------------ RIS: Zotero


@pytest.fixture
def in_zotero(tmp_path: Path) -> Callable[[list[Paper]], list[dict[str, Any]]]:
    """Reads papers as Zotero imports their RIS."""
    translator = file_of("ZOTERO_TRANSLATORS", "RIS.js")

    def read(papers: list[Paper]) -> list[dict[str, Any]]:
        (tmp_path / "x.ris").write_bytes(export(papers, "ris").encode())
        shim = ROOT / "tests" / "helpers" / "zotero_ris.js"
        found = json.loads(run("node", shim, translator, tmp_path / "x.ris"))
        assert found["detected"]
        items: list[dict[str, Any]] = found["items"]
        return items

    return read


def test_zotero_reads_ris(in_zotero: Callable[..., list[dict[str, Any]]]) -> None:
    article, preprint, talk = in_zotero(NAMED)
    expected = {
        "itemType": "journalArticle",
        "title": "Kettles & Their Songs",
        "DOI": "10.1234/kettle",
        "date": "2024-03-05",
        "publicationTitle": "Journal of Kettles",
        "volume": "7",
        "issue": "2",
        "pages": "101-119",
        "abstractNote": "They sing.",
        "url": "https://doi.org/10.1234/kettle",
        "tags": ["tea/kettles", "songs"],
    }
    assert {name: article.get(name) for name in expected} == expected
    assert "Mine." in json.dumps(article["notes"])
    people = [
        (one.get("lastName"), one.get("firstName")) for one in article["creators"]
    ]
    assert people[:2] == [("Quill", "Ada"), ("van der Berg", "Bo")]
    assert people[2][0] == "Kettle Collaboration"
    # Zotero's field for it; `M3`, a type of work, would take its place.
    assert preprint["DOI"] == "10.48550/arXiv.2511.00001"
    assert preprint["date"].startswith("2025-11")
    assert talk["itemType"] == "conferencePaper"
    assert "Proceedings of Tea" in talk.values()
    assert talk["creators"][-1]["creatorType"] == "editor"


def test_zotero_reads_hostile_titles(
    in_zotero: Callable[..., list[dict[str, Any]]],
) -> None:
    items = in_zotero(HOSTILE_PAPERS)
    assert [item["title"] for item in items] == TITLES
    assert {item["itemType"] for item in items} == {"journalArticle"}


# ------------------------------------------------------------------ CSL-JSON: pandoc


def test_csl_is_valid_by_its_schema(papers: list[Paper]) -> None:
    path = file_of("CSL_SCHEMA", "csl-data.json")
    schema = json.loads(path.read_text(encoding="utf-8"))
    items = json.loads(export([*papers, *NAMED, *HOSTILE_PAPERS], "csl"))
    assert len(items) == len(papers) + len(NAMED) + len(HOSTILE_PAPERS)
    jsonschema.validate(items, schema)


def test_pandoc_cites_from_csl(tmp_path: Path) -> None:
    bibliography = tmp_path / "x.json"
    bibliography.write_text(export(NAMED, "csl"), encoding="utf-8")
    keys = [item["id"] for item in json.loads(export(NAMED, "csl"))]
    text = " ".join(f"[@{key}]" for key in keys)
    bibliography_option = ("--bibliography", bibliography)
    cited = run(
        *("pandoc", "--citeproc", *bibliography_option, "-t", "plain", "--wrap=none"),
        text=text,
    )
    assert cited == CITED


CITED = """\
(Quill, van der Berg, and Kettle Collaboration 2024) (Quill 2025) \
(Quill, van der Berg, and Kettle Collaboration 2023)

Quill, Ada. 2025. “Whistling Kettles.” arXiv. \
https://doi.org/10.48550/arXiv.2511.00001.

Quill, Ada, Bo van der Berg, and Kettle Collaboration. 2023. “A Talk on Tea.” \
In Proceedings of Tea, edited by Cy Lee, 7:101–19. https://doi.org/10.1234/talk.

———. 2024. “Kettles & Their Songs.” Journal of Kettles 7 (2): 101–19. \
https://doi.org/10.1234/kettle.
"""


def test_pandoc_reads_every_title_of_csl() -> None:
    text = run(
        "pandoc", "-f", "csljson", "-t", "csljson", text=export(HOSTILE_PAPERS, "csl")
    )
    items = json.loads(text)
    assert len(items) == len(TITLES)
    assert {item["DOI"] for item in items} == {paper.doi for paper in HOSTILE_PAPERS}


# ------------------------------------------------------------------ Atom: readers


@pytest.fixture(scope="module")
def feed() -> str:
    papers = [
        ARTICLE._replace(
            id=f"2511.{n:05}",
            key=f"arxiv:2511.{n:05}",
            title=title,
            url=f"https://arxiv.org/abs/2511.{n:05}",
            published="2025-11-06",
        )
        for n, title in enumerate(TITLES[:30])
    ]
    return export(papers, "atom", title="Kettles & <Tea>")


def test_xmllint_reads_atom(feed: str) -> None:
    assert run("xmllint", "--nonet", "--noout", "-", text=feed) == ""
    count = run(
        "xmllint", "--xpath", "count(//*[local-name()='entry'])", "-", text=feed
    )
    assert int(float(count)) == 30


def test_newsboat_counts_each_entry_once(feed: str, tmp_path: Path) -> None:
    (tmp_path / "x.atom").write_text(feed, encoding="utf-8")
    (tmp_path / "urls").write_text(f"file://{tmp_path}/x.atom\n")
    (tmp_path / "config").write_text("")
    newsboat = ("newsboat", "-u", tmp_path / "urls", "-C", tmp_path / "config")
    for _ in range(2):
        run(*newsboat, "-c", tmp_path / "cache.db", "-x", "reload")
        unread = run(*newsboat, "-c", tmp_path / "cache.db", "-x", "print-unread")
        assert re.findall(r"\d+", unread) == ["30"]


# ------------------------------------------------------------------ Hayagriva: Typst


def printed(papers: list[Paper], tmp_path: Path) -> str:
    """The bibliography as Typst prints it, as text."""
    typst = pytest.importorskip("typst", reason="typst is not installed")
    text = export(papers, "hayagriva")
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    keys = yaml.safe_load(text)
    cited = "\n".join(f'#cite(label("{key}"))' for key in keys)
    source = f'{cited}\n#bibliography("x.yaml", style: "ieee")\n'
    (tmp_path / "x.typ").write_text(source, encoding="utf-8")
    with warnings.catch_warnings():
        # Pages of HTML are an experiment of Typst, and the text of a PDF is in pieces.
        warnings.simplefilter("ignore")
        page = typst.compile(str(tmp_path / "x.typ"), format="html").decode()
    return html.unescape(re.sub("<[^>]*>", "", page))


def test_typst_cites_from_hayagriva(tmp_path: Path) -> None:
    text = printed(NAMED, tmp_path)
    for words in (
        "A. Quill, B. van der Berg, and Kettle Collaboration",
        "“Kettles & Their Songs,” Journal of Kettles, vol. 7, no. 2, pp. 101–119",
        "Proceedings of Tea",
        "10.48550/arXiv.2511.00001",
    ):
        assert words in text


def test_typst_prints_every_title(tmp_path: Path) -> None:
    text = printed(HOSTILE_PAPERS, tmp_path)
    for title in (r"\\\$(touch x)", "$\\alpha$-divergence", "100 % sure", "a {b", "}{"):
        assert title.removeprefix(r"\\") in text


@pytest.mark.parametrize("author", TITLES)
def test_typst_takes_any_author(author: str, tmp_path: Path) -> None:
    paper = ARTICLE._replace(authors=(author, f"Ann {author}", f"{author}, Ann"))
    assert "Kettles" in printed([paper], tmp_path)
