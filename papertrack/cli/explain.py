"""`explain`: why a paper is recommended, or how it matches a query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

from papertrack import render
from papertrack.cli import output
from papertrack.cli.select import one_paper
from papertrack.cli.session import Session
from papertrack.core.wording import counted
from papertrack.library import explaining
from papertrack.library.recommending import label, missing, placed
from papertrack.ranking.model import Feature, Model
from papertrack.ranking.recommend import Fit

if TYPE_CHECKING:
    from typer import Argument

    from papertrack.cli import options as opt

Part = tuple[str, Sequence[str], Sequence[Sequence[str]]]


def explain_command(
    session: Session,
    paper: opt.Paper,
    query: Annotated[
        list[str] | None,
        Argument(metavar="[QUERY]...", help="Explain how the paper matches this."),
    ] = None,
    json: opt.Json = False,
) -> None:
    """Show why a paper is recommended, or with a query how it matches.

    papertrack explain 3

    papertrack explain 3 diffusion policy

    What speaks for a paper are the words, pairs of words and authors that your papers of
    the tag have more often than the rest of the library.
    """
    key = one_paper(session.library, paper, "explain")
    if query:
        _match(session, key, query, json=json)
    else:
        _recommendation(session, key, json=json)


# ------------------------------------------------------------------ recommendations


def _recommendation(session: Session, key: str, *, json: bool) -> None:
    found = placed(session.library, [key])
    if key not in found.fits:
        session.narrate(missing(found.marked))
        return
    paper = session.library.get(key)
    fit = found.fits[key]
    rank = found.places[key]
    summary = _summary(fit, rank, found.candidates)

    def rows() -> Iterator[output.Row]:
        for feature in fit.features:
            yield list(_facts(feature, fit.model).values())

    def objects() -> object:
        return {
            "id": paper.id,
            "title": paper.title,
            "tag": fit.model.name if fit.model else None,
            "score": fit.score,
            "rank": rank,
            "candidates": found.candidates,
            "words": [_facts(feature, fit.model) for feature in fit.features],
            "against": [feature.text for feature in fit.against],
        }

    output.emit(
        session,
        table=lambda: render.reasons.reasons(
            paper, summary, _parts(fit), width=session.width
        ),
        rows=rows() if not session.on_terminal else [[summary]],
        objects=objects,
        json=json,
    )
    if not session.on_terminal and not json:
        session.narrate(summary)


def _summary(fit: Fit, rank: int, candidates: int) -> str:
    place = f"Place {rank:,} of {counted(candidates, 'paper')}"
    if fit.model is None:
        return f"{place}: nothing that your tags have in common is in it."
    direction = "above" if fit.score >= 0 else "below"
    return (
        f"{place}, by {label(fit.model.name)}: {abs(fit.deviations):.1f} standard "
        f"deviations {direction} the mean of the library's papers."
    )


def _parts(fit: Fit) -> list[Part]:
    """The tables of what speaks for a paper and against it."""
    parts: list[Part] = []
    if fit.model is not None:
        tag = label(fit.model.name)
        headings = ("Word", "Weight", f"in your {fit.model.tagged}", "in the library")
        rows = [_cells(feature, fit.model) for feature in fit.features]
        parts.append((f"For it, as in {tag}", headings, rows))
    if fit.against:
        headings = ("Word", "Weight", "in hidden papers", "in the library")
        rows = [
            (one.text, f"-{one.weight:.1f}", f"{one.tagged:,}", f"{one.papers:,}")
            for one in fit.against
        ]
        parts.append(("Against it, as in the papers that you hid", headings, rows))
    return parts


def _cells(feature: Feature, model: Model) -> tuple[str, ...]:
    return (
        feature.text,
        f"{feature.weight:.1f}",
        f"{feature.tagged} of {model.tagged}",
        f"{feature.papers:,} of {model.papers:,}",
    )


def _facts(feature: Feature, model: Model | None) -> dict[str, object]:
    return {
        "text": feature.text,
        "kind": feature.kind,
        "weight": round(feature.weight, 3),
        "in_tagged": feature.tagged,
        "tagged": model.tagged if model else 0,
        "in_library": feature.papers,
        "library": model.papers if model else 0,
    }


# ------------------------------------------------------------------ queries


def _match(session: Session, key: str, words: Sequence[str], *, json: bool) -> None:
    text = " ".join(words)
    paper = session.library.get(key)
    found = explaining.match(session.library, text, session.today, key)
    summary = _match_summary(found, text)
    for word, instead in found.corrected.items():
        summary += f" No paper has {word}; {instead} was looked for."
    if found.dropped:
        summary += f" Not looked for: {', '.join(found.dropped)}."
    rows = [[word.text, ", ".join(word.fields), word.papers] for word in found.words]
    shown = [
        (word.text, ", ".join(word.fields) or "nowhere", f"{word.papers:,}")
        for word in found.words
    ]
    headings = ("Word", "Found in", "Papers with it")
    output.emit(
        session,
        table=lambda: render.reasons.reasons(
            paper,
            summary,
            [("Its words", headings, shown)] if shown else [],
            width=session.width,
        ),
        rows=rows if not session.on_terminal else [[summary]],
        objects=lambda: {
            "id": paper.id,
            "title": paper.title,
            "matches": found.has_all,
            "place": found.place,
            "score": found.score,
            "words": [word._asdict() for word in found.words],
            "corrected": dict(found.corrected),
            "dropped": list(found.dropped),
        },
        json=json,
    )
    if not session.on_terminal:
        session.narrate(summary)


def _match_summary(found: explaining.Match, text: str) -> str:
    """Among which papers a search lists it."""
    score = f", with a score of {found.score} by them" if found.score else ""
    if found.has_all:
        words = f"It has all of {text}{score}"
    elif found.place is not None:
        words = f"It has some of {text}{score}, so it comes below those with all"
    else:
        words = f"It does not match {text}"
    place = f"; place {found.place} of the search" if found.place else ""
    return f"{words}{place}."
