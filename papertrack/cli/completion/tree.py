"""The command tree as the completion scripts need it: commands, options, and what can stand where."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import typer

from papertrack.cli.app import app
from papertrack.cli.command_table import COMMANDS
from papertrack.cli.options import COLUMNS
from papertrack.core.field_names import CONDITIONS, PAPER_NAMES
from papertrack.core.fields import FIELDS, IS
from papertrack.core.model import STATUSES
from papertrack.exports.registry import FORMATS, OPML


class Word(NamedTuple):
    """A word that can be typed, and what it means."""

    text: str
    help: str = ""


class Value(NamedTuple):
    """What an argument or an option takes: a kind that the scripts know, and the words of `words` and `list`."""

    kind: str
    words: tuple[Word, ...] = ()


class Option(NamedTuple):
    """An option; a flag has no value."""

    names: tuple[str, ...]
    help: str
    label: str
    value: Value | None


class Argument(NamedTuple):
    """An argument: its position, from 1; a repeated one stands for all later positions too."""

    position: int
    repeated: bool
    label: str
    value: Value


class Node(NamedTuple):
    """A command: the paths it is reached by (`list`, `ls`), what it takes, the commands below it."""

    paths: tuple[str, ...]
    help: str
    options: tuple[Option, ...]
    arguments: tuple[Argument, ...]
    nodes: tuple["Node", ...]


MEANINGS = {
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
"""Metavar, where needed behind its command -> kind of value. What is not named here is not completed."""

LISTS = {"columns": COLUMNS, "fields": tuple(PAPER_NAMES)}
"""Options that take comma-separated names -> the names."""

TARGETS = (
    Word("hf", "the newest Daily Papers, and the days missed"),
    Word("hf:trending", "what is trending on Hugging Face"),
    Word("sample", "the papers that come with papertrack, offline"),
)

HELP_OPTION = Option(("-h", "--help"), "Show the help", "", None)


def tree() -> Node:
    """The command tree."""
    return _node(typer.main.get_command(app), ())


def _node(command: Any, path: tuple[str, ...]) -> Node:
    names = command.list_commands(None) if hasattr(command, "list_commands") else []
    options = [
        _option(param, path)
        for param in command.params
        if param.param_type_name == "option"
    ]
    arguments = [
        param for param in command.params if param.param_type_name == "argument"
    ]
    return Node(
        _paths(path),
        command.get_short_help_str(200).rstrip("."),
        (*options, HELP_OPTION),
        tuple(
            _argument(param, number, path) for number, param in enumerate(arguments, 1)
        ),
        tuple(_node(command.get_command(None, name), (*path, name)) for name in names),
    )


def _paths(path: tuple[str, ...]) -> tuple[str, ...]:
    aliases = [entry.alias for entry in COMMANDS.values() if path == (entry.name,)]
    return (" ".join(path), *filter(None, dict.fromkeys(aliases)))


def _option(param: Any, path: tuple[str, ...]) -> Option:
    names = tuple(sorted((*param.opts, *param.secondary_opts), key=len))
    value = None if param.is_flag else _value(param, path)
    return Option(
        names, (param.help or "").rstrip("."), param.metavar or param.name, value
    )


def _argument(param: Any, position: int, path: tuple[str, ...]) -> Argument:
    return Argument(
        position, param.nargs == -1, _metavar(param) or param.name, _value(param, path)
    )


def _metavar(param: Any) -> str:
    """`SELECT` for `[SELECT]...`; an option's or argument's metavar without what says how often it may come."""
    return (param.metavar or "").translate(str.maketrans("", "", "[]."))


def _value(param: Any, path: tuple[str, ...]) -> Value:
    if choices := getattr(param.type, "choices", None):
        return Value(
            "words",
            tuple(Word(str(getattr(choice, "value", choice))) for choice in choices),
        )
    if param.name in LISTS:
        helps = {field.name: field.help for field in FIELDS}
        return Value(
            "list", tuple(Word(name, helps.get(name, "")) for name in LISTS[param.name])
        )
    if param.metavar == "FORMAT":
        more = (
            Word(OPML.name, OPML.help)
            if path == ("export",)
            else Word("table", "as on a terminal")
        )
        return Value(
            "words", (*(Word(row.name, row.help) for row in FORMATS.values()), more)
        )
    metavar = _metavar(param)
    if metavar == "TOPIC":
        return Value("words", tuple(map(Word, ("query", "fields", *COMMANDS))))
    kind = MEANINGS.get(f"{' '.join(path)} {metavar}") or MEANINGS.get(metavar, "none")
    return Value(kind, TARGETS if kind == "targets" else ())


def walk(node: Node) -> Iterator[Node]:
    yield node
    for below in node.nodes:
        yield from walk(below)


def query_words() -> tuple[Word, ...]:
    """What a term of a query can begin with; those that end in a colon want a value."""
    states = [Word(f"status:{name}", IS.get(name, "")) for name in STATUSES]
    asked = [
        Word(f"{field.query_name}:", field.help)
        for field in FIELDS
        if field.query_name and field.query_name != "status"
    ]
    flags = [
        Word(f"{prefix}:{name}", help)
        for prefix, names in CONDITIONS.items()
        for name, help in names.items()
    ]
    return (*asked, *flags, *states)


def words_below(node: Node) -> Iterator[Word]:
    """The commands that can follow, aliases beside what they stand for."""
    for one in node.nodes:
        name, *aliases = (path.rpartition(" ")[2] for path in one.paths)
        yield Word(name, one.help)
        yield from (Word(alias, f"The same as {name}") for alias in aliases)


def lists(root: Node) -> dict[Value, str]:
    """A name for each list of words, after the first option or argument that takes it: `list_sort`."""
    found: dict[Value, str] = {}
    for node in walk(root):
        takers = [
            (option.names[-1].strip("-"), option.value) for option in node.options
        ]
        takers += [
            (argument.label.lower(), argument.value) for argument in node.arguments
        ]
        for name, value in takers:
            if value and value.words:
                found.setdefault(
                    value, "_".join([*node.paths[0].split(), name]).replace("-", "_")
                )
    return found


def own_options(node: Node, root: Node) -> tuple[Option, ...]:
    """The options that are not offered everywhere."""
    return tuple(option for option in node.options if option not in root.options)
