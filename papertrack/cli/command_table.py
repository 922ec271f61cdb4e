"""All commands by group: the summary of each in the help, and the module of each.

Help, completion and the lazy import of command modules are driven by this table.
"""

from typing import NamedTuple


class Entry(NamedTuple):
    """A command. In its module, the function is NAME_command; a group is NAME_app."""

    name: str
    module: str
    summary: str
    """At most 60 characters: one line of `papertrack --help` at 80 columns."""
    alias: str = ""


GROUPS = {
    "Fetch": (
        Entry("fetch", "fetch", "Fetch new papers from Hugging Face, arXiv or feeds"),
        Entry(
            "import",
            "fetch",
            "Import BibTeX, RIS, CSL-JSON, JSON, OPML, saved pages, text",
        ),
        Entry("feed", "feed", "Follow sources: feed add|list|remove"),
        Entry(
            "status",
            "status",
            "Show each source's last fetch, failures and what is due",
        ),
    ),
    "Find": (
        Entry("list", "find", "List papers, newest first", alias="ls"),
        Entry("search", "find", "Search papers, best match first"),
        Entry("show", "find", "Show papers in full: facts, abstract, marks, sources"),
        Entry("open", "open", "Open papers in the browser"),
        Entry("tags", "tags", "List tags with their papers, unread, later, newest"),
        Entry(
            "stats",
            "stats",
            "Show the library in numbers: days, sources, tags, reading",
        ),
        Entry(
            "trends", "stats", "Show how common the matches of queries are, by month"
        ),
    ),
    "Mark": (
        Entry("mark", "mark", "Mark papers as read, unread, later or hidden"),
        Entry("star", "mark", "Star papers"),
        Entry("unstar", "mark", "Remove the star from papers"),
        Entry("note", "mark", "Write or remove your note on a paper"),
    ),
    "Organize": (
        Entry("tag", "tags", "Tag papers: tag add|remove|rename"),
        Entry("view", "view", "Save queries as @NAME: view save|list|remove"),
        Entry(
            "rule", "rule", "Act on new papers: rule add|list|test|apply|move|remove"
        ),
    ),
    "Export": (
        Entry(
            "export", "export", "Export papers as Markdown, BibTeX, CSV, JSON and more"
        ),
    ),
    "Maintain": (
        Entry("undo", "log", "Undo the last change, or the last N"),
        Entry("redo", "log", "Redo what was undone"),
        Entry("log", "log", "Show the changes that can be undone, newest first"),
        Entry("doctor", "doctor", "Check the library and repair it"),
        Entry("backup", "backup", "Save the whole library in one .tar.gz file"),
        Entry("restore", "backup", "Replace the library by a backup"),
        Entry(
            "completion",
            "completion.command",
            "Print the completion script for bash, zsh or fish",
        ),
        Entry(
            "help", "help", "Explain a command or a topic: query, fields, targets, ..."
        ),
    ),
}
"""The groups of the help -> their commands."""

ENTRIES = tuple(entry for entries in GROUPS.values() for entry in entries)

COMMANDS = {
    name: entry for entry in ENTRIES for name in (entry.name, entry.alias) if name
}
"""Every name that can be typed -> its command."""
