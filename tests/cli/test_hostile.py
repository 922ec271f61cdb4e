"""A title that attacks every output: it is shown literally, and has no effect."""

import csv
import io
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from pybtex.database import parse_string

ID = "2306.90006"


def without_our_own(raw):
    """The bytes sent to a terminal, without the colours and OSC 8 links of papertrack
    itself.
    """
    text = raw.decode()
    text = re.sub(
        r"\x1b\]8;[^;\x1b\x07]*;https?://[!-~]*\x1b\\|\x1b\]8;;\x1b\\", "", text
    )
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def harmless(text):
    assert not re.search(
        "[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text
    ), repr(text)
    assert "\N{FIRE}" not in text


@pytest.mark.parametrize(
    "args", ["list", "search script", f"show {ID}", "list --columns title,abstract"]
)
@pytest.mark.parametrize("columns", [60])
def test_on_a_terminal(args, columns, terminal, desk, hostile):
    screen = terminal(args, columns, env=desk)
    assert screen.code == 0
    harmless(without_our_own(screen.raw))
    assert b"\x07" not in screen.raw
    assert b"\x1b]0" not in screen.raw
    for word in hostile[1].split():
        assert word in screen.text
    assert "[/red]" in screen.text


def test_an_organisation_and_authors(terminal, desk):
    screen = terminal("list --columns organization,authors --sort date", 200, env=desk)
    assert "[bold]Org[/bold] [2J" in screen.text
    assert "Eve <b>Hostile</b>" in screen.text
    harmless(without_our_own(screen.raw))


@pytest.mark.parametrize(
    "args", ["list", "search script", f"show {ID}", f"show {ID} --json", "list --json"]
)
def test_on_a_pipe(args, papertrack, desk, hostile):
    ran = papertrack(args, env=desk)
    harmless(ran.out.replace("\n", "").replace("\t", ""))
    if "json" in args:
        assert [one["title"] for one in json.loads(ran.out) if one["id"] == ID] == [
            hostile[1]
        ]
    else:
        assert hostile[1] in re.split(r"[\t\n]", ran.out)


def test_tsv_and_csv(papertrack, desk, hostile):
    for format, delimiter in (("tsv", "\t"), ("csv", ",")):
        ran = papertrack(
            f"export {ID} --format {format} --fields id,title,authors", env=desk
        )
        harmless(re.sub(r"[\t\r\n]", "", ran.out))
        quoting: Any = csv.QUOTE_NONE if format == "tsv" else csv.QUOTE_MINIMAL
        table = list(
            csv.reader(io.StringIO(ran.out), delimiter=delimiter, quoting=quoting)
        )
        assert table[1][:2] == [ID, hostile[1]]


def test_csv_has_no_formulas(papertrack, tmp_path, rows):
    titles = ["=1+1", "@SUM(A1)", "+1", "-1", "\t=2+2", "＝1"]
    path = tmp_path / "formulas.json"
    papers = [
        {**row["paper"], "title": title}
        for row, title in zip(rows, titles, strict=True)
    ]
    path.write_text(json.dumps([{"paper": paper} for paper in papers]))
    assert papertrack(["fetch", str(path)]).code == 0
    table = list(
        csv.reader(io.StringIO(papertrack("export --format csv --fields title").out))
    )[1:]
    assert sorted(row[0] for row in table) == sorted(
        f"'{title.strip()}" for title in titles
    )


def test_markdown(papertrack, desk, hostile):
    ran = papertrack(
        f"export {ID} --format markdown --title {hostile[1].split()[0]}", env=desk
    )
    harmless(ran.out.replace("\n", ""))
    tokens = MarkdownIt("commonmark").parse(ran.out)
    assert not [token for token in tokens if token.type.startswith("html")]
    inline = [child for token in tokens for child in token.children or []]
    assert not [child for child in inline if child.type.startswith("html")]
    texts = [
        "".join(child.content for child in token.children or [])
        for token in tokens
        if token.type == "inline"
    ]
    assert hostile[1] in texts
    assert "[/red]" in texts
    assert not re.search(r"(?<!\\):fire:", ran.out)  # escaped: GitHub would draw it


def test_bibtex(papertrack, desk, hostile):
    ran = papertrack(f"export {ID} 2306.90005 --format bibtex", env=desk)
    harmless(ran.out.replace("\n", "").replace("\t", ""))
    entries = parse_string(ran.out, "bibtex").entries
    assert len(entries) == 2
    title = next(
        entry.fields["title"]
        for entry in entries.values()
        if "red" in entry.fields["title"]
    )
    from pylatexenc.latex2text import LatexNodes2Text

    assert "[/red]" in title
    shown = LatexNodes2Text(math_mode="verbatim").latex_to_text(title)
    assert re.sub(r"[{}]", "", shown) == hostile[1]


def test_completion_files(papertrack, desk, hostile):
    texts = {
        path: path.read_bytes()
        for path in Path(desk["PAPERTRACK_CACHE"]).rglob("*.tsv")
    }
    holding = [text.decode() for text in texts.values() if b"[/red]" in text]
    assert holding, f"no completion file holds the title: {list(texts)}"
    for text in holding:
        harmless(re.sub(r"[\t\n]", "", text))
        assert sum(hostile[1] in line or ID in line for line in text.splitlines()) == 1


def test_as_a_query(papertrack, terminal, desk, hostile):
    for args in (
        ["list", hostile[0]],
        ["search", hostile[0]],
        ["tags", hostile[0]],
        ["show", hostile[0]],
        ["fetch", hostile[0]],
        ["list", f"tag:{hostile[0]}"],
        ["list", f"{hostile[0]}:x"],
        ["list", "--columns", hostile[0]],
        ["export", "--format", hostile[0]],
        [hostile[0]],
        ["list", f"--{hostile[0]}"],
        ["mark", hostile[0], "1"],
        ["list", "--since", hostile[0]],
        ["export", "-o", hostile[0].replace("/", "")],
    ):
        ran = papertrack(args, env=desk)
        assert ran.code in (0, 2, 5), ran
        assert "Traceback" not in ran.err
        harmless(ran.err.replace("\n", ""))
    screen = terminal(["search", f'"{hostile[0]}"'], env=desk)
    harmless(without_our_own(screen.raw))


def test_a_hostile_phrase_finds_its_paper(papertrack, desk):
    ran = papertrack(
        ["search", '"red 0 x fire 1 1 script touch x"', "--format", "ids"], env=desk
    )
    assert (
        ran.out == f"{ID}\n"
        or papertrack(["search", '"script" "touch x"', "--format", "ids"], env=desk).out
    )


def test_as_a_note(papertrack, terminal, home, rows_file, hostile):
    assert papertrack(["fetch", str(rows_file)]).code == 0
    assert papertrack(["note", "2306.90001", hostile[0]]).code == 0
    assert json.loads(papertrack("show 2306.90001 --json").out)[0]["note"] == hostile[1]
    screen = terminal("show 2306.90001", 120)
    assert hostile[1] in screen.lines
    harmless(without_our_own(screen.raw))
    markdown = papertrack("export 2306.90001").out
    assert not [
        t
        for token in MarkdownIt("commonmark").parse(markdown)
        for t in [token, *(token.children or [])]
        if t.type.startswith("html")
    ]


def test_as_a_tag(papertrack, terminal, home, rows_file, hostile):
    assert papertrack(["fetch", str(rows_file)]).code == 0
    refused = papertrack(["tag", "add", hostile[0], "2306.90001"])
    assert refused.code == 2
    harmless(refused.err.replace("\n", ""))
    tag = "[/red]\x1b]0;x\x07:fire:".replace(":", "")  # what a tag may hold
    assert papertrack(["tag", "add", tag, "2306.90001"]).code == 0
    for args in ("tags", "list", "show 2306.90001", "tags --tree", "list --group tag"):
        screen = terminal(args, 100)
        assert "]0;xfire" in screen.text
        harmless(without_our_own(screen.raw))
    assert (
        papertrack(["list", "tag:[/red]]0;xfire", "--format", "ids"]).out
        == "2306.90001\n"
    )


def test_a_hostile_tag_is_found_by_its_text(papertrack, home, rows_file):
    assert papertrack(["fetch", str(rows_file)]).code == 0
    assert papertrack(["tag", "add", "a\x07b\u202e", "2306.90001"]).code == 0
    assert (
        papertrack(["list", "tag:a\x07b\u202e", "--format", "ids"]).out
        == "2306.90001\n"
    )


def test_a_library_edited_by_hand_is_shown_safely(
    papertrack, terminal, home, rows_file, hostile
):
    assert papertrack(["fetch", str(rows_file)]).code == 0
    assert papertrack("tag add x 2306.90001").code == 0
    root = Path(home["PAPERTRACK_LIBRARY"])
    evil = json.dumps(hostile[0])[1:-1]
    for path in (root / "marks.json", *root.glob("papers/*.json")):
        text = path.read_text()
        path.write_text(
            text.replace('"x"', f'"{evil}"').replace("Teaching Kettles", evil)
        )
    for args in ("list", "tags", "show 2306.90001", "search touch"):
        harmless(without_our_own(terminal(args, 100).raw))
        harmless(re.sub(r"[\t\n]", "", papertrack(args).out))


def test_no_file_outside_the_home_is_created(desk):
    assert not list(Path(desk["HOME"]).rglob("x)"))
    assert subprocess.run(["true"], check=False).returncode == 0
