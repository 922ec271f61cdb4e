"""The harvest: invented pages beside their listings, tokens, ends and errors."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from papertrack.core.errors import FetchError, Unrecognised, UsageError
from papertrack.core.facts import Request
from papertrack.core.model import Reading
from papertrack.sources.arxiv.oai import ArxivOai, parse_oai
from papertrack.sources.base import Context

HERE = Path(__file__).parent
CONTEXT = Context(today=dt.date(2025, 11, 8), since=dt.date(2025, 11, 1))


def page(number: int, token: str | None) -> bytes:
    record = (
        f"<record><header><identifier>oai:arXiv.org:2511.{number:05}</identifier>"
        f"<datestamp>2025-11-{number + 1:02}</datestamp></header><metadata><arXiv>"
        f"<id>2511.{number:05}</id>"
        f"<title>T</title></arXiv></metadata></record>"
    )
    last = "" if token is None else f"<resumptionToken>{token}</resumptionToken>"
    return f"<OAI-PMH><ListRecords>{record}{last}</ListRecords></OAI-PMH>".encode()


def first(target: str = "arxiv-oai:cs", context: Context = CONTEXT) -> Request:
    (request,) = ArxivOai().start(target, context)
    return request


def query(request: Request) -> dict[str, str]:
    return {
        name: values[-1]
        for name, values in parse_qs(urlsplit(request.url).query).items()
    }


def test_a_saved_page_has_no_next_page() -> None:
    assert parse_oai((HERE / "oai-arxiv.xml").read_bytes(), {}).follow == ()


@pytest.mark.parametrize(
    ("target", "set_name"),
    [
        ("arxiv-oai", None),
        ("arxiv-oai:cs", "cs"),
        ("arxiv-oai:cs.CL", "cs:cs:CL"),
        ("arxiv-oai:hep-th", "physics:hep-th"),
        ("arxiv-oai:astro-ph.GA", "physics:astro-ph:GA"),
        ("arxiv-oai:physics:hep-th", "physics:hep-th"),
    ],
)
def test_the_set_of_a_target(target: str, set_name: str | None) -> None:
    request = first(target)
    assert request.url.startswith(
        "https://oaipmh.arxiv.org/oai?verb=ListRecords&metadataPrefix=arXiv"
    )
    assert query(request).get("set") == set_name
    local = {"PAPERTRACK_ARXIV_ENDPOINT": "http://127.0.0.1:1"}
    assert first(target, replace(CONTEXT, endpoints=local)).url.startswith(
        "http://127.0.0.1:1/oai?verb="
    )


def test_the_days_of_a_harvest() -> None:
    days = query(first(context=replace(CONTEXT, until=dt.date(2025, 11, 5))))
    assert (days["from"], days["until"]) == ("2025-11-01", "2025-11-05")
    assert "until" not in query(first())
    read = replace(
        CONTEXT,
        since=None,
        readings={"arxiv-oai:cs": Reading("arxiv-oai:cs", day="2025-11-03")},
    )
    assert query(first(context=read))["from"] == "2025-11-02"
    with pytest.raises(UsageError, match="the first day is missing"):
        first(context=replace(CONTEXT, since=None))
    with pytest.raises(UsageError, match="swap"):
        first(context=replace(CONTEXT, until=dt.date(2025, 10, 1)))
    with pytest.raises(FetchError, match="future"):
        first(context=replace(CONTEXT, since=dt.date(2026, 1, 1)))
    with pytest.raises(UsageError, match="unknown set of arXiv"):
        first("arxiv-oai:cs&set=math")


def test_tokens_are_followed_to_the_end() -> None:
    request = first()
    for number, token in enumerate(["a|1", "b&2"]):
        listing = request.parse(page(number, token), {})
        assert [paper.ids for paper in listing.facts] == [(f"arxiv:2511.{number:05}",)]
        (request,) = listing.follow
        assert query(request) == {"verb": "ListRecords", "resumptionToken": token}
    for last in (page(2, ""), page(2, None)):
        assert request.parse(last, {}).follow == ()


@pytest.mark.parametrize("repeated", ["a", "b"])
def test_a_repeated_token_is_an_error(repeated: str) -> None:
    (second,) = first().parse(page(0, "a"), {}).follow
    (third,) = second.parse(page(1, "b"), {}).follow
    with pytest.raises(
        Unrecognised, match=r"repeats a token.*continue with --since 2025-11-03"
    ):
        third.parse(page(2, repeated), {})


@pytest.mark.parametrize(
    "name", ["oai-expired-token.xml", "oai-cut.xml", "oai-bad-argument.xml"]
)
def test_the_error_of_an_incomplete_harvest_shows_how_to_resume(name: str) -> None:
    (second,) = first().parse(page(4, "a"), {}).follow
    with pytest.raises(
        Unrecognised, match=r"no longer knows|the same fetch resumes there"
    ) as raised:
        second.parse((HERE / name).read_bytes(), {})
    assert second.url in str(raised.value)


def test_an_empty_harvest_is_not_an_error() -> None:
    listing = first(context=replace(CONTEXT, until=dt.date(2025, 11, 5))).parse(
        (HERE / "oai-none.xml").read_bytes(), {}
    )
    assert listing.notes == (
        "arXiv changed no record of cs since 2025-11-01 until 2025-11-05",
    )
    assert (listing.facts, listing.problems, listing.follow) == ((), (), ())


def interrupted(since: dt.date | None = CONTEXT.since) -> Context:
    """The context of a harvest that was cut off after its first page."""
    listing = first().parse(page(0, "a|1"), {})
    reading = Reading("arxiv-oai:cs", onward=listing.onward, asked=listing.asked)
    return replace(CONTEXT, since=since, readings={"arxiv-oai:cs": reading})


@pytest.mark.parametrize("since", [CONTEXT.since, None])
def test_a_harvest_is_resumed_at_its_page(since: dt.date | None) -> None:
    request = first(context=interrupted(since))
    assert request.url == first().parse(page(0, "a|1"), {}).follow[0].url
    (third,) = request.parse(page(1, "b"), {}).follow
    assert query(third)["resumptionToken"] == "b"
    with pytest.raises(Unrecognised, match="repeats a token"):
        request.parse(page(1, "a|1"), {})


def test_a_harvest_with_other_days_is_not_resumed() -> None:
    assert (
        query(first(context=interrupted(dt.date(2025, 11, 2))))["from"] == "2025-11-02"
    )


def test_a_harvest_with_an_expired_token_restarts() -> None:
    request = first(context=interrupted())
    listing = request.parse((HERE / "oai-expired-token.xml").read_bytes(), {})
    assert [follow.url for follow in listing.follow] == [first().url]
    assert "the harvest restarts" in listing.notes[0]


def test_the_last_day_of_modification_is_reached() -> None:
    listing = first().parse(page(4, "a"), {})
    assert listing.reached == "2025-11-05"
    assert listing.follow[0].parse(page(2, ""), {}).reached == "2025-11-05"
