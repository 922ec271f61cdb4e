"""`search --remote`: a service's own search, marked with what the library has."""

import json
import shlex
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import pytest

from tests.helpers.http_server import Server, path_of, response

TITLES = ("Kettles that whistle", "Of teapots", "A cup, a saucer", "Steam", "Leaves")
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"
 xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
<opensearch:totalResults>{total}</opensearch:totalResults>{entries}</feed>"""
ENTRY = """<entry><id>http://arxiv.org/abs/{id}v1</id><title>{title}</title>
<published>2025-11-0{number}T00:00:00Z</published><author><name>Ada Quill</name></author>
<category term="cs.CL"/></entry>"""


def id_of(number):
    return f"2511.9000{number}"


class Services(Server):
    """Hugging Face and arXiv: each finds the first papers, at most as many as wanted."""

    def __init__(self):
        self.titles = TITLES
        self.finds = len(TITLES)
        self.body = None
        self.status = "200 OK"
        self.queries = []
        super().__init__(self.reply)

    def reply(self, head):
        url = urlsplit(path_of(head))
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.queries.append(query)
        if self.body is not None:
            return response(self.body, self.status)
        if url.path == "/api/papers/search":
            count = min(self.finds, int(query["limit"]))
            rows = [self.row(number) for number in range(1, count + 1)]
            return response(json.dumps(rows).encode(), Content_Type="application/json")
        if url.path == "/api/query":
            count = min(self.finds, int(query["max_results"]))
            return response(self.feed(count), Content_Type="application/atom+xml")
        return response(b"{}", "404 Not Found")

    def row(self, number):
        paper = {
            "id": id_of(number),
            "title": self.titles[number - 1],
            "upvotes": number,
        }
        return {"paper": paper, "title": paper["title"]}

    def feed(self, count):
        entries = [
            ENTRY.format(
                id=id_of(number), title=escape(self.titles[number - 1]), number=number
            )
            for number in range(1, count + 1)
        ]
        return ATOM.format(total=self.finds, entries="".join(entries)).encode()


@pytest.fixture
def services(home):
    server = Services()
    home["HF_ENDPOINT"] = home["PAPERTRACK_ARXIV_ENDPOINT"] = server.url
    yield server
    server.close()


@pytest.fixture
def with_two(inside, services, tmp_path):
    """A library with the second and the fourth paper; the fourth is tagged and read."""
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([services.row(2), services.row(4)]))
    assert inside(["import", str(path)]).code == 0
    assert inside(f"tag add steam {id_of(4)}").code == 0
    assert inside(f"mark read {id_of(4)}").code == 0


def everything_in(home):
    """The content of each file of the library but for locks."""
    root = Path(home["PAPERTRACK_LIBRARY"])
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.name: path.read_bytes() for path in files if path.suffix == ".json"}


@pytest.mark.parametrize("service", ["hf", "arxiv"])
def test_what_the_library_has_is_marked(inside, with_two, home, service, tmp_path):
    before = everything_in(home)
    ran = inside(f"search --remote {service} kettle --json")
    assert ran.code == 0
    papers = json.loads(ran.out)
    assert [paper["title"] for paper in papers] == list(TITLES)
    assert [paper["in_library"] for paper in papers] == [
        False,
        True,
        False,
        True,
        False,
    ]
    assert [paper["tags"] for paper in papers] == [[], [], [], ["steam"], []]
    assert papers[3]["status"] == "read"
    assert papers[0]["added"] is None
    name = {"hf": "Hugging Face", "arxiv": "arXiv"}[service]
    assert (
        ran.err == f"5 papers from {name}, 2 in the library; --keep adds the others\n"
    )
    home["PAPERTRACK_CACHE"] = str(tmp_path / "no rate limit")
    rows = inside(f"search --remote {service} kettle").out.splitlines()
    assert [row.split("\t")[-1] for row in rows] == ["no", "yes", "no", "yes", "no"]
    assert everything_in(home) == before


def test_on_a_terminal(terminal, with_two):
    screen = terminal(["search", "--remote", "hf", "kettle"], 80)
    assert screen.text.count("in the library since") == 2
    lines = [line for line in screen.lines if line[:1].isdigit()][: len(TITLES)]
    assert ["•" in line or "✓" in line for line in lines] == [
        *(False, True, False, True, False)
    ]
    assert "#steam" in lines[3]
    assert all(len(line) <= 80 for line in screen.lines)


@pytest.mark.parametrize("service", ["hf", "arxiv"])
def test_keep_adds_as_a_fetch_does(inside, with_two, home, service):
    before = everything_in(home)
    inside("rule add leaves --if title:leaves --do 'mark later'")
    ran = inside(f"search --remote {service} kettle --keep --json")
    assert ran.code == 0
    assert all(paper["in_library"] for paper in json.loads(ran.out))
    assert "search: 3 new, " in ran.err
    new = inside("list is:new --format ids --sort added").out.split()
    assert sorted(new) == [id_of(number) for number in (1, 3, 5)]
    assert inside("list is:later --format ids").out.split() == [id_of(5)]
    assert inside("undo").code == 0
    assert inside("list --all --format ids").out.split() != []
    assert len(inside("list --all --format ids").out.split()) == 2
    assert before.keys() <= everything_in(home).keys()


def test_votes_that_are_found_are_counted(inside, services, home):
    inside("search --remote hf kettle --keep")
    text = (Path(home["PAPERTRACK_LIBRARY"]) / "papers").glob("*.json")
    assert '"votes":"20' in "".join(path.read_text() for path in text)


@pytest.mark.parametrize(
    ("line", "sent"),
    [
        ("hf kettle pot", {"q": "kettle pot", "limit": "30"}),
        ("hf 'a&limit=9 b' -n 2", {"q": "a&limit=9 b", "limit": "2"}),
        ("hf kettle --all", {"q": "kettle", "limit": "100"}),
        ("hf kettle -n 100000", {"q": "kettle", "limit": "100"}),
        (
            "arxiv 'title:kettle ^pot' -n 3",
            {"search_query": "ti:kettle ANDNOT all:pot", "max_results": "3"},
        ),
        (
            "arxiv kettle --since 2025-11-01 --until 2025-11-02",
            {
                "search_query": "all:kettle AND "
                "submittedDate:[202511010000 TO 202511022359]",
                "sortBy": "relevance",
            },
        ),
        ("arxiv kettle --all", {"max_results": "2000"}),
    ],
)
def test_what_is_sent(inside, services, line, sent):
    assert inside(f"search --remote {line}").code == 0
    [query] = services.queries
    assert sent.items() <= query.items()


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("--remote hf 'kettle title:x'", 2, "Hugging Face's search has no title:"),
        ("--remote arxiv 'kettle is:unread'", 2, "arXiv's search has no is:"),
        ("--remote hf kettle --since 2025", 2, "takes only words"),
        ("--remote hf kettle --sort date", 2, "--sort is for the library"),
        ("--remote arxiv kettle --group tag", 2, "--group is for the library"),
        ("kettle --keep", 2, "add --remote hf or --remote arxiv"),
        ("kettle --keep --json", 2, "add --remote hf or --remote arxiv"),
        ("--remote bing kettle", 2, "bing"),
        ("--remote hf ''", 2, "needs words"),
    ],
)
def test_mistakes(inside, services, line, code, message):
    ran = inside(f"search {line}")
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err.splitlines()[0]
    assert services.queries == []


def test_a_caret_is_under_what_is_not_supported(inside, services):
    lines = inside("search --remote hf 'kettle title:x'").err.splitlines()
    assert lines[1:] == ["  kettle title:x", "         ^"]


@pytest.mark.parametrize("line", ["hf kettle", "arxiv kettle", "hf kettle --keep"])
def test_nothing_is_found(inside, services, home, line):
    services.finds = 0
    ran = inside(f"search --remote {line}")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("no paper at ")
    assert everything_in(home) == {}


@pytest.mark.parametrize("service", ["hf", "arxiv"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"gone", "404 Not Found"),
        (b"<html>log in</html>", "200 OK"),
        (b"", "200 OK"),
        (b'{"error": "no"}', "200 OK"),
        (b"refused", "400 Bad Request"),
    ],
)
def test_a_service_that_fails(inside, with_two, services, home, service, body, status):
    services.body, services.status = body, status
    before = everything_in(home)
    ran = inside(f"search --remote {service} kettle --keep")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("papertrack: ")
    assert len(ran.err.splitlines()) == 1
    assert everything_in(home) == before


def test_a_pasted_title_is_words(inside, services):
    ran = inside(["search", "--remote", "arxiv", 'Tea: "a review (of leaves'])
    assert ran.code == 0
    assert "all:leaves" in services.queries[0]["search_query"]


@pytest.mark.parametrize(
    ("service", "title"),
    [
        ("hf", "\x1b]0;x\x07[red]*a*"),
        ("hf", "\u202e[red]*a*"),
        ("hf", "\x9b31m[red]*a*"),
        ("arxiv", "[red]*a*\u202e"),
        ("arxiv", "[red]*a* &lt;b>"),
    ],
)
def test_hostile_titles_are_text(terminal, services, service, title):
    services.titles = (title, *TITLES[1:])
    screen = terminal(["search", "--remote", service, "kettle"], 80)
    assert "[red]*a*" in screen.text
    assert not {"\u202e", "\x9b"} & set(screen.raw.decode())
    assert b"\x1b]0;x" not in screen.raw


def test_the_examples_of_the_readme(inside, services, home, tmp_path):
    readme = Path(__file__).parents[2] / "README.md"
    block = readme.read_text(encoding="utf-8").partition("<!-- remote -->\n```sh\n")[2]
    lines = block.partition("```")[0].splitlines()
    assert len(lines) == 3
    for number, line in enumerate(lines):
        # With a cache of its own a command does not wait for arXiv's rate limit.
        home["PAPERTRACK_CACHE"] = str(tmp_path / f"cache{number}")
        ran = inside(shlex.split(line, comments=True)[1:])
        assert (ran.code, len(ran.out.splitlines())) == (0, len(TITLES)), ran.err


@pytest.mark.parametrize("service", ["hf", "arxiv"])
def test_against_the_replayed_services(inside, home, replaying, service):
    home |= replaying("--today", "2025-11-12").env
    assert inside("fetch 2025-11-07").code == 0
    ran = inside(f"search --remote {service} agent -n 100 --json")
    assert ran.code == 0
    found = json.loads(ran.out)
    assert found
    known = {paper["id"] for paper in found if paper["in_library"]}
    stored = set(inside("list --all --format ids").out.split())
    assert known == {paper["id"] for paper in found} & stored


@pytest.mark.parametrize("service", ["arxiv", "hf"])
@pytest.mark.parametrize("words", ["((((", '"', '""', ")", "()", "", "\n", '"" ""'])
def test_signs_without_words_are_a_mistake(words, service, papertrack):
    ran = papertrack(["search", "--remote", service, words])
    assert ran.code == 2
    assert "needs words" in ran.err.splitlines()[0]
