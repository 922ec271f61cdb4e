"""The arXiv ids and DOIs in plain text: a list, or prose and addresses that mention them.

A paper known only by its id is stored as such until a fetch completes it. A number that
only looks like an id is ignored: its month, its length for its year and what is beside it
must fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing, Request
from papertrack.core.identity import normalise
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, shorten
from papertrack.core.wording import first_problems, plural
from papertrack.sources.bibliography.entries import shown, text_of

SOURCE = "import"

_MAX_PROBLEMS = 200
_HOSTS = r"(?:[\w-]{1,20}\.){0,2}(?:arxiv\.org|alphaxiv\.org|huggingface\.co|hf\.co|doi\.org)/"
# The archives of the ids before April 2007; `and/0712345` has none.
OLD_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga|"
    "funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|math|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|"
    "q-alg|q-bio|q-fin|quant-ph|solv-int|stat|supr-con"
)
_CANDIDATE = pattern(
    rf"""(?ix)
      (?P<url> https?://[^\s<>"]{{1,300}} | (?<![\w@./-]){_HOSTS}[^\s<>"]{{1,300}} )
    | (?<![\w./-])(?:doi:\s?)?(?P<doi> 10\.\d{{4,9}}/[^\s<>"]{{1,300}} )
    | (?<![\w./-])arxiv(?::\s?|\s|/)
      (?P<named> \d{{4}}\.\d{{4,5}} | [a-z-]{{2,9}}(?:\.[a-z-]{{2,9}})?/\d{{7}} )
      (?:v\d{{1,3}})?(?![\w/])
    | (?<![\w./$€£¥+-])(?P<old> (?:{OLD_ARCHIVES})(?:\.[a-z]{{2}})?/\d{{7}} )
      (?:v\d{{1,3}})?(?![\w/])
    | (?<![\w./$€£¥+-])(?<![$€£¥]\s)(?P<new> \d{{4}}\.\d{{4,5}} )
      (?:v\d{{1,3}})?(?![\w/%€£¥°])(?![.-]\d)
    """
)
_MONEY = pattern(
    r"(?i)\s?(?:usd|eur|gbp|dollars?|euros?|percent|k?[mg]b|k?m|kg|hz|ms|s)\b"
)
_CLOSERS = {")": "(", "]": "[", "}": "{"}


def parse(
    body: bytes,
    *,
    name: str,
    lookups: Callable[[Sequence[str]], tuple[Request, ...]] | None = None,
) -> Listing:
    """The papers that a text mentions, by their ids. Raises Unrecognised if there are none.

    `lookups` returns the requests for arXiv's ids, whose responses replace those papers.
    Without it nothing is requested, and a note shows how to.
    """
    where, text = shown(name), text_of(body)
    found = [] if "\0" in text else find_ids(text)
    if not found:
        raise Unrecognised(f"{where}: no arXiv id or DOI found")
    keys = [key for _, key in found]
    follow: tuple[Request, ...] = ()
    if lookups:
        numbers = [key.removeprefix("arxiv:") for key in keys if _is_arxiv(key)]
        follow = lookups(numbers) if numbers else ()
        keys = [key for key in keys if not _is_arxiv(key)]
    return Listing(
        source=SOURCE,
        facts=tuple(Facts(title="", ids=(key,)) for key in keys),
        follow=follow,
        problems=_without_id(text, {number for number, _ in found}, where),
        notes=_without_title(keys, where),
    )


def _is_arxiv(key: str) -> bool:
    return key.startswith("arxiv:")


def _without_title(keys: Sequence[str], where: str) -> tuple[str, ...]:
    """Where the titles of papers without one come from."""
    ids = sum(map(_is_arxiv, keys))
    dois = len(keys) - ids
    notes: list[str] = []
    if ids:
        papers = f"{plural(ids, 'paper')} with only an arXiv id"
        notes.append(f"{papers}; add the titles with papertrack fetch {where}")
    if dois:
        papers = f"{plural(dois, 'paper')} with only a DOI"
        notes.append(f"{papers}; a source that has it adds the title")
    return tuple(notes)


def _without_id(text: str, first_mentions: set[int], where: str) -> tuple[str, ...]:
    """Of a list of ids, the lines without one; none for prose, where most have none."""
    lines = [
        (n, line)
        for n, line in enumerate(map(clean, text.split("\n")), 1)
        if line and not line.startswith("#")
    ]
    without = [
        (n, line)
        for n, line in lines
        if n not in first_mentions and not any(_in_line(line))
    ]
    if 2 * len(without) > len(lines):
        return ()
    problems = [
        f"{where}, line {n}: no arXiv id or DOI: {shorten(line, 60)}"
        for n, line in without
    ]
    return first_problems(problems, _MAX_PROBLEMS, where)


def find_ids(text: str) -> list[tuple[int, str]]:
    """The keys (`arxiv:…`, `doi:…`) in a text, each once, with the line of the first mention."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        for key in _in_line(line):
            found.setdefault(key, number)
    return [(number, key) for key, number in found.items()]


def _in_line(line: str) -> Iterator[str]:
    for match in _CANDIDATE.finditer(line):
        if match["url"]:
            key = _of_url(_trimmed(match["url"]))
        elif match["doi"]:
            key = normalise(_trimmed(match["doi"]))
        elif match["new"]:
            key = None if _MONEY.match(line, match.end()) else _bare(match["new"])
        else:
            key = _named(match["named"] or match["old"])
        if key and key.startswith(("arxiv:", "doi:")):
            yield key


def _of_url(url: str) -> str | None:
    """The key of a URL, which may lack its `https://`."""
    return normalise(url if re.match("(?i)https?:", url) else f"https://{url}")


def _named(number: str) -> str | None:
    """The key of an id with its archive or `arXiv:`, if its month exists."""
    serial = number.rpartition("/")[2]
    return normalise(number) if 1 <= int(serial[2:4]) <= 12 else None


def _bare(number: str) -> str | None:
    """The key of a number without `arXiv:`, of April 2007 or later.

    It has five digits from 2015, four before.
    """
    month = int(number[:4])
    fits = month >= 1501 if len(number) == 10 else 704 <= month <= 1412
    return normalise(number) if fits else None


def _trimmed(text: str) -> str:
    """`text` without the punctuation of its sentence; a bracket opened in it stays."""
    while text:
        last = text[-1]
        opener = _CLOSERS.get(last)
        if last not in ".,;:!?'*_`’”»…>|" and (
            opener is None or text.count(opener) >= text.count(last)
        ):
            break
        text = text[:-1]
    return text
