"""The kinds of values that a key can have.

A kind takes a value in three forms: `stored`, the value of TOML that a typed text stands
for; `value`, what the program uses, from a value of TOML; `text`, as it is printed and
could be typed again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LONGEST = 4_000
"""Characters of a text at most."""


class Wrong(ValueError):
    """A value that a key cannot have; the message says what is expected."""


class Kind:
    """A text in one line."""

    expected = "a text in one line"
    is_list = False
    empty_counts = False
    """Whether a variable that is set to nothing is a value."""

    def stored(self, text: str) -> object:
        """The value of TOML for a typed text; `value` checks it."""
        return text

    def typed(self, words: Sequence[str]) -> object:
        """The value of TOML for what was typed, which may be several words."""
        return self.stored(" ".join(words))

    def value(self, stored: object) -> Any:
        """The value that the program uses. Raises Wrong."""
        if not isinstance(stored, str) or not 0 < len(stored) <= LONGEST:
            raise Wrong(self.expected)
        if not stored.isprintable() or not stored.strip():
            raise Wrong(self.expected)
        return stored

    def text(self, value: Any) -> str:
        """The value as it is printed."""
        return str(value)


class Command(Kind):
    """A command line, as a shell would split it."""

    expected = "a command line, with its quotes closed"

    def typed(self, words: Sequence[str]) -> object:
        """One word is a whole line; several are its words."""
        import shlex  # 0.3 ms, for commands only

        return words[0] if len(words) == 1 else shlex.join(words)

    def value(self, stored: object) -> str:
        """The command line, not split. Raises Wrong."""
        import shlex  # 0.3 ms, for commands only

        text: str = super().value(stored)
        try:
            words = shlex.split(text)
        except ValueError:
            words = []
        if not words:
            raise Wrong(self.expected)
        return text


class Pager(Kind):
    """A command line that a shell runs; PAGER set to nothing means none."""

    expected = "a command line"
    empty_counts = True


class Alias(Command):
    """A command line of papertrack without its first word."""

    expected = "a command line of papertrack, such as list is:unread"

    def value(self, stored: object) -> str:
        """The command line, not split. Raises Wrong."""
        text = super().value(stored)
        if text.startswith(("!", "papertrack ")):
            raise Wrong(self.expected)
        return text


class Style(Kind):
    """A style of Rich, of what no terminal misunderstands."""

    expected = "a style of Rich, such as bold green, color(31) or black on #ffd787"
    _ATTRIBUTES = frozenset(
        ("bold", "dim", "italic", "underline", "strike", "reverse", "blink")
    )
    _COLORS = frozenset(
        ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
    )

    def value(self, stored: object) -> str:
        """The style. Raises Wrong."""
        words = super().value(stored).split()
        previous = ""
        for word in words:
            if previous == "not":
                fits = word in self._ATTRIBUTES
            elif previous == "on":
                fits = self._is_color(word)
            else:
                fits = word in self._ATTRIBUTES or word in ("not", "on")
                fits = fits or self._is_color(word)
            if not fits:
                raise Wrong(self.expected)
            previous = word
        if previous in ("not", "on"):
            raise Wrong(self.expected)
        return " ".join(words)

    def _is_color(self, word: str) -> bool:
        if word.removeprefix("bright_") in self._COLORS or word == "default":
            return True
        number = word.removeprefix("color(").removesuffix(")")
        if word == f"color({number})":
            return number.isascii() and number.isdecimal() and int(number[:4]) <= 255
        digits = word.removeprefix("#")
        return word == f"#{digits}" and bool(re.fullmatch("[0-9a-fA-F]{6}", digits))


class Choice(Kind):
    """One of some names."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.expected = f"one of {', '.join(names)}"

    def value(self, stored: object) -> str:
        """The name. Raises Wrong."""
        if not isinstance(stored, str) or stored not in self.names:
            raise Wrong(self.expected)
        return stored


class SortFields(Kind):
    """Names with commas between them, or an array of them, each after `-` for the
    reverse order; `alone` is not to be combined.
    """

    def __init__(self, *names: str, alone: str) -> None:
        self.names = (*names, alone)
        self.alone = {alone, f"-{alone}"}
        self.expected = f"one of {', '.join(names)}, or several with commas, or {alone}"

    def typed(self, words: Sequence[str]) -> object:
        """The words are the names."""
        return ",".join(words)

    def value(self, stored: object) -> str:
        """The names with commas between them. Raises Wrong."""
        listed = stored.split(",") if isinstance(stored, str) else stored
        if not isinstance(listed, list) or not listed:
            raise Wrong(self.expected)
        fields = [field.strip() for field in listed if isinstance(field, str)]
        known = {*self.names, *(f"-{name}" for name in self.names)}
        if len(fields) < len(listed) or not set(fields) <= known:
            raise Wrong(self.expected)
        if len(fields) > 1 and self.alone & set(fields):
            raise Wrong(self.expected)
        return ",".join(fields)


class Whole(Kind):
    """A whole number from 1 up."""

    expected = "a whole number from 1 up"
    most = 10**9

    def stored(self, text: str) -> object:
        """The number that a text is, else the text."""
        if text.isascii() and text.isdecimal() and len(text) <= 10:
            return int(text)
        return text

    def value(self, stored: object) -> int:
        """The number. Raises Wrong."""
        if type(stored) is not int or not 1 <= stored <= self.most:
            raise Wrong(self.expected)
        return stored


class Seconds(Kind):
    """A number of seconds above 0, up to `most`."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.expected = f"a number of seconds above 0 and up to {most:,}"

    def stored(self, text: str) -> object:
        """The number that a text is, else the text."""
        try:
            number = float(text)
        except ValueError:
            return text
        is_whole = math.isfinite(number) and number == int(number)
        return int(number) if is_whole else number

    def value(self, stored: object) -> float:
        """The seconds. Raises Wrong."""
        if type(stored) not in (int, float):
            raise Wrong(self.expected)
        number = float(str(stored))
        if not 0 < number <= self.most:
            raise Wrong(self.expected)
        return number

    def text(self, value: float) -> str:
        """The number, without `.0`."""
        return str(self.stored(repr(value)))


class Port(Whole):
    """The number of a port."""

    expected = "the number of a port, 1 to 65535"
    most = 65_535


class Flag(Kind):
    """True or false."""

    expected = "true or false"

    def stored(self, text: str) -> object:
        """The truth value that a text is, else the text."""
        return {"true": True, "false": False}.get(text.lower(), text)

    def value(self, stored: object) -> bool:
        """The truth value. Raises Wrong."""
        if not isinstance(stored, bool):
            raise Wrong(self.expected)
        return stored

    def text(self, value: bool) -> str:
        """`true` or `false`, as TOML has it."""
        return str(value).lower()


class Mailbox(Kind):
    """A mail address, also with a name before it."""

    expected = "a mail address, such as ada@example.org or Ada <ada@example.org>"

    def value(self, stored: object) -> str:
        """The address, with its name. Raises Wrong."""
        text: str = super().value(stored)
        name, bracket, address = text.rpartition("<")
        if bracket:
            address = address.removesuffix(">")
        is_address = re.fullmatch(
            r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.)*[\w-]{1,63}",
            address,
            re.A,
        )
        is_closed = text.endswith(">") == bool(bracket)
        if not is_address or not is_closed or "<" in name or ">" in name:
            raise Wrong(self.expected)
        return f"{name.strip()} <{address}>" if name.strip() else address


class Folder(Kind):
    """The path of a folder. In the file it begins with / or ~; typed, it is made so."""

    expected = "a folder that begins with / or ~"

    def stored(self, text: str) -> object:
        """The absolute path; one that begins with ~ is left as it is."""
        if not text or text.startswith("~"):
            return text
        return str(Path(text).absolute())

    def value(self, stored: object) -> Path:
        """The absolute path. Raises Wrong."""
        try:
            path = Path(super().value(stored)).expanduser()
        except RuntimeError:  # the home folder of an unknown user
            raise Wrong(self.expected) from None
        if not path.is_absolute():
            raise Wrong(self.expected)
        return path


class File(Folder):
    """The path of a file, in the form of a folder's."""

    expected = "a file whose path begins with / or ~"


class FileName(Kind):
    """The pattern of a file's name, with fields of a paper in braces."""

    _FIELD = r"\{(id|v|first|year|title)(?:(?<=title):[1-9][0-9]?)?\}"
    """A field; of a title at most 99 characters."""
    _MOST_OTHERS = 20
    """Bytes beside the fields, that the whole name has less than 200."""

    expected = (
        "a name with {id}, and with {v}, {first}, {year} or {title:60} if you like"
    )

    def value(self, stored: object) -> str:
        """The pattern. Raises Wrong."""
        text: str = super().value(stored)
        others = re.sub(self._FIELD, "", text)
        is_short = len(others.encode()) <= self._MOST_OTHERS
        is_simple = not any(sign in others for sign in "{}/\\")
        fields = re.findall(self._FIELD, text)
        if fields.count("id") != 1 or len(set(fields)) < len(fields):
            raise Wrong(self.expected)
        if not is_short or not is_simple:
            raise Wrong(self.expected)
        return text


class Several(Kind):
    """A list: an array of TOML, or a text with commas."""

    is_list = True

    def __init__(self, of: Kind) -> None:
        self.of = of
        self.expected = f"a list, each of them {of.expected}"

    def typed(self, words: Sequence[str]) -> object:
        """One word has commas between the items; several are the items."""
        if len(words) == 1:
            return self.stored(words[0])
        return [self.of.stored(word) for word in words]

    def stored(self, text: str) -> object:
        """The parts between the commas."""
        parts = (part.strip() for part in text.split(","))
        return [self.of.stored(part) for part in parts if part]

    def value(self, stored: object) -> tuple[Any, ...]:
        """The values. Raises Wrong."""
        if isinstance(stored, str):
            stored = self.stored(stored)
        if not isinstance(stored, list):
            raise Wrong(self.expected)
        try:
            return tuple(map(self.of.value, stored))
        except Wrong:
            raise Wrong(self.expected) from None

    def text(self, value: Sequence[Any]) -> str:
        """The values with commas between them."""
        return ",".join(map(self.of.text, value))
