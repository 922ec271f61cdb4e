"""Options that several commands share, each written once, as Typer reads them.

Each command function lists its options for Typer; those of `listing.listing` are added
by `commands.with_session`, and reach the function as one `Listing`.
"""

from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option

from papertrack.cli.listing import SHOWN, Group, Service, SortFields, TagSort
from papertrack.cli.statuses import Status


def output(help: str) -> Any:
    """-o, which names a file to write: Typer does not look whether it can be read."""
    return Option("--output", "-o", metavar="FILE", readable=False, help=help)


Select = Annotated[
    list[str],
    Argument(
        metavar="SELECT...",
        help="Ids, numbers of the last listing (3, 1-5,8), - for stdin, or a query.",
    ),
]
Paper = Annotated[
    str,
    Argument(metavar="ID", help="An id, or a number of the last listing."),
]
Words = Annotated[
    list[str], Argument(metavar="QUERY...", help="Words, phrases, field:value.")
]
TagNames = Annotated[
    list[str] | None,
    Argument(metavar="[NAME]...", help="Show the papers of these tags."),
]
TriageSelect = Annotated[
    list[str] | None,
    Argument(
        metavar="[SELECT]...",
        help="Ids, numbers of the last listing, - for stdin, or a query.",
    ),
]
Remote = Annotated[
    Service | None,
    Option(
        "--remote",
        help="Search at this service instead; save nothing without --keep.",
    ),
]
Keep = Annotated[bool, Option("--keep", help="Add what --remote finds to the library.")]
Limit = Annotated[
    int | None,
    Option(
        "--limit",
        "-n",
        min=1,
        metavar="N",
        help="Show at most N.",
    ),
]
All = Annotated[bool, Option("--all", "-a", help=f"Show all, not the first {SHOWN}.")]
Picture = Annotated[
    Path | None,
    output("Draw a picture in this SVG file, for slides and pages; - is stdout."),
]
Tree = Annotated[
    bool,
    Option(
        "--tree",
        help="Show tags below their parents, which count the papers of all below.",
    ),
]
TagOrder = Annotated[
    TagSort | None,
    Option("--sort", "-s", help="Sort by this; A to Z, most or newest first."),
]
Since = Annotated[
    str | None,
    Option(
        metavar="D",
        help="Start on this day: 2025-11-07, 2025-W45, 7d, today.",
    ),
]
Until = Annotated[str | None, Option(metavar="D", help="End on this day, inclusive.")]
Json = Annotated[bool, Option("--json", help="Write JSON.")]
Count = Annotated[bool, Option("--count", help="Print only how many papers match.")]
DryRun = Annotated[
    bool, Option("--dry-run", help="Show what would change; change nothing.")
]
Tags = Annotated[
    str,
    Argument(metavar="TAG[,TAG]", help="Tags; a / makes a tree: nlp/parsing."),
]
Steps = Annotated[int, Argument(metavar="[N]", min=1, help="How many changes.")]
Day = Annotated[
    str | None,
    Option(
        metavar="D",
        help="Day of a saved page or copied text: 2025-11-07.",
    ),
]
Most = Annotated[
    int | None,
    Option(
        "--limit",
        "-n",
        min=1,
        metavar="N",
        help="At most N papers per target.",
    ),
]
TagAll = Annotated[
    str | None,
    Option(metavar="T[,T]", help="Tag all papers, new and known ones."),
]
MarkNew = Annotated[
    Status | None,
    Option("--mark", help="Mark papers that you have not marked yet."),
]
ShowNew = Annotated[
    bool, Option("--dry-run", help="Show what would be new; save nothing.")
]
JsonReports = Annotated[bool, Option("--json", help="Print the reports as JSON.")]
With = Annotated[
    str | None,
    Option(
        "--with",
        metavar="feeds,rules",
        help="Take the feeds, the rules or both of another library too.",
    ),
]
RuleName = Annotated[str, Argument(metavar="NAME", help="A rule.")]
BeforeRule = Annotated[
    str | None,
    Option(metavar="RULE", help="Put it before this rule."),
]
AfterRule = Annotated[
    str | None, Option(metavar="RULE", help="Put it after this rule.")
]
FollowedName = Annotated[
    list[str], Argument(metavar="NAME...", help="The name, in full.")
]
FollowWith = Annotated[
    str | None,
    Option("--with", metavar="QUERY", help="Only those papers that match this too."),
]
FollowAs = Annotated[
    str | None,
    Option("--name", metavar="N", help="Its name here, else made of what it follows."),
]
Key = Annotated[
    str, Argument(metavar="KEY", help="A key, such as list.limit or alias.today.")
]
Yes = Annotated[bool, Option("--yes", "-y", help="Don't ask for confirmation.")]

LISTING_OPTIONS = {
    "words": Annotated[
        list[str] | None,
        Argument(metavar="[QUERY]...", help="A query; all papers without one."),
    ],
    "sort": Annotated[
        str,
        Option(
            "--sort",
            "-s",
            metavar="A,B",
            parser=SortFields(),
            help="Sort by this; newest, most or best first; -A: the reverse.",
        ),
    ],
    "reverse": Annotated[bool, Option("--reverse", "-r", help="Reverse the order.")],
    "limit": Limit,
    "all": All,
    "since": Since,
    "until": Until,
    "group": Annotated[
        Group | None,
        Option(help="Group by this field.", case_sensitive=False),
    ],
    "columns": Annotated[
        str | None,
        Option(metavar="A,B", help="Show these columns, in this order."),
    ],
    "format": Annotated[
        str | None,
        Option(
            metavar="FORMAT",
            help="Write an export format: markdown, bibtex, csv, ids…",
        ),
    ],
    "json": Json,
    "fields": Annotated[
        str | None,
        Option(
            metavar="A,B",
            help="Write only these fields, or all (implies --json unless --format is given).",
        ),
    ],
    "only_count": Count,
    "strict": Annotated[
        bool,
        Option(
            "--strict",
            help="Show only papers with all the words, as they are typed.",
        ),
    ],
    "snippets": Annotated[
        int,
        Option(
            metavar="N",
            min=0,
            max=3,
            help="Show matches of a paper in a table on up to N lines: 0 to 3.",
        ),
    ],
    "title": Annotated[str, Option(help="Use this heading for a reading list.")],
}
"""What a command that prints papers can offer -> the type for Typer."""
