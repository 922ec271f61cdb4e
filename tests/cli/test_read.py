"""`read` as readers run it, against a server that stands for Hugging Face and arXiv."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.helpers.http_server import PageServer, path_of, response
from tests.sources.fulltext.test_texts import in_page, paragraph

TEXTS = Path(__file__).parents[1] / "sources" / "fulltext"
ID = "2601.00007"
OTHER = "2601.00008"
PAPERS: list[dict[str, object]] = [
    {
        "id": ID,
        "title": "Lanterns",
        "authors": ["Ada Quill"],
        "abstract": "They drift at $x_i$ & <b>.",
        "version": 3,
    },
    {"id": OTHER, "title": "Two", "abstract": "A # b"},
    {"id": "hep-th/9901001", "title": "Old", "abstract": "Strings."},
    {"id": "2601.00009", "title": "No abstract"},
]
DOI_ONLY = "@article{x, doi = {10.1234/x}, title = {A journal's}, abstract = {Ours.}}"

PAGE = (TEXTS / "page.html").read_bytes()
MARKDOWN = (TEXTS / "markdown.md").read_bytes()
HOSTILE = (
    b"Title: T\n\nMarkdown Content:\nTwo \x1b]0;x\x07 [red]bold[/red] :fire:"
    b" <script>x</script>\n"
)
ABOUT = b"# Lanterns\n\nPublished on Feb 9\n\n## Abstract\n\nx"


def html(body):
    return response(body, Content_Type="text/html; charset=utf-8")


def simple(name):
    return html(in_page(f'<h2 class="ltx_title ltx_title_section">{name}</h2>'))


@pytest.fixture
def services(home, written):
    """A server for both services, and a library with papers."""
    written(home, *PAPERS)
    server = PageServer({})
    home["HF_ENDPOINT"] = home["PAPERTRACK_ARXIV_ENDPOINT"] = server.url
    yield server
    server.close()


def requested(server):
    return [path_of(head) for head in server.heads]


def test_hugging_face_first(inside, services):
    services.pages[f"/papers/{ID}.md"] = response(MARKDOWN)
    ran = inside(f"read {ID}")
    assert (ran.code, ran.err) == (0, f"{ID}v3: Hugging Face's Markdown\n")
    assert ran.out == (TEXTS / "golden.markdown.md").read_text()
    assert requested(services) == [f"/papers/{ID}.md"]


def test_then_arxiv_in_the_version_that_is_known(inside, services):
    services.pages[f"/papers/{ID}.md"] = response(ABOUT)
    services.pages[f"/html/{ID}v3"] = html(PAGE)
    ran = inside(f"read {ID}")
    assert (ran.code, ran.err) == (0, f"{ID}v3: arXiv's HTML\n")
    # The images' address is the server's.
    expected = (TEXTS / "golden.page.md").read_text()
    assert ran.out == expected.replace("https://arxiv.org/html", f"{services.url}/html")
    assert requested(services) == [f"/papers/{ID}.md", f"/html/{ID}v3"]


def test_then_the_abstract(inside, services):
    ran = inside(f"read {ID}")
    assert ran.code == 0
    assert ran.out == (
        "# Lanterns\n\nAda Quill\n\n## Abstract\n\nThey drift at $x_i$ & <b>.\n".replace(
            "<b>", r"\<b>"
        )
    )
    assert ran.err == (
        f"{ID}: no full text at Hugging Face or arXiv; this is the abstract\n"
    )


def test_a_copy_is_read_offline(inside, services):
    services.pages[f"/papers/{ID}.md"] = response(MARKDOWN)
    first = inside(f"read {ID}")
    services.pages[f"/papers/{ID}.md"] = PORTAL
    again = inside(f"read {ID}")
    assert (again.code, again.out) == (0, first.out)
    assert again.err.startswith(f"{ID}v3: Hugging Face's Markdown, saved on 20")
    assert inside(f"read {ID}v3 --section 1").code == 0
    assert len(services.heads) == 1
    ran = inside(f"read {ID} --again")
    assert (ran.code, ran.out) == (3, first.out)
    assert f"papertrack: {ID}: not downloaded again: {services.url}/papers" in ran.err


def test_again_replaces_the_copy(inside, services):
    for text in ("first", "second"):
        body = f"Title: T\n\nMarkdown Content:\n{text}\n".encode()
        services.pages[f"/papers/{OTHER}.md"] = response(body)
        assert inside(f"read {OTHER} --again").out == f"# T\n\n{text}\n"
    services.pages.clear()
    assert inside(f"read {OTHER}").out == "# T\n\nsecond\n"


def test_a_newer_version_is_noticed(inside, services, home, written):
    old = MARKDOWN.replace(b"v3", b"v2")
    services.pages[f"/papers/{OTHER}.md"] = response(old)
    assert inside(f"read {OTHER}").err.startswith(f"{OTHER}v2: ")
    home["PAPERTRACK_LIBRARY"] += "-later"
    written(home, {**PAPERS[1], "version": 3})
    services.pages[f"/html/{OTHER}v3"] = html(PAGE)
    assert inside(f"read {OTHER}").err == f"{OTHER}v3: arXiv's HTML\n"
    assert requested(services)[1:] == [f"/papers/{OTHER}.md", f"/html/{OTHER}v3"]


def test_an_older_text_is_better_than_none(inside, services):
    services.pages[f"/papers/{ID}.md"] = response(MARKDOWN.replace(b"v3", b"v2"))
    ran = inside(f"read {ID}")
    assert ran.code == 0
    assert ran.err.splitlines() == [
        f"{ID}v2: Hugging Face's Markdown",
        "version 3 has no full text yet; this is an older one",
    ]


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        (f"{ID}v1", f"/html/{ID}v1"),
        (f"https://arxiv.org/abs/{ID}v2", f"/html/{ID}v2"),
        (f"https://arxiv.org/pdf/{ID}v2.pdf", f"/html/{ID}v2"),
        ("hep-th/9901001", "/html/hep-th/9901001"),
        ("2602.12345", "/html/2602.12345"),
        ("arXiv:2602.12345v4", "/html/2602.12345v4"),
    ],
)
def test_what_is_named_is_read_also_from_outside_the_library(
    inside, services, typed, path
):
    services.pages[f"/papers/{ID}.md"] = response(MARKDOWN)
    services.pages[path] = simple("1 One")
    ran = inside(["read", typed])
    assert (ran.code, ran.out) == (0, "## 1 One\n")
    assert requested(services)[-1] == path


@pytest.mark.parametrize(
    ("typed", "code", "message"),
    [
        (
            "2602.12345",
            5,
            "2602.12345: no full text at Hugging Face or arXiv, and it is",
        ),
        ("10.9999/none", 5, "unknown paper 10.9999/none"),
        ("99", 5, "99"),
        ("not an id", 2, "papertrack search"),
        ("2601.00009", 1, "and no abstract; papertrack open 2601.00009"),
        (f"{ID} --outline --section 1", 2, "exclude each other"),
    ],
)
def test_mistakes_are_one_line(inside, services, typed, code, message):
    words = ["read", typed] if typed == "not an id" else f"read {typed}"
    ran = inside(words)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("papertrack: ")
    assert ran.err.count("\n") == 1
    assert message in ran.err


def test_a_paper_without_arxiv_id_has_its_abstract(inside, services, tmp_path):
    path = tmp_path / "x.bib"
    path.write_text(DOI_ONLY)
    assert inside(["import", str(path)]).code == 0
    ran = inside("read 10.1234/x")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "Ours.")
    assert (
        "10.1234/x: no full text: it has no arXiv id; this is the abstract" in ran.err
    )
    assert services.heads == []


PORTAL = html(b"<!DOCTYPE html><title>Sign in</title><p>portal</html>")
FAULTS = {
    "403": response(b"", "403 Forbidden"),
    "400": response(b"", "400 Bad Request"),
    "a portal": PORTAL,
    "a page that is cut off": html(PAGE[:3000]),
    "too deep": html(in_page("<div>" * 5000)),
    "brotli": response(PAGE, Content_Encoding="br"),
    "a gzip bomb": response(
        gzip.compress(b"<p>" * 20_000_000, 1), Content_Encoding="gzip"
    ),
    "gzip that is cut off": response(
        gzip.compress(PAGE)[:900], Content_Encoding="gzip"
    ),
}


@pytest.mark.parametrize("id", ["2601.00009", "2602.12345"])
def test_without_a_service_and_an_abstract_nothing_is_shown(inside, services, id):
    services.pages[f"/papers/{id}.md"] = PORTAL
    ran = inside(f"read {id} --section 1")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"papertrack: {id}: the full text was not read: ")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_service_that_fails_leaves_the_abstract(inside, services, fault):
    services.pages[f"/html/{ID}v3"] = FAULTS[fault]
    ran = inside(f"read {ID}")
    assert ran.code == 3
    assert ran.out.startswith("# Lanterns\n")
    begins = f"papertrack: {ID}: this is the abstract; the full text was not read: "
    assert ran.err.startswith(begins)
    assert f"{services.url}/html/{ID}v3" in ran.err
    assert ran.err.count("\n") == 1


def test_hugging_face_may_fail_where_arxiv_does_not(inside, services):
    services.pages[f"/papers/{ID}.md"] = PORTAL
    services.pages[f"/html/{ID}v3"] = html(PAGE)
    ran = inside(f"read {ID}")
    assert (ran.code, ran.err) == (0, f"{ID}v3: arXiv's HTML\n")


def test_a_conversion_that_broke_off_is_reported(inside, services):
    words = "Conversion to HTML had a Fatal error and exited abruptly."
    services.pages[f"/html/{ID}v3"] = html(in_page(paragraph(words)))
    for _ in range(2):  # once read, once from the copy
        ran = inside(f"read {ID}")
        assert ran.code == 0
        assert "the conversion broke off, the end is missing" in ran.err
        assert f"papertrack pdf {ID}" in ran.err


def test_the_outline_and_sections(inside, terminal, services, home):
    services.pages[f"/html/{ID}v3"] = html(PAGE)
    outline = inside(f"read {ID} --outline")
    assert outline.err == f"{ID}v3: arXiv's HTML\n"
    assert [line.split("\t") for line in outline.out.splitlines()] == [
        ["", "1", "Abstract"],
        ["1", "1", "Introduction"],
        ["2", "1", "Method"],
        ["2.1", "2", "Drift <b> and cost"],
        ["", "4", "In code."],
        ["3", "1", "Results"],
        ["", "1", "References"],
        ["A", "1", "More rivers"],
        ["A.1", "2", "Deltas"],
    ]
    for wanted, first in {
        "2": "## 2 Method",
        "cost": "### 2.1 Drift \\<b> and cost",
    }.items():
        ran = inside(["read", ID, "--section", wanted])
        assert ran.code == 0, ran.err
        assert ran.out.splitlines()[0] == first
        assert "## References" not in ran.out
    assert len(services.heads) == 2
    shown = terminal(f"read {ID} --outline", env=home)
    assert shown.lines[0].startswith(f"{ID}v3: arXiv's HTML, saved on 20")
    assert shown.lines[4].startswith("2.1    Drift <b> and cost")


def test_a_section_that_is_not_there_or_not_clear(inside, services):
    names = ["1 Early work", "2 Early results", "3 Early ends"]
    titles = (f'<h2 class="ltx_title ltx_title_section">{name}</h2>' for name in names)
    services.pages[f"/html/{ID}v3"] = html(in_page("".join(titles)))
    ran = inside(f"read {ID} --section nights")
    assert (ran.code, ran.out) == (5, "")
    assert ran.err == (
        f"papertrack: {ID} has no section nights; it has 1 Early work, 2 Early results"
        " and 3 Early ends\n"
    )
    ran = inside(f"read {ID} --section early")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "papertrack: early may be 1 Early work, 2 Early results and 3 Early ends; name"
        " one by its number\n"
    )


def test_on_a_terminal_it_is_drawn_and_cleaned(terminal, services, home):
    home["PAGER"] = "cat"
    services.pages[f"/html/{ID}v3"] = html(PAGE)
    shown = terminal(f"read {ID}", env=home)
    assert shown.code == 0
    assert shown.text == (TEXTS / "golden.page.80.txt").read_text()
    assert b"\x07" not in shown.raw
    services.pages[f"/papers/{OTHER}.md"] = response(HOSTILE)
    drawn = terminal(f"read {OTHER}", env=home)
    assert "Two ]0;x [red]bold[/red] :fire: <script>x</script>" in drawn.text
    assert b"\x07" not in drawn.raw
    assert b"\x1b]0" not in drawn.raw


def test_a_long_text_is_in_the_pager(terminal, services, home, tmp_path):
    services.pages[f"/html/{ID}v3"] = html(PAGE)
    log = tmp_path / "paged"
    home["PAGER"] = f"cat > {log}"
    assert terminal(f"read {ID}", 80, 24, env=home).code == 0
    assert "Lanterns on a River" in log.read_text()


def test_the_numbers_of_a_listing_name_papers(inside, terminal, services, home):
    services.pages[f"/papers/{ID}.md"] = response(MARKDOWN)
    assert terminal("list id:2601.00007", env=home).code == 0
    assert "Lanterns on a River" in inside("read 1").out  # the newest of all listings


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]\nx", b'{"format": 1}\nx', b"\xff\xfe", b'{"format": 9}\n'],
)
def test_a_damaged_copy_is_read_anew(inside, services, home, damage):
    services.pages[f"/papers/{OTHER}.md"] = response(MARKDOWN)
    first = inside(f"read {OTHER}")
    copies = list(Path(home["PAPERTRACK_CACHE"], "fulltext").iterdir())
    assert len(copies) == 1
    assert copies[0].stat().st_mode & 0o77 == 0
    json.loads(copies[0].read_bytes().partition(b"\n")[0])
    copies[0].write_bytes(damage)
    assert inside(f"read {OTHER}") == first
