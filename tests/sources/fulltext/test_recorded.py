"""Each recorded page of arXiv, and Markdown of Hugging Face, in ../shared/data: nothing
of it is lost, and its lines fit the terminal. Skips where ../shared is missing.
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from papertrack.core.text import clean, columns
from papertrack.render import fulltext
from papertrack.sources.fulltext import huggingface, latexml, sections
from tests.sources.fulltext.test_texts import WIDTHS, drawn

DATA = Path(__file__).parents[4] / "shared" / "data"
PAGES = sorted(DATA.glob("arxiv-html/*.html*"))
TEXTS = sorted(DATA.glob("hf-md/*.md"))

TAG = re.compile(
    r"</?(?:p|div|span|section|br|td|tr|table|math|sup|sub|em|b|i|a)\b[^>]*>"
)
FURNITURE = ("Report Issue", "Why HTML", "Back to Abstract", "view the build logs")

needs_recordings = pytest.mark.skipif(not DATA.exists(), reason="no ../shared/data")


@cache
def body(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


@cache
def page_text(path: Path) -> str:
    name = path.name.partition(".html")[0]
    url = f"https://arxiv.org/html/{name}"
    return latexml.parse(body(path), {}, url=url).markdown


@cache
def markdown_text(path: Path) -> str:
    text = huggingface.parse(body(path), {})
    return text.markdown if text else ""


def squeezed(text: str) -> str:
    """The letters of a text."""
    return "".join(filter(str.isalnum, clean(text)))


@needs_recordings
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page(path: Path) -> None:
    text = page_text(path)
    document = LexborHTMLParser(body(path)).css_first("article.ltx_document")
    assert document is not None
    without_code = re.sub(r"(?s)^```.*?^```", "", text, flags=re.MULTILINE)
    assert not TAG.search(re.sub(r"`[^`]*`|<https?://[^>]*>", "", without_code))
    assert not any(words in text for words in FURNITURE)
    outline = {squeezed(one.title) for one in sections.outline(text)}
    for title in document.css(".ltx_title_section, .ltx_title_subsection"):
        for math in title.css("math"):
            math.replace_with(math.attributes["alttext"] or "")
        assert squeezed(title.text()) in squeezed("".join(outline))
    letters = squeezed(text)
    for math in document.css("math"):
        if math.parent is not None:
            tex = (math.attributes["alttext"] or "").replace(r"\displaystyle", "")
            assert squeezed(tex) in letters


@needs_recordings
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_paragraphs_of_a_page_are_there_in_their_order(path: Path) -> None:
    document = LexborHTMLParser(body(path)).css_first("article.ltx_document")
    assert document is not None
    letters = squeezed(page_text(path))
    at = 0
    for paragraph in document.css(".ltx_para > p.ltx_p, .ltx_para > .ltx_p"):
        # Up to the first element, whose text may be another one in Markdown.
        first = next(iter(paragraph.iter(include_text=True)), None)
        if first is None or first.tag != "-text":
            continue
        found = letters.find(squeezed(first.text()), at)
        assert found >= 0, first.text()
        at = found


@needs_recordings
@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_a_markdown(path: Path) -> None:
    text = markdown_text(path)
    if not body(path).startswith(b"Title:"):
        assert text == ""
        return
    assert "italic_" not in text
    assert "start_POST" not in text
    assert not re.search(
        r"(?<!\\)<(?!https?://)[a-z/]", re.sub(r"(?s)```.*?```", "", text)
    )
    assert not any(words in text for words in FURNITURE)
    assert text.startswith("# ")
    recorded = body(path).decode()
    numbers = re.findall(r"(?m)^(?:#+ )?(\d+(?:\.\d+)*) \S", recorded)
    known = [one.number for one in sections.outline(text)]
    assert all(number in known for number in numbers if number != "1" or known)


@needs_recordings
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", [*PAGES, *TEXTS], ids=lambda path: path.name)
def test_its_lines_fit(path: Path, width: int) -> None:
    text = page_text(path) if path in PAGES else markdown_text(path)
    shown = drawn(text, width)
    assert max(map(columns, shown.split("\n"))) <= min(width, fulltext.WIDEST)
    assert "$$" not in shown
    if width != 80:
        return
    # All words are there, also those that a narrow column breaks.
    not_shown = r"!\[.*?\)|\(http.*?\)|\\[A-Za-z]+|```\w+"
    letters = re.sub(r"\s|▌", "", shown)
    for word in set(re.findall("[A-Za-z]{5,12}", re.sub(not_shown, "", text))):
        assert word in shown or word in letters
