"""`read`: the full text of a paper, in the pager."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

from papertrack.cli import output
from papertrack.cli.select import named_version, one_paper
from papertrack.cli.session import Session
from papertrack.core import identity
from papertrack.core.errors import (
    FetchError,
    NotFound,
    PapertrackError,
    SomeTargetsFailed,
    UsageError,
)
from papertrack.core.local_time import local_day
from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.core.wording import did_you_mean, enumerated, excerpt
from papertrack.fetching import fulltexts
from papertrack.fetching.cached_texts import CachedText, CachedTexts
from papertrack.fetching.fulltexts import NoFullText, Wanted
from papertrack.sources.fulltext import abstract, sections
from papertrack.sources.fulltext.sections import Section

if TYPE_CHECKING:
    from typer import Option

    from papertrack.cli import options as opt

FOLDER = "fulltext"
"""The folder of the texts in the cache."""
MOST_NAMED = 6
"""How many sections a message names."""


class _Subject(NamedTuple):
    """The paper to read: its id for messages, what the library knows of it, and what to
    request of services; None for what there is not.
    """

    id: str
    paper: Paper | None
    wanted: Wanted | None


class _Shown(NamedTuple):
    """A text to show, a line about it, and the error to end with."""

    markdown: str
    about: str
    notes: Sequence[str] = ()
    error: PapertrackError | None = None


def read_command(
    session: Session,
    paper: opt.Paper,
    outline: Annotated[
        bool, Option("--outline", help="List the sections instead.")
    ] = False,
    section: Annotated[
        str | None,
        Option(
            "--section",
            metavar="N|NAME",
            help="Show one section: its number, or words of its name.",
        ),
    ] = None,
    again: Annotated[
        bool, Option("--again", help="Download the text again, as it may have changed.")
    ] = False,
) -> None:
    """Read the full text of a paper in the pager; off a terminal, print it as Markdown.

    papertrack read 2511.04570

    papertrack read 2511.04570 --section related

    It is Hugging Face's Markdown, else arXiv's HTML, else the abstract. A copy is saved
    in the cache, and read offline.
    """
    if outline and section is not None:
        raise UsageError("--outline and --section exclude each other; leave one out")
    subject = _subject(session, paper)
    shown = _text(session, subject, again=again)
    if outline:
        _emit_outline(session, shown)
    else:
        markdown = shown.markdown
        if section is not None:
            markdown = _section(subject, shown, section)
        _emit(session, markdown, shown)
    for note in shown.notes:
        session.narrate(note)
    if shown.error is not None:
        raise shown.error


def _subject(session: Session, text: str) -> _Subject:
    """The paper that a text names, which need not be in the library if it is on arXiv.

    Raises NotFound, UsageError.
    """
    version = named_version(text)
    try:
        key = one_paper(session.library, text, "read")
    except NotFound:
        named = identity.normalise(text) or ""
        if not named.startswith("arxiv:"):
            raise
        id = identity.show(named)
        return _Subject(id, None, Wanted(id, version, version is not None))
    paper = session.library.get(key)
    arxiv_id = fulltexts.arxiv_id(paper)
    wanted = None
    if arxiv_id:
        newest = paper.version if paper.key.startswith("arxiv:") else None
        wanted = Wanted(arxiv_id, version or newest, version is not None)
    return _Subject(clean(paper.id), paper, wanted)


# ------------------------------------------------------------------ the text


def _text(session: Session, subject: _Subject, *, again: bool) -> _Shown:
    """The best text that there is of a paper. Raises NotFound, PapertrackError."""
    wanted = subject.wanted
    if wanted is None:
        return _abstract(subject, "no full text: it has no arXiv id")
    cached = CachedTexts(session.locations.cache / FOLDER)
    found = cached.find(wanted.id, wanted.version, is_exact=wanted.is_exact)
    if found and not again:
        return _full(subject, found, is_copy=True)
    try:
        return _full(subject, _read(session, wanted, cached), is_copy=False)
    except NoFullText:
        return _abstract(subject, "no full text at Hugging Face or arXiv")
    except FetchError as error:
        if not found and not wanted.is_exact:
            found = cached.find(wanted.id, None, is_exact=False)
        if found:
            failed = SomeTargetsFailed(f"{subject.id}: not downloaded again: {error}")
            return _full(subject, found, is_copy=True)._replace(error=failed)
        return _abstract(subject, "the full text was not read", error)


def _read(session: Session, wanted: Wanted, cached: CachedTexts) -> CachedText:
    from papertrack.fetching.client import connect  # httpx: 115 ms

    cache = session.locations.cache
    http = connect(session.environment, cache, session.config["fetch.timeout"])
    with http, session.progress.working():
        return fulltexts.read(
            lambda: http,
            wanted,
            session.environment,
            cached,
            now=session.now,
            progress=session.progress,
        )


def _full(subject: _Subject, text: CachedText, *, is_copy: bool) -> _Shown:
    """A full text, with what is to be said about it."""
    name = subject.id
    if text.version:
        name = f"{subject.id}v{text.version}"
    about = f"{name}: {text.service}"
    if is_copy:
        about += f", saved on {local_day(text.read_at)}"
    notes = []
    version = subject.wanted.version if subject.wanted else None
    if text.version and version and text.version < version:
        notes.append(f"version {version} has no full text yet; this is an older one")
    if text.is_truncated:
        notes.append(
            f"the conversion broke off, the end is missing; papertrack pdf {subject.id}"
            " downloads all of it"
        )
    return _Shown(text.markdown, about, notes)


def _abstract(
    subject: _Subject, reason: str, failure: FetchError | None = None
) -> _Shown:
    """The abstract, in the place of the full text; `failure` is that of a service.

    Raises NotFound for a paper that the library does not have, PapertrackError if it has
    no abstract, or a service failed.
    """
    id, paper, _ = subject
    about = f"{id}: {reason}; this is the abstract"
    if failure is not None:
        reason = f"{reason}: {failure}"
    if failure is not None and (paper is None or not paper.abstract):
        raise PapertrackError(f"{id}: {reason}")
    if paper is None:
        raise NotFound(
            f"{id}: {reason}, and it is not in the library; papertrack add {id} adds it"
        )
    if not paper.abstract:
        raise PapertrackError(
            f"{id}: {reason}, and no abstract; papertrack open {id} shows its page"
        )
    markdown = abstract.text(
        clean(paper.title), list(map(clean, paper.authors)), clean(paper.abstract)
    )
    error = None
    if failure is not None:
        error = SomeTargetsFailed(f"{id}: this is the abstract; {reason}")
    return _Shown(markdown, about, (), error)


# ------------------------------------------------------------------ output


def _emit(session: Session, markdown: str, shown: _Shown) -> None:
    """Print a text, or a section of it."""
    if not session.on_terminal:
        if shown.error is None:
            session.narrate(shown.about)
        output.write(session, markdown)
        return
    from papertrack.render import fulltext  # rich.markdown: 40 ms

    if fulltext.can_be_drawn(markdown):
        output.draw(session, fulltext.document(markdown, shown.about))
    else:
        output.write_long(session, f"{shown.about}\n\n{markdown}")


def _emit_outline(session: Session, shown: _Shown) -> None:
    """List the sections of a text."""
    found: Sequence[Section] = sections.outline(shown.markdown)

    def table() -> output.Drawing:
        from papertrack.render import fulltext

        return fulltext.outline((one.level, one.number, one.name) for one in found)

    rows = [(one.number, one.level - 1, one.name) for one in found]
    if shown.error is None:
        session.narrate(shown.about)
    output.emit(session, table=table, rows=rows)


def _section(subject: _Subject, shown: _Shown, wanted: str) -> str:
    """The text of the section that is meant.

    Raises NotFound, UsageError; the error of a service whose text may have had it.
    """
    known = sections.outline(shown.markdown)
    found = sections.find(known, wanted)
    name = excerpt(wanted, 60)
    if not found and shown.error is not None:
        raise shown.error
    if not found:
        titles = [one.title for one in known]
        near = did_you_mean(name, titles)
        if not near.startswith("; did you mean"):
            top = [one.title for one in known if one.level == 2]
            near = f"; it has {enumerated(top or titles, MOST_NAMED)}"
            near += "; --outline lists all" if len(titles) > MOST_NAMED else ""
        raise NotFound(f"{subject.id} has no section {name}{near}")
    names = {one.title for one in found}
    if len(names) > 1:
        listed = enumerated([one.title for one in found], MOST_NAMED)
        raise UsageError(f"{name} may be {listed}; name one by its number")
    return "\n".join(sections.text_of(shown.markdown, one) for one in found)
