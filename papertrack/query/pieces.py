"""The words of a text as the index has them, each with its place in the text."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from papertrack.query.normalize import (
    APART,
    AS_WRITTEN,
    EDGES,
    STOP,
    WORD,
    compounds,
    joined_compound,
    plain_text,
)
from papertrack.query.scripts import EMOJI, EMOJI_WORD, is_emoji, without_emoji


class Piece(NamedTuple):
    """A word as it is spelled, and where what it spells is in the text."""

    word: str
    start: int
    end: int


def pieces(text: str) -> Iterator[Piece]:
    """The words of `spelled(text)`, each with its place: that of the whole part where
    it is written otherwise.

    The places are found by parts without spaces, so LaTeX that has a space in it is
    read less well.
    """
    joined: list[Piece] = []
    emoji: list[list[Piece]] = []
    folded = text.casefold()
    for match in re.finditer(rf"\S+|{APART}", text):
        part = match[0]
        position, end = start, _ = match.span()
        bare = part.strip(EDGES)
        if bare:
            start += part.index(bare)
            end = start + len(bare)
            if bare.isascii() and bare.isalpha():
                # Most of them, in a tenth of the time.
                yield Piece(bare.lower(), start, end)
                continue
        plain = plain_text(part)
        if not part.isascii():
            placed = _placed(part, plain, match.start())
            if placed:
                yield from (piece for piece in placed if not is_emoji(piece.word))
                emoji += _runs(placed)
                joined += [
                    Piece(joined_compound(whole), start, end)
                    for whole in compounds(plain)
                ]
                continue
            plain, runs = without_emoji(plain)
            for run in runs:
                emoji.append([Piece(word, start, end) for word in run.split()])
        for word in re.findall(WORD, plain):
            letters = word.translate(AS_WRITTEN)
            place = -1
            if len(text) == len(folded):
                place = folded.find(letters, position, end)
            if place < 0:
                yield Piece(word, start, end)
            else:
                position = place + len(letters)
                yield Piece(word, place, position)
        for whole in compounds(plain):
            joined.append(Piece(joined_compound(whole), start, end))
    for behind in [*([piece] for piece in joined), *emoji]:
        yield Piece(STOP, 0, 0)
        yield from behind


def _placed(part: str, plain: str, first: int) -> list[Piece]:
    """The words of a part that begins at `first`, each at its letters; [] where these are
    spelled in another way together than one by one.
    """
    words = re.findall(f"{EMOJI_WORD}|{WORD}", plain)
    letters = ""
    places: list[tuple[int, int]] = []
    for match in re.finditer(r"(?s).[\u0300-\u036f\u200d\ufe0f]*", part):
        spelling = _letters(match[0])
        letters += spelling
        start, end = match.span()
        places += [(first + start, first + end)] * len(spelling)
    if letters != "".join(words):
        return []
    placed: list[Piece] = []
    last = 0
    for word in words:
        begin, last = last, last + len(word)
        placed.append(Piece(word, places[begin][0], places[last - 1][1]))
    return placed


@lru_cache(maxsize=4096)
def _letters(text: str) -> str:
    return "".join(re.findall(f"{EMOJI}|{WORD}", plain_text(text)))


def _runs(placed: Iterable[Piece]) -> list[list[Piece]]:
    """The emoji among words, those that are side by side in one list."""
    runs: list[list[Piece]] = []
    is_running = False
    for piece in placed:
        is_one = is_emoji(piece.word)
        if is_one and is_running:
            runs[-1].append(piece)
        elif is_one:
            runs.append([piece])
        is_running = is_one
    return runs
