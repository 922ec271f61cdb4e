"""The command line: one module per family of commands, and what they share.

Shared:

app              runs a line; errors to messages and exit codes
command_table    every command: its module, its group and summary in the help
command_line     global options anywhere; aliases of config.toml
direct           usual lines of the most used commands, run without Typer
typer_app        the commands for Typer, each imported when it runs
global_options   what --library, --quiet and the like set
configured       defaults of options from config.toml
subcommands      commands that consist of others, such as tag add
statuses         what a paper can be marked as
commands         functions and groups as Typer's commands: their session
refusals         messages for a line that can't be run, with the line to type instead
typed            what readers of other programs type: that line, from a table
help_format      the layout of --help
streams          stdout and stderr, through which no control character passes
session          clock, streams, folders and library of one run
options          options that several commands share, for Typer
listing          Listing, the value of the options of a listing
select           the clause of a query, and the papers that SELECT names
typed_secrets    addresses where none belongs: with a password, or for a file
interruption     signals: what was read is saved, the process ends within a second
progress         the bar that long work shows on a terminal
output           emit: a table on a terminal, tab-separated rows off it, or JSON
programs         the reader's pager, editor and browser
foreground       a program that has the terminal: Ctrl-C is its key, other signals end both
named            find and list things with names: views, rules, feeds
apply_marks      change the marks of selected papers, or show what would change

Commands:

fetch            fetch, add, import; with targets (what is typed), fetch_run (each of them
                 read and added), fetch_reports (messages) and paper_counts (new, unread,
                 later)
proposed         what another library proposes, as messages
follow           authors, organizations and words: a rule and a view for each
hooks            the reader's programs that run after a fetch
feed, status     followed feeds; when each source was read
find, groups     list, show; a listing by groups
search           search: what somebody half remembers
remote           search --remote: a service's own search
recommend        similar, recommend
explain          explain
tags             the table of tags, and the papers of some
tag              tag add|remove|rename
unknown_tags     what to do about a tag that no paper has
stats, trends    the library in numbers; the share of papers that match queries
picture          -o FILE.svg of these two: a picture instead of numbers
open, pdf, read  open; pdf, which downloads PDFs; read, which shows full texts
enrich           look up the venue, the citations and the code of papers; service_keys,
                 what is sent beside
triage           triage: one paper per screen
mark             mark, star, unstar, note
remove           remove papers and their marks
view, rule       saved queries; actions on new papers
log              log, undo, redo
export           export; exporting writes the papers as they are read, vault the notes
                 of --format obsidian in their folder, template what --template makes
digest           digest; waiting_messages (what was not sent yet)
agents           mcp, skill: what AI assistants and coding agents use
backup, doctor   backup, restore; checks and repairs
config           config: the settings in config.toml
help             help; its topics are in help_topics, the page for man in manual
completion       the scripts that complete commands in bash, zsh and fish
"""
