"""The bytes that a terminal sends, as names of keys."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

LONGEST_SEQUENCE = 64
"""Characters of a control sequence: no key's is longer."""

LONGEST_PASTE = 4_000
"""Characters of a paste that are read; the others are dropped."""

_CONTROL = {
    "\r": "enter",
    "\n": "enter",
    "\t": "tab",
    "\x7f": "backspace",
    "\x08": "backspace",
    " ": "space",
}

_FINAL = {
    "A": "up",
    "B": "down",
    "C": "right",
    "D": "left",
    "H": "home",
    "F": "end",
    "Z": "backtab",
    **dict(zip("PQRS", ("f1", "f2", "f3", "f4"), strict=True)),
}
"""The last letter of `ESC [ A` and `ESC O A`, of xterm and all that follow it."""

_NUMBERED = {
    **{1: "home", 2: "insert", 3: "delete", 4: "end", 5: "pageup", 6: "pagedown"},
    **{7: "home", 8: "end"},
    **{10 + number: f"f{number}" for number in range(1, 6)},
    **{11 + number: f"f{number}" for number in range(6, 11)},
    **{23: "f11", 24: "f12"},
}
"""The number of `ESC [ 5 ~`, of the VT220 and xterm."""

_SEQUENCE = re.compile(
    r"\x1b(?:"
    r"\[(?P<parameters>[0-?]*)[ -/]*(?P<final>[@-~])"  # CSI
    r"|O(?P<letter>[ -~])"  # SS3
    r"|[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC, DCS, APC, PM, SOS: responses
    r"|(?P<meta>[^\[O\]P_^X\x1b])"  # Alt and a key
    r")"
)
_BEGUN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|O|[\]P_^X][^\x07\x1b]*\x1b?)?")
"""A sequence of which more must follow."""

_PASTE_BEGINS, _PASTE_ENDS = "\x1b[200~", "\x1b[201~"


class Paste(NamedTuple):
    """A text that was pasted, of a terminal that marks such."""

    text: str


Key = str | Paste
"""The name of a key, or a paste."""


class Decoder:
    """Turns what is read into keys; a sequence or letter may be divided among reads."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._text = ""
        self._paste: str | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether a sequence has begun: Escape, if nothing follows at once."""
        return bool(self._text) and self._paste is None

    def feed(self, data: bytes) -> list[Key]:
        """The keys that these bytes complete."""
        self._text += self._decoder.decode(data)
        return self._keys(is_end=False)

    def flush(self) -> list[Key]:
        """The keys of what has begun, as nothing follows it."""
        return self._keys(is_end=True)

    def _keys(self, *, is_end: bool) -> list[Key]:
        keys: list[Key] = []
        while self._text:
            if self._paste is not None:
                if not self._read_paste(keys):
                    break
                continue
            if self._text.startswith(_PASTE_BEGINS):
                self._text = self._text[len(_PASTE_BEGINS) :]
                self._paste = ""
                continue
            key, length = self._first(is_end=is_end)
            if not length:
                break
            self._text = self._text[length:]
            if key:
                keys.append(key)
        return keys

    def _first(self, *, is_end: bool) -> tuple[str, int]:
        """The first key and the length of its text; 0 if more must follow.

        The key is empty where the text is none.
        """
        char = self._text[0]
        if char != "\x1b":
            return _key_of(char), 1
        found = _SEQUENCE.match(self._text)
        if found:
            return _named(found), found.end()
        begun = _BEGUN.fullmatch(self._text) is not None
        if begun and not is_end and len(self._text) <= LONGEST_SEQUENCE:
            return "", 0
        if begun and len(self._text) > 1:
            return "", len(self._text)
        return "escape", 1

    def _read_paste(self, keys: list[Key]) -> bool:
        """Move text to the paste; whether its end was found."""
        assert self._paste is not None
        before, end, after = self._text.partition(_PASTE_ENDS)
        if end:
            text = (self._paste + before)[:LONGEST_PASTE]
            keys.append(Paste(text))
            self._text, self._paste = after, None
            return True
        # The end may have begun.
        left = len(_PASTE_ENDS) - 1
        self._paste = (self._paste + before[:-left])[:LONGEST_PASTE]
        self._text = before[-left:]
        return False


def _key_of(char: str) -> str:
    """The key that sends this character; empty for one that is not a key."""
    if char in _CONTROL:
        return _CONTROL[char]
    if "\x01" <= char <= "\x1a":
        return f"ctrl-{chr(ord(char) + 0x60)}"
    return char if char.isprintable() else ""


def _named(found: re.Match[str]) -> str:
    """The key of a control sequence; empty for an unknown one."""
    final = found["final"] or found["letter"]
    if found["meta"] or not final:
        return ""
    if final == "~":
        number = (found["parameters"] or "").partition(";")[0]
        return _NUMBERED.get(int(number), "") if number.isdecimal() else ""
    return _FINAL.get(final, "")
