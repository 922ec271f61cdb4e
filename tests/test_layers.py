"""The layers: imports point downwards only, and each library is known to the modules that need it.

Kept as data and checked on the syntax trees, imports inside functions included.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import papertrack

PACKAGE = Path(papertrack.__file__).parent

LAYERS = (
    {"errors", "addresses"},
    {"text", "spelling", "paths", "patterns"},
    {"tags"},
    {"identity", "dates"},
    {"model", "facts"},
    {"fields", "files", "lines"},
    {"query"},
    {"views", "rules"},
    {"merge", "union", "conflicts", "exports", "sources"},
    {
        *("index", "web", "crawl", "sockets", "answers", "manners", "render"),
        *("store", "backups", "replacing", "archive"),
    },
    {"steps"},
    {"desk"},
    {"library", "marking"},
    {"ruling"},
    {"fetching"},
    {"importing", "restoring", "uniting", "doctor"},
    {"cli"},
    {"__main__"},
)
"""A module imports from its own layer and those above it in this list."""

LIBRARIES = {
    "typer": {"cli"},
    "rich": {"render", "cli/output.py"},
    "httpx": {"web"},
    "httpcore": {"web", "sockets"},
    "tinydb": {"store"},
    "filelock": {"store", "manners", "index"},
    "sqlite3": {"index"},
    "feedparser": {"sources"},
    "selectolax": {"sources"},
    "bibtexparser": {"exports", "sources"},
    "pylatexenc": {"exports", "sources"},
    "platformdirs": {"paths"},
    "regex": {"query", "index"},
}


def _modules() -> Iterator[Path]:
    return PACKAGE.rglob("*.py")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "papertrack":
                yield from (f"papertrack.{alias.name}" for alias in node.names)
            else:
                yield node.module


def _top(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


@pytest.mark.parametrize("path", sorted(_modules()), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_downwards(path: Path) -> None:
    here = _top(path)
    if here == "__init__":
        assert not list(_imports(path)) or list(_imports(path)) == ["__future__"]
        return
    for name in _imports(path):
        if name.startswith("papertrack.") and (there := name.split(".")[1]) in LEVEL:
            assert LEVEL[there] <= LEVEL[here], f"{here} imports {there}, which stands above it"


@pytest.mark.parametrize("path", sorted(_modules()), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_library_is_known_where_it_is_needed(path: Path) -> None:
    relative = str(path.relative_to(PACKAGE))
    for name in _imports(path):
        allowed = LIBRARIES.get(name.split(".")[0])
        assert allowed is None or _top(path) in allowed or relative in allowed, f"{relative} imports {name}"


def test_every_module_has_its_layer() -> None:
    assert {_top(path) for path in _modules()} - {"__init__"} == set(LEVEL)
