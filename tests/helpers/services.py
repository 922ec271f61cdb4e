"""Semantic Scholar, OpenAlex, Crossref, DBLP and Hugging Face's papers on loopback, with
responses in their shapes, and faults on demand.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

Known = Mapping[str, Any]
"""By id: the item that a service has. Ids are `ARXIV:…`, `DOI:…` at Semantic Scholar, DOIs
in lower case at OpenAlex and Crossref, titles at DBLP, arXiv ids at Hugging Face.
"""


class Reply(NamedTuple):
    """A response in place of the service's own."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = {}


class Asked(NamedTuple):
    """A request: the service, the path with its query, the headers in lower case, the
    body.
    """

    service: str
    path: str
    headers: Mapping[str, str]
    body: Any

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the query."""
        query = parse_qs(urlsplit(self.path).query)
        return {name: values[0] for name, values in query.items()}


class Services:
    """The five services, each on a port of its own. `variables` direct papertrack to
    them; `faults` are the replies to the next requests of each, `always` to all.
    """

    NAMES = ("s2", "openalex", "crossref", "dblp", "hf")

    def __init__(self) -> None:
        self.known: dict[str, dict[str, Any]] = {name: {} for name in self.NAMES}
        self.faults: dict[str, list[Reply]] = {name: [] for name in self.NAMES}
        self.always: dict[str, Reply] = {}
        self.asked: list[Asked] = []
        self.patience: dict[str, int] = {}
        """After so many requests a service does not respond, until `released`."""
        self.released = threading.Event()
        services = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                services._answer(self)

            do_POST = do_GET

            def log_message(self, *args: object) -> None:
                pass

        self.variables: dict[str, str] = {}
        self._servers = []
        for name in self.NAMES:
            server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            self._servers.append(server)
            run = partial(server.serve_forever, poll_interval=0.02)
            threading.Thread(target=run, daemon=True).start()
            variable = f"PAPERTRACK_{name.upper()}_ENDPOINT"
            url = f"http://127.0.0.1:{server.server_address[1]}/{name}"
            self.variables["HF_ENDPOINT" if name == "hf" else variable] = url

    def close(self) -> None:
        self.released.set()
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def count(self, name: str) -> int:
        """How often a service was asked."""
        return sum(one.service == name for one in self.asked)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        _, name, path = handler.path.split("/", 2)
        length = int(handler.headers.get("Content-Length") or 0)
        body = json.loads(handler.rfile.read(length)) if length else None
        headers = {key.lower(): value for key, value in handler.headers.items()}
        asked = Asked(name, f"/{path}", headers, body)
        self.asked.append(asked)
        if self.count(name) > self.patience.get(name, 10**6):
            self.released.wait(20)
        if self.faults[name]:
            reply = self.faults[name].pop(0)
        else:
            reply = self.always.get(name) or self._reply(asked)
        content = reply.body.encode()
        if self.released.is_set() and self.patience:
            return  # the client has ended
        handler.send_response(reply.status)
        for key, value in reply.headers.items():
            handler.send_header(key, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def _reply(self, asked: Asked) -> Reply:
        known = self.known[asked.service]
        path = unquote(urlsplit(asked.path).path)
        if asked.service == "s2":
            items = [known.get(one) for one in asked.body["ids"]]
            return Reply(200, json.dumps(items))
        if asked.service == "dblp":
            hits = known.get(asked.parameters["q"], [])
            found: dict[str, Any] = {"@total": str(len(hits))}
            if hits:
                found["hit"] = [{"info": info} for info in hits]
            return Reply(200, json.dumps({"result": {"hits": found}}))
        item = known.get(path.rpartition("/works/")[2].removeprefix("doi:").lower())
        if asked.service == "hf":
            item = known.get(path.rpartition("/")[2])
        if item is None:
            return Reply(404, "Resource not found.")
        if asked.service == "crossref":
            item = {"status": "ok", "message": item}
        return Reply(200, json.dumps(item))


# ------------------------------------------------------------------ items in their shapes


def s2(arxiv: str = "", *, venue: str = "", kind: str = "", **more: Any) -> Any:
    """A paper of Semantic Scholar."""
    ids = {"ArXiv": arxiv} if arxiv else {}
    ids |= more.pop("ids", {})
    place: Any = {"id": "v", "name": venue or "arXiv.org"}
    if kind:
        place["type"] = kind
    return {
        "paperId": "0" * 40,
        "externalIds": ids,
        "venue": venue or "arXiv.org",
        "publicationVenue": place,
        "publicationTypes": ["JournalArticle"],
        "year": 2024,
        "journal": {"name": "ArXiv", "volume": f"abs/{arxiv}"},
        "citationCount": 12,
        "influentialCitationCount": 2,
        "referenceCount": 40,
        **more,
    }


def openalex(arxiv: str, *, doi: str = "", venue: str = "", **more: Any) -> Any:
    """A work of OpenAlex: a preprint, merged with an article if there is a venue."""
    here = {
        "landing_page_url": f"http://arxiv.org/abs/{arxiv}",
        "version": "submittedVersion",
        "source": {"display_name": "arXiv (Cornell University)", "type": "repository"},
    }
    locations: list[Any] = [here]
    if venue:
        source = {"display_name": venue, "type": "journal"}
        there = {
            "landing_page_url": f"https://doi.org/{doi}",
            "version": "publishedVersion",
            "source": source,
        }
        locations.insert(0, there)
    return {
        "id": "https://openalex.org/W1",
        "doi": f"https://doi.org/{doi or f'10.48550/arxiv.{arxiv}'}",
        "title": "A title",
        "type": "article" if venue else "preprint",
        "publication_year": 2025 if venue else 2024,
        "primary_location": locations[0],
        "locations": locations,
        "cited_by_count": 9,
        "referenced_works_count": 30,
        **more,
    }


def crossref(doi: str, *, venue: str = "", **more: Any) -> Any:
    """A work of Crossref."""
    return {
        "DOI": doi,
        "type": "journal-article",
        "title": ["A title"],
        "container-title": [venue] if venue else [],
        "issued": {"date-parts": [[2025, 3]]},
        "publisher": "Tea Press",
        "volume": "7",
        "page": "1-9",
        "is-referenced-by-count": 5,
        "reference-count": 38,
        **more,
    }


def dblp(title: str, author: str, venue: str, year: str, **more: Any) -> Any:
    """A publication of DBLP, with one author."""
    return {
        "title": f"{title}.",
        "authors": {"author": {"@pid": "1", "text": f"{author} 0001"}},
        "venue": venue,
        "year": year,
        "type": "Conference and Workshop Papers",
        "key": f"conf/tea/{author.split()[-1]}{year[2:]}",
        **more,
    }


def hf(arxiv: str, **more: Any) -> Any:
    """A paper of Hugging Face."""
    return {
        "id": arxiv,
        "title": "A title",
        "summary": "An abstract.",
        "authors": [{"name": "Ann Roe"}],
        "publishedAt": "2024-01-02T00:00:00.000Z",
        "upvotes": 3,
        **more,
    }
