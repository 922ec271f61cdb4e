"""The topics of `papertrack help TOPIC`, most of them generated from the tables they explain."""

from __future__ import annotations

from collections.abc import Iterable

from papertrack.cli.help_format import two_columns, wrap
from papertrack.config.keys import KEYS
from papertrack.core.environment import VARIABLES
from papertrack.core.field_names import CONDITIONS, DATE, OTHER_NAMES
from papertrack.core.fields import FIELDS, HAS, IS, Kind
from papertrack.core.text import pairs
from papertrack.exports import registry as exports
from papertrack.exports.registry import EXPORT_ONLY, FORMATS
from papertrack.sources import formats as sources
from papertrack.sources import short_targets
from papertrack.sources.base import Target
from papertrack.sources.formats import READABLE
from papertrack.sources.registry import REGISTRY, all_endpoints

EXAMPLES = pairs("""
    diffusion "language model" ^survey        these words, but not survey
    (agents or tool*) author:li tag:nlp,rl    a comma means either
    is:unread upvotes:50.. listed:7d..        50 or more, since 7 days ago
    title:/^(why|how) do/ has:code            a regular expression
    not cat:cs.CV published:2025-03..2025-06  from March to June
""")

_WORDS = """\
Words search {bare}. Case, accents, hyphens and English endings are ignored.
`and` (or nothing) requires both terms, `or` either; `not`, ^ or - excludes one.
Hidden papers need is:hidden."""

_VALUES = (
    (
        "words",
        (Kind.TEXT,),
        ('word  "a phrase"  pre*  =the whole value  /regex/  a,b for either',),
    ),
    (
        "names",
        (Kind.LABEL, Kind.EXACT, Kind.ID),
        ("tag:nlp finds nlp/parsing too, tag:=nlp does not; pre*  /regex/  a,b",),
    ),
    ("numbers", (Kind.NUMBER,), ("5  5..10  ..5",)),
    (
        "days",
        (Kind.DATE,),
        (
            "2025  2025-03  2025-W45  2025-03-07  today  yesterday  7d 2w 1m 1y ago",
            "7d.. (since then)  ..2025 (until then)  2025-03..2025-06",
        ),
    ),
)

TARGETS = (
    *short_targets.TARGETS,
    *(target for source in REGISTRY for target in source.targets),
    Target("FILE", "a saved page, feed or response, or a text with ids; - reads stdin"),
    Target("sample", "40 papers that come with papertrack, offline", complete=True),
)
"""What can be fetched: examples of the sources, files and the sample."""

EXIT_CODES = pairs("""
    0    done
    1    failed
    2    wrong usage
    3    some targets failed, or new entries can't be read; the rest was saved
    4    the configuration or a credential is unusable
    5    unknown paper, tag, view, rule or feed
    130  interrupted
""")

_MAIL = """
  papertrack config set mail.from ada@example.org
  papertrack config set mail.host smtp.example.org
  papertrack config set mail.password_command 'pass show mail'
  papertrack digest --test
"""

_FILES = pairs("""
    papers/2025-11.json  the papers of a month, with the facts of each source
    marks.json           your tags, status, stars and notes
    desk.json            your views, rules and feeds, histories of fetches and digests, the undo log
    pdf/                 what papertrack pdf downloaded, where pdf.folder is not set
    undo/                what large changes replaced, at most 64 MB; the last 100 steps
    backups/             copies of marks.json and desk.json by day, and backups
""")

_ELSEWHERE = pairs("""
    ~/.config/papertrack/config.toml  your settings; $PAPERTRACK_CONFIG names another
    ~/.cache/papertrack/              the index, full texts, responses; $PAPERTRACK_CACHE
    ~/.local/state/papertrack/        changes that this machine has begun; $PAPERTRACK_STATE
""")


def language(width: int) -> str:
    """The query language, on one screen of 80 columns."""
    bare = ", ".join(field.name for field in FIELDS if field.bare)
    lines = [
        *wrap(
            "papertrack search QUERY: best match first. papertrack list QUERY:"
            " newest first.",
            width,
        ),
        "",
        *two_columns(EXAMPLES, width),
        "",
        *wrap(" ".join(_WORDS.format(bare=bare).split()), width),
        "",
    ]
    for heading, kinds, values in _VALUES:
        lines += _values(heading, kinds, values, width)
    for text in (
        f"is:      {' '.join(IS)}",
        f"has:     {' '.join(HAS)}",
        "@name    a saved query (papertrack view). All fields: papertrack help fields",
    ):
        lines += wrap(text, width, 9)
    lines += wrap(
        "In a shell, quote special characters: `papertrack list '(a or b)'`", width
    )
    return _text(lines)


def _values(
    heading: str, kinds: tuple[Kind, ...], values: tuple[str, ...], width: int
) -> list[str]:
    """What fields of these kinds can be compared with."""
    names = " ".join(
        f"{field.query_name}:"
        for field in FIELDS
        if field.query_name and field.kind in kinds
    )
    first = f"{heading:<8} {names}   {values[0]}"
    if len(first) <= width:
        return [first, *(f"{'':9}{value}" for value in values[1:])]
    lines = wrap(f"{heading:<8} {names}", width, 9)
    for value in values:
        lines += wrap(f"{'':9}{value}", width, 9)
    return lines


def fields(width: int) -> str:
    """What each field contains, and what `is:` and `has:` find."""
    rows = [
        (f"{field.query_name}:", field.help) for field in FIELDS if field.query_name
    ]
    others = ", ".join(f"{name}:" for name in OTHER_NAMES if name != DATE)
    rows.append((f"{DATE}:", f"the day that tables show; {others} work too"))
    for prefix, names in CONDITIONS.items():
        rows += [(f"{prefix}:{name}", help) for name, help in names.items()]
    return _table(rows, width)


def targets(width: int) -> str:
    """What `papertrack fetch` can read."""
    return _table(
        [(target.example, target.help) for target in TARGETS],
        width,
        "papertrack fetch TARGET... reads these. Without a target it reads the feeds that"
        " you follow, or hf if there are none. --since and --until select a range of days.",
        "The format of a file is detected from its content; gzip is decompressed.",
    )


def formats(width: int) -> str:
    """What `papertrack import` can read, and `papertrack export` can write."""
    read = [(row.name, _with_suffixes(row)) for row in READABLE]
    formats = (*FORMATS.values(), *EXPORT_ONLY.values())
    written = [(row.name, _with_suffixes(row)) for row in formats]
    return "\n".join(
        (
            _table(
                read,
                width,
                "papertrack import and fetch read files of these formats, which are"
                " detected from the content; gzip is decompressed. With --marks an import"
                " of papertrack's formats takes over tags, status, stars and notes.",
            ),
            _table(
                written,
                width,
                "papertrack export --format FORMAT writes these; with -o FILE the suffix"
                " chooses the format. papertrack list and search write them too, except"
                f" {' and '.join(EXPORT_ONLY)}.",
            ),
        )
    )


def _with_suffixes(row: sources.Format | exports.Format) -> str:
    """What a format is, and the suffixes of its files."""
    suffixes = ", ".join(row.suffixes)
    return f"{row.help} ({suffixes})" if suffixes else row.help


def exit_codes(width: int) -> str:
    """The exit codes of every command."""
    return _table(EXIT_CODES, width)


def files(width: int) -> str:
    """The files of a library, and those elsewhere."""
    library = _table(
        _FILES,
        width,
        "The library is the folder ~/.local/share/papertrack, unless --library or"
        " $PAPERTRACK_LIBRARY names another:",
        "Every file is plain JSON for TinyDB with one document on each line; you may edit"
        " it, put it under git or sync it.",
    )
    elsewhere = _table(
        _ELSEWHERE,
        width,
        "Outside the library, on Linux:",
        "The cache may be deleted at any time; the index is rebuilt. Library, cache and"
        " state are readable by you alone.",
    )
    return f"{library}\n{elsewhere}"


def environment(width: int) -> str:
    """The environment variables that papertrack reads."""
    helps = {endpoint.variable: endpoint.help for endpoint in all_endpoints()}
    return _table((*VARIABLES.items(), *helps.items()), width)


def config(width: int) -> str:
    """The keys of config.toml."""
    return _table(
        [(key.shown_name, key.help) for key in KEYS],
        width,
        "papertrack config set KEY VALUE sets one of these in ~/.config/papertrack/"
        "config.toml, or in the file that $PAPERTRACK_CONFIG names; papertrack config"
        " edit opens it.",
        "An option of a command comes first, then papertrack's own environment"
        " variables, then config.toml, then variables of all programs such as $PAGER,"
        " then the default. papertrack config list --origin shows which one won.",
    )


def mail(width: int) -> str:
    """How to get digests by mail."""
    keys = [(key.name, key.help) for key in KEYS if key.name.startswith("mail.")]
    table = _table(
        keys,
        width,
        "Set mail.from, and either mail.host with one key for its password, or"
        " mail.command:",
        "A message that does not get through waits; the next --send repeats it with the"
        " same Message-ID. The README has recipes for systemd, cron and launchd.",
    )
    first = wrap(
        "papertrack digest --send mails the papers that are new since the last digest."
        " To set it up:",
        width,
    )
    return _text([*first, *_MAIL.splitlines(), "", table.rstrip()])


TOPICS = {
    "query": language,
    "fields": fields,
    "targets": targets,
    "formats": formats,
    "files": files,
    "config": config,
    "mail": mail,
    "environment": environment,
    "exit-codes": exit_codes,
}
"""Each topic's function from a width to its text."""


def _table(
    rows: Iterable[tuple[str, str]], width: int, before: str = "", after: str = ""
) -> str:
    """Two columns, with a paragraph before and after them."""
    lines = two_columns(rows, width, indent=0 if not before else 2)
    if before:
        lines = [*wrap(before, width), "", *lines]
    if after:
        lines += ["", *wrap(after, width)]
    return _text(lines)


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
