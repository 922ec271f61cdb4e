"""The arXiv ids and DOIs in plain text: a list of them, or prose and web addresses that mention them.

Whom to ask for the titles is not decided here: without an answer a paper is known by its id alone. A number that
only looks like an id is left out: its month, its length for its year and what stands beside it must fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing, Request
from papertrack.core.identity import normalise
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, shorten
from papertrack.sources.bibliography.entries import shown, text_of

SOURCE = "import"

_MAX_TOLD = 200
_HOSTS = r"(?:[\w-]{1,20}\.){0,2}(?:arxiv\.org|alphaxiv\.org|huggingface\.co|hf\.co|doi\.org)/"
# The archives of the ids before April 2007; `and/0712345` is none.
_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga|"
    "funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|math|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|"
    "q-alg|q-bio|q-fin|quant-ph|solv-int|stat|supr-con"
)
_CANDIDATE = pattern(
    rf"""(?ix)
      (?P<url> https?://[^\s<>"]{{1,300}} | (?<![\w@./-]){_HOSTS}[^\s<>"]{{1,300}} )
    | (?<![\w./-])(?:doi:\s?)?(?P<doi> 10\.\d{{4,9}}/[^\s<>"]{{1,300}} )
    | (?<![\w./-])arxiv(?::\s?|\s|/)(?P<named> \d{{4}}\.\d{{4,5}} | [a-z-]{{2,9}}(?:\.[a-z-]{{2,9}})?/\d{{7}} )
      (?:v\d{{1,3}})?(?![\w/])
    | (?<![\w./$€£¥+-])(?P<old> (?:{_ARCHIVES})(?:\.[a-z]{{2}})?/\d{{7}} ) (?:v\d{{1,3}})?(?![\w/])
    | (?<![\w./$€£¥+-])(?<![$€£¥]\s)(?P<new> \d{{4}}\.\d{{4,5}} ) (?:v\d{{1,3}})?(?![\w/%€£¥°])(?![.-]\d)
    """
)
_MONEY = pattern(
    r"(?i)\s?(?:usd|eur|gbp|dollars?|euros?|percent|k?[mg]b|k?m|kg|hz|ms|s)\b"
)
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_PUBLISHER_DOI = pattern(
    r"(?i)/(?:doi|article|chapter|book|content/pdf|articles?/doi)/(?:abs/|full/|pdf/|epdf/|pdfdirect/)?"
    r"(10\.\d{4,9}/[^\s?#&]+?)(?:/(?:full|abstract|pdf|epdf|meta|fulltext))?(?:\.pdf)?(?:[?#].*)?"
)


def parse(
    body: bytes,
    *,
    name: str,
    lookups: Callable[[Sequence[str]], tuple[Request, ...]] | None = None,
) -> Listing:
    """The papers that a text names, by their ids. Raises Unrecognised where it names none.

    `lookups` are the requests for arXiv's ids; what they bring takes the place of those papers. Without it nothing
    is to be asked, and a note says how to.
    """
    where, text = shown(name), text_of(body)
    found = [] if "\0" in text else find_ids(text)
    if not found:
        raise Unrecognised(f"{where}: no arXiv id and no DOI found in it")
    named = [key.removeprefix("arxiv:") for _, key in found if key.startswith("arxiv:")]
    kept = [key for _, key in found if lookups is None or not key.startswith("arxiv:")]
    return Listing(
        source=SOURCE,
        facts=tuple(Facts(title="", ids=(key,)) for key in kept),
        follow=lookups(named) if lookups and named else (),
        problems=_without_id(text, {number for number, _ in found}, where),
        notes=_untitled(kept, where),
    )


def _untitled(kept: Sequence[str], where: str) -> tuple[str, ...]:
    """How the titles of papers come that are known by their ids alone."""
    dois = sum(key.startswith("doi:") for key in kept)
    notes: list[str] = []
    if ids := len(kept) - dois:
        what = "1 paper is" if ids == 1 else f"{ids} papers are"
        notes.append(
            f"{what} known by the arXiv id alone; papertrack fetch {where} brings the titles"
        )
    if dois:
        what = "1 paper is" if dois == 1 else f"{dois} papers are"
        notes.append(
            f"{what} known by the DOI alone, until a source that names it tells the title"
        )
    return tuple(notes)


def _without_id(text: str, first_mentions: set[int], where: str) -> tuple[str, ...]:
    """Of a list of ids, the lines that hold none; in prose most lines hold none."""
    lines = [
        (n, line)
        for n, line in enumerate(map(clean, text.split("\n")), 1)
        if line and not line.startswith("#")
    ]
    silent = [
        (n, line)
        for n, line in lines
        if n not in first_mentions and not any(_in_line(line))
    ]
    if 2 * len(silent) > len(lines):
        return ()
    told = [
        f"{where}, line {n}: no arXiv id and no DOI: {shorten(line, 60)}"
        for n, line in silent
    ]
    return (
        *told[:_MAX_TOLD],
        *(
            [f"{where}: {len(told) - _MAX_TOLD} more lines like these"]
            * (len(told) > _MAX_TOLD)
        ),
    )


def find_ids(text: str) -> list[tuple[int, str]]:
    """The keys (`arxiv:…`, `doi:…`) that `text` mentions, each once, in order, with the line of the first mention."""
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
    """The key that a URL names: arXiv's, Hugging Face's, a resolver's, or the DOI in a publisher's path."""
    key = normalise(url if re.match("(?i)https?:", url) else f"https://{url}")
    if key and key.startswith("url:"):
        match = re.search(_PUBLISHER_DOI.pattern + "$", url)
        key = normalise(match[1]) if match else None
    return key


def _named(number: str) -> str | None:
    """The key of an id that says what it is, if its month is one: `hep-th/9901001`."""
    serial = number.rpartition("/")[2]
    return normalise(number) if 1 <= int(serial[2:4]) <= 12 else None


def _bare(number: str) -> str | None:
    """The key of a number without `arXiv:`: five digits from 2015, four before, and not before April 2007."""
    month = int(number[:4])
    fits = month >= 1501 if len(number) == 10 else 704 <= month <= 1412
    return normalise(number) if fits else None


def _trimmed(text: str) -> str:
    """`text` without the punctuation of the sentence around it: a bracket at its end stays if it was opened in it."""
    while text:
        last = text[-1]
        opener = _CLOSERS.get(last)
        if last not in ".,;:!?'*_`’”»…>|" and (
            opener is None or text.count(opener) >= text.count(last)
        ):
            break
        text = text[:-1]
    return text
