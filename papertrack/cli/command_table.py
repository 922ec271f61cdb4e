"""All commands: their group and summary in the help, and the module that defines each.

Help, completion and the lazy import of command modules are driven by this table.
"""

from typing import NamedTuple


class Entry(NamedTuple):
    """A command. In its module, the function is NAME_command; a group is NAME_app."""

    name: str
    module: str
    group: str
    summary: str
    """At most 60 characters: one line of `papertrack --help` at 80 columns."""
    alias: str = ""


GROUPS = ("Fetch", "Find", "Mark", "Organize", "Export", "Maintain")

ENTRIES = (
    Entry(
        "fetch", "fetch", "Fetch", "Fetch new papers from Hugging Face, arXiv or feeds"
    ),
    Entry(
        "import",
        "fetch",
        "Fetch",
        "Import BibTeX, RIS, CSL-JSON, JSON, OPML, saved pages, text",
    ),
    Entry("feed", "feed", "Fetch", "Follow sources: feed add|list|remove"),
    Entry(
        "status",
        "status",
        "Fetch",
        "Show each source's last fetch, failures and what is due",
    ),
    Entry("list", "find", "Find", "List papers, newest first", alias="ls"),
    Entry("search", "find", "Find", "Search papers, best match first"),
    Entry(
        "show", "find", "Find", "Show papers in full: facts, abstract, marks, sources"
    ),
    Entry("open", "open", "Find", "Open papers in the browser"),
    Entry("tags", "tags", "Find", "List tags with their papers, unread, later, newest"),
    Entry(
        "stats",
        "stats",
        "Find",
        "Show the library in numbers: days, sources, tags, reading",
    ),
    Entry(
        "trends",
        "stats",
        "Find",
        "Show how common the matches of queries are, by month",
    ),
    Entry("mark", "mark", "Mark", "Mark papers as read, unread, later or hidden"),
    Entry("star", "mark", "Mark", "Star papers"),
    Entry("unstar", "mark", "Mark", "Remove the star from papers"),
    Entry("note", "mark", "Mark", "Write or remove your note on a paper"),
    Entry("tag", "tags", "Organize", "Tag papers: tag add|remove|rename"),
    Entry("view", "view", "Organize", "Save queries as @NAME: view save|list|remove"),
    Entry(
        "rule",
        "rule",
        "Organize",
        "Act on new papers: rule add|list|test|apply|move|remove",
    ),
    Entry(
        "export",
        "export",
        "Export",
        "Export papers as Markdown, BibTeX, CSV, JSON and more",
    ),
    Entry("undo", "log", "Maintain", "Undo the last change, or the last N"),
    Entry("redo", "log", "Maintain", "Redo what was undone"),
    Entry(
        "log", "log", "Maintain", "Show the changes that can be undone, newest first"
    ),
    Entry("doctor", "doctor", "Maintain", "Check the library and repair it"),
    Entry("backup", "backup", "Maintain", "Save the whole library in one .tar.gz file"),
    Entry("restore", "backup", "Maintain", "Replace the library by a backup"),
    Entry(
        "completion",
        "completion.command",
        "Maintain",
        "Print the completion script for bash, zsh or fish",
    ),
    Entry(
        "help",
        "help",
        "Maintain",
        "Explain a command or a topic: query, fields, targets, ...",
    ),
)

COMMANDS = {
    name: entry for entry in ENTRIES for name in (entry.name, entry.alias) if name
}
"""Every name that can be typed -> its command."""
