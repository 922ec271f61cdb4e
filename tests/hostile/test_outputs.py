"""Hostile text in every field, also edited by hand, in every output: it is shown
literally, and has no effect.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
import rispy
import yaml
from markdown_it import MarkdownIt
from pybtex.database import parse_string

from papertrack.cli import command_table
from papertrack.core.field_names import PAPER_NAMES
from papertrack.core.text import UNWANTED
from papertrack.exports import registry as exports
from papertrack.exports.obsidian import KEY
from tests.helpers import svg

STRINGS = [
    *(
        "\x1b]0;pwn\x07",
        "\x1b[2J\x1b[1;1H",
        "\x9b31mred",
        "\x1b]8;;http://evil.example\x1b\\x",
        "\x90q\x9c",
        "nul\x00l",
    ),
    *(
        "back\b\b\b\bspace",
        "\rspoofed",
        "a\tb\tc",
        "line\nbreak",
        "form\ffeed\vtab",
        "\x7fdel\x85nel",
        "\u2028sep\u2029",
    ),
    *(
        "\u202egnp.exe",
        "\u2066isolate\u2069",
        "\u200fmark\u200b",
        "\ufeffbom",
        "\U000e0041tag",
        "\ufff9anchor\ufffb",
    ),
    *(
        "[bold red]x[/]",
        "[link=file:///etc/passwd]x[/link]",
        "[/red]",
        ":fire:",
        "=cmd|' /C calc'!A0",
        "@SUM(1)",
        "+1+1",
    ),
    *(
        "-1+1",
        "\t=1",
        "＝1",
        r"\input{/etc/passwd}",
        r"\write18{touch pwned}",
        "}} @article{evil, title={x}",
        "% comment",
    ),
    *(
        r"$\def\x{\x}\x$",
        "~^_#&",
        '"',
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '"><svg onload=1>',
    ),
    *(
        "&lt;b&gt;&amp;",
        "]]>",
        "<!--",
        "javascript:alert(1)",
        "[x](javascript:alert(1))",
        "![x](http://evil.example/x.png)",
    ),
    *(
        "```\ncode",
        "---\ntitle: x",
        "# heading",
        "- item",
        "> quote",
        "| a | b |",
        "1. one",
        "!!python/object:os.system",
    ),
    *(
        "Subject: x\r\nBcc: evil@example.org",
        "../../etc/passwd",
        "/etc/passwd",
        "$(touch pwned)",
        "`touch pwned`",
    ),
    *(
        "; touch pwned",
        "' ; touch pwned #",
        "\n touch pwned",
        "ER  - \nTY  - JOUR",
        "{0.__class__}",
        "%s%n",
        "' OR 1=1 --",
    ),
    *("x" * 3_000, "a\u0301\u0316" * 40, "👩‍👩‍👧", "\U0001f1fa", "ﷺ" * 9),
]
URLS = [
    "javascript:alert(1)",
    "file:///etc/passwd",
    "https://a.example/\x1b]8;;x\x07",
    "https://a.example/](x)<b>",
    'https://a.example/"onload=1',
    "https://a.example/}\\input{x}",
    "data:text/html,x",
    "https://a.example/\u202ex",
]
NOW = "2025-11-07T00:00:00Z"
TEXTS = ("title", "abstract", "summary", "organization", "venue")


def document(number: int, text: str) -> dict[str, Any]:
    """A paper edited by hand, with `text` in every text field."""
    url = URLS[number % len(URLS)]
    said: dict[str, Any] = {
        **dict.fromkeys(TEXTS, f"{text} {number}"),
        "title": text if number % 2 else f"T {text}",
    }
    said |= {
        "authors": [text, f"Ann {text}", f"{text}, Ann"],
        "keywords": [text],
        "categories": [text],
    }
    said |= {
        "published": "2025-11-07",
        "doi": f"10.1234/{text}",
        "github": url,
        "project": url,
        "url": url,
        "pdf": url,
    }
    return {
        "key": f"doi:10.1234/{number}/{text}",
        "said": {"hf": said, text: said},
        "added": text,
    }


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with hostile text only: papers, tags, notes, views, rules, feeds, the
    log, errors.
    """
    root = tmp_path_factory.mktemp("hostile") / "library"
    (root / "papers").mkdir(parents=True)
    papers = {str(n): document(n, text) for n, text in enumerate(STRINGS, 1)}
    marks = {
        number: {
            "key": paper["key"],
            "tags": [paper["said"]["hf"]["keywords"][0], f"a/{number}"],
            "note": f"{STRINGS[int(number) - 1]}\nsecond line",
            "starred": True,
            "marked": NOW,
        }
        for number, paper in papers.items()
    }
    desk: dict[str, dict[str, Any]] = {
        "feeds": {},
        "sources": {},
        "views": {},
        "rules": {},
        "history": {},
        "undo": {},
    }
    for n, text in enumerate(STRINGS, 1):
        url = f"https://a.example/{n}/{text}"
        desk["feeds"][str(n)] = {"key": url, "name": text, "at": NOW, "by": text}
        desk["sources"][str(n)] = {
            "key": url,
            "tried": NOW,
            "new": 1,
            "error": text,
            "since": NOW,
        }
        desk["views"][str(n)] = {"key": f"v{n}{text}", "query": f'"{text}"', "at": NOW}
        desk["rules"][str(n)] = {
            "key": f"r{n}{text}",
            "if": f'"{text}"',
            "do": f"tag {text}",
            "at": NOW,
            "place": n,
        }
        desk["undo"][str(n)] = {"key": str(n), "at": NOW, "what": text, "changes": []}
    files = {
        "papers/2025-11.json": {"papers": papers},
        "marks.json": {"marks": marks},
        "desk.json": desk,
    }
    for name, tables in files.items():
        body = json.dumps({**tables, "format": {"1": {"version": 1}}})
        (root / name).write_text(body, encoding="utf-8")
    return root


def no_control(text: str) -> None:
    found = re.search(f"(?!\\n){UNWANTED}", text)
    assert not found, (
        hex(ord(found[0])),
        text[max(found.start() - 60, 0) : found.end() + 30],
    )


def drawn(text: str) -> None:
    """Assert that a terminal receives papertrack's own colours and links, and no other
    control characters.
    """
    text = re.sub(
        r"\x1b\]8;[^;\x1b\x07]*;https?://[!-~]*\x1b\\|\x1b\]8;;\x1b\\", "", text
    )
    no_control(re.sub(r"\x1b\[[0-9;]*m", "", text).replace("\n", ""))


def piped(text: str) -> None:
    no_control(text.replace("\t", ""))
    assert len({line.count("\t") for line in text.splitlines()}) <= 1, (
        "a value has made a column"
    )


def as_json(text: str) -> None:
    no_control(text)
    assert json.loads(text) is not None


def as_jsonl(text: str) -> None:
    no_control(text)
    assert len([json.loads(line) for line in text.splitlines()]) == len(STRINGS)


def as_csv(text: str) -> None:
    no_control(text.replace("\r\n", "\n"))
    table = list(csv.reader(io.StringIO(text)))
    assert len(table) == len(STRINGS) + 1
    assert {len(row) for row in table} == {len(table[0])}
    assert not [
        cell for row in table for cell in row if re.match(r"\s*[=+\-@＝＋－＠]", cell)
    ]


def as_tsv(text: str) -> None:
    no_control(text.replace("\t", ""))
    table = [line.split("\t") for line in text.split("\n")[:-1]]
    assert len(table) == len(STRINGS) + 1
    assert {len(row) for row in table} == {len(table[0])}
    assert not [
        cell for row in table for cell in row if re.match(r"\s*[=+\-@＝＋－＠]", cell)
    ]


def as_ids(text: str) -> None:
    no_control(text)
    assert len(text.splitlines()) == len(STRINGS)


def as_markdown(text: str) -> None:
    no_control(text)
    # Notes, in quotes, are the reader's own Markdown, but for HTML.
    lines = text.split("\n")
    notes = "\n".join(line for line in lines if line.startswith(">"))
    assert not [
        token.content
        for block in MarkdownIt("commonmark", {"html": True}).parse(notes)
        for token in (block, *(block.children or []))
        if token.type.startswith("html")
    ]
    text = "\n".join(line for line in lines if not line.startswith(">"))
    blocks = (
        MarkdownIt("commonmark", {"html": True})
        .enable(["table", "strikethrough"])
        .parse(text)
    )
    tokens = [token for block in blocks for token in (block, *(block.children or []))]
    acting = {
        "html_block",
        "html_inline",
        "image",
        "fence",
        "code_block",
        "hr",
        "table_open",
        "s_open",
    }
    assert not acting & {token.type for token in tokens}
    links = [token.attrs["href"] for token in tokens if token.type == "link_open"]
    assert all(re.match(r"https?://a\.example/|#", str(link)) for link in links), links
    assert len(
        [
            token
            for token in tokens
            if token.type == "heading_open" and token.tag == "h2"
        ]
    ) == len(STRINGS)
    assert not re.search(
        r"(?<!\\):fire:", re.sub(r"(`+).*?\1", "", text)
    )  # GitHub would draw it


def as_bibtex(text: str) -> None:
    no_control(text)
    assert len(parse_string(text, "bibtex").entries) == len(STRINGS)
    assert not re.search(r"\\(?:input|write|def|include|x)(?![a-z])", text)
    assert not re.search(r"(?m)^(?!  (?:url|doi) = ).*(?<!\\)%", text)


def as_ris(text: str) -> None:
    no_control(text.replace("\r\n", "\n"))
    assert len(rispy.loads(text)) == len(STRINGS)
    assert len(re.findall("(?m)^TY  - ", text)) == len(STRINGS)
    assert all(re.match("[A-Z][A-Z0-9]  - |$", line) for line in text.split("\r\n"))


def as_csl(text: str) -> None:
    as_json(text)
    items = json.loads(text)
    assert len({item["id"] for item in items}) == len(STRINGS)


def as_hayagriva(text: str) -> None:
    no_control(text)
    entries = yaml.safe_load(text)
    assert len(entries) == len(STRINGS)
    titles = [entry["title"] for entry in entries.values()]
    assert all(isinstance(title, str) for title in titles)


def as_atom(text: str) -> None:
    no_control(text)
    feed = feedparser.parse(io.BytesIO(text.encode()))
    assert not feed.bozo
    assert len({entry.id for entry in feed.entries}) == len(STRINGS)
    links = [link.href for entry in feed.entries for link in entry.get("links", [])]
    assert all(link.startswith("https://a.example/") for link in links)


class _Page(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def as_html(text: str) -> None:
    no_control(text)
    elements = _Page(text).elements
    tags = [tag for tag, _ in elements]
    assert tags.count("tr") == len(STRINGS) + 1
    assert tags.count("script") == tags.count("style") == 1
    acting = {"img", "image", "iframe", "object", "link", "base", "form", "use"}
    assert not acting & {*tags}
    pictures = re.findall(r'(?s)<svg class="picture".*?\n</svg>', text)
    assert len(pictures) == 2, "the calendar and the tags"
    for picture in pictures:
        svg.parsed(picture.replace("<svg ", f'<svg xmlns="{svg.SVG.strip("{}")}" ', 1))
    names = {name for _, attributes in elements for name in attributes}
    assert not [name for name in names if name.startswith("on")]
    addresses = [attributes["href"] or "" for tag, attributes in elements if tag == "a"]
    assert all(address.startswith("https://a.example/") for address in addresses)
    (policy,) = (
        attributes["content"]
        for tag, attributes in elements
        if attributes.get("http-equiv")
    )
    assert policy
    for kind in ("script", "style"):
        (body,) = re.findall(f"(?s)<{kind}>(.*?)</{kind}>", text)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def as_org(text: str) -> None:
    """Assert what `tests/exports/test_org.py` has pandoc confirm."""
    no_control(text)
    lines = text.split("\n")
    assert len([line for line in lines if line.startswith("* ")]) == len(STRINGS)
    notes = re.findall(r"(?ms)^#\+begin_src markdown$.*?^#\+end_src$", text)
    assert len(notes) == len(STRINGS)
    for note in notes:
        text = text.replace(note, "")
    properties = re.findall(r"(?ms)^:PROPERTIES:$.*?^:END:$", text)
    assert len(properties) == len(STRINGS)
    for drawer in properties:
        text = text.replace(drawer, "")
    assert not re.search(r"\[\[|\{\{|<<|@@|\$\(", text.partition("\n* ")[2])


def as_obsidian(folder: Path) -> None:
    files = list(folder.iterdir())
    assert len(files) == len({file.name.casefold() for file in files}) == len(STRINGS)
    for file in files:
        assert re.fullmatch(r"[^\\/:*?\"<>|#^\[\]\x00-\x1f]+[^. ]\.md", file.name)
        text = file.read_text(encoding="utf-8")
        no_control(text)
        assert "<%" not in text
        _, properties, note = re.split(r"(?m)^---$\n?", text, maxsplit=2)
        loaded = yaml.safe_load(properties)
        assert len(loaded) == properties.count("\n")
        assert {type(loaded[name]) for name in ("title", "status", KEY)} == {str}
        begin, *body, end = note.strip().split("\n")
        assert begin.startswith("%% papertrack:begin ")
        assert end == "%% papertrack:end %%"
        shown = "\n".join(line for line in body if not line.startswith(">"))
        assert not re.search(r"(?<!\\)%%|(?<![\\=])==|(?<!\\)\[\[", shown)


def as_opml(text: str) -> None:
    no_control(text)
    outlines = list(ElementTree.fromstring(text).iter("outline"))
    assert len(outlines) == len(STRINGS)
    assert all(
        outline.get("xmlUrl", "").startswith("https://a.example/")
        for outline in outlines
    )


EXPORTS: dict[str, Callable[[str], None]] = {
    "markdown": as_markdown,
    "bibtex": as_bibtex,
    "ris": as_ris,
    "csl": as_csl,
    "hayagriva": as_hayagriva,
    "atom": as_atom,
    "html": as_html,
    "org": as_org,
    "csv": as_csv,
    "tsv": as_tsv,
    "json": as_json,
    "jsonl": as_jsonl,
    "ids": as_ids,
    "opml": as_opml,
}
COMMANDS = [
    ["list", "--all"],
    ["list", "--all", "--group", "tag"],
    ["list", "--all", "--group", "source"],
    ["search", "touch", "--all"],
    [
        "list",
        "--all",
        "--columns",
        ",".join((*TEXTS, "authors", "keywords", "doi", "note", "tags", "url")),
    ],
    ["show", "is:starred"],
    ["tags"],
    ["tags", "--tree"],
    ["stats"],
    ["view", "list"],
    ["rule", "list"],
    ["doctor"],
    ["trends", "touch"],
    ["log", "--all"],
    ["feed", "list"],
    ["status", "--all"],
    ["log"],
]
THERE = [command for command in COMMANDS if command[0] in command_table.COMMANDS]


def test_every_format_has_its_checker() -> None:
    assert EXPORTS.keys() | {"obsidian"} == {*exports.FORMATS, *exports.EXPORT_ONLY}


@pytest.mark.parametrize("format", EXPORTS)
def test_every_export_is_safe(format: str, run, library: Path) -> None:
    ran = run("--library", str(library), "export", "--format", format)
    assert ran.code == 0, ran.err
    EXPORTS[format](ran.out)
    no_control(ran.err.replace("\n", ""))


def test_a_folder_of_notes_is_safe(run, library: Path, tmp_path: Path) -> None:
    export = ["--library", str(library), "export", "--format", "obsidian", "-o"]
    ran = run(*export, str(tmp_path / "notes"))
    assert ran.code == 0, ran.err
    no_control(ran.err.replace("\n", ""))
    as_obsidian(tmp_path / "notes")
    assert f" {len(STRINGS)} unchanged" in run(*export, str(tmp_path / "notes")).err


def test_a_template_of_html_is_safe(run, library: Path, tmp_path: Path) -> None:
    template = tmp_path / "list.html.j2"
    fields = "".join(f"<td>{{{{ p.{name} }}}}</td>" for name in PAPER_NAMES)
    link = '<a href="{{ p.url }}">{{ p.title }}</a>'
    template.write_text(f"{{% for p in papers %}}<tr>{fields}{link}</tr>{{% endfor %}}")
    ran = run("--library", str(library), "export", "--template", str(template))
    assert ran.code == 0, ran.err
    no_control(ran.out)
    elements = _Page(ran.out).elements
    assert {tag for tag, _ in elements} == {"tr", "td", "a"}
    addresses = [attributes["href"] or "" for tag, attributes in elements if tag == "a"]
    assert all(re.match(r"https://a\.example/|$", address) for address in addresses)


@pytest.mark.parametrize("command", THERE, ids=" ".join)
def test_every_listing_is_safe(
    command: list[str], run, library: Path, tmp_path: Path
) -> None:
    off = run("--library", str(library), *command)
    assert off.code in (0, 1, 2), off.err  # doctor has findings
    no_control((off.out + off.err).replace("\n", "").replace("\t", ""))
    on = run(
        "--library", str(library), *command, terminal=True, PAGER="cat", COLUMNS="90"
    )
    assert on.code == off.code, on.err
    drawn(on.out)
    drawn(on.err)
    assert "\x1b]8;;" not in on.out or re.search(r"\x1b\]8;[^;]*;https?://", on.out)
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize("command", ["stats", "trends touch <x>"])
def test_every_picture_is_safe(command: str, run, library: Path) -> None:
    ran = run("--library", str(library), *command.split(), "-o", "-")
    assert ran.code == 0, ran.err
    no_control(ran.out)
    svg.parsed(ran.out)


@pytest.mark.parametrize(
    "command",
    ["list", "show", "tags", "view list", "rule list", "feed list", "status", "stats"],
)
def test_json_output_is_valid(command: str, run, library: Path) -> None:
    more = {"show": ["is:starred"], "list": ["--all"], "status": ["--all"]}.get(
        command, []
    )
    ran = run("--library", str(library), *command.split(), *more, "--json")
    assert ran.code == 0, ran.err
    as_json(ran.out)


def test_completions_are_safe_in_every_shell(run, library: Path, home) -> None:
    assert run("--library", str(library), "list").code == 0
    files = list(Path(home["PAPERTRACK_CACHE"]).rglob("*.tsv"))
    assert {path.stem for path in files} >= {"ids", "tags"}
    for path in files:
        text = path.read_text(encoding="utf-8")
        piped(text)
        assert text.count("\n") >= len(STRINGS) - 9, (
            path
        )  # some are the same when they are clean


@pytest.mark.parametrize("text", STRINGS)
def test_hostile_arguments_are_safe(text: str, run, library: Path) -> None:
    commands = [
        ["list", text],
        ["fetch", text],
        ["show", text],
        ["tags", text],
        ["feed", "add", text],
        [text],
    ]
    first = STRINGS.index(text)
    ran = run(
        "--library",
        str(library),
        *commands[first % 6],
        HF_ENDPOINT="http://127.0.0.1:9",
    )
    assert ran.code in (0, 1, 2, 5), ran
    drawn(ran.err)
    drawn(ran.out.replace("\t", ""))
