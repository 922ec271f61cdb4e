"""The text of a Daily Papers page as a browser copies it: no markup and no ids.

The listing's day (`Nov 7`), then for each paper a title, its abstract and mostly a closing
block: `• 4 authors` or an organization, `·`, and a date followed by a comment count
(`Mar 17 2`, `Oct 14, 2020`). Copies lose and add blank lines, so the kind of a line is
detected from its shape. A paper without closing block ends where a title follows a
finished abstract. The page does not contain its own year: the user gives it, else the
file's name, else it is the year after the latest in the text.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, dropwhile
from typing import Literal

from papertrack.core.dates import MONTHS, existing_day
from papertrack.core.errors import Unrecognised, UsageError
from papertrack.core.facts import Facts, Listing
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, fold, shorten
from papertrack.core.wording import first_problems, plural
from papertrack.sources.bibliography.entries import text_of

_EXPECTED = (
    "expected the text of a Daily Papers page: "
    "titles, abstracts and lines like '• 4 authors · Mar 17'"
)
_MAX_LINES = 200_000
"""25,000 papers; more are not a listing, and only cost time."""
_MAX_MARK = 120
"""Longer lines are never a date, a count or a name; no pattern is tried on them."""
_MAX_TITLE = 300
_MAX_PROBLEMS = 20
_DATE = pattern(
    r"(?ai)(?:[a-z]{3,6}day,? )?(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|"
    r"may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.? (\d\d?)(?:,? "
    r"((?:19|20)\d\d))?(?: [·•]? ?(\d{1,5}))?"
)
_AUTHORS = pattern(r"(?:[•·*-] ?)?(\d{1,6}) authors?", re.I | re.ASCII)
_SUBMITTED = pattern(r"submitted by\b:? ?(.*)", re.I)
_NAMED_DAY = pattern(r"(?<!\d)((?:19|20)\d\d)([-_.]?)(\d\d)\2(\d\d)(?!\d)", re.ASCII)
_SENTENCE_END = pattern(r"[.!?…]['\"”’)\]]{0,3}$")
# Folded: the page's head and the links between its pages; its footer.
_FRAME = pattern(
    "new|get trending papers in your email inbox|subscribe|((daily|trending) "
    ")?papers|by ?ak and the research community"
    "|daily|weekly|monthly|hugging face|models|datasets|spaces|community|docs|"
    "pricing|log in|sign up|previous|next"
)
_FOOTER = pattern(r"company|tos|system theme|\d{4} hugging face")

_Kind = Literal["text", "authors", "dot", "date", "votes", "submitted"]
_CLOSING = ("authors", "date")
_Problem = tuple[int, str]


@dataclass(frozen=True, slots=True)
class _Item:
    """What a line, or a part of it, is.

    `number` is of authors, comments or votes; `year` is None if the date has none.
    """

    kind: _Kind
    line: int
    text: str
    number: int | None = None
    month: int = 0
    day: int = 0
    year: int | None = None


@dataclass(slots=True)
class _Draft:
    """A paper while it is read."""

    title: _Item
    paragraphs: list[str] = field(default_factory=list)
    authors: int | None = None
    organization: str | None = None
    dated: _Item | None = None
    votes: int | None = None


def parse(body: bytes, *, name: str, date: str | None) -> Listing:
    """The papers of a copied page.

    `name` is the file's, `date` (ISO) the listing's day if the user gives it. Raises
    Unrecognised if nothing looks like a paper, UsageError if `date` is not a day.
    """
    name = clean(name) or "the text"
    try:
        given = dt.date.fromisoformat(date) if date else None
    except ValueError:
        raise UsageError(f"{date} is not a day; expected YYYY-MM-DD") from None
    header, items = _framed(list(_items(body, name)))
    papers, problems = zip(*map(_papers, _blocks(items)), strict=True)
    drafts = list(chain.from_iterable(papers))
    if not any(map(_certain, drafts)):
        raise Unrecognised(f"{name}: no paper found; {_EXPECTED}")
    calendar = _calendar(
        header,
        [draft.dated for draft in drafts if draft.dated],
        named=_named_day(name),
        given=given,
    )
    facts = tuple(_facts(draft, calendar) for draft in drafts)
    by_line = sorted(chain(*problems, calendar.problems))
    unread = [f"{name}, line {line}: {text}" for line, text in by_line]
    reported = first_problems(unread, _MAX_PROBLEMS, name)
    if calendar.undated:
        dates = f"{plural(calendar.undated, 'date')} without a known year ignored"
        reported += (f"{name}: {dates}; give the day with --date YYYY-MM-DD",)
    notes = (f"{name}: {calendar.guess}",) if calendar.guess else ()
    return Listing(source="text", facts=facts, problems=reported, notes=notes)


def _items(body: bytes, name: str) -> Iterator[_Item]:
    if max(body.count(b"\n"), body.count(b"\r")) > _MAX_LINES:
        raise Unrecognised(f"{name}: more than {_MAX_LINES} lines; {_EXPECTED}")
    for number, raw in enumerate(text_of(body).split("\n"), 1):
        text = clean(raw)
        before, dot, after = text.rpartition("·")
        last = None
        if dot and len(text) <= _MAX_MARK:
            last = _item(after.strip(), number)
        if last and last.kind in ("date", "authors"):
            # A closing block that was copied into one line.
            first = _item(before.strip(), number)
            if first:
                yield first
            yield _Item("dot", number, "·")
            yield last
        elif item := _item(text, number):
            yield item


def _item(text: str, line: int) -> _Item | None:
    """What a line is; None for a blank one, a ruler or a link around the papers."""
    if len(text) > _MAX_MARK:
        return _Item("text", line, text)
    if text in ("·", "•"):
        return _Item("dot", line, text)
    if not (folded := fold(text)) or _FRAME.fullmatch(folded):
        return None
    if match := _AUTHORS.fullmatch(text):
        return _Item("authors", line, text, int(match[1]))
    if match := _DATE.fullmatch(text):
        month, day, year, comments = match.groups()
        return _Item(
            "date",
            line,
            text,
            int(comments) if comments else None,
            MONTHS[month[:3].lower()],
            int(day),
            int(year) if year else None,
        )
    if text.isascii() and text.isdecimal() and len(text) <= 6:
        return _Item("votes", line, text, int(text))
    if match := _SUBMITTED.fullmatch(text):
        return _Item("submitted", line, match[1])
    return _Item("text", line, text)


def _framed(items: list[_Item]) -> tuple[_Item | None, list[_Item]]:
    """The listing's day, if the text has its head, and the items between head and footer."""
    end = len(items)
    for i, item in reversed([*enumerate(items)]):
        if item.kind in _CLOSING:
            break
        if _FOOTER.fullmatch(fold(item.text[:_MAX_MARK])):
            end = i
    items = items[:end]
    for i, item in enumerate(items):
        if item.kind == "date" and item.number is None:
            return item, items[i + 1 :]
        if item.kind in ("authors", "dot", "date") or _is_prose(item.text):
            break
    return None, items


def _blocks(items: Sequence[_Item]) -> Iterator[list[_Item]]:
    """The items between closing blocks, vote counts or `Submitted by`: a paper, rarely more."""
    block: list[_Item] = []
    closed: set[_Kind] = set()
    texts = 0
    for item in items:
        if _begins_block(item.kind, closed, texts):
            yield block
            block = []
            closed = set()
            texts = 0
        block.append(item)
        texts += item.kind == "text"
        if item.kind in _CLOSING:
            closed.add(item.kind)
    yield block


def _begins_block(kind: _Kind, closed: set[_Kind], texts: int) -> bool:
    """Whether an item belongs to another paper than those closing lines and texts."""
    if kind not in ("text", "votes", "submitted"):
        return kind in closed
    if closed:
        return True
    most_texts = {"submitted": 0, "votes": 1}
    return texts > most_texts.get(kind, texts)


def _papers(block: Sequence[_Item]) -> tuple[list[_Draft], list[_Problem]]:
    """The papers of a block, of which the last has the closing lines, and its problems."""
    found = {item.kind: item for item in block}
    texts = [item for item in block if item.kind == "text"]
    by = found.get("submitted")
    if by and not by.text and len(texts) > 1 and len(texts[0].text) <= 60:
        del texts[0]  # the submitter's name
    organization = None
    last_kinds = [item.kind for item in block[-3:]]
    if len(texts) > 1 and last_kinds == ["text", "dot", "date"]:
        organization = _organization(texts[-1].text)
    if organization:
        texts.pop()
    titled = [*dropwhile(_is_long, texts)]
    if len(titled) < len(texts):
        problem = texts[0].line, "an abstract without a title was ignored"
        return _split(titled, found, organization), [problem]
    closing = found.get("authors") or found.get("date")
    if closing and not texts:
        shown = shorten(closing.text, 40)
        problem = closing.line, f"'{shown}' without a title above was ignored"
        return [], [problem]
    is_word = len(texts) == 1 and " " not in texts[0].text
    if is_word and not closing:
        shown = shorten(texts[0].text, 40)
        problem = texts[0].line, f"'{shown}' is not a paper"
        return [], [problem]
    return _split(texts, found, organization), []


def _is_long(item: _Item) -> bool:
    """Whether a text is too long for a title."""
    longest = 150 if item.text.endswith(".") else _MAX_TITLE
    return len(item.text) > longest


def _split(
    texts: Sequence[_Item], found: dict[_Kind, _Item], organization: str | None
) -> list[_Draft]:
    """Titles and their paragraphs; a paper that lacks its closing block runs into the next one."""
    drafts: list[_Draft] = []
    for i, item in enumerate(texts):
        paragraphs = drafts[-1].paragraphs if drafts else []
        following = texts[i + 1 : i + 2]
        if not drafts or (paragraphs and _begins(item, paragraphs[-1], following)):
            drafts.append(_Draft(item))
        else:
            paragraphs.append(item.text)
    numbers = {kind: item.number for kind, item in found.items()}
    if drafts:
        drafts[0].votes = numbers.get("votes")
        last = drafts[-1]
        last.authors = numbers.get("authors")
        last.organization = organization
        last.dated = found.get("date")
    return drafts


def _begins(item: _Item, before: str, following: Sequence[_Item]) -> bool:
    """Whether this is the next paper's title, not a paragraph or heading of an abstract."""
    is_finished = _SENTENCE_END.search(before[-4:]) or "http" in before[-200:]
    if not is_finished or item.text.count(" ") < 2 or not _is_title(item.text):
        return False
    return all(_is_prose(text.text) for text in following)


def _is_title(text: str) -> bool:
    if len(text) > _MAX_TITLE or "http" in text:
        return False
    if text.endswith((".", ",", ";", ":")) or re.match(r"[a-z]+ ", text):
        return False
    return text[0].isalnum() or text[0] in "\"'“‘«([¿¡$\\"


def _is_prose(text: str) -> bool:
    shortest = 80 if _SENTENCE_END.search(text[-4:]) else 150
    return len(text) >= shortest


def _organization(text: str) -> str | None:
    """The name without the avatar's alt text, as in `netflix Netflix`.

    That is a slug that repeats the name or is in lower case.
    """
    longest = 40 if _SENTENCE_END.search(text[-4:]) else 80
    if len(text) > longest:
        return None
    slug, _, name = text.partition(" ")
    is_lower = slug.islower() and not name[:1].islower()
    is_repeated = _letters(slug.replace("_", " ")) == _letters(name)
    return name if name and (is_lower or is_repeated) else text


def _letters(text: str) -> str:
    return fold(text).replace(" ", "")


def _certain(draft: _Draft) -> bool:
    """Whether this alone shows that the text is a listing."""
    if draft.authors is not None or (draft.dated and draft.organization is not None):
        return True
    first = "".join(draft.paragraphs[:1])
    return _is_title(draft.title.text) and _is_prose(first)


@dataclass(slots=True)
class _Calendar:
    """The page's year and the listing's day; collects the dates without a year."""

    year: int | None
    listed: dt.date | None = None
    guess: str | None = None
    undated: int = 0
    problems: list[_Problem] = field(default_factory=list)

    def place(self, item: _Item | None) -> dt.date | None:
        """The date of `item`; None, and a problem, if it does not exist or does not fit."""
        if item is None:
            return None
        year = item.year or self.year
        if year is None:
            self.undated += 1
            return None
        try:
            date = dt.date(year, item.month, item.day)
        except ValueError:
            fault = f"{year} does not have this day"
        else:
            if item.year or not self.listed or (date - self.listed).days <= 1:
                return date
            fault = f"{date} is after the listing of {self.listed}"
        self.problems.append((item.line, f"'{item.text}' was ignored: {fault}"))
        return None


def _calendar(
    header: _Item | None,
    dated: list[_Item],
    *,
    named: dt.date | None,
    given: dt.date | None,
) -> _Calendar:
    spelled = {item.year for item in dated if item.year}
    calendar = _Calendar(None)
    if given:
        calendar.year = given.year
    elif named:
        # When the page was saved: New Year may be between its day and this one.
        calendar.year = named.year
        if header and not header.year:
            later = (header.month, header.day - 1) > (named.month, named.day)
            calendar.year -= later
    elif header and header.year and header.year not in spelled:
        # If papers have the same year, the page is of a later one.
        calendar.year = header.year
    elif spelled:
        calendar.year = max(spelled) + 1
        if any(item.year is None for item in [header, *dated] if item):
            guess = f"assumed to be of {calendar.year}, the year after those in it"
            calendar.guess = f"{guess}; give the day with --date YYYY-MM-DD"
    calendar.listed = given or calendar.place(header) or named
    return calendar


def _named_day(name: str) -> dt.date | None:
    """The first day in the file's own name: listing-2025-11-07.txt, 20251107.txt."""
    match = _NAMED_DAY.search(re.split(r"[\\/]", name)[-1])
    day = existing_day("-".join(match.group(1, 3, 4))) if match else None
    return dt.date.fromisoformat(day) if day else None


def _facts(draft: _Draft, calendar: _Calendar) -> Facts:
    published = calendar.place(draft.dated)
    return Facts(
        title=draft.title.text,
        abstract=" ".join(draft.paragraphs),
        author_count=draft.authors,
        organization=draft.organization,
        published=published.isoformat() if published else None,
        listed=calendar.listed.isoformat() if calendar.listed else None,
        comments=draft.dated.number if draft.dated else None,
        upvotes=draft.votes,
    )
