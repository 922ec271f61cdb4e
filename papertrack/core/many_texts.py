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
