"""The ids of papers: found, normalised to keys, and shown.

A key is `arxiv:2511.04570` (old style `arxiv:hep-th/9901001`), else `doi:10.1234/x`, else `url:…`,
else `title:` and a short hash of the folded title. Id forms and the DOI prefix 10.48550 as arXiv
documents them (https://info.arxiv.org/help/arxiv_identifier.html).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from papertrack.core import paper_urls
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
_TRUST = ("arxiv", "doi", "url", "title")
HASH_LENGTH = 10


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
    return f"url:{parts.scheme.lower()}://{host}{port}{parts.path.rstrip('/')}{query}"


def _paper_key(host: str, path: str, query: str) -> str | None:
    """The arXiv or DOI key of the paper that a URL shows."""
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


def _short_hash(text: str) -> str:
    import hashlib  # loads OpenSSL, 3 ms; on taking only

    return hashlib.blake2b(
        text.encode("utf-8", "replace"), digest_size=HASH_LENGTH // 2
    ).hexdigest()


def has_id(keys: Iterable[str]) -> bool:
    """Whether any of a paper's keys is more than its title."""
    return any(not key.startswith("title:") for key in keys)


def best(keys: Iterable[str]) -> str:
    """The key a paper is filed under: arXiv before DOI before URL before title, then
    the smallest.
    """
    return min(keys, key=lambda key: (_TRUST.index(key.partition(":")[0]), key))


def show(key: str) -> str:
    """A key as it is shown and typed: `2511.04570`, `10.1234/x`, a URL, or the short hash."""
    return key.partition(":")[2]
