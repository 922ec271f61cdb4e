"""Templates of the reader: what they can use, what is escaped, how mistakes are met."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any

import pytest

from papertrack.core.errors import UsageError
from papertrack.core.model import Paper
from papertrack.exports import template
from papertrack.exports.template import Template, Values
from tests.exports.conftest import HOSTILE

VALUES = Values("My list", "tag:tea", "2025-11-08T09:00:00Z")
PAPER = Paper(
    id="2511.00001",
    key="arxiv:2511.00001",
    title="A <b>Kettle</b> & 100 % *tea*",
    authors=("Ada Quill", "Bo Rye"),
    published="2025-11-06",
    url="https://tea.example/a b",
    github="javascript:alert(1)",
    note="- one\n  - two",
    upvotes=0,
)


def rendered(source: str, name: str = "list.txt", *papers: Paper) -> str:
    return "".join(Template(source, name).pieces(papers or (PAPER,), VALUES))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ title }}, {{ query }}, {{ now[:4] }}\n", "My list, tag:tea, 2025\n"),
        ("{{ papers|length }}", "1"),
        ("{% for p in papers %}\n{{ p.id }}\n{% endfor %}", "2511.00001\n"),
        ("{{ papers[0].authors }}", "Ada Quill; Bo Rye"),
        ("{{ papers[0].authors|join(' & ') }}", "Ada Quill & Bo Rye"),
        ("[{{ papers[0].doi }}][{{ papers[0].upvotes }}]", "[][0]"),
        ("{{ papers[0].date }} {{ papers[0].note }}", "2025-11-06 - one\n  - two"),
        (
            "{{ papers[0].url }} [{{ papers[0].github }}]",
            "https://tea.example/a%20b []",
        ),
        ("{{ papers[0].cite_key }}", "quill2025b"),
        ("{{ papers|sum(attribute='upvotes') }}", "0"),
        ("no end", "no end"),
        ("", ""),
    ],
)
def test_what_a_template_can_use(source: str, text: str) -> None:
    assert rendered(source) == text


@pytest.mark.parametrize(
    ("filter", "text"),
    [
        ("", "A <b>Kettle</b> & 100 % *tea*"),
        ("|xml", "A &lt;b&gt;Kettle&lt;/b&gt; &amp; 100 % *tea*"),
        ("|md", r"A \<b\>Kettle\</b\> \& 100 % \*tea\*"),
        (
            "|latex",
            r"A {\ensuremath{<}}b{\ensuremath{>}}Kettle{\ensuremath{<}}/b"
            r"{\ensuremath{>}} \& 100 \% *tea*",
        ),
        ("|upper", "A <B>KETTLE</B> & 100 % *TEA*"),
    ],
)
def test_filters(filter: str, text: str) -> None:
    assert rendered(f"{{{{ papers[0].title{filter} }}}}") == text


def test_the_filter_bib_is_the_entry() -> None:
    text = rendered("{{ papers[0]|bib }}")
    assert text.startswith("@misc{quill2025b,\n")
    assert "eprint = {2511.00001}" in text


@pytest.mark.parametrize(
    ("name", "is_escaped"),
    [
        ("a.html", True),
        ("a.HTM", True),
        ("a.xml", True),
        ("a.svg", True),
        ("a.html.j2", True),
        ("a.atom.jinja", True),
        ("a.xhtml.jinja2", True),
        ("a.md", False),
        ("a.html.md", False),
        ("a.tex.j2", False),
        ("html", False),
    ],
)
def test_html_is_escaped_by_the_suffix(name: str, is_escaped: bool) -> None:
    text = rendered("{{ papers[0].title }} {{ papers[0].title|xml }}", name)
    assert ("<b>" not in text) == is_escaped
    assert "&amp;amp;" not in text


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_hostile_titles_are_text_in_a_page() -> None:
    titles = [" ".join(title.split()) for title in HOSTILE]
    papers = [
        Paper(id=str(n), key=f"url:{n}", title=title) for n, title in enumerate(titles)
    ]
    source = (
        "{% for p in papers %}<p title='{{ p.title }}'>{{ p.title }}</p>{% endfor %}"
    )
    page = _Texts()
    page.feed(rendered(source, "list.html", *papers))
    page.close()
    assert page.tags == ["p"] * len(titles)
    assert page.texts == titles


@pytest.mark.parametrize(
    "title",
    ["{{ 7*7 }}", "{% for %}", "{# x #}", "{{ papers }}", "{0.__class__} %s"],
)
def test_a_title_is_no_template(title: str) -> None:
    paper = PAPER._replace(title=title)
    assert rendered("{{ papers[0].title }}", "a.md", paper) == title
    assert rendered("{{ papers[0].title|format }}", "a.md", paper._replace(title="x"))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{{ papers[0].titel }}", "a.md:1: a paper has no attribute 'titel'; did you"),
        ("\n\n{{ paper }}", "a.md:3: 'paper' is undefined; did you mean papers?"),
        ("a\n{% for x in %}", "a.md:2: Expected an expression"),
        ("a\n\n{% if x %}\n", "a.md:3: Unexpected end of template"),
        ("{{ papers[0].title|latx }}", "a.md:1: No filter named 'latx'"),
        ("x\n{% include 'b.md' %}", "a.md:2: b.md: a template can't use another one"),
        ("{% extends 'b.md' %}", "a.md:1: b.md: a template can't use another one"),
        ("\n{{ 1 / 0 }}", "a.md:2: division by zero"),
        ("{{ papers[0].title + 1 }}", "a.md:1: can only concatenate str"),
        ("{{ papers[0].__class__ }}", "a.md:1: access to attribute '__class__'"),
        ("{{ ''.__class__.__mro__ }}", "a.md:1: access to attribute '__class__'"),
        ("{{ papers.append(1) }}", "a.md:1: "),
        ("{% for x in range(10**9) %}{% endfor %}", "a.md:1: Range too big"),
        ("{{ " + "(" * 9_000, "a.md: it is nested too deeply"),
        ("{% if 1 %}" * 200 + "{% endif %}" * 200, "a.md: it is nested too"),
        ("{% for x in y %}" * 40 + "{% endfor %}" * 40, "a.md: it is nested too"),
        ("{{ papers|bib }}", "a.md:1: "),
        ("{{ papers[9].title }}", "a.md:1: list object has no element 9"),
        ("{{ '%d'|format('x') }}", "a.md:1: %d format"),
    ],
)
def test_a_mistake_is_reported_with_its_line(source: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        rendered(source, "a.md")
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_control_characters_are_removed() -> None:
    paper = PAPER._replace(
        title="a\x1b[31m\u202eb", authors=("c\nd",), note="e\x07\nf", abstract="g\r\nh"
    )
    source = "{% set p = papers[0] %}{{ p.title }}{{ p.authors }}{{ p.note }}{{ p.abstract }}"
    assert rendered(source, "a.md", paper) == "a[31mbc de\nfg h"


class _Made(Sequence[Paper]):
    """Papers that are made when they are needed."""

    def __init__(self, numbers: range, abstract: str = "") -> None:
        self.numbers = numbers
        self.abstract = abstract

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, place: Any) -> Any:
        found = self.numbers[place]
        if isinstance(found, range):
            return _Made(found, self.abstract)
        authors = ("Ada Quill",) if found % 3 else ("Bo Rye", "Ada Quill")
        return PAPER._replace(
            id=f"2511.{found:05}",
            key=f"arxiv:2511.{found:05}",
            title=f"Kettle {found * 7 % 10}\x07",
            authors=authors,
            abstract=self.abstract and f"{found} {self.abstract}",
        )


@pytest.mark.parametrize(
    "source",
    [
        "{% for p in papers %}{{ loop.index }}/{{ loop.length }} {{ p.title }}\n{% endfor %}",
        "{% for p in papers %}{{ p.cite_key }} {{ p|bib }}{% endfor %}",
        "{% for p in papers if '3' in p.title %}{{ loop.last }} {{ p.id }} {% endfor %}",
        "{% for p in papers %}{% for q in papers %}{{ q.id == p.id }}{% endfor %}{% endfor %}",
        "{{ papers|length }} {{ papers[0].id }} {{ papers[-1].id }} {{ papers|first }}",
        "{{ papers|last }} {{ papers|reverse|map(attribute='id')|join(' ') }}",
        "{% for p in papers[2:9:3] %}{{ p.id }} {{ p.cite_key }}{% endfor %}",
        "{{ papers[:2] }} {{ papers[3:5] + papers[:1] }} {{ [1] + papers[-1:] }}",
        "{{ papers }} {{ papers|tojson }} {{ {'a': papers[:2]}|tojson(1) }}",
        "{{ papers == [] }} {{ papers != papers[:] }} {{ papers == papers|list }}",
        "{{ papers == 1 }} {{ papers[1] in papers }} {{ papers.index(papers[2]) }}",
        "{% for p in papers|sort(attribute='title,id') %}{{ p.id }} {% endfor %}",
        "{% for name, ps in papers|groupby('title') %}{{ name }}{{ ps }}{% endfor %}",
        "{% for ps in papers|batch(3) %}{{ ps|length }}{% endfor %}",
        "{{ papers is sequence }} {{ papers is iterable }} {{ papers is mapping }}",
        "{% for p in papers %}a{{ '\r' }}{{ '\n' }}{{ '\r' }}{% endfor %}{{ '\r' }}",
        "{% if papers[12:] %}yes{% endif %}{% if papers[2:] %}no{% endif %}",
    ],
)
def test_many_papers_are_used_like_few(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = _Made(range(12))
    few = rendered(source, "a.html", *papers)
    monkeypatch.setattr(template, "FEW", 2)
    monkeypatch.setattr(template, "BUFFERED", 2)
    made = Template(source, "a.html").pieces(papers, VALUES)
    assert "".join(made) == few


@pytest.mark.parametrize(
    "source",
    [
        "\n{{ papers[99].title }}",
        "{% for p in papers %}\n{{ p.titel }}{% endfor %}",
        "{{ papers.append(1) }}",
        "\n{{ papers['a'].b }}",
        "{{ papers + 1 }}",
        "{{ [now.split]|tojson }}",
    ],
)
def test_mistakes_with_many_papers(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = _Made(range(12))
    with pytest.raises(UsageError) as of_few:
        rendered(source, "a.md", *papers)
    monkeypatch.setattr(template, "FEW", 2)
    with pytest.raises(UsageError) as of_many:
        "".join(Template(source, "a.md").pieces(papers, VALUES))
    where = str(of_few.value).partition(" ")[0]
    assert str(of_many.value).startswith(where)


class _Damaged(_Made):
    """Papers of which the last can't be read from some moment on."""

    is_damaged = False

    def __getitem__(self, place: Any) -> Any:
        if self.is_damaged and place in (-1, len(self) - 1):
            raise sqlite3.DatabaseError("damaged")
        return super().__getitem__(place)


@pytest.mark.parametrize(
    "source", ["{{ papers|list }}", "{{ papers[11] }}{{ papers[-1] }}"]
)
def test_a_paper_that_cannot_be_read_is_no_mistake_of_the_template(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(template, "FEW", 2)
    papers = _Damaged(range(12))
    made = Template(source, "a.md").pieces(papers, VALUES)
    papers.is_damaged = True
    with pytest.raises(sqlite3.DatabaseError, match="damaged"):
        "".join(made)


def test_memory_does_not_grow_with_the_papers() -> None:
    papers = _Made(range(4 * template.FEW), "Kettles sing. " * 300)
    source = "{% for p in papers %}{{ p.cite_key }} {{ p.abstract }}\n{% endfor %}"
    made = Template(source, "a.md").pieces(papers, VALUES)
    tracemalloc.start()
    try:
        assert sum(map(len, made)) > 30_000_000
        assert tracemalloc.get_traced_memory()[1] < 15_000_000
    finally:
        tracemalloc.stop()


def test_without_jinja_the_extra_is_named() -> None:
    code = (
        "import sys; sys.modules['jinja2'] = None;"
        "from papertrack.__main__ import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "export", "--template", "a.md"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "papertrack: --template needs Jinja, which is not installed;"
        " run: pip install 'papertrack[templates]'\n"
    )
