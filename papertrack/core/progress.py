"""The progress of long work: whatever does it reports how far it is, the command line
shows that.
"""

import contextlib
from collections.abc import Collection, Iterator
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Moment(NamedTuple):
    """How far work is: `done` of `total` units, 0 if unknown, after `seconds`.

    It is in this `phase`, at the file or target `name` if that is not empty. `rate` is in
    units a second, 0 if unknown. `turns` counts the times this was looked at.
    """

    name: str
    phase: str
    done: int
    total: int
    unit: str
    rate: float
    seconds: float
    turns: int


class Progress:
    """Takes reports of how far long work is. This one drops them."""

    def report(self, phase: str, done: int = 0, total: int = 0, unit: str = "") -> None:
        """The work is in this phase ("reading"), `done` of `total` units ("pages").

        A total of 0 is unknown. It costs nothing to call this for each unit.
        """

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Within the block work continues. A block inside another is a part of that
        work.
        """
        yield

    @contextlib.contextmanager
    def within(self) -> Iterator[None]:
        """What is reported within the block are phases of the unit that is being done."""
        yield

    def counted(self, items: Collection[T], phase: str, unit: str) -> Iterator[T]:
        """The items; each is reported as done once the next one is requested."""
        done = 0
        total = len(items)
        self.report(phase, done, total, unit)
        for item in items:
            yield item
            done += 1
            self.report(phase, done, total, unit)


SILENT = Progress()
"""For work whose progress nobody sees."""
