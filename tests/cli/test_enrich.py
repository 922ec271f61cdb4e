"""`enrich` as readers run it, against servers that stand for the services."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.helpers import services as made
from tests.helpers import turns
from tests.helpers.fork_server import COMMAND
from tests.helpers.services import Reply, Services
from tests.helpers.waiting import wait_until

A, B, C = "2401.00001", "2401.00002", "2401.00003"
ICLR = "International Conference on Learning Representations"
DOI = "10.5555/tea.1"
NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
PAPERS = [
    {"id": A, "title": "Kettles", "published": "2024-01-01", "authors": ["Ann Roe"]},
    {"id": B, "title": "Lids", "published": "2024-01-02", "authors": ["Bo Li"]},
    {"id": C, "title": "Cups", "published": "2024-01-03", "comment": "ICML 2024"},
]
SERVICES = ("semanticscholar", "openalex", "crossref", "huggingface")


@pytest.fixture
def services(home, written):
    """The services, which know two of the three papers of a library."""
    written(home, *PAPERS)
    server = Services()
    server.known["s2"] = {
        f"ARXIV:{A}": made.s2(A, venue=ICLR, kind="conference"),
        f"ARXIV:{B}": made.s2(B),
    }
    server.known["openalex"] = {
        f"10.48550/arxiv.{A}": made.openalex(A),
        f"10.48550/arxiv.{B}": made.openalex(B, doi=DOI, venue="Tea Letters"),
    }
    server.known["crossref"] = {DOI: made.crossref(DOI, venue="Tea Letters")}
    server.known["hf"] = {A: made.hf(A, githubRepo="https://github.com/tea/kettle")}
    home |= server.variables
    home["PAPERTRACK_CONFIG"] = str(Path(home["HOME"], "config.toml"))
    yield server
    server.close()


@pytest.fixture
def enrich(inside, home):
    def run(line="", now=NOW):
        turns.forget(Path(home["PAPERTRACK_CACHE"]))
        return inside(f"enrich {line}", now=now)

    return run


def shown(inside, *names, query=""):
    ran = inside(f"list {query} --json --fields id,{','.join(names)}")
    papers = sorted(json.loads(ran.out), key=lambda paper: paper["id"])
    return [tuple(paper[name] for name in names) for paper in papers]


def said(home):
    """What is stored of each paper, by source."""
    months = Path(home["PAPERTRACK_LIBRARY"], "papers").glob("*.json")
    records = [
        record
        for month in months
        for record in json.loads(month.read_text())["papers"].values()
    ]
    return {record["key"].partition(":")[2]: record["said"] for record in records}


def test_venue_citations_and_code_are_stored_and_shown(enrich, inside, services, home):
    ran = enrich()
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines() == [
        "Semantic Scholar: 3 papers, 2 known",
        "OpenAlex: 3 papers, 2 known",
        "Crossref: 1 paper, 1 known",
        "Hugging Face: 3 papers, 1 known",
        "3 papers: venue of 3, citations of 2, code of 1",
    ]
    names = ("venue", "venue_year", "type", "doi", "citations", "influential")
    assert shown(inside, *names) == [
        (ICLR, None, "conference-paper", None, 12, 2),
        ("Tea Letters", 2025, "article", DOI, 12, 2),
        ("ICML 2024", 2024, "conference-paper", None, None, None),
    ]
    assert shown(inside, "github", "title", "published", query="has:code") == [
        ("https://github.com/tea/kettle", "Kettles", "2024-01-01")
    ]
    assert {*said(home)[B]} == {"hf", *SERVICES}
    assert said(home)[C]["openalex"] == {
        "ids": [f"arxiv:{C}"],
        "read": "2026-11-30T12:00:00Z",
    }
    drawn = inside(f"show {B}", env={**home, "FORCE_COLOR": "1"}).out
    assert "sources\thf; crossref; openalex; semanticscholar\n" in drawn


def test_the_origin_of_each_fact_is_shown(enrich, terminal, services, home):
    enrich()
    home["PAPERTRACK_PAGER"] = "cat"
    lines = [" ".join(line.split()) for line in terminal(f"show {B}").lines]
    day = "2026-11-30"
    found = [line for line in lines if "(" in line]
    assert [line.rpartition(",")[0] for line in found] == [
        "Venue Tea Letters, 2025 (Crossref",
        "Type article (Crossref",
        "Citations 12, 2 influential (Semantic Scholar",
        f"DOI {DOI} (Crossref",
    ], day


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("has:venue", [A, B, C]),
        ("has:citations", [A, B]),
        ("citations:10..", [A, B]),
        ("citations:..10", []),
        ("not has:citations", [C]),
        ("source:openalex", [A, B]),
        ("venue:tea", [B]),
        ("type:article", [B]),
    ],
)
def test_papers_are_found_by_what_is_known(enrich, inside, services, query, ids):
    enrich()
    found = inside(f"list {query} --columns id").out.split()
    assert sorted(found) == ids


def test_a_second_run_sends_nothing_until_a_month_is_over(enrich, services):
    enrich()
    count = len(services.asked)
    ran = enrich()
    assert (ran.code, ran.err) == (
        0,
        "nothing to look up: that was done in the last 30 days; --again repeats it\n",
    )
    assert enrich(now=NOW + dt.timedelta(days=29)).code == 0
    assert len(services.asked) == count
    enrich(now=NOW + dt.timedelta(days=30))
    assert len(services.asked) == 2 * count
    enrich("--again", now=NOW + dt.timedelta(days=31))
    assert len(services.asked) == 3 * count


def test_a_later_answer_replaces_the_earlier_one(enrich, inside, services):
    enrich("--citations")
    services.known["s2"][f"ARXIV:{A}"] = made.s2(A, citationCount=3)
    services.known["s2"][f"ARXIV:{B}"] = None
    enrich("--citations --again", now=NOW + dt.timedelta(days=1))
    assert shown(inside, "venue", "citations") == [
        (None, 3),
        ("Tea Letters", 9),
        ("ICML 2024", None),
    ]


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ("--code", {"hf"}),
        ("--venue", {"s2", "openalex", "crossref"}),
        ("--citations", {"s2", "openalex", "crossref"}),
        ("--source openalex", {"openalex"}),
        ("--source huggingface --source semanticscholar", {"hf", "s2"}),
        ("--venue --code", {"s2", "openalex", "crossref", "hf"}),
        ("--source dblp", {"dblp"}),
        ("--source dblp --code", {"dblp"}),
    ],
)
def test_the_services_that_know_it_are_asked(enrich, services, options, asked):
    papers = A if "dblp" in options else f"{A} {B}"
    assert enrich(f"{papers} {options}").code == 0
    assert {one.service for one in services.asked} == asked


def test_a_dry_run_counts_requests_and_sends_none(enrich, services):
    ran = enrich("--dry-run")
    assert (ran.code, ran.out.splitlines()) == (
        0,
        [
            "Semantic Scholar\t3\t1",
            "OpenAlex\t3\t3",
            "Crossref\t0\t0",
            "Hugging Face\t3\t3",
        ],
    )
    assert services.asked == []


def test_many_papers_are_asked_about_at_once_and_many_requests_confirmed(
    enrich, inside, services, home, written
):
    shutil.rmtree(home["PAPERTRACK_LIBRARY"])
    written(home, *({"id": f"2402.{n:05}", "title": f"T {n}"} for n in range(1, 702)))
    ran = enrich("--source openalex")
    assert (ran.code, services.asked) == (2, [])
    assert "send 701 requests about 701 papers" in ran.err
    assert enrich("--source semanticscholar").code == 0
    assert [len(one.body["ids"]) for one in services.asked] == [500, 201]


# ------------------------------------------------------------------ undo


def test_undo_takes_back_what_services_stated_and_redo_repeats_it(
    enrich, inside, services, home
):
    before = said(home)
    enrich()
    after = said(home)
    inside("tag add tea 2401.00001")
    assert "undone: enriched 3 papers from" in inside("undo 2").err
    assert said(home) == before
    assert shown(inside, "venue", "doi") == [
        (None, None),
        (None, None),
        ("ICML 2024", None),
    ]
    inside("redo 2")
    assert said(home) == after
    steps = [line.split("\t") for line in inside("log").out.splitlines()]
    assert [step[2] for step in steps] == ["3", "3", "1", "3"]


# ------------------------------------------------------------------ what goes wrong


def portal(status=200):
    return Reply(status, "<html><title>Log in</title></html>")


SPENT = Reply(
    429,
    '{"error": "Rate limit exceeded"}',
    {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4000"},
)


@pytest.mark.parametrize(
    ("name", "reply", "message"),
    [
        ("openalex", SPENT, "try again in 67 minutes"),
        ("openalex", Reply(403, "no"), "Forbidden (HTTP 403)"),
        ("openalex", Reply(429, "", {"Retry-After": "4000"}), "try again in 67 min"),
        ("s2", portal(), "api.semantic"),
        ("s2", Reply(200, "[]"), "a list of 3 papers was expected"),
        ("s2", Reply(200, '{"data": []}'), "a list of 3 papers was expected"),
        ("s2", Reply(200, '[{"id": 1}, null, null]'), "a paper or null was expected"),
        ("s2", Reply(200, ""), ""),
        ("s2", Reply(200, "[nul"), ""),
        ("s2", Reply(400, '{"error": "Unrecognized fields: [x]"}'), "Unrecognized"),
        ("openalex", portal(), ""),
        ("openalex", Reply(200, "[]"), "a work was expected"),
        ("crossref", Reply(200, '{"message": "no"}'), "a work was expected"),
        ("hf", Reply(200, "[]"), "not a paper"),
    ],
)
def test_what_one_service_does_not_answer_the_others_do(
    enrich, inside, services, name, reply, message
):
    services.always[name] = reply
    ran = enrich()
    assert ran.code == 3
    assert "without a response" in ran.err
    last = ran.err.splitlines()[-1]
    assert f"/{name}/" in last
    assert message.replace("api.semantic", "/s2/") in last
    done = [name for name in ("s2", "openalex", "hf") if services.count(name)]
    assert done == ["s2", "openalex", "hf"]
    services.always.clear()
    count = len(services.asked)
    assert enrich().code == 0
    assert {one.service for one in services.asked[count:]} <= {name, "crossref"}


def test_a_miss_while_a_service_failed_is_unknown(enrich, services):
    services.always["s2"] = Reply(403, "no")
    ran = enrich("--citations")
    summary = ran.err.splitlines()[-2]
    assert summary == "3 papers: citations of 2 (1 unknown)"
    services.always.clear()
    ran = enrich("--citations")
    assert (ran.code, ran.err.splitlines()[-1]) == (0, "3 papers: citations of 2")


def test_a_service_that_fails_again_and_again_is_asked_no_more(enrich, services):
    services.always["openalex"] = Reply(403, "no")
    assert enrich("--source openalex").code == 1
    assert services.count("openalex") == 2


def test_a_passing_refusal_is_waited_for(enrich, services):
    services.faults["openalex"] = [Reply(429, "", {"Retry-After": "0"})]
    services.faults["crossref"] = [Reply(503, "", {"Retry-After": "0"})]
    assert enrich().code == 0


def test_papers_without_an_id_are_named(enrich, inside, services, home, tmp_path):
    bib = tmp_path / "x.bib"
    bib.write_text("@misc{x, title = {Spoons}, author = {Roe, Ann}, year = 2024}")
    inside(f"import {bib}")
    ran = enrich()
    assert ran.code == 3
    assert ran.err.splitlines()[-1] == (
        "papertrack: Spoons: needs an arXiv id or a DOI"
    )
    assert enrich("title:spoons").code == 1
    services.known["dblp"]["Spoons"] = [made.dblp("Spoons", "Ann Roe", "TEA", "2024")]
    assert enrich("title:spoons --source dblp").code == 0
    assert shown(inside, "venue", "venue_year", query="spoons") == [("TEA", 2024)]


def test_crossref_alone_needs_a_doi(enrich, services):
    ran = enrich("--source crossref")
    assert (ran.code, services.asked) == (0, [])
    assert ran.err == (
        "nothing to look up: no DOI of a publisher is known; the other services may know"
        " one\n"
    )


@pytest.mark.parametrize(
    "arguments", ["nothing", "2599.00001", "--source nothing", "id:("]
)
def test_wrong_lines(enrich, services, arguments):
    assert enrich(arguments).code in (2, 5)
    assert services.asked == []


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_what_was_found_before_an_interruption_is_saved(
    services, home, inside, enrich, sent
):
    services.patience["openalex"] = 2
    process = subprocess.Popen(
        [*COMMAND, "enrich"], env=home, stderr=subprocess.PIPE, text=True
    )
    wait_until(lambda: services.count("openalex") > 2)
    process.send_signal(sent)
    _, errors = process.communicate(timeout=20)
    assert process.returncode in (130, 143), errors
    assert "Traceback" not in errors
    sources = [{*facts} for facts in said(home).values()]
    assert all("semanticscholar" in one for one in sources)
    assert sum("openalex" in one for one in sources) == 2
    services.released.set()
    services.patience.clear()
    count = len(services.asked)
    assert inside("enrich").code == 0
    assert [one.service for one in services.asked[count:]] == [
        *("openalex", "crossref", "hf", "hf", "hf")
    ]


# ------------------------------------------------------------------ keys


def set_keys(home, **keys):
    lines = "".join(f"{name} = {value!r}\n" for name, value in keys.items())
    contact = 'contact = "ada@example.org"\n'
    Path(home["PAPERTRACK_CONFIG"]).write_text(f"{contact}[enrich]\n{lines}")


def test_keys_and_address_are_sent_to_their_services_only(services, home, inside):
    set_keys(home, s2_key_command="echo K-1", openalex_key_command="echo K-2")
    ran = inside("-v enrich", now=NOW)
    assert ran.code == 0
    assert "K-" not in ran.err
    s2, openalex, crossref, hf = (
        [one for one in services.asked if one.service == name]
        for name in ("s2", "openalex", "crossref", "hf")
    )
    assert [one.headers.get("x-api-key") for one in s2] == ["K-1"]
    assert {one.parameters["api_key"] for one in openalex} == {"K-2"}
    assert {one.parameters["mailto"] for one in [*openalex, *crossref]} == {
        "ada@example.org"
    }
    for one in [*s2, *openalex, *crossref, *hf]:
        sent = f"{one.path} {one.headers} {one.body}"
        assert ("K-1" in sent) == (one in s2)
        assert ("K-2" in sent) == (one in openalex)
        assert ("ada" in sent) == (one in openalex or one in crossref)
    for path in Path(home["HOME"]).rglob("*"):
        if path.is_file() and path.stem != "config":
            assert b"K-" not in path.read_bytes(), path


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_refused_is_dropped(enrich, services, home, status):
    set_keys(home, s2_key_command="echo K-1")
    services.faults["s2"] = [Reply(status, '{"error": "the key K-1 is unknown"}')]
    ran = enrich("--source semanticscholar")
    assert ran.code == 0
    assert "continuing without the key" in ran.err
    assert "K-1" not in ran.err
    assert ["x-api-key" in one.headers for one in services.asked] == [True, False]


@pytest.mark.parametrize("command", ["false", "nothing-of-the-kind", "true"])
def test_a_key_command_that_fails_is_an_error(enrich, services, home, command):
    set_keys(home, s2_key_command=command)
    ran = enrich()
    assert (ran.code, services.asked) == (4, [])
    assert "enrich.s2_key_command" in ran.err


def test_keys_are_no_values_of_the_config(inside, home, services):
    ran = inside("config set enrich.s2_key secret-1")
    assert ran.code == 4
    assert "enrich.s2_key_command" in ran.err
    assert "secret-1" not in ran.err
