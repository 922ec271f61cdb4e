"""`export --partition month`: files that engines for large tables read as they are."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

PAPERS = [
    {"id": "2511.00001", "published": "2025-11-01", "tags": ["tea", "kettles"]},
    {"id": "2511.00002", "published": "2025-11-30", "tags": ["tea"]},
    {"id": "2510.00003", "published": "2025-10-31", "listed": "2025-11-02"},
    {"id": "2501.00004", "published": "2025-01", "title": '"quoted", {x} ☕'},
    {"id": "2401.00005", "published": "2024"},
    {"id": "2401.00006"},
    {"id": "2401.00007", "published": "2024-01-15", "status": "hidden"},
]
UNKNOWN = "month=__HIVE_DEFAULT_PARTITION__"


@pytest.fixture
def months(home, written):
    written(home, *PAPERS)
    return home


def table(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    """What DuckDB reads from the folder, with the month from the names of folders."""
    files = f"read_json('{folder}/*/*.jsonl', hive_partitioning = true)"
    return duckdb.execute(sql.format(files=files)).fetchall()


def test_duckdb_reads_the_months(inside, months, tmp_path):
    ran = inside(f"export -o {tmp_path}/out --partition month", env=months)
    assert ran == (0, "", f"wrote 6 papers to {tmp_path}/out: 3 files of 3 changed\n")
    assert {path.parent.name for path in tmp_path.glob("out/*/part.jsonl")} == {
        "month=2025-11",
        "month=2025-01",
        UNKNOWN,
    }
    counts = table(
        tmp_path / "out",
        "SELECT month, count(*) FROM {files} GROUP BY month ORDER BY month",
    )
    assert counts == [("2025-01", 1), ("2025-11", 3), (None, 2)]


def test_counts_are_those_of_stats(inside, months, tmp_path):
    inside(f"export -o {tmp_path}/out --partition month", env=months)
    stats = json.loads(inside("stats --json", env=months).out)
    expected: Counter[str] = Counter()
    for day in stats["days"]:
        expected[day["day"][:7]] += day["count"]
    counts = table(
        tmp_path / "out",
        "SELECT month, count(*) FROM {files}"
        " WHERE length(coalesce(listed::VARCHAR, published)) = 10 GROUP BY month",
    )
    assert dict(counts) == expected
    tags = table(
        tmp_path / "out",
        "SELECT tag, count(*) FROM (SELECT unnest(tags) AS tag FROM {files}) GROUP BY tag",
    )
    assert dict(tags) == {"tea": 2, "kettles": 1}


def test_the_lines_are_those_of_one_file(inside, months, tmp_path):
    inside(f"export -o {tmp_path}/out --partition month", env=months)
    whole = inside("export --format jsonl", env=months).out.splitlines()
    parts = [path.read_text() for path in tmp_path.glob("out/*/part.jsonl")]
    assert sorted("".join(parts).splitlines()) == sorted(whole)


def test_only_changed_months_are_written(inside, months, tmp_path):
    command = f"export -o {tmp_path}/out --partition month"
    inside(command, env=months)
    inside("star 2501.00004", env=months)
    assert inside(command, env=months).err.endswith(": 1 file of 3 changed\n")
    inside("mark hidden 2501.00004", env=months)
    assert inside(command, env=months).err.endswith(
        ": 0 files of 2 changed, 1 removed\n"
    )
    assert not (tmp_path / "out/month=2025-01").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "--partition writes a folder of files; name it with -o FOLDER"),
        ("-o -", "--partition writes a folder of files; name it with -o FOLDER"),
        (
            "-o FILE",
            "FILE is a file, and --partition writes a folder of files; name a folder with -o",
        ),
        (
            "-o OUT --format csv",
            "--partition has no effect on csv; it works with jsonl",
        ),
        ("-o OUT --json", "--partition has no effect on json; it works with jsonl"),
        (
            "-o OUT --format bib",
            "--partition has no effect on bibtex; it works with jsonl",
        ),
        (
            "-o OUT --group tag",
            "--group has no effect on jsonl; it works with markdown",
        ),
    ],
)
def test_mistakes(inside, months, tmp_path, options, message):
    file = tmp_path / "file"
    file.write_text("mine")
    options = options.replace("FILE", str(file)).replace("OUT", f"{tmp_path}/out")
    ran = inside(f"export --partition month {options}", env=months)
    assert ran == (2, "", f"papertrack: {message}\n".replace("FILE", str(file)))
    assert file.read_text() == "mine"
    assert not (tmp_path / "out").exists()
