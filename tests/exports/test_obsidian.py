"""Notes for Obsidian: their properties, read by PyYAML and js-yaml; names of files; what
an update leaves as the reader wrote it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.exports import frontmatter, obsidian
from papertrack.exports.obsidian import Damaged, Note
from tests.exports.conftest import HOSTILE

JS_YAML = Path("/usr/share/nodejs/js-yaml")
"""Where Debian has it; Obsidian reads properties with it."""

PAPER = Paper(
    id="2511.00001",
    key="arxiv:2511.00001",
    title="Kettles",
    abstract="They sing.",
    authors=("Ada Quill",),
    tags=("tea/kettles", "to read"),
    published="2025-11",
    upvotes=3,
    url="https://arxiv.org/abs/2511.00001",
)

_SCALARS = """
    null Null NULL ~ true True yes Yes no NO on off y n 0 -1 +1 007 0o17 0x1F 0b101
    1_000 1e3 1.5 .5 -.inf .nan 1:20 1:20:30 2024 2025-11-07 2025-11-07T09:00:00Z << =
    ! !! !!str !!binary !!python/object:os.system !local &anchor *alias &a *a @at `tick`
    %TAG %YAML ? ?a : :a - -a -- --- ... | |- |2 > >+ # #tag [ ] [] [a [[wiki]] { } {}
    {a: {{x}} , ,a ' " '' "" 'a "a a' a" \\ \\n \\x41 \\u2028 \\" $x$ <% %> <%*
    %%x%% ==x== ^id ^ / // /* */ .. . ;
"""
_WITH_SPACES = (
    "a: b",
    "a:",
    ": a",
    "a : b",
    "a #b",
    "a # b",
    "# a",
    "- a",
    "? a",
    "! a",
    "'a': 'b'",
    '"a": "b"',
    "{a: b, c: d}",
    "[a, b]",
    "a, b",
    "key: [x, {y: z}]",
    "--- a",
    "... a",
    "a ---",
    "%YAML 1.2",
    "<% tp.system.prompt() %>",
    "| a",
    "> a",
    "'it''s'",
    "it's",
    'say "hi"',
    "back\\slash \\t \\",
    "x" * 3_000,
    "y " * 900,
    "\U0001fad6 é 大規模 \u200d\u0301",
    "\ufdd0 \ue000 \U0001ffff",
    "tab\tin",
    "line\nbreak\r\nand \x85 \u2028 \u2029",
    "\ufeffbom",
    "\x00\x1b[31m\x7f",
)
NAUGHTY = sorted(
    {
        clean(text)
        for scalar in _SCALARS.split()
        for text in (scalar, f"{scalar} a", f"a {scalar}", f" {scalar}:", f"x{scalar}")
    }
    | {clean(text) for text in (*_WITH_SPACES, *HOSTILE)} - {""}
)
"""Texts that YAML, or a plugin of Obsidian, could take for something else."""


def note(paper: Paper = PAPER, **facts: Any) -> Note:
    (one,) = obsidian.notes([paper._replace(**facts)])
    return one


def properties_of(text: str) -> str:
    """The YAML between the first two lines of `---`."""
    found = re.match(r"---\n(.*?)^---\n", text, re.M | re.S)
    assert found, text
    return found[1]


@pytest.fixture(scope="module")
def naughty_notes() -> dict[str, Note]:
    return {
        text: note(
            title=text,
            authors=(text, f"Ann {text}"),
            venue=text,
            organization=text,
            doi=text,
            tags=(text,),
        )
        for text in NAUGHTY
    }


def check(text: str, loaded: dict[str, Any]) -> None:
    """Assert that the properties read are those of the paper."""
    assert loaded["title"] == text
    assert loaded["aliases"] == [text]
    assert loaded["authors"] == [text, f"Ann {text}"]
    assert [loaded[name] for name in ("venue", "organization", "doi")] == [text] * 3
    assert (loaded["date"], loaded["arxiv"]) == ("2025-11", "2511.00001")
    assert (loaded["upvotes"], loaded["starred"]) == (3, False)
    assert all(re.fullmatch(r"[\w/-]*[^\W\d][\w/-]*", tag) for tag in loaded["tags"])


def test_pyyaml_reads_hundreds_of_naughty_strings(
    naughty_notes: dict[str, Note],
) -> None:
    assert len(naughty_notes) > 500
    for text, one in naughty_notes.items():
        check(text, yaml.safe_load(properties_of(one.text)))


def test_js_yaml_reads_hundreds_of_naughty_strings(
    naughty_notes: dict[str, Note],
) -> None:
    if shutil.which("node") is None or not JS_YAML.exists():
        pytest.skip("node or js-yaml (Debian: node-js-yaml) is not installed")
    script = (
        f"const yaml = require({json.dumps(str(JS_YAML))});"
        "const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(texts.map(text => yaml.load(text))))"
    )
    texts = [properties_of(one.text) for one in naughty_notes.values()]
    done = subprocess.run(
        ["node", "-e", script],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    for text, loaded in zip(naughty_notes, json.loads(done.stdout), strict=True):
        check(text, loaded)


def test_an_update_of_an_unchanged_note_changes_nothing(
    naughty_notes: dict[str, Note],
) -> None:
    for one in naughty_notes.values():
        assert one.updated(one.text) == one.text
        assert obsidian.key_in(one.text) == one.key


def test_golden(papers: list[Paper], golden: Callable[[str, str], None]) -> None:
    notes = obsidian.notes(papers)
    golden("obsidian", "".join(f"==> {one.name}.md\n{one.text}\n" for one in notes))


@pytest.mark.parametrize(
    ("id", "title", "name"),
    [
        ("2511.00001", "Kettles", "2511.00001 Kettles"),
        ("hep-th/9901001", "A/B", "hep-th_9901001 A B"),
        ("10.1234/x(1)_2", 'What? "This": <a>|b*', "10.1234_x(1)_2 What This a b"),
        ("1", "[[x]] #y ^z | w", "1 x y z w"),
        ("1", "ends in dots... ", "1 ends in dots"),
        ("1", "", "1"),
        ("1", "../../etc/passwd", "1 etc passwd"),
        ("1", "a\tb\nc\x00\u202e", "1 a b c"),
        ("1", "\u212b e\u0301", "1 Å é"),
        ("con", "", "_con"),
        ("NUL", "x", "_NUL x"),
        ("com1.x", "y", "_com1.x y"),
        ("console", "x", "console x"),
        ("...", "???", "paper"),
        ("1", "word " * 20, "1 " + " ".join(["word"] * 12)),
        ("1", "x" * 99, "1 " + "x" * 60),
        ("https://a.example/" + "y" * 99, "z", "https __a.example_" + "y" * 42 + " z"),
    ],
)
def test_names_of_files(id: str, title: str, name: str) -> None:
    assert obsidian.file_name(Paper(id=id, key="url:1", title=title)) == name


@pytest.mark.parametrize("letter", ["大", "\U0001fad6", "é", "\U00010400", "ﷺ"])
def test_a_name_fits_into_any_file_system(letter: str) -> None:
    paper = Paper(id=letter * 99, key="url:1", title=letter * 99)
    name = f"{obsidian.file_name(paper)} (12).md"
    assert len(name.encode()) <= 200


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("nlp/kites", "nlp/kites"),
        ("to read", "to-read"),
        ("#x", "x"),
        ("2024", "_2024"),
        ("2024/11", "_2024/11"),
        ("a//b/", "a/b"),
        ("ünï-大", "ünï-大"),
        ("C++", "C"),
        ("-", None),
        ("🔥", None),
    ],
)
def test_tags_have_the_characters_of_obsidian(tag: str, written: str | None) -> None:
    assert note(tags=(tag,)).tags == ([written] if written else [])


def test_tags_that_differ_in_case_are_one() -> None:
    assert note(tags=("NLP", "nlp", "Nlp/x")).tags == ["NLP", "Nlp/x"]


OWN_WORDS = (
    ("below", lambda text: f"{text}\n## My thoughts\n\n- good\n"),
    ("above", lambda text: text.replace("---\n\n", "---\nMy words first.\n\n", 1)),
    ("no line at the end", lambda text: f"{text}\nlast"),
    (
        "properties",
        lambda text: text.replace("title:", "rating: 5 # of 5\n# mine\ntitle:", 1),
    ),
    (
        "nested properties",
        lambda text: text.replace(
            "\n---\n", "\nmine:\n  - a: 1\n    b: [x, y]\n# end\n---\n", 1
        ),
    ),
    ("line breaks of Windows", lambda text: text.replace("\n", "\r\n") + "mine\r\n"),
    ("a byte order mark", lambda text: "\ufeff" + text + "mine\n"),
    ("a template", lambda text: text + "<% tp.date.now() %> {{x}} %% hidden %%\n"),
)


@pytest.mark.parametrize(
    "change", [change for _, change in OWN_WORDS], ids=[name for name, _ in OWN_WORDS]
)
def test_own_words_stay(change: Callable[[str], str]) -> None:
    old = change(note().text)
    assert note().updated(old) == old
    new = note(abstract="They whistle.", upvotes=4)
    text = new.updated(old)
    assert "They whistle." in text
    assert "They sing." not in text
    expected = old.replace("They sing.", "They whistle.").replace("▲ 3", "▲ 4")
    assert text == expected.replace("upvotes: 3", "upvotes: 4")
    assert new.updated(text) == text


@pytest.mark.parametrize(
    "written",
    [
        'title: "Kettles"',
        "title: Kettles",
        "title: 'Kettles'",
        "title: >-\n  Kettles",
        "title: |-\n  Kettles",
        '"title": Kettles # mine',
        "title:   Kettles",
    ],
)
def test_a_property_may_have_any_style(written: str) -> None:
    """Obsidian rewrites properties in a style of its own."""
    old = note().text.replace('title: "Kettles"', written)
    assert note().updated(old) == old
    text = note(title="Kettles 2").updated(old)
    loaded = frontmatter.properties(text)
    assert loaded["title"] == "Kettles 2"
    assert loaded["aliases"] == ["Kettles", "Kettles 2"]
    assert ("# mine" in text) == ("# mine" in written)


@pytest.mark.parametrize(
    ("now", "in_note", "after"),
    [
        # Written by papertrack before: tea, to-read.
        (("tea", "to read"), "[tea, to-read]", ["tea", "to-read"]),
        (("tea", "to read"), "[tea, to-read, mine]", ["tea", "to-read", "mine"]),
        (("tea", "to read"), "[tea]", ["tea"]),
        (("tea",), "[tea, to-read, mine]", ["tea", "mine"]),
        (("tea", "new"), "\n  - mine\n  - tea", ["mine", "tea", "new"]),
        ((), "tea, mine", ["mine"]),
        (("new",), "", ["new"]),
        (("new",), "[2024]", ["2024", "new"]),
    ],
)
def test_tags_added_and_removed_in_the_note(
    now: tuple[str, ...], in_note: str, after: list[str]
) -> None:
    written = note(tags=("tea", "to read")).text
    old = written.replace('tags: ["tea", "to-read"]', f"tags: {in_note}")
    assert old != written
    text = note(tags=now).updated(old)
    assert frontmatter.properties(text)["tags"] == after
    assert note(tags=now).updated(text) == text


def test_a_note_without_markers_gets_properties_only() -> None:
    head, _, _ = note().text.partition("%% papertrack:begin")
    text = note(upvotes=9).updated(f"{head}my own summary\n")
    assert text == f"{head}my own summary\n".replace("upvotes: 3", "upvotes: 9")


def test_a_removed_property_is_written_again() -> None:
    old = note().text.replace("upvotes: 3\n", "")
    assert frontmatter.properties(note().updated(old))["upvotes"] == 3


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("%% papertrack:end %%", ""),
        lambda text: re.sub("%% papertrack:begin.*", "", text),
        lambda text: text + "%% papertrack:end %%\n",
        lambda text: text + "%% papertrack:begin %%\n",
        lambda text: text + text.partition("---\n\n")[2],
        lambda text: text.replace("title:", "title: [", 1),
        lambda text: text.replace("title:", "a: b: c\ntitle:", 1),
        lambda text: text.replace("title:", "\ttitle:", 1),
        lambda text: text.replace("title:", "a: &x 1\nb: *y\ntitle:", 1),
        lambda text: text.replace("title:", "a: " + "[" * 9_000 + "\ntitle:", 1),
        lambda text: text.replace("title:", "day: 2025-13-45\ntitle:", 1),
    ],
)
def test_a_damaged_note_is_refused(damage: Callable[[str], str]) -> None:
    damaged = damage(note().text)
    assert damaged != note().text
    with pytest.raises(Damaged) as error:
        note(upvotes=4).updated(damaged)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# A note of mine\n",
        "---\ntitle: x\n---\n",
        "---\npapertrack: 5\n---\n",
        "---\npapertrack: []\n---\n",
        "papertrack: arxiv:2511.00001\n",
        "text\n---\npapertrack: arxiv:2511.00001\n---\n",
        "---\nx: |\n  a\n  papertrack: arxiv:2511.00001\n---\n",
    ],
)
def test_notes_of_others_have_no_key(text: str) -> None:
    assert obsidian.key_in(text) is None


@pytest.mark.parametrize(
    "text",
    [
        '---\npapertrack: "arxiv:2511.00001"\n---\n',
        "---\nx: 1\npapertrack: arxiv:2511.00001\n---\n",
        "---\r\nx: 1\r\npapertrack: 'arxiv:2511.00001'\r\n---\r\n",
        "\ufeff---\nx: 1\npapertrack:   arxiv:2511.00001 # of\n---\ntext",
        "---\nx: 1\npapertrack: >-\n  arxiv:2511.00001\n---",
    ],
)
def test_the_key_of_a_note(text: str) -> None:
    assert obsidian.key_in(text) == "arxiv:2511.00001"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=6,
)
own_names = st.sampled_from(["title", "tags", "aliases", "date", "upvotes", "starred"])
written_properties = st.dictionaries(
    st.text(max_size=9) | own_names, values, max_size=5
)


@given(
    written_properties,
    st.booleans() | st.none(),
    st.sampled_from(["\n", "\r\n"]),
    st.text(),
)
def test_other_properties_stay_as_they_are_written(
    own: dict[str, Any], style: bool | None, end: str, words: str
) -> None:
    """Whatever the reader's properties are, in any style: they stay, or the note is
    refused.
    """
    head = yaml.safe_dump(
        {**own, "papertrack": PAPER.key}, default_flow_style=style, sort_keys=False
    )
    if head.startswith("{"):
        head = f"papertrack: '{PAPER.key}'\nown: {head}"
    words = words.replace("\r", "").replace("---", "").replace("%%", "")
    old = f"---\n{head}---\n{note().block}\n".replace("\n", end) + words
    before = frontmatter.properties(old)
    try:
        text = note(title="New", upvotes=7).updated(old)
    except Damaged:
        return
    after = frontmatter.properties(text)
    assert (after["title"], after["upvotes"]) == ("New", 7)
    others = {*before} - {*note().properties}
    assert repr([after[name] for name in others]) == repr(
        [before[name] for name in others]
    )
    assert text.endswith(words)
    assert note(title="New", upvotes=7).updated(text) == text
