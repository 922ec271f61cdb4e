"""Help, messages and README use plain words: none of those that the style guide
replaces.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

import papertrack
from papertrack.cli import typer_app
from papertrack.cli.completion.table import commands
from papertrack.cli.help_format import overview
from papertrack.cli.help_topics import TOPICS
from papertrack.cli.session import Session

PACKAGE = Path(papertrack.__file__).parent
README = PACKAGE.parent / "README.md"
SOURCES = sorted(PACKAGE.rglob("*.py"))

REPLACED = {
    r"told|tells?|telling": "show, report, print",
    r"said|says?|saying": "show, report; facts",
    r"ask(?:s|ed|ing)?": "request, query",
    r"held|lying|lies": "existing, stored, location",
    r"kept": "saved, cached, stored",
    r"came": "new, fetched",
    r"gone": "removed, missing",
    r"anew": "rebuild, regenerate, again",
    r"mend(?:s|ed|ing)?": "repair",
    r"(?:take|takes|took|taken|taking) (?:\w+ )?in": "import, merge, add",
    r"(?:take|takes|took|taken|taking) (?:\w+ )?back": "undo",
    r"passed by|left aside": "skipped",
    r"(?:goes|go|went) on": "resumes, continues",
    r"manners": "rate limits",
    r"answers?|answered": "response",
    r"desk(?!\.json)": "settings",
    r"(?:is|are) no": "not a, not an; unknown",
    r"(?:no|none) such": "unknown X; did you mean Y?",
    r"so already": "already NAME; nothing changed",
}
"""Words of an old private vocabulary -> those to use."""

ALLOWED = {
    r"may take in all": "takes time",
    r"(?:asks?|asking) for confirmation": "a prompt does ask",
    r"\bmended: ": "a column of doctor, which scripts may read",
    r"said an object": "a key of the file format",
    r"no such option: ": "the beginning of a message of Typer's, which is replaced",
}
"""Phrases that are fine -> why."""

FORBIDDEN = re.compile(rf"\b(?:{'|'.join(REPLACED)})\b", re.IGNORECASE)


def forbidden(text: str) -> list[str]:
    """The words of a text that are to be replaced."""
    text = re.sub("|".join(ALLOWED), "", text, flags=re.IGNORECASE)
    return FORBIDDEN.findall(text)


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of the string constants of several words; docstrings are not among
    them.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    docstrings = {id(statement.value) for statement in statements}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in docstrings:
            continue
        if isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value


@pytest.mark.parametrize(
    "path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_messages(path: Path) -> None:
    found = [(line, forbidden(text), text) for line, text in strings(path)]
    assert [row for row in found if row[1]] == []


HELP = {path: command for path, command, _ in commands() if path}


@pytest.mark.parametrize("path", HELP)
def test_help_of_commands(path: str) -> None:
    root = typer.Context(typer_app.root(), obj=Session({}))
    context = typer.Context(HELP[path], parent=root)
    assert forbidden(HELP[path].get_help(context)) == []


def test_overview() -> None:
    assert forbidden(overview(80, {})) == []


@pytest.mark.parametrize("topic", TOPICS)
def test_topics(topic: str) -> None:
    assert forbidden(TOPICS[topic](80)) == []


def test_readme() -> None:
    prose = re.sub("```.*?```", "", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert forbidden(prose) == []
