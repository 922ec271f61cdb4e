"""`export`: formats by suffix, files replaced as a whole, ids that can be selected
again.
"""

import csv
import io
import json
import os
import stat
from pathlib import Path

import pytest
from pybtex.database import parse_string

from papertrack.core.field_names import PAPER_NAMES

STARTS = {
    ".md": "# Reading list\n\n5 papers\n",
    ".markdown": "# Reading list\n",
    ".bib": "@",
    ".csv": "id,title,authors",
    ".tsv": "id\ttitle\tauthors",
    ".json": "[\n",
    ".jsonl": '{"id"',
    ".ndjson": '{"id"',
    ".txt": "2306.90006\n",
    ".MD": "# Reading list\n",
}


@pytest.mark.parametrize("suffix", STARTS)
def test_the_suffix_chooses_the_format(suffix, papertrack, desk, tmp_path):
    path = tmp_path / f"out{suffix}"
    ran = papertrack(["export", "-o", str(path)], env=desk)
    assert ran == (0, "", f"wrote 5 papers to {path}\n")
    assert path.read_text(encoding="utf-8").startswith(STARTS[suffix])


def test_format_overrides_the_suffix(papertrack, desk, tmp_path):
    path = tmp_path / "list.html.part"
    assert papertrack(["export", "-o", str(path)], env=desk).code == 2
    assert (
        papertrack(["export", "-o", str(path), "--format", "ids"], env=desk).code == 0
    )
    assert path.read_text().splitlines()[0] == "2306.90006"


@pytest.mark.parametrize("name", ["out.docx", "out", "out.md.gz", ".md"])
def test_an_unknown_suffix(name, papertrack, desk, tmp_path):
    ran = papertrack(["export", "-o", str(tmp_path / name)], env=desk)
    assert ran.code == 2
    assert ".md, .markdown, .bib" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_every_format_contains_every_paper(papertrack, desk):
    ids = papertrack("export --format ids", env=desk).out.split()
    assert len(ids) == 5
    assert [
        one["id"]
        for one in json.loads(papertrack("export --format json", env=desk).out)
    ] == ids
    lines = papertrack("export --format jsonl", env=desk).out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ids
    assert [
        row[0]
        for row in csv.reader(
            io.StringIO(papertrack("export --format csv", env=desk).out)
        )
    ][1:] == ids
    assert [
        line.split("\t")[0]
        for line in papertrack("export --format tsv", env=desk).out.splitlines()
    ][1:] == ids
    markdown = papertrack("export", env=desk).out
    assert all(f"(https://arxiv.org/abs/{number})" in markdown for number in ids)
    assert (
        len(
            parse_string(
                papertrack("export --format bibtex", env=desk).out, "bibtex"
            ).entries
        )
        == 5
    )


def test_json_and_list_json_are_the_same(papertrack, desk):
    exported, listed = (
        papertrack("export --format json", env=desk).out,
        papertrack("list --json", env=desk).out,
    )
    assert json.loads(exported) == json.loads(listed)


def test_a_broken_library_leaves_the_file_unchanged(
    papertrack, home, rows_file, tmp_path
):
    papertrack(["fetch", str(rows_file)])
    path = tmp_path / "list.md"
    path.write_text("what was there\n")
    month = Path(home["PAPERTRACK_LIBRARY"]) / "papers" / "2023-06.json"
    month.write_bytes(month.read_bytes()[:100])
    ran = papertrack(["export", "-o", str(path)])
    assert ran.code == 1
    assert str(month) in ran.err
    assert path.read_text() == "what was there\n"
    assert sorted(tmp_path.iterdir()) == sorted([path, tmp_path / "home"])


def test_an_unwritable_file_is_reported(papertrack, desk, tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("")
    for out in (f"{blocker}/list.md", f"{blocker}/below/list.md"):
        ran = papertrack(["export", "-o", out], env=desk)
        assert ran.code == 1
        assert ran.err.startswith(f"papertrack: {out}: ")
        assert "Traceback" not in ran.err


def test_symlink_and_permissions_are_preserved(papertrack, desk, tmp_path):
    real = tmp_path / "real.md"
    real.write_text("old")
    real.chmod(0o640)
    (tmp_path / "link.md").symlink_to(real)
    assert papertrack(["export", "-o", str(tmp_path / "link.md")], env=desk).code == 0
    assert real.read_text().startswith("# Reading list")
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_pipe_is_written_to_not_replaced(papertrack, desk, tmp_path):
    """A pipe or device is written to, never replaced. With a pipe of our own: as root
    /dev/stdout would be lost.
    """
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        ran = papertrack(["export", "--format", "ids", "-o", str(pipe)], env=desk)
        assert stat.S_ISFIFO(pipe.stat().st_mode), "the pipe was replaced by a file"
        assert ran.code == 0, ran.err
        assert os.read(reading, 11) == b"2306.90006\n"
    finally:
        os.close(reading)


def test_dev_stdout_is_written_to_not_replaced(papertrack, desk, tmp_path):
    """`-o /dev/stdout`, by a link in a folder of the test, for the same reason."""
    link = tmp_path / "stdout"
    link.symlink_to("/proc/self/fd/1")
    ran = papertrack(["export", "--format", "ids", "-o", str(link)], env=desk)
    assert link.is_symlink(), "the link was replaced by a file"
    assert (ran.code, ran.out.split()[:1]) == (0, ["2306.90006"]), ran.err


@pytest.mark.parametrize(
    ("group", "headings"),
    [
        ("month", ["2023-07", "2023-06"]),
        ("day", ["2023-07-11", "2023-07-10", "2023-06-06", "2023-06-05"]),
        ("tag", ["tea", "tea/kettles", "to-discuss", "wide", "Untagged"]),
        ("source", ["hf"]),
    ],
)
def test_group(group, headings, papertrack, desk):
    ran = papertrack(f"export --group {group}", env=desk)
    found = [
        line[3:].replace("\\", "")
        for line in ran.out.splitlines()
        if line.startswith("## ")
    ]
    assert found == headings


def test_group_is_refused_for_formats_without_groups(papertrack, desk):
    ran = papertrack("export --group tag --format csv", env=desk)
    assert (ran.code, ran.out) == (2, "")
    assert "--group has no effect on csv" in ran.err


def test_selection_sort_and_limit(papertrack, desk):
    assert papertrack("export -n 2 --format ids", env=desk).out.split() == [
        "2306.90006",
        "2306.90005",
    ]
    assert papertrack("export -n 2 --format ids", env=desk).err == "2 papers\n"
    assert (
        papertrack("export tag:tea --sort upvotes --format ids -n 1", env=desk).out
        == "2306.90001\n"
    )
    assert papertrack(
        "export 2306.90002 2306.90001 --format ids", env=desk
    ).out.split() == ["2306.90002", "2306.90001"]
    assert papertrack("export is:hidden --format ids", env=desk).out == "2306.90004\n"
    assert papertrack("export --since 2023-07 --format ids", env=desk).out.split() == [
        "2306.90006",
        "2306.90005",
    ]
    assert (
        papertrack("export - --format ids", "2306.90003\n", env=desk).out
        == "2306.90003\n"
    )
    assert papertrack("export 2306.99999", env=desk).code == 5


def test_ids_and_a_query_are_combined(papertrack, desk):
    for query, ids in [
        ("2306.90006 2306.90003 2306.90001 tag:tea", ["2306.90003", "2306.90001"]),
        ("2306.90003 2306.90001 --since 2023-06-06", ["2306.90003"]),
        ("2306.90006 tag:tea", []),
    ]:
        ran = papertrack(f"export {query} --format ids", env=desk)
        assert (ran.code, ran.out.split()) == (0, ids)


def test_a_query_without_matches_exports_nothing(papertrack, desk):
    ran = papertrack("export xyzzy --format ids", env=desk)
    assert (ran.code, ran.out, ran.err) == (0, "", "0 papers\n")


def test_since_narrows_a_query(papertrack, desk):
    ran = papertrack("export tag:tea --since 2023-06-06 --format ids", env=desk)
    assert ran.out == "2306.90003\n"


def test_the_note_and_tags_are_in_the_reading_list(papertrack, desk):
    text = papertrack("export 2306.90001 --title Kettles", env=desk).out
    assert text.startswith("# Kettles\n")
    for part in (
        "[Teaching Kettles to Whistle in Tune](https://arxiv.org/abs/2306.90001)",
        "Ada Quill, Bo Reed",
        "2023-06-05",
        "Tea Institute",
        "▲ 120",
        "Kettles, in tune.",
        "> Compare with the samovar.",
        "`#tea/kettles`",
    ):
        assert part in text


def test_listed_ids_can_be_marked(papertrack, home, rows_file):
    papertrack(["fetch", str(rows_file)])
    ids = papertrack("list whistle* --format ids").out
    assert len(ids.split()) > 1
    assert papertrack("mark read -", ids).code == 0
    assert papertrack("list is:read --format ids").out == ids


def test_exported_ids_select_the_same_papers(papertrack, desk, tmp_path):
    text = papertrack("export --format ids", env=desk).out
    assert papertrack("export - --format ids", text, env=desk).out == text


@pytest.mark.parametrize(
    ("args", "header"),
    [
        ("export --format csv --columns id,date,doi", "id,date,doi"),
        ("export --format csv --fields comment,entry", "comment,entry"),
        ("export --format tsv --columns date", "date"),
        ("list --format csv --columns id,tags", "id,tags"),
        ("search kettles --format tsv --columns id", "id"),
        ("export --format csv --fields all", ",".join(PAPER_NAMES)),
        ("export --format csv --columns all", ",".join((*PAPER_NAMES, "date"))),
    ],
)
def test_a_table_can_have_any_column(args, header, inside, desk):
    ran = inside(args, env=desk)
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[0] == header


def test_all_fields_of_json(inside, desk):
    every = json.loads(inside("list --fields all", env=desk).out)
    assert every == json.loads(inside("list --json", env=desk).out)


@pytest.mark.parametrize("command", ["export", "list", "search kettles"])
def test_columns_are_of_tables(command, inside, desk):
    ran = inside(f"{command} --format bibtex --columns id", env=desk)
    assert ran.code == 2
    assert "--columns has no effect on bibtex; it works with csv, tsv" in ran.err
