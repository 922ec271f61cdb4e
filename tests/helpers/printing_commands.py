"""A few command lines for every command, which print as much of a library as they can."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tests.helpers import hostile_arguments as hostile

RUNS: Mapping[str, Iterable[str]] = {
    "list": ("", "--all --columns id,title,authors,tags,note,url", "--group source"),
    "ls": ("--all --group tag", "--format markdown"),
    "search": ("model", "model --all --group author", "nothingofthekind"),
    "show": ("1", "is:starred", "model", "nothingofthekind"),
    "similar": ("1", "1 --json", "1 --columns id,title"),
    "recommend": ("", "model --format markdown"),
    "explain": ("1", "1 model", "1 --json"),
    "status": ("", "--all"),
    "log": ("", "--all"),
    "doctor": ("",),
    "tags": ("", "--tree", "t", "n"),
    "stats": ("", "model", "-o -"),
    "trends": ("model", "model n --by day -o -"),
    "feed list": ("",),
    "view list": ("",),
    "rule list": ("",),
    "follow list": ("",),
    "rule test": ("n", "1"),
    "rule apply": ("", "--dry-run", "1"),
    "rule move": ("n --before n",),
    "config get": ("library", "x"),
    "config list": ("",),
    "config path": ("",),
    "config set": ("x y",),
    "config unset": ("x",),
    "config edit": ("",),
    "open": ("1 --print", "is:starred --print"),
    "read": ("1", "1 --outline", "1 --section abstract", "nothingofthekind"),
    "enrich": ("1 --dry-run", "--dry-run", "nothingofthekind"),
    "pdf": ("1 --dry-run", "is:starred --dry-run", "nothingofthekind"),
    "digest": (
        "",
        "model --group tag",
        "--again",
        "--empty --name n",
        "-o x.md",
        "--send",
    ),
    "export": ("", "--format bibtex", "--format json", "--format opml", "-o x.md"),
    "fetch": ("", "--dry-run", "hf", "x"),
    "add": ("x", "../missing"),
    "import": ("ids.txt", "../reader/library", "missing"),
    "feed add": ("hf", "x"),
    "triage": ("", "model --dry-run", "1-2 is:unread", "nothingofthekind"),
    "mark": ("read 1", "later model", "read model --dry-run", "read model --yes"),
    "star": ("1", "model", "model --yes"),
    "unstar": ("1", "model --yes"),
    "note": ("1", "1 words"),
    "tag add": ("x 1", "x model", "x model --yes"),
    "tag list": ("", "--tree"),
    "tag remove": ("t 1", "t model --yes"),
    "tag rename": ("t z", "u z", "t u"),
    "view save": ("z model", "n model"),
    "rule add": ("z --if model --do star",),
    "follow author": ("x", "Ada Quill --with model"),
    "follow org": ("x",),
    "follow words": ("model", "x --name z"),
    "undo": ("--dry-run", "", "99"),
    "redo": ("", "99"),
    "feed remove": ("x", "1"),
    "view remove": ("x", "n"),
    "rule remove": ("x", "1"),
    "follow remove": ("x", "1"),
    "remove": ("1", "model"),
    "rm": ("2", "is:starred --yes"),
    "backup": ("", "x.tar.gz"),
    "restore": ("x.tar.gz", "x.tar.gz --yes", "missing"),
    "mcp": ("", "--write"),
    "skill": ("", "--install"),
    "completion": ("bash",),
    "help": ("", "query"),
}
"""A command -> its arguments, those that change the library last."""

READING = ("status --all", "list", "log", "doctor")
"""Command lines that read the settings, the marks and the log."""


def with_options(runs: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The command lines, those that can write JSON once more for JSON."""
    writing_json = {
        " ".join(path)
        for path, options in hostile.paths().items()
        if "--json" in options
    }
    lines = []
    for command, runs_of_it in runs.items():
        for arguments in runs_of_it:
            line = [*command.split(), *arguments.split()]
            lines.append(line)
            if command in writing_json:
                lines.append([*line, "--json"])
    return lines
