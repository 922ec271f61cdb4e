"""Templates of the reader: what they can use, what is escaped, how mistakes are met."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser

import pytest

from papertrack.core.errors import UsageError
from papertrack.core.model import Paper
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
    return Template(source, name).render(papers or (PAPER,), VALUES)


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
