"""Files that only name papers or feeds: ids in a text, OPML, saved feeds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.helpers.http_server import Server

IDS = """# To read
2511.04570v2
https://arxiv.org/abs/2511.09999
10.1234/owl.7
the one about owls
doi:10.1234/owl.8
"""
ENTRY = """<entry><id>http://arxiv.org/abs/2511.04570v2</id><title>Owls That Read</title>
<summary>They do.</summary>
<published>2025-11-06T00:00:00Z</published><updated>2025-11-06T00:00:00Z</updated>
<author><name>Ann Ek</name></author>
<arxiv:doi>10.1234/owl.8</arxiv:doi></entry>"""
ATOM = f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">
<id>http://arxiv.org/api/x</id><title>arXiv Query</title>{ENTRY}</feed>"""
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Owls</title><link>https://www.owls.example/</link>
<item><title>Owls at Night</title><link>https://owls.example/1</link></item>
<item><title>Owls by Day</title><link>https://owls.example/2</link></item><item></item></channel></rss>"""


class Arxiv:
    """An arXiv that knows one paper; `requested` are the lists of ids in its requests."""

    def __init__(self) -> None:
        self.requested: list[str] = []
        self.status = "200 OK"

    def answer(self, head: str) -> bytes:
        path = head.split()[1]
        [ids] = parse_qs(urlsplit(path).query)["id_list"]
        self.requested.append(ids)
        body = ATOM.encode()
        if "2511.04570" not in ids:
            body = body.replace(ENTRY.encode(), b"")
        headers = (
            f"HTTP/1.1 {self.status}\r\nContent-Type: application/atom+xml\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        return headers.encode() + body


@pytest.fixture
def arxiv(home: dict[str, str]) -> Iterator[Arxiv]:
    arxiv = Arxiv()
    server = Server(arxiv.answer)
    home["PAPERTRACK_ARXIV_ENDPOINT"] = server.url
    yield arxiv
    server.close()


@pytest.fixture
def ids(tmp_path: Path) -> Path:
    path = tmp_path / "ids.txt"
    path.write_text(IDS)
    return path


def test_fetch_requests_the_ids_of_a_text_from_arxiv(papertrack, arxiv, ids):
    ran = papertrack(["fetch", str(ids)])
    assert ran == (
        3,
        "",
        f"""\
{ids}: 2 new, 0 updated, 0 known, 1 problem, 1 failed
  2 papers with only a DOI; a source that has it adds the title
  {ids}, line 5: no arXiv id or DOI: the one about owls
papertrack: arXiv has no 2511.09999; check the id
""",
    )
    assert arxiv.requested == ["2511.04570,2511.09999"]
    listed = papertrack("list --columns id,title,doi").out.splitlines()
    assert sorted(listed) == [
        "10.1234/owl.7\t10.1234/owl.7\t10.1234/owl.7",
        "2511.04570\tOwls That Read\t10.1234/owl.8",
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("fetch 2511.09999", 5),
        ("add https://arxiv.org/abs/2511.09999v3", 5),
        ("add hep-th/9901001 2511.09999 --dry-run", 5),
        ("fetch arxiv:2511.09998,2511.09999 --json", 5),
        ("fetch arxiv:2511.09999,2511.04570", 3),
        ("fetch 2511.04570 2511.09999", 3),
    ],
)
def test_an_id_that_arxiv_does_not_have(line, code, papertrack, arxiv):
    ran = papertrack(line)
    assert ran.code == code
    assert "papertrack: arXiv has no 2511.09999" in ran.err
    assert ("2511.04570" in papertrack("list").out) == (code == 3)


def test_import_never_uses_the_network(papertrack, arxiv, ids):
    ran = papertrack(["import", str(ids)])
    assert ran == (
        0,
        "",
        f"""\
{ids}: 4 new, 0 updated, 0 known, 1 problem
  2 papers with only an arXiv id; add the titles with papertrack fetch {ids}
  2 papers with only a DOI; a source that has it adds the title
  {ids}, line 5: no arXiv id or DOI: the one about owls
""",
    )
    assert arxiv.requested == []
    assert "2511.04570\t2511.04570\n" in papertrack("list --columns id,title").out
    papertrack(["fetch", str(ids)])
    assert "2511.04570\tOwls That Read\n" in papertrack("list --columns id,title").out
    # Named by its id alone once more, the paper keeps its title.
    papertrack(["import", str(ids)])
    assert "2511.04570\tOwls That Read\n" in papertrack("list --columns id,title").out


def test_a_bare_id_does_not_replace_a_title(papertrack):
    papertrack(
        "import -", '{"id": "2511.04570", "title": "Owls", "key": "arxiv:2511.04570"}\n'
    )
    assert papertrack("import -", "2511.04570\n").err.startswith(
        "standard input: 0 new, 0 updated, 1 known\n"
    )
    assert papertrack("list --columns title").out == "Owls\n"


def test_dois_are_saved_if_arxiv_fails(papertrack, arxiv, ids):
    arxiv.status = "404 Not Found"
    ran = papertrack(["fetch", str(ids)])
    assert ran.code == 3
    assert "2 new, 0 updated, 0 known, 1 problem, 1 failed" in ran.err
    assert ran.err.splitlines()[-1].startswith("papertrack: http://127.0.0.1:")


def test_text_without_an_id_is_refused(papertrack):
    ran = papertrack("import -", "Nothing here but 1234.5678 owls.\n")
    assert ran.code == 1
    assert ran.err.splitlines()[-1].startswith(
        "papertrack: standard input: no paper found"
    )


def test_saved_feeds_are_imported(papertrack, tmp_path):
    (tmp_path / "owls.xml").write_text(RSS)
    (tmp_path / "owls.json").write_text(
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "Owls",
                "feed_url": "https://json.example/feed",
                "items": [
                    {
                        "id": "1",
                        "url": "https://owls.example/3",
                        "title": "Owls Elsewhere",
                    },
                    {"id": "2"},
                ],
            }
        )
    )
    ran = papertrack(
        ["import", str(tmp_path / "owls.xml"), str(tmp_path / "owls.json")]
    )
    again = "1 entry can't be read; correct the file and import it again"
    assert ran == (
        3,
        "",
        f"""\
{tmp_path}/owls.xml: 2 new, 0 updated, 0 known, 1 problem
  entry 3 (line 3): neither title nor text
{tmp_path}/owls.json: 1 new, 0 updated, 0 known, 1 problem
  entry 2: neither title nor text (id 2)
papertrack: {tmp_path}/owls.xml: {again}
papertrack: {tmp_path}/owls.json: {again}
""",
    )
    listed = papertrack("list --columns title,sources").out.splitlines()
    assert sorted(listed) == [
        "Owls Elsewhere\tfeed:json.example",
        "Owls at Night\tfeed:owls.example",
        "Owls by Day\tfeed:owls.example",
    ]


def test_feeds_of_an_opml_file_are_followed(papertrack):
    path = Path(__file__).parents[1] / "sources" / "feeds" / "follow.opml"
    dry = papertrack(["import", str(path), "--dry-run"])
    assert (
        f"{path}: 0 new, 0 updated, 0 known, 2 problems (dry run)\n  the file names "
        "3 feeds to follow\n" in dry.err
    )
    assert papertrack("feed list").out == "hf\thf\t\n"
    ran = papertrack(["import", str(path)])
    assert ran.code == 0
    assert (
        "following http://journal.example/rss?a=1&b=2 as Journal of Owls, "
        "tagged Owls-&-more/Deeper\n" in ran.err
    )
    assert (
        f"  {path}, line 11: A file has no web address: file:///etc/passwd\n" in ran.err
    )
    listed = papertrack("feed list").out
    assert len(listed.splitlines()) == 4  # hf, as at first
    papertrack("feed add https://owls.example/feed.xml --name mine")
    assert "already followed: 3" in papertrack(["import", str(path)]).err
    assert "mine\thttps://owls.example/feed.xml" in papertrack("feed list").out
