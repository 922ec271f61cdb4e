"""All commands by group: the summary of each in the help, and the module of each.

Help, completion and the lazy import of command modules are driven by this table.
"""

from typing import NamedTuple


class Entry(NamedTuple):
    """A command. In its module, the function is NAME_command; a group is NAME_group."""

    names: tuple[str, ...]
    """Its name and its aliases."""
    module: str
    summary: str
    """At most 60 characters: one line of `papertrack --help` at 80 columns."""

    @property
    def name(self) -> str:
        """The name in help texts."""
        return self.names[0]


_TABLE = """\
Fetch
  fetch       fetch               Fetch new papers from Hugging Face, arXiv or feeds
  add         fetch               Add papers by their ids or addresses
  import      fetch               Import BibTeX, RIS, CSL-JSON, JSON, OPML, saved pages, text
  feed        feed                Follow sources: feed add|list|remove
  status      status              Show each source's last fetch, failures and what is due
Find
  list,ls     find                List papers, newest first
  search      search              Search papers, best match first
  show        find                Show papers in full: facts, abstract, marks, sources
  similar     recommend           List papers that are like one of yours
  recommend   recommend           List unmarked papers that fit your tags and stars
  explain     explain             Show why a paper is recommended, or matches a query
  open        open                Open papers in the browser
  read        read                Read the full text of a paper in the pager
  pdf         pdf                 Download PDFs, resuming those that were cut off
  enrich      enrich              Look up venue, citations and code of papers at services
  tags        tags                List tags with their papers, unread, later, newest
  stats       stats               Show the library in numbers: days, sources, tags, reading
  trends      trends              Show how common the matches of queries are, by month
Mark
  triage      triage.command      Decide on papers, one per screen, one key for each
  mark        mark                Mark papers as read, unread, later or hidden
  star        mark                Star papers
  unstar      mark                Remove the star from papers
  note        mark                Write or remove your note on a paper
  remove,rm   remove              Remove papers and their marks from the library
Organize
  tag         tag                 Tag papers: tag add|remove|rename|list
  follow      follow              Follow people: follow author|org|words|list|remove
  view        view                Save queries as @NAME: view save|list|remove
  rule        rule                Act on new papers: rule add|list|test|apply|move|remove
Export
  export      export              Export papers as Markdown, BibTeX, CSV, JSON and more
  digest      digest              Show, write or mail what is new since the last digest
Agents
  mcp         agents.server       Serve your library to AI assistants (MCP, over stdio)
  skill       agents.skill        Print or install a skill file for coding agents
Maintain
  undo        log                 Undo the last change, or the last N
  redo        log                 Redo what was undone
  log         log                 Show the changes that can be undone, newest first
  doctor      doctor              Check the library and repair it
  backup      backup              Save the whole library in one .tar.gz file
  restore     backup              Replace the library by a backup
  config      config              Your settings: config get|set|unset|list|path|edit
  completion  completion.command  Print the completion script for bash, zsh or fish
  help        help                Explain a command or a topic: query, fields, targets, ...
"""
"""By group: names, module, summary."""

GROUPS: dict[str, list[Entry]] = {}
"""The groups of the help -> their commands."""
ENTRIES: list[Entry] = []
COMMANDS: dict[str, Entry] = {}
"""Every name that can be typed -> its command."""

for row in _TABLE.splitlines():
    if not row.startswith(" "):
        GROUPS[row] = group = []
        continue
    names, module, summary = row.split(maxsplit=2)
    entry = Entry(tuple(names.split(",")), module, summary)
    group.append(entry)
    ENTRIES.append(entry)
    COMMANDS |= dict.fromkeys(entry.names, entry)

UNSUGGESTED = frozenset(
    ("remove", "rm", "delete", "unset", "unstar", "restore", "undo", "redo")
)
"""Commands, also of groups, that no message suggests: they remove, restore or undo."""
