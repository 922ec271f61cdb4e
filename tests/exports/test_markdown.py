"""Markdown, checked by markdown-it's CommonMark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from papertrack.core.model import Paper
from papertrack.core.text import clean, sentences
from papertrack.exports.grouping import GROUPINGS
from papertrack.exports.markdown import escape
from papertrack.exports.registry import export

letters = st.characters(codec="utf-8") | st.sampled_from(
    "[]()*_<>&#`\\|~!:-+=.1 \"'/aé@$"
)
texts = st.text(letters, max_size=40).map(clean).filter(bool)
notes = st.text(letters | st.just("\n"), max_size=60)


def tokens(text: str) -> list[Token]:
    return MarkdownIt("commonmark").parse(text)


def flat(tree: list[Token]) -> Iterator[Token]:
    for token in tree:
        yield token
        yield from flat(token.children or [])


def shown(inline: Token) -> str:
    """The visible text of a line of inline tokens; a hard break is a newline."""
    breaks = {"softbreak": " ", "hardbreak": "\n"}
    return "".join(
        breaks.get(token.type, token.content) for token in inline.children or []
    )


def headings(text: str) -> list[str]:
    tree = tokens(text)
    return [
        shown(tree[at + 1])
        for at, token in enumerate(tree)
        if token.type == "heading_open"
    ]


def links(text: str) -> list[tuple[str, str]]:
    """Every link: its text and its address."""
    found = []
    for inline in tokens(text):
        children = inline.children or []
        for at, token in enumerate(children):
            if token.type == "link_open":
                end = next(
                    i
                    for i in range(at, len(children))
                    if children[i].type == "link_close"
                )
                label = "".join(child.content for child in children[at + 1 : end])
                found.append((label, str(token.attrs["href"])))
    return found


def has_html(text: str) -> bool:
    return any(
        token.type in ("html_inline", "html_block") for token in flat(tokens(text))
    )


def paper(title: str, **more: Any) -> Paper:
    return Paper(id="2511.00001", key="url:https://e.org/x", title=title, **more)


@pytest.mark.parametrize("group", GROUPINGS)
def test_grouped_golden(
    group: str, papers: list[Paper], golden: Callable[[str, str], None]
) -> None:
    golden(
        f"{group}.markdown", export(papers, "markdown", group=group, title="Kites & co")
    )


def test_long_golden(golden: Callable[[str, str], None]) -> None:
    many = [
        paper(f"Kite {number % 12}: what’s [new]?", url="https://e.org")
        for number in range(21)
    ]
    golden("long.markdown", export(many, "markdown"))


def test_hostile_titles_are_shown_literally(hostile: str) -> None:
    linked = export([paper(hostile, url="https://e.org/x")], "markdown")
    assert links(linked) == [(hostile, "https://e.org/x")]
    bare = export([paper(hostile)], "markdown", title=hostile)
    assert headings(bare) == [hostile, hostile]
    assert links(bare) == []
    assert not has_html(linked + bare)


@given(title=texts, abstract=texts, author=texts, tag=texts, url=texts)
def test_any_text_is_shown_literally(
    title: str, abstract: str, author: str, tag: str, url: str
) -> None:
    one = paper(
        title,
        abstract=abstract,
        authors=(author,),
        tags=(tag,),
        url=f"https://e.org/{url}",
    )
    text = export([one], "markdown", title=title)
    assert not has_html(text)
    assert headings(text) == [title, title]
    tree = tokens(text)
    inlines = [token for token in tree if token.type == "inline"]
    assert shown(inlines[3]) == author
    assert shown(inlines[4]) == sentences(abstract, 400)
    assert shown(inlines[-1]) == f"#{tag}"
    kinds = {token.type for token in flat(tree)} - {
        "text",
        "inline",
        "hardbreak",
        "code_inline",
    }
    assert {kind.rpartition("_")[0] for kind in kinds} <= {
        "heading",
        "paragraph",
        "link",
    }
    assert len(links(text)) == 1


@given(note=notes, tag=texts)
def test_any_note_is_a_quote_without_html(note: str, tag: str) -> None:
    text = export([paper("T", note=note, tags=(tag,))], "markdown")
    assert not has_html(text)
    outside = [token for token in tokens(text) if token.level == 0]
    assert [token.type.rpartition("_")[0] for token in outside[::2]] == [
        *("heading", "paragraph", "heading"),
        *(["blockquote"] if any(map(clean, note.splitlines())) else []),
        "paragraph",
    ]
    assert shown([token for token in tokens(text) if token.type == "inline"][-1]) == (
        f"#{tag}"
    )


@pytest.mark.parametrize(
    ("note", "quoted"),
    [
        ("*Nice* `x`", "> *Nice* `x`"),
        ("a\nb", "> a\n> b"),
        ("a  \nb", "> a  \n> b"),
        ("- a\n  - b\n\n1. c", "> - a\n>   - b\n>\n> 1. c"),
        ("\ta", ">     a"),
        ("[a](https://e.org) <https://e.org>", "> [a](https://e.org) <https://e.org>"),
        ("1 < 2", "> 1 < 2"),
        ("a <b>c</b>", "> a \\<b>c\\</b>"),
        ("`<b>` and <i>", "> `<b>` and \\<i>"),
        ("<!-- a\n\nb -->", "> \\<!-- a\n>\n> b -->"),
        ("<script>\nx <b>\n</script>", "> \\<script>\n> x \\<b>\n> \\</script>"),
        ("```\n<b>\n```", "> ```\n> <b>\n> ```"),
        ("\\\\<b>", "> \\\\\\<b>"),
        ("a\x1b[31m\u202eb", "> a[31mb"),
        (" \n\n", ""),
    ],
)
def test_notes_stay_the_markdown_that_was_written(note: str, quoted: str) -> None:
    text = export([paper("T", note=note)], "markdown")
    block = f"\n{quoted}\n" if quoted else ""
    assert text == f"# Reading list\n\n1 paper\n\n## T\n{block}"


def test_a_paper_of_several_groups_is_shown_once() -> None:
    both = paper("Both", tags=("a", "b"))
    only = paper("Only", tags=("b",))._replace(key="arxiv:2511.00002")
    text = export([both, only], "markdown", group="tag")
    assert headings(text) == ["Reading list", "a", "Both", "b", "Only"]
    assert text.endswith("See also:\n\n- [Both](#both)\n")


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({"authors": ("A",)}, "A"),
        ({"starred": True}, "★"),
        ({"status": "later"}, "later"),
        ({"status": "read", "starred": True, "upvotes": 3}, "▲ 3 · ★ · read"),
    ],
)
def test_stars_and_status(facts: dict[str, Any], line: str) -> None:
    text = export([paper("T", **facts)], "markdown")
    assert text == f"# Reading list\n\n1 paper\n\n## T\n\n{line}\n"


def test_links_to_arxiv_and_the_discussion() -> None:
    listed = Paper(
        id="2511.00001",
        key="arxiv:2511.00001",
        title="T",
        url="https://e.org/x",
        sources=("hf",),
    )
    arxiv = ("arXiv", "https://arxiv.org/abs/2511.00001")
    discussion = ("discussion", "https://huggingface.co/papers/2511.00001")
    title = ("T", "https://e.org/x")
    assert links(export([listed], "markdown")) == [title, arxiv, discussion]
    titled = listed._replace(url=arxiv[1], sources=("arxiv",))
    assert links(export([titled], "markdown")) == [("T", arxiv[1])]


def test_the_summary_comes_before_the_abstract() -> None:
    text = export([paper("T", summary="Short.", abstract="Long.")], "markdown")
    assert "Short." in text
    assert "Long." not in text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a: b (c) 3.5", "a: b (c) 3.5"),
        ("1. a", "1\\. a"),
        ("2025 was", "2025 was"),
        ("3.5 a", "3.5 a"),
        ("12)", "12\\)"),
        ("- a - b", "\\- a - b"),
        ("+ a + b", "\\+ a + b"),
        (":-- a", "\\:-- a"),
        ("=== a = b", "\\=== a = b"),
        (":fire: :a b:", "\\:fire: :a b:"),
        ("see https://e.org/a_b", "see https\\://e.org/a\\_b"),
        ("www.e.org", "www\\.e.org"),
        ("a|b ~ $x <b> & # \\", "a\\|b \\~ \\$x \\<b\\> \\& \\# \\\\"),
    ],
)
def test_escape(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@pytest.mark.parametrize(
    ("authors", "count", "line"),
    [
        (("A",), None, "A"),
        (("A", "B", "C", "D", "E"), None, "A, B, C, D, E"),
        (("A", "B", "C", "D", "E", "F"), None, "A, B, C, D, E and 1 other"),
        (("A", "B", "C", "D", "E", "F"), 9, "A, B, C, D, E and 4 others"),
        (("A",), 3, "A and 2 others"),
        (("Tong, Ana", "B Li"), None, "Tong, Ana; B Li"),
        ((), 1, "1 author"),
        ((), 12, "12 authors"),
    ],
)
def test_authors(authors: tuple[str, ...], count: int | None, line: str) -> None:
    text = export([paper("T", authors=authors, author_count=count)], "markdown")
    assert text == f"# Reading list\n\n1 paper\n\n## T\n\n{line}\n"


def test_an_invalid_address_is_not_a_link() -> None:
    assert links(
        export(
            [paper("T", url="javascript:x", pdf="https://e.org/a b.pdf")], "markdown"
        )
    ) == [
        ("T", "https://e.org/a%20b.pdf"),
    ]
    assert (
        links(export([paper("T", url="javascript:x", github="data:x")], "markdown"))
        == []
    )


def test_entities_in_an_address_are_escaped() -> None:
    assert links(
        export([paper("T", url="https://e.org/?a=1&copy;=2&amp=3")], "markdown")
    ) == [("T", "https://e.org/?a=1&copy;=2&amp=3")]


def test_groups_and_their_order() -> None:
    drawn = [
        paper("A", tags=("b", "a"), listed="2025-11-07"),
        paper("B", tags=(), published="2025-12-01")._replace(key="url:b"),
        paper("C", tags=("a",))._replace(key="url:c"),
    ]
    levels = headings(export(drawn, "markdown", group="tag"))
    assert levels == ["Reading list", "a", "A", "C", "b", "Untagged", "B"]
    assert headings(export(drawn, "markdown", group="month"))[1:] == [
        "2025-12",
        "B",
        "2025-11",
        "A",
        "Undated",
        "C",
    ]
    assert links(export(drawn, "markdown", group="tag")) == [
        ("a", "#a"),
        ("b", "#b"),
        ("Untagged", "#untagged"),
        ("A", "#a-1"),
    ]


def test_anchors_match_those_of_github() -> None:
    titles = [
        "What’s new? (v2.0) – über_all",
        "Same",
        "Same",
        "Same-1",
        "Reading list",
        "!!!",
        "🔥 Hot",
    ]
    found = links(export([paper(title) for title in titles * 3], "markdown"))[:7]
    assert [address for _, address in found] == [
        "#whats-new-v20--%C3%BCber_all",
        "#same",
        "#same-1",
        "#same-1-1",
        "#reading-list-1",
        "#-hot",
        "#whats-new-v20--%C3%BCber_all-1",
    ]


def test_a_paper_without_a_title_is_shown_by_its_id() -> None:
    assert headings(export([paper("")], "markdown")) == ["Reading list", "2511.00001"]
