"""The arXiv id and the DOI of a bibliography's entry, wherever programs put them.

A field for ids has a bare one; a journal or a number names arXiv before it; a note may
mention other papers, so that only an id on its own counts: `12 pages,
arXiv:2106.01234`, but not `extends arXiv:2106.01234`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from urllib.parse import unquote

from papertrack.core.addresses import is_web_url
from papertrack.core.identity import arxiv_id, normalise
from papertrack.core.lazy_regex import pattern

_LONGEST_NOTE = 20_000
_MOST_MENTIONS = 20
_NEW = r"\d{4}\.\d{4,5}"
_OLD = r"[a-z][a-z-]{1,20}(?:\.[a-z-]{2,20})?/\d{7}"
_ID = rf"(?P<id>{_NEW}|{_OLD})(?:v\d{{1,4}})?(?![\d/]|\.\d)"

_BARE = pattern(
    rf"(?i)(?:arxiv\s*[:.]?\s*)*(?:abs/)?{_ID}(?:\.pdf)?\s*(?:[\[(].{{0,60}})?[.,;]?"
)
_NAMED = pattern(rf"(?i)\b(?:arxiv|corr)\b[^\d\n]{{0,40}}?{_ID}")
_ARCHIVE = pattern(r"(?i)[a-z][a-z-]{1,20}(?:\.[a-z-]{2,20})?")
_DOI = pattern(r"10\.\d{4,9}/[^\s\"]+")

_CLAUSE_END = pattern(r"\n|;|</?[a-z][a-z0-9]{0,9}>")
_COMMA = pattern(r"[,()\[\]]|\.(?:\s|\Z)")
_MENTION = pattern(
    rf"""(?ix)
      (?P<url> https?://[^\s<>"]{{4,300}} )
    | (?<![\w-])(?:_?(?:tex\.)?e-?print|arxiv(?:\.org)?)
      (?:[\s:/]|preprint|e-?prints?|\bid\b|number|no\.|version
      |arxiv(?:\.org)?|abs/|pdf/){{0,9}}? {_ID}
    | (?<![\w-])doi(?:\.org)?[\s:/]* (?P<doi> 10\.\d{{4,9}}/[^\s<>"]{{1,300}} )
    """
)
# What may be beside an id that is the entry's own.
_NEUTRAL = pattern(
    r"(?ix)(?: [\W\d_] | v\d{1,2} | (?:[a-z]{2,8}-)?[a-z]{2,8}\.[a-z]{2}(?![a-z]) | (?:pages? | pp"
    r" | figures? | figs? | tables? | preprints? | e-?prints? | arxiv | corr | abs | id"
    r" | identifier | number | no | doi | url | link | available | also | at | as | on | in"
    r" | from | via | under | the | and | online | full | long(?:er)? | extended | technical"
    r" | report | paper | draft | version | submitted | accepted | to | appear | published"
    r" | posted | press | tex | archive | cs | math | stat | physics | eess | q-bio | q-fin"
    r" | econ | astro-ph | hep-\w\w | quant-ph | cond-mat | gr-qc)(?![a-z]) )*+"
)
_CITING = pattern(
    r"(?i)\b(?:see|cf|comments? (?:on|to)|repl(?:y|ies) to|response to|responds? to|extends"
    r"|extend(?:ed|ing)? (?:the|our|work|results)|extension of|version of|based on|builds on|follow"
    r"|follows|follow-?up|supersedes|replaces|companion|sequel|errat\w*|corrigend\w*|addend\w*"
    r"|generali[sz]\w*|improves|cit(?:es|ed|ing)|related|contin\w*|supplement\w*|corrects"
    r"|corrections? (?:to|of)|refut\w*|rebut\w*|review of|discuss(?:es|ion)|compare[sd]?"
    r"|retract\w*|translation|part (?:of|i+\b)|by)\b"
)


def keys(
    *,
    arxiv: Iterable[str | None] = (),
    doi: str = "",
    urls: Iterable[str] = (),
    notes: Iterable[str] = (),
) -> tuple[str, ...]:
    """The arXiv key and the DOI's key of an entry, the first that is known of each; the
    key of the first URL if there is neither.

    `arxiv` are keys by `bare_arxiv` and `named_arxiv`; `doi` is a text that has one;
    `notes` are any texts.
    """
    noted = [key for note in notes for key in own_ids(note)]
    candidates = [*arxiv, _doi_key(doi), *map(normalise, urls), *noted]
    first: dict[str, str] = {}
    for key in candidates:
        if key:
            first.setdefault(key.partition(":")[0], key)
    known = tuple(first[kind] for kind in ("arxiv", "doi") if kind in first)
    return known or tuple(first.values())


def bare_arxiv(text: str, archive: str = "") -> str | None:
    """The key of a field that is an arXiv id or its URL.

    >>> bare_arxiv("2106.01234v2 [cs.CL]"), bare_arxiv("9901001", "hep-th")
    ('arxiv:2106.01234', 'arxiv:hep-th/9901001')
    """
    text = text.strip()
    if len(text) > 300:
        return None
    if is_web_url(text):
        return _only_arxiv(normalise(text))
    if re.fullmatch(r"\d{7}", text) and _ARCHIVE.fullmatch(archive):
        text = f"{archive}/{text}"
    match = _BARE.fullmatch(text)
    return _arxiv_key(match["id"]) if match else None


def named_arxiv(text: str) -> str | None:
    """The key of the first id after the name of arXiv.

    >>> named_arxiv("arXiv preprint arXiv:2106.01234 (2021)"), named_arxiv("2106.01234")
    ('arxiv:2106.01234', None)
    """
    text = text[:500]
    if is_web_url(text.strip()):
        return bare_arxiv(text)
    match = _NAMED.search(text)
    return _arxiv_key(match["id"]) if match else None


def is_arxiv(text: str) -> bool:
    """Whether a journal, a publisher or an archive is arXiv."""
    return bool(re.match(r"(?i)\W*(?:the\s+)?(?:arxiv|corr)\b", text))


def journal_arxiv(names: Sequence[str], numbers: Iterable[str]) -> list[str | None]:
    """The keys in the names of journals and the like, and in the numbers beside them.

    A number is an id by itself if a name is arXiv's, or as DBLP's `abs/1706.03762`.
    """
    keys = list(map(named_arxiv, names))
    in_arxiv = any(map(is_arxiv, names))
    for number in numbers:
        is_bare = in_arxiv or number.startswith("abs/")
        keys.append(bare_arxiv(number) if is_bare else named_arxiv(number))
    return keys


def own_ids(note: str) -> Iterator[str]:
    """The keys in a text that are its entry's own, by the words beside them."""
    for clause in _CLAUSE_END.split(note[:_LONGEST_NOTE]):
        for match in islice(_MENTION.finditer(clause), _MOST_MENTIONS):
            before = _COMMA.split(clause[: match.start()])
            after = _COMMA.split(clause[match.end() :], maxsplit=1)
            is_own = _NEUTRAL.fullmatch(before[-1]) and _NEUTRAL.fullmatch(after[0])
            if not is_own or _CITING.search(",".join(before[:-1])):
                break  # so are those after it
            key = _mentioned(match)
            if key:
                yield key


def _mentioned(match: re.Match[str]) -> str | None:
    if match["id"]:
        return _arxiv_key(match["id"])
    if match["doi"]:
        return _doi_key(match["doi"])
    key = normalise(match["url"].rstrip(".,;:!?)]}'*"))
    return None if key and key.startswith("url:") else key


def _arxiv_key(number: str) -> str | None:
    """The key of an id; None if its month or its length can't be."""
    found = arxiv_id(number)
    if not found:
        return None
    digits = re.fullmatch(r"(\d{4})\.(\d+)", found[0])
    if digits and (int(digits[1]) >= 1501) != (len(digits[2]) == 5):
        return None
    return f"arxiv:{found[0]}"


def _only_arxiv(key: str | None) -> str | None:
    return key if key and key.startswith("arxiv:") else None


def _doi_key(text: str) -> str | None:
    """The key of the DOI in a field for DOIs."""
    match = _DOI.search(unquote(text))
    return normalise(match[0]) if match else None
