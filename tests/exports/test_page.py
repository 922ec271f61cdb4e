"""The page in a browser: filter, sorting, light and dark, paper; and without a script."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from papertrack.core.model import Paper
from papertrack.exports.registry import export
from tests.exports.conftest import HOSTILE
from tests.helpers.browser import Browser, Page
from tests.helpers.contrast import contrast

WIDTHS = (375, 600, 1200)
CANVAS = {False: "ffffff", True: "121212"}
"""The background of a page that has none, in light and dark."""
LONG = "W" * 300
TITLES = (
    "Zebra crossings",
    "étude of kites",
    "Apples and models",
    "Models of models",
    "banana",
    "大規模言語モデル",
    LONG,
    *HOSTILE,
)


def _papers() -> list[Paper]:
    papers = []
    for number, title in enumerate(TITLES):
        has_most = number % 3 == 0
        paper = Paper(
            id=f"{number}",
            key=f"url:https://e.org/{number}",
            title=title,
            authors=(f"Ana {title[:30]}", "Bo Reed"),
            abstract=f"Of kites and {title}. " * 5,
            published=f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}",
            upvotes=None if number % 5 == 4 else number * 7 % 31,
            url=f"https://e.org/{number}",
            tags=("nlp/kites", f"t{number % 14}") if has_most else (),
            note=f"{title}\n  {LONG}" if has_most else None,
            status="later" if has_most else "unread",
        )
        papers.append(paper)
    return papers


PAPERS = _papers()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "papers.html"
    path.write_text(export(PAPERS, "html"), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def page(chromium: Browser, address: str) -> Iterator[Page]:
    shown = chromium.open(address)
    yield shown
    shown.close()


@pytest.fixture
def fresh(chromium: Browser, address: str) -> Iterator[Page]:
    shown = chromium.open(address)
    yield shown
    shown.close()


def _shown(page: Page) -> list[str]:
    """The titles of the rows that are seen, in their order."""
    titles: list[str] = page.value(
        "[...document.querySelectorAll('tbody tr')].filter((row) => "
        "row.checkVisibility()).map((row) => row.querySelector('.title').textContent)"
    )
    return titles


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window(page: Page, width: int, dark: bool) -> None:
    page.look(width=width, dark=dark)
    assert page.value("innerWidth") == width
    page.value("document.querySelectorAll('details').forEach((d) => d.open = true)")
    assert page.widest <= width
    heads = "[...document.querySelectorAll('th button')]"
    assert page.value(f"{heads}.every((head) => head.checkVisibility())")
    pictures = page.value(
        "[...document.querySelectorAll('.picture')].map("
        "(one) => one.getBoundingClientRect().width / one.viewBox.baseVal.width)"
    )
    assert len(pictures) == 3
    assert min(pictures) > 0.99, "a picture is drawn smaller than its texts need"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_stands_out(page: Page, dark: bool) -> None:
    page.look(width=1200, dark=dark)
    background = page.color("body", "background-color") or CANVAS[dark]
    for selector in ("h1", "header p", "figcaption", "td.date", ".facts", "a", "p"):
        color = page.color(selector)
        assert color is not None
        assert contrast(color, background) >= 4.5, selector
    for selector in (".picture text:not(.dim)", ".picture .dim"):
        color = page.color(selector, "fill")
        assert color is not None
        assert contrast(color, background) >= 4.5, selector


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("zebra", ["Zebra crossings"]),
        ("APPLES models", ["Apples and models"]),
        ("models", ["Apples and models", "Models of models"]),
        ("etude kites", ["étude of kites"]),
        ("ÉTUDE", ["étude of kites"]),
        ("大規模言語", ["大規模言語モデル"]),
        ("<script>", [HOSTILE[0]]),
        ("nothingofthekind", []),
        ("  ", list(TITLES)),
    ],
)
def test_the_filter(page: Page, words: str, titles: Sequence[str]) -> None:
    page.value("document.getElementById('filter').value = ''")
    page.value("document.getElementById('filter').focus()")
    page.type(words)
    expected = [" ".join(title.split()) for title in titles]
    assert _shown(page) == expected
    count = f"{len(TITLES)} papers"
    if len(titles) < len(TITLES):
        count = f"{len(titles)} of {count}"
    assert page.value("document.getElementById('count').textContent") == count


def test_the_filter_of_a_narrow_window(page: Page) -> None:
    page.look(width=375)
    page.value("document.getElementById('filter').value = ''")
    page.value("document.getElementById('filter').focus()")
    page.type("zebra")
    assert _shown(page) == ["Zebra crossings"]


@pytest.mark.parametrize(
    ("head", "field", "descends_first"),
    [(1, "published", True), (2, "upvotes", True)],
)
def test_sorting(fresh: Page, head: int, field: str, descends_first: bool) -> None:
    numbers = {" ".join(title.split()): n for n, title in enumerate(TITLES)}
    for descends in (descends_first, not descends_first, descends_first):
        fresh.click(f"th:nth-child({head}) button")
        order = fresh.value(f"document.querySelector('th:nth-child({head})').ariaSort")
        assert order == ("descending" if descends else "ascending")
        shown = [getattr(PAPERS[numbers[title]], field) for title in _shown(fresh)]
        assert len(shown) == len(TITLES)
        values = [-1 if value is None else value for value in shown]
        assert values == sorted(values, reverse=descends)


def test_sorting_by_title_is_that_of_a_dictionary(fresh: Page) -> None:
    fresh.click("th:nth-child(3) button")
    plain = ("Apples and models", "banana", "étude of kites", "Models of models")
    shown = [title for title in _shown(fresh) if title in (*plain, "Zebra crossings")]
    assert shown == [*plain, "Zebra crossings"]
    fresh.click("th:nth-child(3) button")
    assert [title for title in _shown(fresh) if title in plain] == [*plain][::-1]


def test_the_page_requests_nothing_and_may_not(fresh: Page, address: str) -> None:
    assert fresh.requests == [address]
    assert fresh.complaints == []
    fresh.value("document.querySelectorAll('details').forEach((d) => d.open = true)")
    assert fresh.requests == [address]
    attempts = {
        "img-src": "new Image().src = 'http://127.0.0.1:9/x.png'",
        "connect-src": "void fetch('http://127.0.0.1:9/x').catch(() => 0)",
        "script-src": (
            "document.body.append(Object.assign(document.createElement('script'),"
            " {textContent: 'window.ran = 1'}))"
        ),
        "style-src": (
            "document.body.append(Object.assign(document.createElement('style'),"
            " {textContent: 'body {color: red}'}))"
        ),
    }
    for attempt in attempts.values():
        fresh.value(f"{attempt}; 0")
    assert fresh.value("window.ran ?? 0") == 0
    refused = " ".join(str(one) for one in fresh.complaints)
    assert refused.count("Content Security Policy") >= len(attempts)
    for name in ("script-src", "style-src", "default-src"):
        assert name in refused


def test_everything_is_there_without_a_script(chromium: Browser, address: str) -> None:
    page = chromium.open(address, scripts=False)
    assert page.value("document.getElementById('filter')") is None
    assert _shown(page) == [" ".join(title.split()) for title in TITLES]
    assert not page.is_seen("details p")
    page.click("summary")
    assert page.is_seen("details p")
    assert page.value("document.querySelectorAll('.picture').length") == 3
    assert page.value("document.querySelectorAll('details').length") == len(TITLES)
    page.close()


def test_on_paper(chromium: Browser, address: str) -> None:
    page = chromium.open(address, dark=True, media="print")
    assert not page.is_seen("#filter")
    assert not page.is_seen("summary")
    assert page.is_seen(".picture")
    assert page.color("body") == "000000"
    link = page.style(".title a", "content", "::after")
    assert "https://e.org/0" in link, "paper has no links to follow"
    dim = page.color(".picture .dim", "fill")
    assert dim is not None
    assert contrast(dim, CANVAS[False]) >= 4.5
    page.close()


@pytest.mark.skipif(shutil.which("w3m") is None, reason="w3m is not installed")
def test_a_text_browser_shows_the_same_facts(tmp_path: Path) -> None:
    path = tmp_path / "papers.html"
    few = PAPERS[:6]
    path.write_text(export(few, "html", title="Of kites"), encoding="utf-8")
    done = subprocess.run(
        ["w3m", "-dump", "-cols", "100", "-I", "UTF-8", "-O", "UTF-8", str(path)],
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=True,
    )
    text = " ".join(done.stdout.split())
    assert text.startswith("Of kites 6 papers Papers a day, 2025-01-01 to 2025-06-06")
    assert "Tags nlp/kites 2 t0 1 t3 1" in text
    assert "[ ]" not in text, "the filter works with a script only"
    for paper in few:
        facts = [paper.title, paper.published, *paper.authors, *paper.tags]
        facts += [line.strip() for line in (paper.note or "").split("\n")]
        assert paper.abstract
        facts += paper.abstract.split()[:3]
        for fact in filter(None, facts):
            assert fact.replace(" ", "") in text.replace(" ", ""), fact
        assert " ".join(paper.tags) in text
        if paper.upvotes is not None:
            assert f" {paper.upvotes} " in text
