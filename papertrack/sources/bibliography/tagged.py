"""A record of a format in which each line has a tag: PubMed's and EndNote's."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Record:
    """The values of a record by tag, each as its lines; `line` is where it starts."""

    line: int
    values: dict[str, list[list[str]]] = field(default_factory=dict)
    _last: list[str] = field(default_factory=list)

    def add(self, tag: str, value: str) -> None:
        """Add a value, which the lines after it may continue."""
        self._last = [value]
        self.values.setdefault(tag, []).append(self._last)

    def extend(self, line: str) -> None:
        """Continue the value that was added last."""
        self._last.append(line.strip())

    def all(self, *tags: str, separator: str = " ") -> list[str]:
        """The values of the tags that are not blank, in the tags' order."""
        values: list[list[str]] = []
        for tag in tags:
            values += self.values.get(tag, ())
        texts = (separator.join(lines).strip() for lines in values)
        return [text for text in texts if text]

    def first(self, *tags: str) -> str:
        """The value of the first of the tags that has one; "" if none has."""
        return next(iter(self.all(*tags)), "")
