"""The table that the completion scripts read: commands, options, arguments and words.

A row has five cells, separated by tabs:

    command   PATH   NAME      -     NOTE    NAME can follow PATH, which is empty at first
    option    PATHS  NAMES     KIND  NOTE    an option after PATHS, `*` for all of them
    argument  PATHS  POSITION  KIND  -       the argument at POSITION, `*` for all later ones
    word      KIND   WORD      -     NOTE    a word of a query, or a target
    setting   KEY    -         KIND  -       a key of config.toml, or a section and a dot

KIND says what the value can be: empty for a flag, `=a,b` for one of these words, `+a,b` for
several with commas between them, or one of the kinds in KINDS.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from papertrack.cli import typer_app
from papertrack.cli.command_table import COMMANDS, ENTRIES
from papertrack.cli.help_format import choices
from papertrack.cli.help_topics import TARGETS, TOPICS
from papertrack.cli.listing import COLUMNS
from papertrack.config.keys import KEYS, Key
from papertrack.config.kinds import Choice, File, Flag, Folder, Several, SortFields
from papertrack.core.field_names import CONDITIONS, PAPER_NAMES
from papertrack.core.fields import FIELDS
from papertrack.core.model import STATUSES
from papertrack.core.text import pairs
from papertrack.exports.registry import EXPORT_ONLY, FORMATS

KINDS = dict(
    pairs("""
    SELECT            select
    QUERY             query
    ID                ids
    TAG,TAG           taglist
    OLD               tags
    NEW               tags
    tags NAME         tags
    view save NAME    views
    view remove NAME  views
    follow remove NAME  views
    feed remove N     feeds
    rule add NAME     rules
    rule test NAME    rules
    rule apply NAME   rules
    rule move NAME    rules
    rule remove NAME  rules
    RULE              rules
    TARGET            targets
    FILE              files
    DIR               dirs
    config set VALUE  setting
""")
)
"""Metavar, after its command where needed -> kind. Others are not completed: `none`."""


SETTINGS = {"sources": "targets", "list.query": "query"}
"""Key of config.toml -> kind, where the kind of its value does not show it."""


SEVERAL = "A,B"
"""What the help calls a value of several words with commas between them."""


class Parameter(NamedTuple):
    """An option or argument of a command, and what its value can be."""

    path: str
    param: Any
    kind: str


def table() -> str:
    """The whole table."""
    return "\n".join("\t".join(row).rstrip("\t") for row in _rows())


def commands() -> Iterator[tuple[str, Any, str]]:
    """(path, command, note) of every command and sub-command."""
    root: Any = typer_app.root()
    yield "", root, ""
    for entry in ENTRIES:
        command = root.get_command(None, entry.name)
        for name in entry.names:
            yield name, command, entry.summary
        for name, below in getattr(command, "commands", {}).items():
            yield f"{entry.name} {name}", below, below.get_short_help_str(100)


def parameters() -> Iterator[Parameter]:
    """The options and arguments of every command."""
    for path, command, _ in commands():
        for param in command.params:
            yield Parameter(path, param, _kind(path, param))


def _rows() -> Iterator[tuple[str, ...]]:
    for path, _, note in commands():
        above, _, name = path.rpartition(" ")
        if path:
            yield "command", above, name, "", _line(note)
    paths: dict[tuple[str, ...], list[str]] = {}
    for path, row in _parameter_rows():
        paths.setdefault(row, []).append(path)
    for (type_, *cells), where in paths.items():
        yield type_, ",".join(where) or "*", *cells
    yield "option", "*", "-h,--help", "", "Show the help"
    for word, note in _query_words():
        yield "word", "query", word, "", _line(note)
    for key in KEYS:
        if (kind := _kind_of_setting(key)) != "none":
            yield "setting", key.name.removesuffix("*"), "", kind
    for target in TARGETS:
        if target.complete:
            yield "word", "targets", target.example, "", _line(target.help)


def _parameter_rows() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The path of each parameter, and the other cells of its row."""
    position: Counter[str] = Counter()
    for path, param, kind in parameters():
        if param.param_type_name == "option":
            names = sorted((*param.opts, *param.secondary_opts), key=len)
            kind = "" if param.is_flag else kind
            yield path, ("option", ",".join(names), kind, _line(param.help or ""))
        else:
            position[path] += 1
            number = "*" if param.nargs == -1 else str(position[path])
            yield path, ("argument", number, kind)


def _kind(path: str, param: Any) -> str:
    """What the value of a parameter can be."""
    values = choices(param)
    metavar = plain_metavar(param)
    if values:
        separator = "+" if metavar == SEVERAL else "="
        return f"{separator}{','.join(values)}"
    if param.name == "columns":
        return f"+{','.join(COLUMNS)}"
    if param.name == "fields":
        return f"+{','.join(PAPER_NAMES)}"
    if metavar == "FORMAT":
        others = EXPORT_ONLY if path == "export" else ["table"]
        return f"={','.join((*FORMATS, *others))}"
    if metavar == "TOPIC":
        return f"={','.join(dict.fromkeys((*TOPICS, *COMMANDS)))}"
    if metavar == "KEY":
        return f"={','.join(_names_of_settings())}"
    return KINDS.get(f"{path} {metavar}") or KINDS.get(metavar, "none")


def _names_of_settings() -> Iterator[str]:
    """The keys of config.toml; of those with any name the section and a dot."""
    for key in KEYS:
        section = key.name.removesuffix("*")
        if key.names:
            yield from (f"{section}{name}" for name in key.names)
        else:
            yield section


def _kind_of_setting(key: Key) -> str:
    """What the value of a key can be."""
    if key.name in SETTINGS:
        return SETTINGS[key.name]
    kind = key.kind
    separator = "="
    if isinstance(kind, Several):
        kind = kind.of
        separator = "+"
    if isinstance(kind, SortFields):
        return f"+{','.join(kind.names)}"
    if isinstance(kind, Choice):
        return f"{separator}{','.join(kind.names)}"
    if isinstance(kind, Flag):
        return "=true,false"
    if isinstance(kind, Folder):
        return "files" if isinstance(kind, File) else "dirs"
    return "none"


def plain_metavar(param: Any) -> str:
    """What the help calls the value: `SELECT` for `[SELECT]...`."""
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
    line = " ".join(text.split())
    return line if line.endswith("...") else line.removesuffix(".")
