"""The ids of papers: found, normalised to keys, and shown.

A key is `arxiv:2511.04570` (old style `arxiv:hep-th/9901001`), else `doi:10.1234/x`, else `url:…`,
else `title:` and a short hash of the folded title. Id forms and the DOI prefix 10.48550 as arXiv
documents them (https://info.arxiv.org/help/arxiv_identifier.html).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from papertrack.core.secrets import without_password
from papertrack.core.text import fold

_NEW = r"[0-9]{4}\.[0-9]{4,5}"
_OLD = r"[A-Za-z][A-Za-z-]+(?:\.[A-Za-z-]{2,})?/[0-9]{7}"
_ARXIV = rf"(?i:arxiv:\s*)?({_NEW}|{_OLD})(?:[vV]([0-9]{{1,4}}))?"
_DOI = r"(?i:doi:\s*)?(10\.[0-9]{4,9}/\S+)"
_ARXIV_DOI = r"10\.48550/(?i:arxiv)\.(.+)"
_WITHOUT_SCHEME = (
    "arxiv.org/",
    "huggingface.co/",
    "hf.co/",
    "alphaxiv.org/",
    "ar5iv.org/",
    "scirate.com/",
    "doi.org/",
    "dx.doi.org/",
)
"""What a URL begins with that is typed without `https://`."""
KINDS = ("arxiv", "doi", "url", "title")
"""The kinds of keys, most trusted first."""
HASH_LENGTH = 10

_NO_PART = (
    r"(?i)!?/?|top|main|content|abstract|comments?|respond|disqus_thread|more-\d+"
    r"|rss|(?:utm_\w+|xtor|rss|ref|page|view|zoom)=.*|:~:.*"
)
"""Fragments of a URL that name no part of a page that could be an entry of its own."""


def arxiv_id(text: str) -> tuple[str, int | None] | None:
    """(`2511.04570`, version or None) where `text` is an arXiv id, with or without
    `arXiv:` and `vN`.

    A subject class is no part of an old id: `math.CA/0611800` is `math/0611800`.
    """
    match = re.fullmatch(_ARXIV, text.strip())
    if not match:
        return None
    number = match[1].lower()
    if "/" in number:
        archive, _, serial = number.partition("/")
        number = f"{archive.partition('.')[0]}/{serial}"
    elif not 1 <= int(number[2:4]) <= 12:
        return None
    return number, int(match[2]) if match[2] else None


def normalise(text: str) -> str | None:
    """The key that `text` names: an id, a DOI, a URL or a key; None for anything else."""
    text = text.strip()
    if found := arxiv_id(text):
        return f"arxiv:{found[0]}"
    if match := re.fullmatch(_DOI, text):
        return _doi_key(match[1])
    if "@" in text:
        text = without_password(text)
    if text.startswith(("url:http://", "url:https://")):
        return text
    if re.fullmatch(rf"title:[0-9a-f]{{{HASH_LENGTH}}}", text):
        return text
    if text.lower().removeprefix("www.").startswith(_WITHOUT_SCHEME):
        text = f"https://{text}"
    if re.match(r"https?://[^\s/]", text, re.IGNORECASE):
        return _url_key(text)
    return None


def keys_named(text: str) -> tuple[str, ...]:
    """The keys that `text` may name, the first of them from `normalise`.

    A library of an earlier version may have a paper under its URL whose id is now known.
    """
    key = normalise(text)
    if not key:
        return ()
    url = _url_key(text.strip(), with_id=False) if "://" in text else None
    return tuple(dict.fromkeys(filter(None, (key, url))))


def _doi_key(doi: str) -> str | None:
    doi = doi.rstrip(".,;").lower()
    if doi.endswith("/"):
        return None
    match = re.fullmatch(_ARXIV_DOI, doi)
    found = arxiv_id(match[1]) if match else None
    return f"arxiv:{found[0]}" if found else f"doi:{doi}"


def _url_key(url: str, *, with_id: bool = True) -> str | None:
    """The key of a URL; with `with_id` that of the paper that it is known to show."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        while host.startswith("www.") and "." in host[4:]:
            host = host[4:]
        host = f"[{host}]" if ":" in host else host
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    if not host:
        return None
    key = _paper_key(host, unquote(parts.path), parts.query)
    if key and with_id:
        return key
    parameters = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([one for one in parameters if not one[0].startswith("utm_")])
    if query:
        query = f"?{query}"
    place = f"{host}{port}{parts.path.rstrip('/')}{query}"
    fragment = parts.fragment
    if fragment and not re.fullmatch(_NO_PART, fragment):
        place += f"#{fragment}"
    return f"url:{parts.scheme.lower()}://{place}"


def _paper_key(host: str, path: str, query: str) -> str | None:
    """The arXiv or DOI key of the paper that a URL shows."""
    from papertrack.core import paper_urls  # 0.2 ms of each start, for URLs only

    number = arxiv_id(paper_urls.arxiv_id(host, path, query) or "")
    if number:
        return f"arxiv:{number[0]}"
    doi = re.fullmatch(_DOI, paper_urls.doi(host, path, query) or "")
    return _doi_key(doi[1]) if doi else None


def title_key(title: str, year: str | None) -> str:
    """The key of a paper that has no id. The year, where known, keeps a yearly report's
    issues apart.
    """
    words = fold(title) or title
    return f"title:{_short_hash(f'{words} {year}' if year else words)}"


def title_alias(title: str) -> str | None:
    """What two papers of one title share, whatever their years; None for a title without words."""
    words = fold(title)
    return f"fold:{_short_hash(words)}" if words else None


_GENERIC = (
    "editorial|introduction|preface|foreword|afterword|prologue|epilogue|contents"
    "|conclusions?|discussion|summary|overview|background|abstracts?|appendix|index"
    "|table of contents|acknowledge?ments?|references|bibliography|(?:front|back) ?matter"
    "|(?:book )?reviews?|letters?|letters? to the editors?|reply|response|comments?"
    "|commentary|obituary|in memoriam|news|notes?|announcements?|call for papers"
    "|un(?:titled|known)|no title|title|home|welcome|keynote|panel|links|newsletter"
    "|einleitung|einfuhrung|vorwort|inhalt|avant propos|introduccion|prologo|prefazione"
    "|errat(?:um|a)|corrigend(?:um|a)|addend(?:um|a)|corrections?|retractions?"
    "|guest editorial.*|editors? s? ?note|from the editors?|message from .*"
    "|(?:(?:publisher|author) )?(?:errat(?:um|a)|corrigend(?:um|a)|addend(?:um|a)"
    "|corrections?|retractions?|retraction note|publisher s? ?notes?) (?:to|for|in|of) .*"
    "|(?:introduction|preface|foreword|editorial) (?:to|for) the (?:special|issue|volume).*"
    "|(?:chapter|part|section|lecture|session|volume|week|day|unit|module|poster|issue)"
    " (?:[0-9]+|[ivxlc]+|one|two|three|four|five|six|seven|eight|nine|ten)"
    "|前言|序|序言|引言|绪论|目录|はじめに|まえがき"
)


@lru_cache(maxsize=1024)
def is_generic(folded: str) -> bool:
    """Whether many papers have this folded title, so that it identifies none of them."""
    return re.fullmatch(rf"\W*|{_GENERIC}", folded) is not None


def _short_hash(text: str) -> str:
    import hashlib  # loads OpenSSL, 3 ms; on taking only

    return hashlib.blake2b(
        text.encode("utf-8", "replace"), digest_size=HASH_LENGTH // 2
    ).hexdigest()


def id_alias(key: str) -> str:
    """What papers of which a source states the id are found by, whatever their keys."""
    return f"fold:{_short_hash(f'id {key}')}"


def guid_key(guid: str) -> str:
    """The id of a feed's entry by its guid; not a key, as no paper is stored under it.

    The scheme is left out, so that a feed can move from http to https.
    """
    return f"guid:{re.sub(r'^https?://(www[.])?', '//', guid.strip())}"


def is_key(text: str) -> bool:
    """Whether a paper can be stored under this id: not under `guid:…` or `cite:…`."""
    return text.startswith(_PREFIXES)


_PREFIXES = tuple(f"{kind}:" for kind in KINDS)


def by_trust(key: str) -> tuple[int, str]:
    """The sort key of ids: arXiv before DOI before URL before title before others."""
    kind = key.partition(":")[0]
    return KINDS.index(kind) if kind in KINDS else len(KINDS), key


def best(keys: Iterable[str]) -> str:
    """The key a paper is filed under: the most trusted, then the smallest."""
    return min(keys, key=by_trust)


def show(key: str) -> str:
    """A key as it is shown and typed: `2511.04570`, `10.1234/x`, a URL, or the short hash."""
    return key.partition(":")[2]
