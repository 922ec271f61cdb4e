"""Dates as a reader types them, and dates as sources write them.

A reader's date becomes a half-open interval of ISO days: `2025`, `2025-03`, `2025-W45`,
`2025-03-07`, `today`, `yesterday`, `7d` (seven days ago; also w, m, y), and ranges
`a..b`, `a..`, `..b`, both ends included. The caller passes today's date.

A source's date becomes an ISO date in the precision that it states: `2025`, `2025-03` or
`2025-03-07`. Nothing is completed, least of all from the clock.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import lru_cache

Interval = tuple[str | None, str | None]
"""[first, last): ISO days, the second excluded; None where an end is open."""

_EXPECTED = (
    "expected 2025, 2025-03, 2025-W45, 2025-03-07, today, yesterday, 7d or a range such"
    " as 7d.."
)
_DAY = dt.timedelta(days=1)

_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
MONTHS = {name: number for number, name in enumerate(_NAMES.split(), 1)}
"""The numbers of the months by the first three letters of their English names."""


def existing_day(text: str) -> str | None:
    """The ISO day that `text` begins with; None if there is none, or no such day.

    >>> existing_day("2025-11-07T10:00:00Z"), existing_day("2025-02-30")
    ('2025-11-07', None)
    """
    match = re.match(r"\d{4}-\d\d-\d\d(?!\d)", text)
    if not match:
        return None
    try:
        return dt.date.fromisoformat(match[0]).isoformat()
    except ValueError:
        return None


def interval(text: str, today: dt.date) -> Interval:
    """The days that `text` names. Raises ValueError with a one-line reason."""
    first, dots, last = text.partition("..")
    if not dots:
        last = first
    elif not first and not last:
        raise ValueError(f"an empty range; {_EXPECTED}")
    start = None
    end = None
    if first or not dots:
        start = day(first, today).isoformat()
    if last or not dots:
        end = (last_day(last, today) + _DAY).isoformat()
    if start and end and start >= end:
        raise ValueError(f"the range {text} ends before it begins")
    return start, end


def day(text: str, today: dt.date) -> dt.date:
    """The first day that `text` names. Raises ValueError."""
    return _days(text, today)[0]


def last_day(text: str, today: dt.date) -> dt.date:
    """The last day that `text` names. Raises ValueError."""
    return _days(text, today)[1]


def _days(text: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """The first and last day that `text` names. Raises ValueError."""
    text = text.strip()
    try:
        days = _parsed(text.lower(), today)
        if days is not None and days[1] < dt.date.max:
            return days
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"{text or 'nothing'} is not a date; {_EXPECTED}") from None


def _parsed(text: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """The first and last day; None for another text.

    Raises ValueError, OverflowError for a day that does not exist.
    """
    if text == "today":
        return today, today
    if text == "yesterday":
        date = today - _DAY
        return date, date
    if match := re.fullmatch(r"(\d{1,4})([dwmy])", text):
        date = _ago(today, int(match[1]), match[2])
        return date, date
    if re.fullmatch(r"\d{4}", text):
        return dt.date(int(text), 1, 1), dt.date(int(text), 12, 31)
    if re.fullmatch(r"\d{4}-\d\d", text):
        date = dt.date.fromisoformat(f"{text}-01")
        return date, _month_end(date)
    if match := re.fullmatch(r"(\d{4})-w(\d\d)", text):
        date = dt.date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return date, date + 6 * _DAY
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        date = dt.date.fromisoformat(text)
        return date, date
    return None


def _month_end(date: dt.date) -> dt.date:
    next_month = date.replace(day=1) + 32 * _DAY
    return next_month.replace(day=1) - _DAY


def _ago(
    today: dt.date,
    count: int,
    unit: str,
) -> dt.date:
    """The day `count` days, weeks, months or years ago; a shorter month's last day."""
    if unit == "d":
        return today - count * _DAY
    if unit == "w":
        return today - 7 * count * _DAY
    months_ago = count if unit == "m" else 12 * count
    months = today.year * 12 + today.month - 1 - months_ago
    first = dt.date(months // 12, months % 12 + 1, 1)
    return min(first + (today.day - 1) * _DAY, _month_end(first))


# ------------------------------------------------------------------ ISO dates

LAST_YEAR = 2999
"""No later year is one: `9999` stands for an unknown year in some files."""


def iso_date(year: int, month: int = 0, day: int = 0) -> str | None:
    """The ISO date of what is known (0: unknown); None if there is no such date.

    >>> iso_date(2021), iso_date(2021, 3), iso_date(2021, 3, 7), iso_date(2021, 2, 30)
    ('2021', '2021-03', '2021-03-07', None)
    """
    if year > LAST_YEAR:
        return None
    try:
        iso = dt.date(year, month or 1, day or 1).isoformat()
    except ValueError:
        return None
    if not month:
        return iso[:4]
    return iso if day else iso[:7]


def most_precise(year: int, month: int, day: int) -> str | None:
    """The ISO date without the parts that make it one that does not exist."""
    return iso_date(year, month, day) or iso_date(year, month) or iso_date(year)


def partial_date(text: str) -> str | None:
    """`text` if it is an ISO date: a year, a month or a day that exists; else None.

    >>> partial_date("2021"), partial_date("2021-03"), partial_date("2021-02-30")
    ('2021', '2021-03', None)
    """
    match = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", text)
    if not match:
        return None
    iso = iso_date(*(int(part or 0) for part in match.groups()))
    return iso if iso == text else None


# ------------------------------------------------------------------ written dates

_MONTH_NAMES = (
    "january januar janvier enero gennaio janeiro januari",
    "february februar fevrier febrero febbraio fevereiro februari",
    "march marz maerz mars marzo marco maart",
    "april avril abril aprile",
    "may mai mayo maggio maio mei",
    "june juni juin junio giugno junho",
    "july juli juillet julio luglio julho",
    "august aout agosto augustus",
    "september sept septembre septiembre settembre setembro",
    "october oktober octobre octubre ottobre outubro",
    "november novembre noviembre novembro",
    "december dezember decembre diciembre dicembre dezembro",
)
_FILLERS = "of the th st nd rd de del di den le er o a"
_ZONE_HOURS = {"EDT": -4, "CDT": -5, "MDT": -6, "PDT": -7}
_ZONE_HOURS |= {"EST": -5, "CST": -6, "MST": -7, "PST": -8}
_TIME = (
    r"(?<![0-9:])T?(?P<hour>[0-9]{1,2}):(?P<minute>[0-5][0-9])"
    r"(?::[0-9]{2}(?:[.,][0-9]+)?)?\s*(?P<half>[ap]m\b)?\s*"
    r"(?P<zone>Z|UTC?|GMT|[ECMP][SD]T)?\s?"
    r"(?P<offset>[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})?(?![0-9:])"
)
_YEAR_FIRST = r"([0-9]{4})([-/.: ])([0-9]{1,2})(?:\2([0-9]{1,2}))?(?![0-9])"
_WEEK = r"(?i)([0-9]{4})-?W([0-9]{2})(?:-?([1-7]))?(?![0-9])"
_YEAR_LAST = r"([0-9]{1,2})([-/. ])([0-9]{1,2})\2([0-9]{4})(?![0-9])"
_EAST_ASIAN = (
    r"([0-9]{4})\s*[年년](?:\s*([0-9]{1,2})\s*[月월](?:\s*([0-9]{1,2})\s*[日号號일])?)?"
)
_SEASONS = range(21, 42)
"""What ISO 8601-2 writes in place of a month."""

_Read = tuple[str | None, bool]
"""An ISO date or None; whether its day and month can be swapped."""

_NO_DATE: _Read = (None, False)


def written_date(text: str) -> str | None:
    """The ISO date of a text in any common spelling, in the precision it states.

    None for a text that is not a date, or that names a day that does not exist. Of a
    season, or of a day and a month that could be swapped (see `is_ambiguous`), only the
    year is known; of a week its month. A time with a zone is read in UTC; a span of
    time has the date of its start.

    >>> written_date("Sun, 10 Mar 2024 23:30:00 -0500"), written_date("May 2020")
    ('2024-03-11', '2020-05')
    """
    return _read(text)[0]


def is_ambiguous(text: str) -> bool:
    """Whether the day and the month in `text` can be swapped, so that neither is known.

    >>> is_ambiguous("12/05/2020"), is_ambiguous("25/05/2020")
    (True, False)
    """
    return _read(text)[1]


@lru_cache(maxsize=512)
def _read(text: str) -> _Read:
    text = text.strip()
    iso = partial_date(text)
    if iso:
        return iso, False
    text = unicodedata.normalize("NFKC", text[:200])
    text = re.sub("[\u2010-\u2015\u2212]", "-", text)
    before_christ = r"\s*-[0-9]|(?i:.*[0-9]\s*b\.?\s?c\b)"
    if re.match(before_christ, text):
        return _NO_DATE
    text, time = _without_time(text)
    parts = _parts(text)
    if any(map(_month_number, parts)):
        iso, ambiguous = _with_month_name(parts), False
    else:
        iso, ambiguous = _in_numbers(text)
    if iso and len(iso) == 10 and time:
        iso = _shifted(iso, time)
    return iso, ambiguous


def _shifted(iso: str, time: dt.timedelta) -> str | None:
    """The day that is `time` after the start of a day."""
    try:
        return (dt.datetime.fromisoformat(iso) + time).date().isoformat()
    except OverflowError:
        return None


def _without_time(text: str) -> tuple[str, dt.timedelta | None]:
    """The text without its time of day; that time in UTC if its zone is known."""
    compact = r"(?<=[0-9]{8})T([0-9]{2})([0-9]{2})(?:[0-9]{2})?"
    text = re.sub(compact, r" \1:\2", text)
    match = re.search(_TIME, text, re.IGNORECASE)
    if not match or int(match["hour"]) > 24:
        return text, None
    hour = int(match["hour"])
    half = (match["half"] or "").lower()
    offset, zone = match["offset"], match["zone"]
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    if not offset and not zone:
        return rest, None
    if half:
        hour %= 12
    if half == "pm":
        hour += 12
    time = dt.timedelta(hours=hour, minutes=int(match["minute"]))
    if not offset:
        hours_ahead = _ZONE_HOURS.get(zone.upper(), 0)
        return rest, time - dt.timedelta(hours=hours_ahead)
    digits = offset[1:].replace(":", "").ljust(4, "0")
    ahead = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset.startswith("-"):
        return rest, time + ahead
    return rest, time - ahead


# ------------------------------------------------------------------ with a month's name


def _parts(text: str) -> list[str]:
    """The numbers and words of a text, folded, without words that only link them."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    parts: list[str] = re.findall(r"[0-9]+|[^\W\d_]+", letters)
    fillers = _FILLERS.split()
    return [part for part in parts if part not in fillers]


@lru_cache(maxsize=512)
def _month_number(word: str) -> int:
    """The month that a word is the name of, or its beginning; 0 for another word."""
    if len(word) < 3 or not word.isalpha():
        return 0
    found = []
    for number, names in enumerate(_MONTH_NAMES, 1):
        # Each name after a blank, so that only beginnings of names match.
        if f" {word}" in f" {names}":
            found.append(number)
    return found[0] if len(found) == 1 else 0


def _with_month_name(parts: list[str]) -> str | None:
    """The date of `12 May 2020`, `May 12th, 2020`, `2020 May`, `10-Mar-24`; else None."""
    numbers = list(map(_month_number, parts))
    months = [number for number in numbers if number]
    place = numbers.index(months[0])
    before, after = parts[:place], parts[place + 1 :]
    day = "0"
    while before and _has_two_digits(before[-1]):
        day = before.pop()  # `12-14 May` begins on the 12th
    if day == "0" and after and _has_two_digits(after[0]):
        day = after.pop(0)
    years = [int(part) for part in parts if re.fullmatch("[0-9]{4}", part)]
    if not years and day != "0" and after and re.fullmatch("[0-9]{2}", after[0]):
        short = int(after[0])
        century = 1900 if short > 68 else 2000  # as e-mail does
        years = [century + short]
    if not years or years[0] == 0:
        return None
    if len(years) == 1 and months != sorted(months):
        return iso_date(years[0])  # `30 Dec - 2 Jan 2020` begins in another year
    return iso_date(years[0], months[0], int(day))


def _has_two_digits(part: str) -> bool:
    return len(part) < 3 and part.isdecimal()


# ------------------------------------------------------------------ numbers alone


def _in_numbers(text: str) -> _Read:
    """The date that the numbers of a text are."""
    if re.search("[年月日년월일]", text):
        match = re.search(rf"(?<![0-9]){_EAST_ASIAN}", text)
        return (_date_of(*match.groups()), False) if match else _NO_DATE
    text = text.strip()
    if re.fullmatch(r"[0-9]+|[0-9]{9,}\.[0-9]+", text):
        return _in_digits(text.partition(".")[0]), False
    text = re.sub(r"(?i)\bq[1-4]\b|\b[1-4]q\b|\b[1-4](?:st|nd|rd|th)\b", "", text)
    text = re.sub(r"\s*([-/.])\s*", r"\1", text)
    match = re.search("[0-9](?:.*[0-9])?", text)
    return _with_separators(match[0]) if match else _NO_DATE


def _with_separators(numbers: str) -> _Read:
    """The date of numbers with something between them."""
    if match := re.match(_WEEK, numbers):
        return _in_week(*(int(part or 0) for part in match.groups())), False
    if match := re.match(r"([0-9]{4})-([0-9]{3})(?![0-9])", numbers):
        return _in_digits(match[1] + match[2]), False
    if match := re.match(_YEAR_FIRST, numbers):
        year, _, month, day = match.groups()
        if not day and _is_no_month(year, int(month)):
            month = None
        return _date_of(year, month, day), False
    if match := re.match(_YEAR_LAST, numbers):
        return _year_last(*match.groups())
    if match := re.fullmatch(r"([0-9]{1,2})[-/.]([0-9]{4})", numbers):
        return _date_of(match[2], match[1]), False
    if re.match(r"[0-9]{4}[-/]+[0-9]{4}(?![0-9])", numbers):
        return _date_of(numbers[:4]), False
    years = re.findall(r"(?<![0-9])[0-9]{4}(?![0-9])", numbers)
    return (_date_of(years[0]), False) if len(years) == 1 else _NO_DATE


def _date_of(year: str, month: str | None = None, day: str | None = None) -> str | None:
    return iso_date(int(year), int(month or 0), int(day or 0))


def _is_no_month(year: str, number: int) -> bool:
    """Whether `2020-21` is a season, or begins in the one year and ends in the next."""
    return number in _SEASONS or (number > 12 and number == (int(year) + 1) % 100)


def _year_last(first: str, separator: str, second: str, year: str) -> _Read:
    """`12.5.2020` begins with the day; with other separators it may be the month."""
    could_be_months = int(first) <= 12 and int(second) <= 12
    if could_be_months and first != second and separator != ".":
        return _date_of(year), True
    day_first = _date_of(year, second, first)
    return day_first or _date_of(year, first, second), False


def _in_week(year: int, week: int, day: int) -> str | None:
    """The day of a week; the month or year in which the whole week lies without one."""
    try:
        first = dt.date.fromisocalendar(year, week, day or 1)
        last = dt.date.fromisocalendar(year, week, day or 7)
    except ValueError:
        return None
    if first == last:
        return first.isoformat()
    if first.year != last.year:
        return iso_date(year)
    if first.month != last.month:
        return iso_date(year)
    return iso_date(year, first.month)


def _in_digits(digits: str) -> str | None:
    """The date of `2020`, `499`, `20200512`, `2020133` or of a UNIX time."""
    number, length = int(digits), len(digits)
    if length in (3, 4):
        return iso_date(number)
    if length == 7:
        return _ordinal(number // 1000, number % 1000)
    if length in (8, 12, 14):
        day = _date_of(digits[:4], digits[4:6], digits[6:8])
        if length != 12 or (day and digits[8:] < "2400"):
            return day
    units = {9: 1, 10: 1, 12: 1_000, 13: 1_000, 16: 1_000_000}
    if length not in units:
        return None
    seconds = number // units[length]
    moment = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=seconds)
    return moment.date().isoformat()


def _ordinal(year: int, number: int) -> str | None:
    """The day of a year by its number."""
    first = iso_date(year, 1, 1)
    if not first or not 1 <= number <= 366:
        return None
    day = dt.date.fromisoformat(first) + (number - 1) * _DAY
    return day.isoformat() if day.year == year else None
