"""The harvest: invented pages beside their listings, tokens, ends and errors."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.core.errors import FetchError, Unrecognised, UsageError
from papertrack.core.facts import Request
from papertrack.core.model import Reading
from papertrack.sources.arxiv.oai import ArxivOai, parse_oai
from papertrack.sources.arxiv.source import recognise
from papertrack.sources.base import Context

HERE = Path(__file__).parent / "oai"
CASES = sorted(HERE.glob("*.xml"))
CONTEXT = Context(today=dt.date(2025, 11, 8), since=dt.date(2025, 11, 1))


def outcome(body: bytes, name: str) -> dict[str, object]:
    try:
        listing = recognise(body, {}, where=name)
    except Unrecognised as error:
        return {"error": str(error)}
    return {
        "source": listing.source,
        "facts": [said.as_json() for said in listing.facts],
        "problems": [*listing.problems],
        "notes": [*listing.notes],
    }


def page(number: int, token: str | None) -> bytes:
    record = (
        f"<record><header><identifier>oai:arXiv.org:2511.{number:05}</identifier>"
        f"<datestamp>2025-11-{number + 1:02}</datestamp></header><metadata><arXiv><id>2511.{number:05}</id>"
        f"<title>T</title></arXiv></metadata></record>"
    )
    told = "" if token is None else f"<resumptionToken>{token}</resumptionToken>"
    return f"<OAI-PMH><ListRecords>{record}{told}</ListRecords></OAI-PMH>".encode()


def first(target: str = "arxiv-oai:cs", context: Context = CONTEXT) -> Request:
    (request,) = ArxivOai().start(target, context)
    return request


def query(request: Request) -> dict[str, str]:
    return {
        name: values[-1]
        for name, values in parse_qs(urlsplit(request.url).query).items()
    }


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_a_page_gives_the_whole_listing(path: Path) -> None:
    assert outcome(path.read_bytes(), path.name) == json.loads(
        path.with_suffix(".expected.json").read_text("utf-8")
    )


def test_each_expected_listing_has_its_page() -> None:
    assert {
        path.name.removesuffix(".expected.json")
        for path in HERE.glob("*.expected.json")
    } == {path.stem for path in CASES}


def test_a_saved_page_leads_nowhere() -> None:
    assert parse_oai((HERE / "arxiv.xml").read_bytes(), {}).follow == ()


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        ("arxiv-oai", None),
        ("arxiv-oai:cs", "cs"),
        ("arxiv-oai:cs.CL", "cs:cs:CL"),
        ("arxiv-oai:hep-th", "physics:hep-th"),
        ("arxiv-oai:astro-ph.GA", "physics:astro-ph:GA"),
        ("arxiv-oai:physics:hep-th", "physics:hep-th"),
    ],
)
def test_the_set_of_a_target(target: str, asked: str | None) -> None:
    request = first(target)
    assert request.url.startswith(
        "https://oaipmh.arxiv.org/oai?verb=ListRecords&metadataPrefix=arXiv"
    )
    assert query(request).get("set") == asked
    local = {"PAPERTRACK_ARXIV_ENDPOINT": "http://127.0.0.1:1"}
    assert first(target, replace(CONTEXT, endpoints=local)).url.startswith(
        "http://127.0.0.1:1/oai?verb="
    )


def test_the_days_of_a_harvest() -> None:
    asked = query(first(context=replace(CONTEXT, until=dt.date(2025, 11, 5))))
    assert (asked["from"], asked["until"]) == ("2025-11-01", "2025-11-05")
    assert "until" not in query(first())
    read = replace(
        CONTEXT,
        since=None,
        readings={"arxiv-oai:cs": Reading("arxiv-oai:cs", day="2025-11-03")},
    )
    assert query(first(context=read))["from"] == "2025-11-02"
    with pytest.raises(UsageError, match="say from which day on"):
        first(context=replace(CONTEXT, since=None))
    with pytest.raises(UsageError, match="swap"):
        first(context=replace(CONTEXT, until=dt.date(2025, 10, 1)))
    with pytest.raises(FetchError, match="future"):
        first(context=replace(CONTEXT, since=dt.date(2026, 1, 1)))
    with pytest.raises(UsageError, match="no set of arXiv's"):
        first("arxiv-oai:cs&set=math")


def test_tokens_are_followed_to_the_end() -> None:
    request = first()
    for number, token in enumerate(["a|1", "b&2"]):
        listing = request.parse(page(number, token), {})
        assert [said.ids for said in listing.facts] == [(f"arxiv:2511.{number:05}",)]
        (request,) = listing.follow
        assert query(request) == {"verb": "ListRecords", "resumptionToken": token}
    for last in (page(2, ""), page(2, None)):
        assert request.parse(last, {}).follow == ()


@pytest.mark.parametrize("again", ["a", "b"])
def test_a_token_that_comes_again_is_an_error(again: str) -> None:
    (second,) = first().parse(page(0, "a"), {}).follow
    (third,) = second.parse(page(1, "b"), {}).follow
    with pytest.raises(
        Unrecognised, match=r"second time.*go on with --since 2025-11-03"
    ):
        third.parse(page(2, again), {})


@pytest.mark.parametrize("name", ["expired-token.xml", "cut.xml", "bad-argument.xml"])
def test_a_harvest_that_breaks_off_says_how_to_go_on(name: str) -> None:
    (second,) = first().parse(page(4, "a"), {}).follow
    with pytest.raises(
        Unrecognised, match=r"no longer knows|the same fetch goes on there"
    ) as raised:
        second.parse((HERE / name).read_bytes(), {})
    assert second.url in str(raised.value)


def test_nothing_to_harvest_is_no_error() -> None:
    listing = first(context=replace(CONTEXT, until=dt.date(2025, 11, 5))).parse(
        (HERE / "none.xml").read_bytes(), {}
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
    with pytest.raises(Unrecognised, match="second time"):
        request.parse(page(1, "a|1"), {})


def test_another_harvest_is_not_resumed_there() -> None:
    assert (
        query(first(context=interrupted(dt.date(2025, 11, 2))))["from"] == "2025-11-02"
    )


def test_a_harvest_whose_token_expired_begins_anew() -> None:
    request = first(context=interrupted())
    listing = request.parse((HERE / "expired-token.xml").read_bytes(), {})
    assert [follow.url for follow in listing.follow] == [first().url]
    assert "the harvest begins anew" in listing.notes[0]


def test_the_last_day_of_modification_is_what_was_reached() -> None:
    listing = first().parse(page(4, "a"), {})
    assert listing.reached == "2025-11-05"
    assert listing.follow[0].parse(page(2, ""), {}).reached == "2025-11-05"


@given(st.sampled_from(CASES), st.data())
def test_a_damaged_page_never_raises_anything_else(
    path: Path, data: st.DataObject
) -> None:
    body = path.read_bytes()
    start, end = sorted(
        (data.draw(st.integers(0, len(body))), data.draw(st.integers(0, len(body))))
    )
    assert outcome(
        body[:start] + data.draw(st.binary(max_size=4)) + body[end:], path.name
    )
