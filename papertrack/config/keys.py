"""Every key of config.toml, in one table.

To add a key, add a row: checks, `papertrack config`, `papertrack help config`, completion
and the README's test follow it. Commands read its value as `session.config[NAME]`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from papertrack.config.kinds import (
    Alias,
    Choice,
    Command,
    File,
    FileName,
    Flag,
    Folder,
    Kind,
    Mailbox,
    Pager,
    Port,
    Seconds,
    Several,
    SortFields,
    Style,
    Whole,
)
from papertrack.config.triage_keys import ACTIONS
from papertrack.core.environment import TIMEOUT, platform_folder
from papertrack.core.field_names import PAPER_NAMES, SORTABLE

STYLES = (
    *("id", "title", "date", "votes", "tag", "unread", "later", "star", "match"),
    *("change", "bar", "warning", "error"),
)
"""What has a style of its own in tables."""


USUAL = ("semanticscholar", "openalex", "crossref", "huggingface")
"""The services of enrich where nothing else is set: DBLP fails too often."""
ENRICHING = (*USUAL, "dblp")

HOOK_SECONDS = 10.0
"""How long a program of `[hooks]` may run."""


class Key(NamedTuple):
    """A key of config.toml. `NAME.*` stands for any name in a section.

    `variables` are papertrack's own and win over the file; `shared` ones are those of all
    programs (PAGER) and lose to it, as in git. `default` may be a function.
    """

    name: str
    kind: Kind
    help: str
    example: str
    example_name: str = ""
    """The name in the section, for `NAME.*`."""
    names: tuple[str, ...] = ()
    """The only names in the section, for `NAME.*`."""
    default: Any = None
    variables: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()

    @property
    def shown_name(self) -> str:
        """The name in help texts: alias.NAME."""
        return self.name.replace("*", "NAME")


def _library() -> Path:
    return platform_folder("user_data_path")


KEYS = (
    Key(
        "library",
        Folder(),
        "Folder of the library",
        "~/papers",
        default=_library,
        variables=("PAPERTRACK_LIBRARY",),
    ),
    Key(
        "linked_libraries",
        Several(Folder()),
        "Library folders that may be links, or contain links that lead out",
        "~/papers,/mnt/shared/papers",
        default=(),
    ),
    Key(
        "sources",
        Several(Kind()),
        "What you follow at first; feed add and feed remove change it",
        "hf,arxiv:cs.CL",
        default=("hf",),
    ),
    Key(
        "contact",
        Kind(),
        "Your mail address, sent to services that want one; else to none",
        "ada@example.org",
    ),
    Key(
        "list.columns",
        Several(Choice(*PAPER_NAMES, "date")),
        "Columns of the tables of list and search on a terminal",
        "id,title,date",
    ),
    Key(
        "list.sort",
        SortFields("date", "title", "hot", *SORTABLE, alone="recommended"),
        "What list sorts by",
        "upvotes",
        default="date",
    ),
    Key(
        "list.limit",
        Whole(),
        "How many papers list and search show",
        "50",
        default=30,
    ),
    Key(
        "list.query",
        Kind(),
        "Query of list where none is typed",
        "^is:read",
    ),
    Key(
        "alias.*",
        Alias(),
        "A command of your own; one of papertrack's is never replaced",
        "list listed:today",
        example_name="today",
    ),
    Key(
        "colors.theme",
        Choice("auto", "dark", "light", "none"),
        "Colors for any background, a dark or a light one, or none",
        "light",
        default="auto",
    ),
    Key(
        "colors.*",
        Style(),
        f"Style, as Rich writes it, of one of: {', '.join(STYLES)}",
        "bold blue",
        names=STYLES,
        example_name="title",
    ),
    Key(
        "pager.command",
        Pager(),
        "Program for what is longer than the screen; cat for none",
        "less -FRXK",
        default="less -FRXK",
        variables=("PAPERTRACK_PAGER",),
        shared=("PAGER",),
    ),
    Key(
        "open.browser",
        Kind(),
        "Program that opens web pages",
        "firefox",
        shared=("BROWSER",),
    ),
    Key(
        "open.pdf",
        Command(),
        "Program that opens PDFs, else the browser",
        "zathura",
    ),
    Key(
        "fetch.timeout",
        Seconds(3600),
        "Seconds that a request may take in all",
        "60",
        default=TIMEOUT,
        variables=("PAPERTRACK_TIMEOUT",),
    ),
    Key(
        "pdf.folder",
        Folder(),
        "Folder of the PDFs; without one, pdf in the library",
        "~/pdfs",
    ),
    Key(
        "pdf.name",
        FileName(),
        "Name of a PDF's file, of {id}, {v}, {first}, {year}, {title:60}",
        "{id}{v} {first} {year} {title:60}",
        default="{id}{v}",
    ),
    Key(
        "pdf.limit_mb",
        Whole(),
        "Megabytes of a PDF at most",
        "100",
        default=100,
    ),
    Key(
        "pdf.free_mb",
        Whole(),
        "Megabytes that PDFs leave free on the disk",
        "500",
        default=500,
    ),
    Key(
        "enrich.sources",
        Several(Choice(*ENRICHING)),
        "Services at which enrich looks papers up",
        "semanticscholar,dblp",
        default=USUAL,
    ),
    Key(
        "enrich.s2_key_command",
        Command(),
        "Command that prints your API key of Semantic Scholar",
        "pass show s2",
    ),
    Key(
        "enrich.openalex_key_command",
        Command(),
        "Command that prints your API key of OpenAlex",
        "pass show openalex",
    ),
    Key(
        "mail.from",
        Mailbox(),
        "Your mail address: digests are sent from it",
        "Ada <ada@example.org>",
    ),
    Key(
        "mail.to",
        Several(Mailbox()),
        "Who gets the digests; without it, the address of mail.from",
        "ada@example.org,bo@example.org",
        default=(),
    ),
    Key(
        "mail.host",
        Kind(),
        "Your mail server",
        "smtp.example.org",
    ),
    Key(
        "mail.port",
        Port(),
        "Its port; without one, that of mail.security",
        "587",
    ),
    Key(
        "mail.security",
        Choice("tls", "starttls", "none"),
        "TLS from the start (port 465), STARTTLS (587), or none (25)",
        "starttls",
    ),
    Key(
        "mail.user",
        Kind(),
        "Your name at the mail server; without it, the address of mail.from",
        "ada",
    ),
    Key(
        "mail.password_command",
        Command(),
        "Command that prints the password on its first line",
        "pass show mail",
    ),
    Key(
        "mail.password_file",
        File(),
        "File with the password on its first line, readable by you alone",
        "~/.mail-password",
    ),
    Key(
        "mail.token_command",
        Command(),
        "Command that prints an OAuth token (XOAUTH2), for Google and Microsoft",
        "oama access ada@example.org",
    ),
    Key(
        "mail.keyring",
        Flag(),
        "Whether the system's keyring has the password, under the host and the user",
        "true",
        default=False,
    ),
    Key(
        "mail.ca_file",
        File(),
        "File with the certificates to trust, for a mail server of your own",
        "~/ca.pem",
    ),
    Key(
        "mail.command",
        Command(),
        "Program that sends mail instead of mail.host",
        "msmtp -t -i",
    ),
    Key(
        "mail.timeout",
        Seconds(3600),
        "Seconds that sending a message may take in all",
        "120",
        default=TIMEOUT,
    ),
    Key(
        "hooks.after_fetch",
        Command(),
        "Program that gets the ids of new papers after a fetch, a line each",
        "papertrack tag add inbox -",
    ),
    Key(
        "hooks.notify",
        Command(),
        "Program that gets a text about the new papers of a rule with notify",
        "notify-send papertrack",
    ),
    Key(
        "hooks.seconds",
        Seconds(3600),
        "Seconds after which such a program is stopped",
        "10",
        default=HOOK_SECONDS,
    ),
    Key(
        "key.*",
        Choice(*ACTIONS),
        "What a key does in triage",
        "later",
        example_name="l",
    ),
)
"""The keys in the order in which they are listed."""

BY_NAME = {key.name: key for key in KEYS}

SECTIONS = {key.name.partition(".")[0] for key in KEYS if "." in key.name}

ANY = ".*"
"""The end of the name of a key that stands for any name in a section."""


def find(name: str) -> Key | None:
    """The key of a name; that of `alias.*` for `alias.today`."""
    section, dot, rest = name.partition(".")
    if name in BY_NAME and not name.endswith(ANY):
        return BY_NAME[name]
    if not dot or not rest.isprintable() or not rest or " " in rest:
        return None
    key = BY_NAME.get(section + ANY)
    return key if key and (not key.names or rest in key.names) else None


def known_names() -> Iterator[str]:
    """The names of all keys that are known before a file is read."""
    for key in KEYS:
        if key.names:
            yield from (key.name.replace("*", name) for name in key.names)
        elif not key.name.endswith(ANY):
            yield key.name


def nearest(name: str) -> str:
    """`; did you mean X?` for the closest key, else where all keys are explained."""
    from papertrack.core.wording import did_you_mean

    hint = did_you_mean(name, known_names())
    if hint.endswith("?"):
        return hint
    return "; papertrack help config lists the keys"


def as_toml(key: Key) -> str:
    """The line that sets a key to its example, below the heading of its section."""
    import json  # strings and arrays of JSON are those of TOML

    name = key.name.rpartition(".")[2].replace("*", key.example_name)
    stored = key.kind.stored(key.example)
    return f"{name} = {json.dumps(stored, ensure_ascii=False)}"


def default_of(key: Key) -> Any:
    """The default value of a key; None if there is none."""
    return key.default() if callable(key.default) else key.default


SECRETS = ("password", "passwd", "secret", "token", "key")


def command_form(name: str) -> str | None:
    """The key that names a command for a secret, where `name` would contain the secret.

    `mail.password_command` for `mail.password`; None for a name of nothing secret.
    """
    section, _, last = name.rpartition(".")
    if section + ANY in BY_NAME:
        return None
    if last.rpartition("_")[2] in SECRETS:
        return f"{name}_command"
    return None
