"""The page and its facts, as they are without a script."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from papertrack.core.model import Paper
from papertrack.exports.html import MOST_ABSTRACTS
from papertrack.exports.registry import export


class Texts(HTMLParser):
    """The text of each cell, and what is closed in another order than it was opened."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "input"):
            self.open.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "td" in self.open:
            self.cells[-1] += data


def paper(title: str, **more: object) -> Paper:
    return Paper("2511.00001", "arxiv:2511.00001", title)._replace(**more)  # type: ignore[arg-type]


def test_everything_is_in_the_page_without_a_script(hostile: str) -> None:
    one = paper(
        hostile,
        authors=(hostile,),
        abstract=hostile,
        tags=(hostile,),
        note=hostile,
        upvotes=3,
        published="2025-11",
        starred=True,
        status="later",
    )
    page = Texts(export([one], "html", title=hostile))
    assert page.open == []
    date, votes, cell = page.cells
    assert (date, votes) == ("2025-11", "3")
    assert cell.count(hostile) >= 5
    assert "★ · later" in cell


@pytest.mark.parametrize(
    ("papers", "has_abstracts"), [(MOST_ABSTRACTS, True), (MOST_ABSTRACTS + 1, False)]
)
def test_a_long_page_leaves_abstracts_out(papers: int, has_abstracts: bool) -> None:
    many = [
        paper("T", abstract="They sing.")._replace(key=f"url:https://e.org/{n}")
        for n in range(papers)
    ]
    page = export(many, "html")
    assert ("They sing." in page) == has_abstracts
    assert ("abstracts are left out" in page) != has_abstracts


def test_an_address_that_is_not_of_the_web_is_no_link() -> None:
    page = export([paper("T", url="javascript:alert(1)", github="data:x")], "html")
    assert "<a " not in page
