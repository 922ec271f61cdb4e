"""`list`, `show`: find papers and print them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from papertrack import render
from papertrack.cli import output
from papertrack.cli.listing import SHOWN, Group, Listing, listing
from papertrack.cli.select import clause, search, select
from papertrack.cli.session import Session
from papertrack.core.errors import ConfigError, NotFound, UsageError
from papertrack.core.fields import IS
from papertrack.core.model import Paper
from papertrack.core.wording import brief, noun
from papertrack.index.search import SearchResult
from papertrack.index.stored_papers import PAGE
from papertrack.query.language import Clause

if TYPE_CHECKING:
    from papertrack.cli import options as opt
    from papertrack.render.papers import Snippets

FILL_HINT = "papertrack fetch fills it (or, offline: papertrack fetch sample)"


SHARED = (
    "sort reverse limit all since until group columns snippets format json fields"
    " only_count"
)

MOST_GROUPED = 10_000
"""The newest matches, of which each group shows its first papers."""

COLUMNS_OF_A_WORD = 7
"""How many columns of a terminal a word takes about, with the space after it."""
LEAST_WORDS = 8
"""How many words around a match are looked for even on a narrow terminal."""


@listing(f"words {SHARED}", limit=SHOWN)
def list_command(session: Session, options: Listing) -> None:
    """List papers, newest first. With --group, -n N shows N of each group.

    papertrack list upvotes:50.. listed:7d.. is:unread

    For the query language see papertrack help query. Where config.toml sets list.query,
    it is the query if none is typed; papertrack list '' lists all.
    """
    default = session.config["list.query"]
    if options.words or not default:
        run(session, options)
        return
    _check_default(session, default)
    run(session, options._replace(words=[default]), note=f" (list.query: {default})")


def _check_default(session: Session, query: str) -> None:
    """Raise ConfigError for a query of config.toml with a mistake."""
    try:
        session.library.clause(query, session.today)
    except (UsageError, NotFound) as error:
        place = session.config.file.place("list.query")
        raise ConfigError(
            f"{place}: list.query: {error}; correct it with: papertrack config edit"
        ) from None


def run(session: Session, options: Listing, *, note: str = "") -> None:
    """Print the papers that match, and report how many there are, with a note."""
    if options.only_count:
        matching = session.library.index.count_matching(clause(session, options))
        output.write(session, f"{matching}\n")
        return
    is_grouped = options.group is not None and not options.is_export
    each = None
    if is_grouped and options.limit and session.is_typed("limit"):
        each = options.limit
        options = options._replace(limit=MOST_GROUPED)
    # All papers at once may not fit into memory. By author, some are: each would be read
    # as often as it has authors.
    is_long = options.limit is not None and options.limit > PAGE
    is_stored = options.limit is None or (is_long and options.group != Group.AUTHOR)
    query: Clause
    result: SearchResult

    def table() -> output.Drawing:
        session.library.number(result.papers)
        columns = output.table_columns(session, options)
        return render.papers.listing(
            output.with_fields(result.papers, columns or ()),
            columns=columns,
            today=session.today,
            width=session.width,
            snippets=snippets(session, options, query),
        )

    groups = ""

    def print_papers() -> None:
        nonlocal query, result, groups
        query, result = search(session, options, stored=is_stored)
        if not is_grouped:
            output.emit_papers(session, result.papers, options, table=table)
            return
        from papertrack.cli.groups import emit_groups

        matches = snippets(session, options, query)
        groups, result = emit_groups(session, result, query, options, matches, each)

    if is_stored:
        output.print_stored(session, print_papers)
    else:
        print_papers()
    report_count(session, result, query, options.words, groups, note)
    command = "search" if options.snippets else "list"
    suggest(session, command, options.words, is_empty=not result.total)


def snippets(session: Session, options: Listing, query: Clause) -> Snippets | None:
    """Finds the words of a query in papers, for a table that shows where they are."""
    if not options.snippets:
        return None
    return partial(
        session.library.index.snippets,
        query,
        most=options.snippets,
        words=max(session.width // COLUMNS_OF_A_WORD, LEAST_WORDS),
    )


def report_count(
    session: Session,
    result: SearchResult,
    query: Clause,
    words: Sequence[str],
    groups: str = "",
    note: str = "",
) -> None:
    """Report how many papers are shown, of how many; or why there are none."""
    if not result.total:
        session.narrate(_no_match(session, result, query, words))
        return
    shown = len(result.papers)
    count = f"{shown:,} {noun(shown, 'paper')}"
    more = ""
    if shown < result.total or result.more:
        count = f"{shown:,} of {result.total_text}"
        more = "; -n N or --all shows more"
    if groups:
        count += f" in {groups}"
    if result.ranked:
        count += f", ranked among the newest {result.ranked:,}"
    session.narrate(count + note + more)


def suggest(
    session: Session, command: str, words: Sequence[str], *, is_empty: bool
) -> None:
    """Report the line that is meant by words that name a state, a day or a format."""
    is_name = len(words) == 1 and (words[0].lower() in IS or words[0][:1].isdigit())
    if session.quiet or not words or not (is_empty or is_name):
        return
    from papertrack.cli.typed import answers  # 6 ms, for such words only

    line = answers.beside(command, words, is_empty=is_empty)
    if line:
        session.narrate(f"did you mean: papertrack {line}")


def _no_match(
    session: Session, result: SearchResult, query: Clause, words: Sequence[str]
) -> str:
    total = session.library.index.count()
    if not total:
        return f"the library is empty; {FILL_HINT}"
    if result.hidden:
        return (
            f"no paper shown: all {result.hidden:,} that match are hidden; "
            "add is:hidden to see them"
        )
    text = " ".join(words)
    matches = f"no paper of {total:,} matches"
    if text:
        matches += f" {text}"
    if session.quiet:
        return matches
    return matches + _suggestion(session, query)


def _suggestion(session: Session, query: Clause) -> str:
    """`; did you mean` and the line with words and tags that the library contains in the
    place of those that nothing contains; only these where the line is not clear.
    """
    import shlex

    from papertrack.cli.typed import slips
    from papertrack.index.suggestions import suggestions
    from papertrack.query import typed  # 6 ms together, for empty results only

    near = session.library.index.query(suggestions, query)
    near = [(word, known) for word, known in near if not typed.state(word)]
    if not near:
        return ""
    words = slips.corrected(session.arguments, near)
    line = shlex.join(["papertrack", *words]) if words else ""
    if line and brief(line) == line:  # else it is not printed in full
        return f"; did you mean: {line}"
    corrections = [f"{known} for {word}" for word, known in near]
    if len(near) == 1:
        corrections = [near[0][1]]
    return f"; did you mean {', '.join(corrections)}?"


@listing("format json fields")
def show_command(session: Session, select_: opt.Select, options: Listing) -> None:
    """Show whole papers: facts, abstract, your marks, and the source of each fact.

    papertrack show 3

    papertrack show 2511.04570 --fields title,abstract
    """
    keys, _ = select(session, select_)
    papers = [session.library.get(key) for key in keys]

    def table() -> output.Drawing:
        numbers = session.library.listings.numbers() if session.on_terminal else {}
        records = [session.library.record(key) for key in keys]
        together = zip(papers, records, strict=True)
        return render.paper.whole(together, numbers, session.today, session.width)

    output.emit_papers(session, papers, options, table=table, rows=_fact_rows(papers))


def _fact_rows(papers: Sequence[Paper]) -> Iterator[output.Row]:
    """The fields of each paper that have a value, and an empty line between papers."""
    for number, paper in enumerate(papers):
        if number:
            yield ()
        for name, value in paper.as_json().items():
            if value not in (None, []):
                yield name, getattr(paper, name)
