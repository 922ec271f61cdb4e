"""JSON lines in batches, each parsed apart from the others, in any process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from papertrack.core.errors import PapertrackError
from papertrack.core.facts import Listing
from papertrack.sources.bibliography import json_objects
from papertrack.sources.formats import LineReader


class Batch(NamedTuple):
    """Lines, after so many others; `place` is how far the file was read then."""

    before: int
    lines: list[bytes]
    place: int

    @property
    def end(self) -> int:
        """How many lines there are up to the end of this batch."""
        return self.before + len(self.lines)


class Batches:
    """The batches of lines, the first of which come after `before` others.

    What reading them raises is raised by `finish`: lines before it may not be added yet.
    """

    def __init__(
        self, lines: Iterable[bytes], before: int, place: Callable[[], int]
    ) -> None:
        self._lines = iter(lines)
        self._before = before
        self._place = place
        self._error: Exception | None = None

    def __iter__(self) -> Iterator[Batch]:
        while lines := self._next():
            batch = Batch(self._before, lines, self._place())
            self._before = batch.end
            yield batch

    def _next(self) -> list[bytes]:
        if self._error is not None:
            return []
        try:
            return list(islice(self._lines, json_objects.BATCH))
        except (PapertrackError, OSError) as error:
            self._error = error
            return []

    def finish(self) -> None:
        """Raise what ended the lines."""
        if self._error is not None:
            raise self._error


class Parsed(NamedTuple):
    """A listing, with the `end` and the `place` of its batch."""

    end: int
    place: int
    listing: Listing


def parse(reader: LineReader, name: str, batch: Batch) -> Parsed:
    """The listing of a batch. Raises Unrecognised."""
    (listing,) = reader(batch.lines, name=name, first_line=batch.before + 1)
    return Parsed(batch.end, batch.place, listing)
