"""Feeds as a source: any http or https URL. A page leads to the feed that it links."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import ClassVar

from papertrack.core.addresses import host_of, is_web_url, web_address
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Listing, Request
from papertrack.core.lazy_regex import pattern
from papertrack.core.secrets import (
    secret_values,
    without_password,
    without_secrets,
    without_values,
)
from papertrack.core.wording import excerpt
from papertrack.sources.base import Context, Source, Target
from papertrack.sources.feeds.page import contained_feed
from papertrack.sources.limits import decode

_ROOTS = ("rss", "rdf", "feed", "channel")
_ROOT = pattern(
    r"<!--.*?(?:-->|\Z)|<(?:[A-Za-z_][\w.-]{0,60}:)?([A-Za-z_][\w.-]{0,60})", re.S
)
_TITLE = pattern(r"<title[^<>]{0,200}>([^<]{0,500})", re.I)


class Feed(Source):
    """The source of any http or https URL: `feed:HOST`, or `feed:NAME` if it is
    followed under a name.
    """

    name = "feed"
    trust: ClassVar = {name: 40}
    targets = (
        Target("the URL of a feed or of a page that links one", "the newest entries"),
    )

    def matches(self, target: str) -> bool:
        """http and https URLs."""
        return is_web_url(web_address(target))

    def start(self, target: str, context: Context) -> tuple[Request, ...]:
        """The one request for a feed, or for a page that links one."""
        target = web_address(target)
        shown = without_password(target)
        return (
            request(
                target,
                context.names.get(shown),
                origin=context.origins.get(target),
                home=context.homes.get(shown),
            ),
        )


def request(
    url: str,
    name: str | None = None,
    *,
    origin: str | None = None,
    home: str | None = None,
) -> Request:
    """The request for the feed at `url`, whose facts are of `feed:NAME` (else
    `feed:HOST`).

    Secrets in the address are for the request alone: links are joined to the address
    without them, and lose those that the feed repeats. `home` is the address that it had
    before it moved.
    """
    parser = partial(
        parse,
        url=without_secrets(url),
        name=name,
        home=home,
        secrets=secret_values(url),
    )
    return Request(url, parser, origin=origin)


def parse(
    body: bytes,
    headers: Mapping[str, str],
    *,
    url: str,
    name: str | None = None,
    home: str | None = None,
    linked: bool = False,
    secrets: Sequence[str] = (),
) -> Listing:
    """The entries of a feed, or the feed that a page links as `follow`, unless a page
    `linked` to this one. Parameters lose their values if these are `secrets`.

    A feed that was cut off is a problem, its whole entries are kept. Raises
    Unrecognised.
    """
    where = excerpt(url, 200)
    content_type = headers.get("content-type", "").partition(";")[0]
    kind = excerpt(content_type, 60) or "no content type"
    text = _text_of(body, headers)
    name = name or host_of(url) or "feed"
    home = home or url
    if not text:
        raise Unrecognised(f"not a feed: {kind} from {where}: the response is empty")
    root = _root(text)
    is_feed = text[0] in "{[" or root in _ROOTS
    contained = None if is_feed or not root else contained_feed(text)
    if is_feed or contained:
        what = f"{kind} from {where}"
        source = f"feed:{name}"
        text = without_values(contained or text, secrets)
        return _feed(text, url, source=source, where=where, what=what, home=home)
    title = _TITLE.search(text[:200_000]) if root else None
    if title:
        kind += f" titled '{excerpt(html.unescape(title[1]), 80)}'"
    if linked or not root:
        raise Unrecognised(f"not a feed: {kind} from {where}")
    found = _linked_feed(text[:500_000], url)
    if found is None:
        raise Unrecognised(f"not a feed: {kind} from {where}, and the page links none")
    follow = Request(
        found,
        partial(
            parse,
            url=without_secrets(found),
            name=name,
            home=home,
            linked=True,
            secrets=(*secrets, *secret_values(found)),
        ),
    )
    note = f"{where} is a page; its feed is {excerpt(found, 200)}"
    return Listing(source=f"feed:{name}", follow=(follow,), notes=(note,))


def parse_saved(body: bytes, *, name: str) -> Listing:
    """The entries of a saved feed, as facts of the `feed:HOST` that it gives as its own
    address; else of `import`.

    Raises Unrecognised.
    """
    text = _text_of(body, {})
    if text[:1] not in ("{", "[") and _root(text) not in _ROOTS:
        text = contained_feed(text) or text
    url = _own_address(text)
    source = f"feed:{host_of(url) or 'feed'}" if url else "import"
    return _feed(text, url, source=source, where=name, what=name, home=url or name)


def _text_of(body: bytes, headers: Mapping[str, str]) -> str:
    return decode(body, headers).lstrip("\ufeff \t\r\n\0")


def _root(text: str) -> str | None:
    """The local name of the first element, in lower case."""
    for match in _ROOT.finditer(text[:100_000]):
        if match[1]:
            return match[1].lower()
    return None


def _feed(
    text: str, url: str, *, source: str, where: str, what: str, home: str
) -> Listing:
    if text[:1] in ("{", "["):
        from papertrack.sources.feeds import entries, json_feed

        items = json_feed.read(text, what=what)
        return entries.listing(items, source=source, where=where, home=home)
    from papertrack.sources.feeds import xml_feed  # feedparser: 40 ms

    return xml_feed.read(text, url, source=source, where=where, home=home)


# ------------------------------------------------------------------ links

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_LINK = pattern(r"<link\b([^<>]{1,3000})>", re.I)
_ANY_LINK = pattern(r"<(?:[a-z]{1,20}:)?link\b([^<>]{1,3000})>", re.I)
_SITE = pattern(
    r"<link>\s{0,9}(https?://[^\s<>]{1,2000})"
    r"|\"(?:feed_url|home_page_url)\"\s{0,9}:\s{0,9}\"([^\"]{1,2000})\"",
    re.I,
)
_ATTRIBUTE = pattern(
    r"([a-z]{1,20})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.I
)
_FIRST_ENTRY = pattern(r"(?i)<(?:[a-z]{1,20}:)?(?:item|entry)\b|\"items\"\s*:")


def _own_address(text: str) -> str:
    """The address that a feed gives as its own, or as its site's; "" for none."""
    head = _FIRST_ENTRY.split(text[:100_000], maxsplit=1)[0]
    own_first: list[str] = []
    others: list[str] = []
    for link in _links(_ANY_LINK, head):
        is_own = link.get("rel") == "self"
        (own_first if is_own else others).append(link.get("href", ""))
    of_site = [match[1] or match[2] for match in _SITE.finditer(head)]
    for written in (*own_first, *others, *of_site):
        address = html.unescape(written)
        if is_web_url(address):
            return address
    return ""


def _linked_feed(page: str, url: str) -> str | None:
    """The first feed that a page links in its head."""
    from papertrack.sources.feeds.entries import join_url
    from papertrack.sources.feeds.markup import without_comments

    for link in _links(_LINK, without_comments(page)):
        kind = link.get("type", "").partition(";")[0].strip().lower()
        is_alternate = "alternate" in link.get("rel", "").lower().split()
        written = html.unescape(link.get("href", ""))
        address = join_url(url, written.strip())
        is_feed = is_alternate and kind in _FEED_TYPES
        if is_feed and is_web_url(address) and address != url:
            return address
    return None


def _links(pattern: re.Pattern[str], text: str) -> Iterator[dict[str, str]]:
    """The attributes of each link element."""
    for link in pattern.finditer(text):
        attributes = {}
        for name, *quoted in _ATTRIBUTE.findall(link[1]):
            attributes[name.lower()] = "".join(quoted)
        yield attributes
