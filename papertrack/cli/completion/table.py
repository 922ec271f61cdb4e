"""The table that the completion scripts read: commands, options, arguments and words.

A row has five cells, separated by tabs:

    command   PATH   NAME      -     NOTE    NAME can follow PATH, which is empty at first
    option    PATHS  NAMES     KIND  NOTE    an option after PATHS, `*` for all of them
    argument  PATHS  POSITION  KIND  -       the argument at POSITION, `*` for all later ones
    word      LIST   WORD      -     NOTE    a word of a list

KIND says what the value can be: empty for a flag, `=LIST` for a word of a list, `+LIST` for
several with commas between them, or one of the kinds in KINDS.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Any, NamedTuple

import typer

from papertrack.cli.app import app
from papertrack.cli.command_table import COMMANDS, ENTRIES
from papertrack.cli.help_topics import TARGETS, TOPICS
from papertrack.cli.options import COLUMNS
from papertrack.core.field_names import CONDITIONS, PAPER_NAMES
from papertrack.core.fields import FIELDS
from papertrack.core.model import STATUSES
from papertrack.exports.registry import FORMATS, OPML

KINDS = {
    "SELECT": "select",
    "QUERY": "query",
    "ID": "ids",
    "TAG,TAG": "taglist",
    "OLD": "tags",
    "NEW": "tags",
    "tags NAME": "tags",
    "view save NAME": "views",
    "view remove NAME": "views",
    "feed remove N": "feeds",
    "rule add NAME": "rules",
    "rule test NAME": "rules",
    "rule apply NAME": "rules",
    "rule move NAME": "rules",
    "rule remove NAME": "rules",
    "RULE": "rules",
    "TARGET": "targets",
    "FILE": "files",
    "DIR": "dirs",
}
"""Metavar, after its command where needed -> kind. Others are not completed: `none`."""

Words = tuple[tuple[str, str], ...]
"""Words that can be typed, each with a note."""


class Parameter(NamedTuple):
    """An option or argument of a command, what its value can be, and the words of its list."""

    path: str
    param: Any
    kind: str
    words: Words = ()

    @property
    def metavar(self) -> str:
        """What the help calls the value: `SELECT` for `[SELECT]...`."""
        return _metavar(self.param)


def table() -> str:
    """The whole table."""
    return "\n".join("\t".join(row).rstrip("\t") for row in _rows())


def commands() -> Iterator[tuple[str, Any, str]]:
    """(path, command, note) of every command and sub-command."""
    root: Any = typer.main.get_command(app)
    yield "", root, ""
    for entry in ENTRIES:
        command = root.get_command(None, entry.name)
        for name in filter(None, (entry.name, entry.alias)):
            yield name, command, entry.summary
        for name, below in getattr(command, "commands", {}).items():
            yield f"{entry.name} {name}", below, below.get_short_help_str(100)


def parameters() -> Iterator[Parameter]:
    """The options and arguments of every command."""
    for path, command, _ in commands():
        for param in command.params:
            yield Parameter(path, param, *_value(path, param))


def _rows() -> Iterator[tuple[str, ...]]:
    for path, _, note in commands():
        if path:
            above, _, name = path.rpartition(" ")
            yield "command", above, name, "", _line(note)
    lists: dict[str, Words] = {
        "query": tuple(_query_words()),
        "targets": tuple(target[:2] for target in TARGETS if target.complete),
    }
    paths: dict[tuple[str, ...], list[str]] = {}
    for path, row in _parameter_rows(lists):
        paths.setdefault(row, []).append(path)
    for (type_, *cells), where in paths.items():
        yield type_, ",".join(where) or "*", *cells
    yield "option", "*", "-h,--help", "", "Show the help"
    for name, words in lists.items():
        for word, note in words:
            yield "word", name, word, "", _line(note)


def _parameter_rows(
    lists: dict[str, Words],
) -> Iterator[tuple[str, tuple[str, str, str, str]]]:
    """A path and the other cells of a row for each parameter. Adds to the lists of words."""
    position: dict[str, int] = {}
    for path, param, kind, words in parameters():
        if words and kind in ("=", "+"):
            kind += _list_name(lists, f"{path} {param.name}".strip(), words)
        if param.param_type_name == "option":
            names = sorted((*param.opts, *param.secondary_opts), key=len)
            kind = "" if param.is_flag else kind
            yield path, ("option", ",".join(names), kind, _line(param.help or ""))
        else:
            position[path] = position.get(path, 0) + 1
            number = "*" if param.nargs == -1 else str(position[path])
            yield path, ("argument", number, kind, "")


def _list_name(lists: dict[str, Words], name: str, words: Words) -> str:
    """The name of a list of words, after the first parameter that takes them."""
    for known, others in lists.items():
        if others == words:
            return known
    lists[name] = words
    return name


def _value(path: str, param: Any) -> tuple[str, Words]:
    """The kind of a parameter's value; with `=` and `+`, the words too."""
    choices = getattr(param.type, "choices", ())
    metavar = _metavar(param)
    if choices:
        values = (each.value if isinstance(each, Enum) else each for each in choices)
        return "=", tuple((str(value), "") for value in values)
    if param.name in ("columns", "fields"):
        helps = {field.name: field.help for field in FIELDS}
        names = COLUMNS if param.name == "columns" else PAPER_NAMES
        return "+", tuple((name, helps.get(name, "")) for name in names)
    if metavar == "FORMAT":
        rows = [(row.name, row.help) for row in FORMATS.values()]
        more = (OPML.name, OPML.help) if path == "export" else ("table", "a table")
        return "=", (*rows, more)
    if metavar == "TOPIC":
        return "=", tuple((name, "") for name in (*TOPICS, *COMMANDS))
    kind = KINDS.get(f"{path} {metavar}") or KINDS.get(metavar, "none")
    return kind, ()


def _metavar(param: Any) -> str:
    metavar: str = param.metavar or param.name
    return metavar.translate(str.maketrans("", "", "[]."))


def _query_words() -> Iterator[tuple[str, str]]:
    """What a term of a query can begin with; a word that ends in a colon wants a value."""
    for field in FIELDS:
        if field.query_name and field.query_name != "status":
            yield f"{field.query_name}:", field.help
    for prefix, names in CONDITIONS.items():
        for name, help in names.items():
            yield f"{prefix}:{name}", help
    for name in STATUSES:
        yield f"status:{name}", CONDITIONS["is"].get(name, "")


def _line(text: str) -> str:
    return " ".join(text.split()).rstrip(".")
