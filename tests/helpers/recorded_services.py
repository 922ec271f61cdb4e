"""Papers of the recorded responses in ../shared/data: what `enrich` takes from each."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from papertrack.core.facts import Facts
from papertrack.core.identity import best
from papertrack.core.model import Record
from papertrack.joining.records import join, merge
from papertrack.sources.enrichment import crossref, dblp, openalex, semantic_scholar
from papertrack.sources.enrichment.lookups import taken
from papertrack.sources.enrichment.subjects import Subject

NOW = "2026-11-30T12:00:00Z"
Item = dict[str, Any]


def _exchanges(folder: Path) -> Iterator[Any]:
    """The bodies of the responses that are no errors."""
    for path in sorted(folder.glob("*.json")):
        exchange = json.loads(path.read_text(encoding="utf-8"))
        if exchange.get("status", 200) == 200:
            yield exchange.get("answer", exchange)


def _of_semantic_scholar(data: Path) -> Iterator[Item]:
    folder = data / "semanticscholar"
    packed = gzip.decompress((folder / "papers.jsonl.gz").read_bytes())
    yield from map(json.loads, packed.splitlines())
    for body in _exchanges(folder):
        rows = body if isinstance(body, list) else body.get("data", [body])
        yield from (row for row in rows if row and row.get("externalIds"))


def _of_openalex(data: Path) -> Iterator[Item]:
    for body in _exchanges(data / "openalex"):
        yield from body.get("results", [body])


def _of_crossref(data: Path) -> Iterator[Item]:
    for body in _exchanges(data / "crossref"):
        if isinstance(body, dict) and isinstance(body.get("message"), dict):
            yield from body["message"].get("items", [body["message"]])


def _of_dblp(data: Path) -> Iterator[Item]:
    for body in _exchanges(data / "dblp"):
        hits = body["result"]["hits"].get("hit", [])
        yield from hits if isinstance(hits, list) else [hits]


SERVICES: Mapping[
    str, tuple[Callable[[Path], Iterator[Item]], Callable[[Item], Facts]]
] = {
    "semanticscholar": (_of_semantic_scholar, semantic_scholar.facts_of),
    "openalex": (_of_openalex, openalex.facts_of),
    "crossref": (_of_crossref, crossref.facts_of),
    "dblp": (_of_dblp, dblp.facts_of),
}


def recorded(data: Path) -> dict[str, dict[str, Facts]]:
    """By key of the paper and by service: what is taken of its response."""
    found: dict[str, dict[str, Facts]] = defaultdict(dict)
    for service, (items, facts_of) in SERVICES.items():
        for item in items(data):
            facts = facts_of(item)
            ids = [key for key in facts.ids if key.startswith(("arxiv:", "doi:"))]
            if ids:
                key = best(ids)
                kind, _, number = key.partition(":")
                subject = Subject(key, doi=number)
                if kind == "arxiv":
                    subject = Subject(key, arxiv=number)
                one = taken(facts, subject)
                # Some responses were shortened by `select`: the fullest one counts.
                before = found[key].get(service)
                if one and (not before or len(one.as_json()) > len(before.as_json())):
                    found[key][service] = one
    return dict(found)


def record_of(key: str, said: Mapping[str, Facts]) -> Record:
    """The record of a paper after these services were read in this order."""
    record = Record(key, (key,), NOW, {"hf": {"title": key, "ids": [key]}})
    for service, facts in said.items():
        merged = merge({0: record}, {service: [facts]}, now=NOW, is_read_now=True)
        record = join([*merged.records.values()]) if merged.records else record
    return record
