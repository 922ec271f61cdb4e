"""The forms of a digest: UPDATE_GOLDENS=1 regenerates the expected ones."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from email import message_from_string
from email.policy import default
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from papertrack.core.facts import Facts
from papertrack.core.model import Mark
from papertrack.library.library import Library
from papertrack.library.rules import Rule, actions_of
from papertrack.mail import formats, html, message
from papertrack.mail.account import Account, Mailbox
from papertrack.mail.digest import Digest, Request, gather

MONDAY = dt.date(2025, 11, 24)
ACCOUNT = Account(
    Mailbox("Zoë, Lab", "zoe@example.org"),
    [Mailbox("", "zoe@example.org"), Mailbox("Bo", "bo@example.org")],
    None,
    "true",
    1.0,
    {},
)
HOSTILE = r'[/red] ]0;x :fire: =1+1 <script> "quoted" \$(touch x) & 1. # *b*'


@pytest.fixture
def filled(library: Library, facts: Callable[..., Facts]) -> Library:
    """A library with new papers of two sources, tags, a star and a rule."""
    kites = facts(
        "2511.04570",
        title="Thinking with Kites: Étude of a β-Model",
        abstract="We fly kites. They think. " * 30,
        authors=("Ana Tóng", "Bo van der Berg", "C. Łuk", "D", "E", "F", "G"),
        organization="Kite Lab",
        listed="2025-11-07",
        upvotes=94,
        comments=3,
        github="https://github.com/kites/think_(v2)",
        stars=1200,
        project="https://kites.example/?a=1&b=2",
    )
    hostile = facts(
        "2511.00002",
        title=HOSTILE,
        summary="1. A {hostile} summary | with <b>tags</b>.",
        authors=("=Eve <i>X</i>",),
        github="javascript:alert(1)",
        upvotes=0,
        listed="2025-11-21",
    )
    wide = facts("2511.00003", title="大規模言語モデルの評価", listed="2025-11-20")
    post = Facts(title="A Post of the Owls", ids=("url:https://owls.example/1",))
    library.settings.arrange_rules(
        lambda _: [Rule("kites", "kite*", actions_of("tag nlp/kites"))], what="x"
    )
    listed = {"hf": [kites, hostile, wide], "feed:owls": [post]}
    library.adding.add(listed, rules_on=MONDAY)
    library.marking.mark(
        ["arxiv:2511.00003"],
        lambda mark: Mark(tags=("wide", "nlp"), starred=True, note="Not for others."),
        what=str,
    )
    return library


def made(library: Library, **more: object) -> Digest:
    values = {"name": "default", "words": [], "group": "tag", **more}
    request = Request(today=MONDAY, utc_today=MONDAY, **values)  # type: ignore[arg-type]
    return gather(library, request)


def written(digest: Digest, form: str) -> str:
    if form == formats.EMAIL:
        return message.of_digest(digest, ACCOUNT, "key")
    return formats.dumps(digest, form)


@pytest.mark.parametrize("form", formats.FORMATS)
def test_golden(form: str, filled: Library) -> None:
    text = written(made(filled), form)
    # Boundaries between the parts of a message are random.
    text = re.sub("=====+[0-9]+==", "===boundary==", text)
    suffix, *_ = formats.FORMATS[form]
    path = Path(__file__).with_name(f"golden{suffix}")
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(text, encoding="utf-8", newline="")
    assert text == path.read_bytes().decode()


def plain(text: str) -> str:
    return " ".join(text.split())


FACTS = (
    *("Thinking with Kites: Étude of a β-Model", "大規模言語モデルの評価", HOSTILE),
    *("A Post of the Owls", "2025-11-07 · ▲ 94 · 3 comments · #nlp/kites", "Kite Lab"),
    *("Ana Tóng, Bo van der Berg, C. Łuk, D, E and 2 others", "=Eve <i>X</i>"),
    *("rule kites", "feed owls", "1. A {hostile} summary | with <b>tags</b>."),
    *("★", "code (★ 1,200)", "discussion", "project"),
)


@pytest.mark.parametrize("program", ["text", "w3m"])
def test_the_same_facts(program: str, filled: Library, tmp_path: Path) -> None:
    """In the text, and in the page as a browser for terminals shows it."""
    digest = made(filled)
    shown = formats.dumps(digest, "text")
    if program == "w3m":
        if shutil.which("w3m") is None:
            pytest.skip("w3m is not installed")
        page = tmp_path / "page.html"
        page.write_text(formats.dumps(digest, "html"), encoding="utf-8")
        command = ["w3m", "-dump", "-cols", "72", "-O", "UTF-8", str(page)]
        shown = subprocess.run(
            command, capture_output=True, text=True, check=True
        ).stdout
    for fact in FACTS:
        assert plain(fact) in plain(shown), fact
    assert "Not for others" not in shown
    assert shown.index("nlp") < shown.index("Untagged")


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_nothing_of_a_title_is_markup(form: str, filled: Library) -> None:
    text = formats.dumps(made(filled), form)
    page = MarkdownIt("commonmark").render(text) if form == "markdown" else text
    assert "<script" not in page
    assert "<b>" not in page
    assert "javascript:" not in page
    assert "Not for others" not in page


def test_a_paper_with_several_tags_is_shown_once(filled: Library) -> None:
    text = formats.dumps(made(filled), "text")
    assert text.count("  https://arxiv.org/abs/2511.00003") == 1
    assert "See above:\n- 大規模言語モデルの評価" in text


def test_the_parts_of_a_message(filled: Library) -> None:
    digest = made(filled)
    source = written(digest, formats.EMAIL)
    assert source.isascii()
    parsed = message_from_string(source, policy=default)
    assert parsed["From"] == '"Zoë, Lab" <zoe@example.org>'
    assert parsed["Subject"] == digest.title
    text, page = (part.get_content() for part in parsed.iter_parts())
    assert text == formats.dumps(digest, "text")
    assert page == html.dumps(digest)


@pytest.mark.parametrize("most", [90_000, 20_000, 9_000, 5_000, 3_000])
@pytest.mark.parametrize("count", [1, 40, 400])
def test_a_page_is_never_larger(
    most: int, count: int, filled: Library, facts: Callable[..., Facts]
) -> None:
    """Abstracts are shortened, then left out, then papers are counted."""
    texts = {"title": f"{'甲' * 60} {{}}", "abstract": "What it says. " * 60}
    added = [
        facts(
            f"2511.{number:05}", **{name: t.format(number) for name, t in texts.items()}
        )
        for number in range(10, 10 + count)
    ]
    filled.adding.add({"hf": added})
    digest = made(filled, group=None)
    page = html.dumps(digest, most=most, rest=", elsewhere")
    assert len(page.encode()) <= most
    shown = page.count("font-weight:bold")
    found = re.search("and ([0-9,]+) more, elsewhere", page)
    assert shown + int(found[1] if found else 0) == len(digest.papers)
    whole = html.dumps(digest)
    assert (found is None) == (shown == len(digest.papers))
    assert page == whole or len(whole.encode()) > most
