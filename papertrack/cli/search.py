"""`search`: the papers that words may mean, best match first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from papertrack import render
from papertrack.cli import find, output
from papertrack.cli.listing import SHOWN, Listing, Sort, listing
from papertrack.cli.select import days, search
from papertrack.cli.session import Session
from papertrack.core.errors import UsageError
from papertrack.core.wording import plural
from papertrack.index.finding import Found, matched
from papertrack.library.searching import Wanted, find_papers

if TYPE_CHECKING:
    from papertrack.cli import options as opt
    from papertrack.render.papers import Part

FEWER = "fewer words matched"


@listing(f"{find.SHARED} strict", sort=Sort.RELEVANCE, limit=SHOWN, snippets=1)
def search_command(
    session: Session,
    words: opt.Words,
    options: Listing,
    remote: opt.Remote = None,
    keep: opt.Keep = False,
) -> None:
    """Search papers, best match first, and show where they match.

    papertrack search 'diffusion "language model" author:li ^survey upvotes:20..'

    Words are searched in title, abstract, authors, tags, notes and comments; the title
    counts most. Only the newest 2,000 matches are ranked by relevance. Where few papers
    have all the words, those with some follow, and words that no paper has are
    corrected; --strict does neither. Text that you paste, such as a title, is never an
    error. For the query language see papertrack help query.

    papertrack search --remote arxiv 'title:diffusion author:ho published:2020..' --keep

    --remote searches at Hugging Face or arXiv instead, and marks what the library has;
    only --keep saves the results.
    """
    options = options._replace(words=words)
    if remote is not None:
        from papertrack.cli import remote as at  # with all of fetching: 60 ms

        at.search(session, remote, options, keep=keep)
        return
    if keep:
        raise UsageError(
            "--keep is for what a service finds; add --remote hf or --remote arxiv"
        )
    if not _is_page(options):
        find.run(session, options)
        return
    found = _found(session, options)
    _emit(session, found, options)
    _report(session, found, options)


def _is_page(options: Listing) -> bool:
    """Whether the best matches are wanted, rather than all, or in another order."""
    is_best_first = options.sort == Sort.RELEVANCE and not options.reverse
    is_whole = options.limit is None or options.group or options.only_count
    return is_best_first and not is_whole


def _found(session: Session, options: Listing) -> Found:
    if options.strict:
        clause, result = search(session, options)
        return Found(result, clause)
    text = " ".join(options.words)
    within = days(session, options.since, options.until)
    wanted = Wanted(text, session.today, options.limit or SHOWN, within)
    return find_papers(session.library, wanted)


def _emit(session: Session, found: Found, options: Listing) -> None:
    papers = found.papers

    def table() -> output.Drawing:
        session.library.number(papers)
        return render.papers.divided(
            _parts(session, found),
            columns=output.table_columns(session, options),
            today=session.today,
            width=session.width,
            snippets=find.snippets(session, options, found.clause),
        )

    def objects() -> Iterator[dict[str, Any]]:
        rows = output.paper_objects(papers, options)
        if options.fields is not None:
            yield from rows
            return
        has = matched(papers, found.clause)
        for paper, row in zip(papers, rows, strict=True):
            corrected = dict(found.corrected)
            yield {**row, "matched": has[paper.key], "corrected": corrected}

    output.emit_papers(session, papers, options, table=table, objects=objects)


def _parts(session: Session, found: Found) -> list[Part]:
    parts = []
    if found.result.papers:
        parts.append(render.papers.Part((), found.result.papers))
    if found.others:
        count = plural(len(found.others), "paper")
        heading = render.papers.heading(FEWER, count, session.width)
        parts.append(render.papers.Part(heading, found.others))
    return parts


def _report(session: Session, found: Found, options: Listing) -> None:
    """Report how the words were taken, and how many papers have all of them."""
    for line in readings(found):
        session.narrate(line)
    if not found.others:
        find.report_count(session, found.result, found.clause, options.words)
        find.suggest(session, "search", options.words, is_empty=not found.papers)
        return
    every = len(found.result.papers)
    count = f"{plural(every, 'paper') if every else 'no paper'} with all the words"
    session.narrate(f"{count}, {len(found.others)} with some")


def readings(found: Found) -> list[str]:
    """How what was typed was taken, in a line each."""
    lines = []
    if found.note:
        lines.append(found.note)
    if found.corrected:
        pairs = [f"{word} -> {instead}" for word, instead in found.corrected.items()]
        lines.append(
            f"corrected: {', '.join(pairs)} (--strict searches as it is typed)"
        )
    if found.dropped:
        lines.append(f"left out: {', '.join(found.dropped)}")
    if found.unknown:
        lines.append(f"in no paper: {', '.join(found.unknown)}")
    return lines
