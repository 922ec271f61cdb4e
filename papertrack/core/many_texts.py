"""Many texts in little memory."""

from array import array
from collections.abc import Iterable

PART = 50
"""So many hashes are in an array at most, on average: it is searched from its start."""

PARTS = 1 << 12
"""Among so many arrays the hashes of names are divided, for the same reason."""


class Seen:
    """The texts that were added, as hashes of 8 bytes, where a set needs 100 a text.

    Two texts may have one hash: among three million with a chance of one in four
    million. This is for where that does little harm.
    """

    def __init__(self) -> None:
        self._parts: list[array[int]] = [array("q")]
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def update(self, texts: Iterable[str]) -> None:
        """Add texts."""
        for text in texts:
            self.add(text)

    def add(self, text: str) -> bool:
        """Add a text; whether it is new."""
        number = hash(text)
        part = self._parts[number % len(self._parts)]
        if number in part:
            return False
        part.append(number)
        self._count += 1
        if self._count > PART * len(self._parts):
            self._divide()
        return True

    def _divide(self) -> None:
        """Divide the hashes among twice as many arrays."""
        count = 2 * len(self._parts)
        parts = [array("q") for _ in range(count)]
        for part in self._parts:
            for number in part:
                parts[number % count].append(number)
        self._parts = parts

    def __contains__(self, text: str) -> bool:
        number = hash(text)
        return number in self._parts[number % len(self._parts)]


class Texts:
    """Texts in the order in which they were added, each as its bytes."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("q", [0])

    def append(self, text: str) -> None:
        """Add a text at the end."""
        self._bytes += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, place: int) -> str:
        start, end = self._ends[place], self._ends[place + 1]
        return self._bytes[start:end].decode("utf-8", "surrogatepass")


class NamedTexts:
    """Texts under names. A name may have several, in the order in which they were added."""

    def __init__(self) -> None:
        self._names = Texts()
        self._texts = Texts()
        self._parts: dict[int, array[int]] = {}

    def add(self, name: str, text: str) -> None:
        """Add a text under a name."""
        number = hash(name)
        part = self._parts.setdefault(number % PARTS, array("q"))
        part.extend((number, len(self._texts)))
        self._names.append(name)
        self._texts.append(text)

    def under(self, name: str) -> list[str]:
        """The texts under a name."""
        number = hash(name)
        part = self._parts.get(number % PARTS, array("q"))
        hashes, places = part[::2], part[1::2]
        same = [places[at] for at, other in enumerate(hashes) if other == number]
        return [self._texts[place] for place in same if self._names[place] == name]
