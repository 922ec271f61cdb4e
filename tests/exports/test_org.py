"""Org, read by pandoc where it is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from papertrack.core.model import Paper
from papertrack.exports import org
from papertrack.exports.registry import export
from tests.exports.conftest import HOSTILE

BREAK = "\u200c"
SYNTAX = (
    "COMMENT what follows",
    "TODO: a second keyword",
    "[#A] a priority",
    "DEADLINE: <2025-01-01 Wed>",
    "[2025-01-01 Wed] and [1/2]",
    "a =b= ~c~ +d+ /e/ *f* _g_ **h** /*i*/ (*j*) —*k*—",
    "x_{i}^{2} and y_(j)",
    "{{{title}}} and <<target>> and <<<radio>>>",
    "@@html:<b>@@",
    "src_sh{touch pwned} and call_pwned()",
    "elisp:(shell-command) and shell:ls, file:/etc/passwd",
    "[fn:1] and [fn::inline] and [cite:@x]",
    "ends in tags :a:b:",
    ":PROPERTIES:",
    "%%(diary-float t 4 2)",
    "#+include: /etc/passwd",
    "\\textbf{x} and \\alpha{} and \\\\",
    "\\(x\\) \\[y\\] \\begin{x}",
    "a. letter",
    "* not a headline",
)


def tree(text: str) -> list[dict[str, Any]]:
    """The blocks that pandoc reads in an Org file."""
    if shutil.which("pandoc") is None:
        pytest.skip("pandoc is not installed")
    done = subprocess.run(
        ["pandoc", "-f", "org", "-t", "json"],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    blocks: list[dict[str, Any]] = json.loads(done.stdout)["blocks"]
    return blocks


def shown(inlines: list[dict[str, Any]]) -> str:
    """Inlines as text, without keyword, priority and tags; other markup as its name."""
    words = []
    for inline in inlines:
        kind, content = inline["t"], inline.get("c")
        if kind == "Str":
            words.append(str(content).replace(BREAK, ""))
        elif kind in ("Space", "SoftBreak"):
            words.append(" ")
        elif kind == "Math":
            assert content
            words.append(f"${content[1]}$")
        elif kind != "Span":
            words.append(f"<{kind}>")
    return "".join(words).strip()


def test_titles_and_abstracts_are_text_to_pandoc() -> None:
    titles = [" ".join(title.split()) for title in (*HOSTILE, *SYNTAX)]
    papers = [
        Paper(
            id=str(place), key=f"url:{place}", title=title, abstract=title, tags=("a",)
        )
        for place, title in enumerate(titles)
    ]
    blocks = tree(export(papers, "org", title="*Mine* [[x]]"))
    assert [block["t"] for block in blocks] == ["Header", "Para"] * len(papers)
    headlines = [shown(block["c"][2]) for block in blocks[::2]]
    assert headlines == titles
    assert [shown(block["c"]) for block in blocks[1::2]] == titles


@pytest.mark.parametrize(
    ("facts", "classes", "words"),
    [
        ({}, ["todo", "TODO"], "Kettles"),
        ({"status": "read"}, ["done", "DONE"], "Kettles"),
        ({"status": "later"}, ["todo", "LATER"], "Kettles"),
        ({"status": "hidden"}, ["done", "HIDDEN"], "Kettles"),
        ({"starred": True}, ["todo", "TODO"], "[#A] Kettles"),
        ({"title": ""}, ["todo", "TODO"], "x"),
    ],
)
def test_the_marks_of_a_headline(
    facts: dict[str, Any], classes: list[str], words: str
) -> None:
    paper = Paper(id="x", key="url:x", title="Kettles", url="https://tea.example/")
    text = export([paper._replace(**facts)], "org")
    assert f"* {classes[1]} {words}\n" in text
    (headline,) = tree(text)
    _, (_, _, properties), inlines = headline["c"]
    assert ["url", "https://tea.example/"] in properties
    assert inlines[0]["c"][0][1] == classes


@pytest.mark.parametrize(
    ("tags", "written"),
    [
        (("nlp/kites", "to read"), ":nlp_kites:to_read:"),
        (("a-b", "a_b"), ":a_b:"),
        (("ünï", "大規模"), ":ünï:大規模:"),
        (("@home", "#1", "50%"), ":@home:#1:50%:"),
        (("a:b", "`x`"), ":a_b:_x_:"),
    ],
)
def test_tags_have_the_characters_of_org(tags: tuple[str, ...], written: str) -> None:
    paper = Paper(id="1", key="url:1", title="Kettles", tags=tags)
    assert f"* TODO Kettles {written}\n" in export([paper], "org")
    spans = tree(export([paper], "org"))[0]["c"][2][1:]
    read = [span["c"][0][2] for span in spans if span["t"] == "Span"]
    assert [dict(attributes)["tag-name"] for attributes in read] == [
        *written.strip(":").split(":")
    ]


@pytest.mark.parametrize(
    "note",
    [
        "* not a headline",
        "#+end_src\n* out",
        ", a comma of my own\n#+x",
        "x\n  #+end_src",
        "- a\n\n    code\n\n- b",
        ":END:\n[[x]] {{{y}}}",
    ],
)
def test_a_note_is_markdown_as_it_was_written(note: str) -> None:
    paper = Paper(id="1", key="url:1", title="Kettles", note=note)
    headline, block = tree(export([paper], "org"))
    assert headline["t"] == "Header"
    assert block["t"] == "CodeBlock"
    assert block["c"] == [["", ["markdown"], []], f"{note}\n"]


def test_a_formula_stays_one() -> None:
    assert org.escape("the $x_i^2$ of *y*") == f"the $x_i^2$ of {BREAK}*y*"
