"""What becomes of a page and of Hugging Face's Markdown: pages of our own in their shape
against golden files (UPDATE_GOLDENS=1 rewrites them; read what you rewrite).
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import pytest
from rich.console import Console

from papertrack.core.errors import Unrecognised
from papertrack.core.text import columns
from papertrack.render import fulltext
from papertrack.sources.fulltext import huggingface, latexml
from papertrack.sources.fulltext.text import FullText
from tests.helpers.growth import grows_linearly

HERE = Path(__file__).parent
URL = "https://arxiv.org/html/2601.00007"
WIDTHS = (40, 80, 120)


def page_text() -> FullText:
    return latexml.parse((HERE / "page.html").read_bytes(), {}, url=URL)


def markdown_text() -> FullText:
    text = huggingface.parse((HERE / "markdown.md").read_bytes(), {})
    assert text is not None
    return text


TEXTS = {"page": page_text, "markdown": markdown_text}


def drawn(markdown: str, width: int) -> str:
    """A text as a terminal of this width shows it, without styles."""
    console = Console(
        file=io.StringIO(), width=width, markup=False, emoji=False, highlight=False
    )
    console.print(fulltext.document(markdown, "2601.00007v3: arXiv's HTML"))
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().split("\n")
    return "\n".join(line.rstrip() for line in lines)


def check_golden(name: str, text: str) -> None:
    path = HERE / name
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(text)
    assert text == path.read_text()


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_in_markdown(name: str) -> None:
    text = TEXTS[name]()
    assert (text.version, text.is_truncated) == (3, False)
    check_golden(f"golden.{name}.md", text.markdown)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", TEXTS)
def test_a_text_on_a_terminal(name: str, width: int) -> None:
    shown = drawn(TEXTS[name]().markdown, width)
    assert max(map(columns, shown.split("\n"))) <= min(width, fulltext.WIDEST)
    if width == 80:
        check_golden(f"golden.{name}.80.txt", shown)


def in_page(body: str) -> bytes:
    """A page with this in the paper."""
    head = '<!DOCTYPE html><html><body><article class="ltx_document">'
    return f"{head}{body}</article></body></html>".encode()


def converted(body: str) -> str:
    return latexml.parse(in_page(body), {}, url=URL).markdown.strip("\n")


def paragraph(inside: str) -> str:
    return f'<p class="ltx_p">{inside}</p>'


def math(tex: str) -> str:
    return f'<math alttext="{tex}"></math>'


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        # Text shows as it is.
        ("a*b and *c*", r"a\*b and \*c\*"),
        ("snake_case _x_", r"snake_case \_x\_"),
        ("[1] and [a](b) and [c]: d", r"[1] and [a\](b) and [c\]: d"),
        ("&lt;b&gt; 1 &lt; 2 &amp;amp; &amp;", r"\<b> 1 < 2 \&amp; &"),
        ("costs $5 and $6", r"costs \$5 and \$6"),
        ("# no heading", r"\# no heading"),
        ("2. no item", r"2\. no item"),
        ("- no item", r"\- no item"),
        ("ends with \\", r"ends with \\"),
        # Fonts.
        ("<b>a</b>b", "**a**b"),
        ("<b>a.</b>b", "**a**.b"),
        ("<b>(a)</b>b", "(a)b"),
        ("x<i> a </i>y", "x *a* y"),
        ("<i>a <b>b</b></i>", "*a b*"),
        ("<i></i>a", "a"),
        ("<i>*</i>a", r"\*a"),
        # Formulas.
        (math("x&lt;y") + "-th", "$x<y$-th"),
        (math("\\displaystyle a%\nb"), "$ab$"),
        (math("\\text{a $b$ c}"), r"$\text{a \(b\) c}$"),
        (math(""), ""),
        ('<math><annotation encoding="application/x-tex">z</annotation></math>', "$z$"),
        # Links.
        ('<a href="https://a.example/b c">x</a>', "[x](https://a.example/b%20c)"),
        (
            '<a href="https://a.example/b">https://a.example/b</a>',
            "<https://a.example/b>",
        ),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ('<a href="data:text/html,x">x</a>', "x"),
        ('<a href="#S1">1</a>', "1"),
        ('<a href="https://arxiv.org/html/2601.00007v9#S1">1</a>', "1"),
        ('<a href="http://[::1">x</a>', "x"),
        # What is no text.
        ("a<script>alert(1)</script>b<style>c</style>", "ab"),
        ("a<!-- hidden -->b", "ab"),
        ("a&#27;[31mb\u202ec\u200bd\x07", "a[31mbcd"),
        ('a<img src="x.png">b', "ab"),
        # Signs.
        ("10<sup>-3</sup> x<sub>2</sub> 1<sup>st</sup>", "10⁻³ x₂ 1st"),
        (
            '<span class="ltx_ERROR">\\a</span><span class="ltx_ERROR">\\b</span>',
            r"`\a\b`",
        ),
        ("<code>a`b</code>", "``a`b``"),
    ],
)
def test_a_line(inside: str, expected: str) -> None:
    assert converted(paragraph(inside)) == expected


def cells(*texts: str, tag: str = "td", attributes: str = "") -> str:
    row = "".join(f"<{tag} {attributes}>{text}</{tag}>" for text in texts)
    return f"<tr>{row}</tr>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (cells("a", "b") + cells("1", "2"), "| a | b |\n| --- | --- |\n| 1 | 2 |"),
        (
            cells("a") + cells("b", attributes="colspan=2"),
            "> a\n>\n> b",
        ),
        (
            cells("a", "b", attributes="colspan=2") + cells("1", "2", "3", "4"),
            "| a |  | b |  |\n| --- | --- | --- | --- |\n| 1 | 2 | 3 | 4 |",
        ),
        (
            cells("a", "b") + cells("a|b", math("|x|")),
            "| a | b |\n| --- | --- |\n| a\\|b | $\\vert x\\vert$ |",
        ),
        (
            cells("long " * 9, "b") + cells("1", "2"),
            f"|  |  |\n| --- | --- |\n| {('long ' * 9).strip()} | b |\n| 1 | 2 |",
        ),
        (cells("", "") + cells(" ", ""), ""),
    ],
)
def test_a_table(body: str, expected: str) -> None:
    assert converted(f"<table>{body}</table>") == expected


@pytest.mark.parametrize("span", ["999999999", "0", "-3", "x", "²"])
def test_a_table_is_not_as_wide_as_a_cell_claims(span: str) -> None:
    row = cells("a", attributes=f"colspan={span} rowspan={span}")
    text = converted(f"<table>{row * 5}{cells('b', 'c')}</table>")
    assert len(text) < 5_000
    assert text.count("a") == 5


def test_notes_follow_what_they_belong_to() -> None:
    note = '<span class="ltx_note"><span class="ltx_note_content">n{}</span></span>'
    heading = f'<h2 class="ltx_title ltx_title_section">S{note.format(1)}</h2>'
    table = f"<table>{cells('a', 'b' + note.format(2))}{cells('1', '2')}</table>"
    text = converted(heading + table + paragraph(f"p{note.format(3)} q"))
    assert text.split("\n\n") == [
        "## S[^1]",
        "[^1]: n1",
        "| a | b[^2] |\n| --- | --- |\n| 1 | 2 |",
        "[^2]: n2",
        "p[^3] q",
        "[^3]: n3",
    ]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html><title>Sign in</title><p>portal</html>", "a page titled 'Sign in'"),
        (b"", "no page of a paper"),
        (b'{"error": "x"}', "no page of a paper"),
        (in_page("<p>x")[:-14], "the page is incomplete"),
        (in_page("<div>" * 100_000), "larger or deeper than any paper's"),
        (in_page("<b>" * 1000), "larger or deeper than any paper's"),
        (in_page("<i a=b>" * 900_000), "larger or deeper than any paper's"),
    ],
)
def test_another_page_is_refused(body: bytes, message: str) -> None:
    with pytest.raises(Unrecognised, match=re.escape(message)):
        latexml.parse(body, {}, url=URL, where="the page")


@pytest.mark.parametrize(
    "element",
    [
        '<ul class="ltx_biblist"><li class="ltx_bibitem">a',
        "<table><tr><td>a</td><td>b",
        "<dl><dd>a",
        '<div class="ltx_equation"><div class="ltx_eqn_row">a',
        '<div class="ltx_listing"><div class="ltx_listingline">a',
        '<svg><foreignObject class="ltx_p">' + "word " * 20,
        '<div class="ltx_authors"><span class="ltx_creator">a',
        '<span class="ltx_note"><span class="ltx_note_content">a',
        '<figure><figcaption class="ltx_caption">a',
        "<blockquote>a",
        "<ul><li>a",
    ],
)
def test_elements_within_their_like_are_read_once(element: str) -> None:
    """Each level twice would be 2^300 steps; none comes near Python's stack."""
    try:
        text = latexml.parse(in_page(element * 300), {}, url=URL).markdown
    except Unrecognised:
        return
    assert len(text) < 1_000_000
    drawn(text, 80)


@pytest.mark.parametrize(
    "piece",
    [
        "<p>a</p>",
        '<span class="ltx_note"><span class="ltx_note_content">n</span></span>',
        "<table><tr><td>a</td><td>b</td></tr></table>",
        "<td>a</td>",
        "[",
        "*",
        "`",
        "<em>a</em>*",
        "e\u0301",
    ],
)
def test_the_time_of_a_page_is_in_proportion_to_it(piece: str) -> None:
    assert grows_linearly(lambda size: converted(paragraph(piece * size)), 4000)


@pytest.mark.parametrize(
    "piece",
    [
        "\\a{",
        "{}^{",
        "italic_a ",
        "10 start_POSTSUPERSCRIPT ",
        "[a](b",
        "![",
        "  ",
        "a\n-\n",
        "# a\n",
        "1 1 1 ",
    ],
)
def test_the_time_of_markdown_is_in_proportion_to_it(piece: str) -> None:
    def convert(size: int) -> None:
        body = f"Title: T\n\nMarkdown Content:\na{piece * size}b\n"
        huggingface.parse(body.encode(), {})

    assert grows_linearly(convert, 4000)


@pytest.mark.parametrize(
    "charset", ["utf-8", "windows-1252", "utf-16", "hex", "no-such", ""]
)
def test_the_charset_of_a_page(charset: str) -> None:
    codec = charset if charset in ("windows-1252", "utf-16") else "utf-8"
    body = in_page(paragraph("Löss – river")).decode().encode(codec)
    headers = {"content-type": f"text/html; charset={charset}"}
    if codec == "utf-16":
        with pytest.raises(Unrecognised):  # arXiv's pages are UTF-8
            latexml.parse(body, headers, url=URL)
        return
    assert latexml.parse(body, headers, url=URL).markdown == "Löss – river\n"


@pytest.mark.parametrize(
    "words",
    [
        "Conversion to HTML had a Fatal error and exited abruptly. This document may be"
        " truncated or damaged.",
        "This document may be truncated or damaged",
        "fatal error and exited abruptly",
    ],
)
def test_a_conversion_that_broke_off_is_noticed(words: str) -> None:
    body = in_page(paragraph(f'<span class="ltx_ERROR">{words}</span>'))
    assert latexml.parse(body, {}, url=URL).is_truncated
    body = f"Title: x\n\nMarkdown Content:\n{words}\n".encode()
    text = huggingface.parse(body, {})
    assert text is not None
    assert text.is_truncated


@pytest.mark.parametrize(
    "body",
    [
        b"# A Paper\n\nPublished on Nov 6\n\n## Abstract\n\nx",
        b"",
        b"Title: x\n\nno content",
        b"Entry not found",
        b'{"error": "x"}',
    ],
)
def test_the_page_about_a_paper_is_no_full_text(body: bytes) -> None:
    assert huggingface.parse(body, {}) is None


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><title>portal</title>",
        b"  <html>",
        b"Title: x\n\nMarkdown Content:\n" + b"a\n" * 300_000,
        b"Title: x\n\nMarkdown Content:\n" + b"a" * 6_000_000,
    ],
)
def test_what_is_no_markdown_is_refused(body: bytes) -> None:
    with pytest.raises(Unrecognised):
        huggingface.parse(body, {})


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r"x_{i} and y^{2}.", r"$x_{i}$ and $y^{2}$."),
        (r"(see \alpha, \beta)", r"(see $\alpha$, $\beta$)"),
        (r"O(n\log n) steps", r"$O(n\log n)$ steps"),
        (r"2\,\mathrm{kHz} wide", r"$2\,\mathrm{kHz}$ wide"),
        (r"\text{if }x>0, else", r"$\text{if }x>0$, else"),
        ("snake_case and a_b stay", "snake_case and a_b stay"),
        ("a {b} c \\_d", "a {b} c \\_d"),
        ("$5 and $6", r"\$5 and \$6"),
        ("`x_{i}` is code", "`x_{i}` is code"),
        ("[x_{i}](https://a.example)", "[$x_{i}$](https://a.example)"),
        ("<script>x</script>", r"\<script>x\</script>"),
        ("x^{2", r"$x^{2$"),
        ("ε 𝜀\\varepsilon italic_ε-net", r"$\varepsilon$-net"),
        (
            "10−3 superscript 10 3 10^{-3}10 start_POSTSUPERSCRIPT - 3"
            " end_POSTSUPERSCRIPT.",
            "$10^{-3}$.",
        ),
        ("O⁢(n)𝑂 𝑛 O(n)italic_O ( italic_n ) time", "$O(n)$ time"),
        ("2 2 apples are 2 2 2", "2 2 apples are 2 2 2"),
        ("end.1 1 1 Note", "end.¹ (footnote 1) Note"),
    ],
)
def test_formulas_without_marks(line: str, expected: str) -> None:
    text = huggingface.parse(f"Title: T\n\nMarkdown Content:\nA {line}\n".encode(), {})
    assert text is not None
    assert text.markdown == f"# T\n\nA {expected}\n"
