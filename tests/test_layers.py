"""The import rules, as data: which package may import which, no cycles, and where each
library may be imported.

They are checked on the syntax trees, including imports inside functions and for types.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import papertrack

PACKAGE = Path(papertrack.__file__).parent

MAY_IMPORT = {
    "core": set(),
    "query": {"core"},
    "storage": {"core"},
    "config": {"core", "storage"},
    "sources": {"core"},
    "joining": {"core", "sources.trust"},
    "ranking": {"core", "query"},
    "index": {"core", "query", "storage", "joining", "ranking.hot"},
    "web": {"core", "storage"},
    "pictures": {"core"},
    "exports": {"core", "pictures"},
    "library": {
        *("core", "query", "storage", "sources.trust", "joining"),
        *("index", "ranking"),
    },
    "fetching": {"core", "query", "storage", "sources", "web", "library"},
    "render": {"core", "index", "library"},
    "mail": {"core", "query", "storage", "config", "exports", "library"},
    "cli": {
        *("core", "query", "storage", "index", "ranking", "sources", "web"),
        "pictures",
        "exports",
        *("library", "fetching", "render", "config", "mail"),
    },
    "__main__": {"cli"},
}
"""A package -> the packages and modules that it may import, all of them above it in this
list.
"""

LIBRARIES = {
    "typer": {"cli"},
    "rich": {"render", "cli/output.py"},
    "httpx": {"web"},
    "httpcore": {"web"},
    "tinydb": {"storage"},
    "filelock": {"storage", "index", "config/write.py"},
    "tomlkit": {"config/write.py"},
    "sqlite3": {"index", "library/temporary.py"},
    "feedparser": {"sources"},
    "selectolax": {"sources"},
    "bibtexparser": {"exports", "sources"},
    "markdown_it": {"exports", "render/fulltext.py"},
    "jinja2": {"exports/template.py"},
    "yaml": {"exports/frontmatter.py"},
    "pylatexenc": {"core/latex.py", "exports"},
    "platformdirs": {"core/environment.py"},
    "regex": {"query", "index"},
    "smtplib": {"mail/smtp.py"},
    "keyring": {"mail/secret.py"},
}
"""A library -> the packages and modules that may import it."""


def _name(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES = {_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _own_imports(name: str) -> set[str]:
    """The modules of papertrack that a module imports."""
    found = set()
    for imported in _imports(MODULES[name]):
        if imported.startswith("papertrack."):
            module = imported.removeprefix("papertrack.")
            found.add(module if module in MODULES else module.rpartition(".")[0])
    return found - {name}


def _package(name: str) -> str:
    return name.partition(".")[0]


def test_every_package_has_its_rule() -> None:
    assert {_package(name) for name in MODULES} - {""} == set(MAY_IMPORT)
    above: set[str] = set()
    for package, allowed in MAY_IMPORT.items():
        assert set(map(_package, allowed)) <= above, (
            f"{package} may import only what is above it in the list"
        )
        above.add(package)


def test_only_the_entry_points_are_beside_the_packages() -> None:
    assert {path.name for path in PACKAGE.glob("*.py")} == {
        "__init__.py",
        "__main__.py",
    }


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_downwards_between_packages(name: str) -> None:
    if not name:
        assert not _own_imports(name), "the package itself imports nothing"
        return
    for imported in _own_imports(name) - {""}:
        package = _package(imported)
        allowed = {_package(name), *MAY_IMPORT[_package(name)]}
        assert {package, imported} & allowed, f"{name} imports {imported}"


def test_no_modules_import_each_other() -> None:
    graph = {name: _own_imports(name) for name in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(error.args[1][::-1]))


@pytest.mark.parametrize("name", MODULES)
def test_each_library_is_imported_only_where_allowed(name: str) -> None:
    path = MODULES[name].relative_to(PACKAGE).as_posix()
    for imported in _imports(MODULES[name]):
        allowed = LIBRARIES.get(imported.partition(".")[0])
        places = {_package(name), path}
        assert allowed is None or allowed & places, f"{path} imports {imported}"


@pytest.mark.parametrize(
    "name", [name for name, path in MODULES.items() if path.name == "__init__.py"]
)
def test_every_package_describes_itself(name: str) -> None:
    assert ast.get_docstring(ast.parse(MODULES[name].read_text(encoding="utf-8")))


PRINTING = {
    "print": set(),
    "sys.stdout": {"cli/streams.py"},
    "sys.stderr": {"cli/streams.py"},
    "sys.__stdout__": set(),
    "sys.__stderr__": set(),
    "typer.echo": set(),
    "typer.secho": set(),
    "os.write": {"storage/", "cli/triage/terminal.py", "cli/foreground.py"},
    # In render it is the type of what a renderable draws for.
    "Console": {"cli/output.py", "render/fulltext.py"},
    "session.stdout.write": {"cli/output.py"},
    "session.stdout.draw": {"cli/output.py"},
    "session.stderr.write": set(),
    "session.stderr.draw": set(),
    "self.stderr.write": {"cli/session.py"},
    "write_drawn": {
        *("cli/output.py", "cli/typer_app.py", "cli/help.py", "cli/help_format.py"),
    },
}
"""Ways to print -> where they are used: all others go through `cli.output` and `Session`.

`write_drawn` is for texts of papertrack's own.
"""


@pytest.mark.parametrize("name", MODULES)
def test_everything_is_printed_through_one_door(name: str) -> None:
    path = MODULES[name].relative_to(PACKAGE).as_posix()
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute | ast.Name):
            used = ast.unparse(node)
            places = PRINTING.get(used, PRINTING.get(used.removeprefix("output.")))
            assert places is None or path.startswith((*places, "!")), (
                f"{path}, line {node.lineno}: {used}"
            )
