"""Invented papers, hostile titles, and goldens: UPDATE_GOLDENS=1 regenerates them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from papertrack.core.model import Paper

HOSTILE = (
    r"[/red] ]0;x :fire: =1+1 <script> \$(touch x)",
    "{",
    "}",
    "}{",
    "a {b",
    "a} b",
    '"',
    'say "hi"',
    "100 % sure",
    "@article{x, title={y}}",
    "ends in \\",
    "\\",
    "a, b; c",
    "a | b",
    "it's 'so'",
    "''",
    "``x''",
    "`code`",
    "```",
    "~~~",
    "a -- b --- c",
    "?` !`",
    "<<a>>",
    "$\\alpha$-divergence",
    "$",
    "x^2_i #1 & ~",
    "𝒳 🔥 🏳️‍🌈 :heavy_check_mark:",
    "大規模、入門",
    "Ünïcode Łódź Œuvre",
    "Ħalf ű ŧ ĸ ½ x² ﬁ · ʼ ˆ",
    "Γειά σου ἀρχή",
    "Лекция",
    "x̂ and ế",
    "“quoted” – dash… ‘x’",
    "≤ → ∞ ℝ",
    "- item",
    "+ item",
    "* item",
    "1. item",
    "12) item",
    "=",
    "===",
    "---",
    "# heading",
    "> quote",
    ":--",
    "|---|",
    "![img](http://x)",
    "[a](javascript:alert(1))",
    "[a]: http://x",
    "[^1]",
    "<!-- c",
    "</h2>",
    "&amp; &copy; &#60;",
    "http://e.org/a_b",
    "https://e.org/a_b_c",
    "www.e_x.org",
    "a@b.org",
    "_x_ __y__ *z*",
    "+SUM(A1)",
    "-2+3",
    "@SUM(1)",
    "＝1+1",
    "'=1",
    "%",
    "a\tb",
    "\\item \\textbf{x} \\\\",
    "##",
    "x #",
    "!",
    "* * *",
    "{{nested}} {",
    "a,,b",
)


@pytest.fixture(params=HOSTILE)
def hostile(request: pytest.FixtureRequest) -> str:
    """A title with the syntax of some format, as sources clean it."""
    title: str = " ".join(request.param.split())
    return title


@pytest.fixture(scope="session")
def papers() -> list[Paper]:
    """Four papers: one with all fields, one hostile, one with few fields, one from a
    journal.
    """
    return [
        Paper(
            id="2511.04570",
            key="arxiv:2511.04570",
            title="Thinking with Kites: Étude of a β-Model",
            abstract="We fly kites. They think, on average 3.5 times a day! Code is at https://kites.example/a_b.",
            authors=(
                "Ana Tóng",
                "Bo van der Berg",
                "C. Łuk",
                "Di Õ",
                "Ed Eng",
                "Flo Fin",
            ),
            author_count=9,
            organization="Kite Lab",
            published="2025-11-06",
            listed="2025-11-07",
            added="2025-11-08T09:00:00Z",
            version=2,
            sources=("arxiv", "hf"),
            categories=("cs.CL", "cs.LG"),
            keywords=("kites",),
            upvotes=94,
            comments=3,
            github="https://github.com/kites/think_(v2)",
            stars=1200,
            project="https://kites.example/?a=1&b=2",
            url="https://arxiv.org/abs/2511.04570",
            pdf="https://arxiv.org/pdf/2511.04570",
            tags=("nlp/kites", "to read"),
            status="later",
            starred=True,
            note="Compare *this* with last year's.\n- ask Bo\n\n=1+1",
            score=1.5,
        ),
        Paper(
            id="2511.00002",
            key="arxiv:2511.00002",
            title=HOSTILE[0],
            summary="1. A {hostile} summary | with <b>tags</b>.",
            authors=("=Eve {X}", "Barnes and Noble"),
            published="2025-11-01",
            upvotes=0,
            github="javascript:alert(1)",
            url="https://e.example/a)b <x>",
            sources=("hf",),
            tags=("`odd`",),
        ),
        Paper(id="0123456789", key="title:0123456789", title="大規模", author_count=12),
        Paper(
            id="10.1234/kite(1)_2",
            key="doi:10.1234/kite(1)_2",
            title="The Wind & Other Stories",
            authors=("Tong, Ana", "The Kite Collaboration"),
            published="2024",
            updated="2025-01-01",
            doi="10.1234/kite(1)_2",
            venue="Journal of Kites & Strings",
            pdf="http://kites.example/wind.pdf",
            added="2025-10-31T09:00:00Z",
            sources=("bib",),
            tags=("nlp/kites",),
            status="read",
        ),
    ]


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compares a text with the golden file of that name, byte for byte."""

    def compare(name: str, text: str) -> None:
        path = Path(__file__).with_name(f"golden.{name}")
        if os.environ.get("UPDATE_GOLDENS"):
            path.write_bytes(text.encode())
        assert text == path.read_bytes().decode()

    return compare
