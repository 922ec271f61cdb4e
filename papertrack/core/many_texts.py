"""Many texts in little memory."""

from array import array

PARTS = 1 << 12
"""Among so many arrays hashes are divided, so that each is short to search."""


class Seen:
    """The texts that were added, as hashes of 8 bytes, where a set needs 100 a text.

    Two texts may have one hash: among three million with a chance of one in four
    million. This is for where that does little harm.
    """

    def __init__(self) -> None:
        self._parts: dict[int, array[int]] = {}

    def add(self, text: str) -> bool:
        """Add a text; whether it is new."""
        number = hash(text)
        part = self._parts.setdefault(number % PARTS, array("q"))
        if number in part:
            return False
        part.append(number)
        return True

    def __contains__(self, text: str) -> bool:
        number = hash(text)
        return number in self._parts.get(number % PARTS, ())


class Texts:
    """Texts in the order in which they were added, each as its bytes."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("q", [0])

    def append(self, text: str) -> None:
        """Add a text at the end."""
        self._bytes += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._bytes))

    def __getitem__(self, place: int) -> str:
        start, end = self._ends[place], self._ends[place + 1]
        return self._bytes[start:end].decode("utf-8", "surrogatepass")
