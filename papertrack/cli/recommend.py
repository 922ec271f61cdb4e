"""`similar`, `recommend`: papers by what is in others, each with the words that decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from papertrack import render
from papertrack.cli import output
from papertrack.cli.find import report_count
from papertrack.cli.listing import SHOWN, Listing, listing
from papertrack.cli.select import clause, one_paper
from papertrack.cli.session import Session
from papertrack.core.identity import show
from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.core.wording import noun
from papertrack.index.snippets import Snippet
from papertrack.library.recommending import missing, reason, recommended, unmarked
from papertrack.library.similar import similar

if TYPE_CHECKING:
    from papertrack.cli import options as opt

WORDS = 3
"""How many of the words that decided are shown."""

Reasons = Sequence[Mapping[str, object]]
"""Of each paper, what JSON has besides its fields; rows end with these values."""


@listing("limit columns format json fields", limit=SHOWN)
def similar_command(session: Session, paper: opt.Paper, options: Listing) -> None:
    """List papers that are like one of the library, most similar first.

    papertrack similar 3

    Papers are similar if title and abstract share the words that are rare elsewhere.
    Below each paper are the rarest of these.
    """
    key = one_paper(session.library, paper, "similar")
    found = similar(session.library.index, key, options.limit)
    shared = [tuple(words[:WORDS]) for words in found.shared]
    _emit(
        session,
        found.papers,
        options,
        [{"shared": words} for words in shared],
        [f"both: {', '.join(words)}" for words in shared],
    )
    count = len(found.papers)
    if not count:
        session.narrate(f"no other paper shares rare words with {show(key)}")
        return
    session.narrate(f"{count:,} {noun(count, 'paper')} most similar to {show(key)}")


@listing("words limit all since until columns format json fields", limit=SHOWN)
def recommend_command(session: Session, options: Listing) -> None:
    """List unmarked papers that fit your tags and stars, best first.

    papertrack recommend

    papertrack recommend listed:7d.. cat:cs.CL

    Each tag of five papers or more, and your stars, is an interest of its own; a paper
    counts by the one that it fits best. Below each paper are that tag and the words that
    decided; papertrack explain 3 shows all. The newest 5,000 matches are ranked. Hidden
    papers lower those like them.
    """
    query = clause(session, options)
    found = recommended(session.library, unmarked(query), limit=options.limit)
    if not found.has_enough:
        session.narrate(missing(found.marked))
        return
    papers = found.result.papers
    fits = [found.fits.get(paper.key) for paper in papers]
    facts: list[dict[str, object]] = []
    for fit in fits:
        name = fit.model.name if fit and fit.model else None
        features = fit.features[:WORDS] if fit else ()
        words = tuple(feature.text for feature in features)
        facts.append({"tag": name, "words": words})
    reasons = [clean(reason(fit, WORDS)) if fit else "" for fit in fits]
    _emit(session, papers, options, facts, reasons)
    note = "" if not papers else f" {noun(found.result.total, 'unmarked paper')}"
    report_count(session, found.result, query, options.words, note=note)


def _emit(
    session: Session,
    papers: Sequence[Paper],
    options: Listing,
    facts: Reasons,
    reasons: Sequence[str],
) -> None:
    """Print papers, each with the facts that decided, and a line of reasons below it."""

    def table() -> output.Drawing:
        session.library.number(papers)
        below = {
            paper.key: Snippet(paper.title, (text,) if text else ())
            for paper, text in zip(papers, reasons, strict=True)
        }
        return render.papers.listing(
            papers,
            columns=output.table_columns(session, options),
            today=session.today,
            width=session.width,
            snippets=lambda _: below,
        )

    def rows() -> Iterator[output.Row]:
        listed = output.paper_rows(papers, options)
        for row, more in zip(listed, facts, strict=True):
            yield [*row, *more.values()] if options.columns is None else row

    def objects() -> Iterator[dict[str, Any]]:
        listed = output.paper_objects(papers, options)
        for one, more in zip(listed, facts, strict=True):
            yield {**one, **more} if options.fields is None else one

    output.emit_papers(
        session, papers, options, table=table, rows=rows(), objects=objects
    )
