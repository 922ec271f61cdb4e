"""Engines for large tables count papers as papertrack does.

    python -m tests.soak.engines [--papers 27000] [--from arxiv.jsonl.gz]

Needs pip, a package registry and Java. Makes a library, exports it with `--partition
month`, and counts papers by month and by tag with the README's lines for DuckDB, and,
in an environment of its own, with PySpark. Exits with 1 where a count differs from
`stats --json`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import duckdb

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")

SPARK = """
import json
from pyspark.sql import SparkSession
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .getOrCreate()
)
papers = spark.read.json("papers")
months = papers.groupBy("month").count().collect()
tags = papers.selectExpr("explode(tags) AS tag").groupBy("tag").count().collect()
print(json.dumps([[list(row) for row in rows] for rows in (months, tags)]))
"""


class Counts(NamedTuple):
    """How many papers are of each month, and have each tag."""

    months: dict[str, int]
    tags: dict[str, int]


def papertrack(env: dict[str, str], *arguments: str) -> str:
    """What a command prints."""
    command = [sys.executable, "-m", "papertrack", *arguments]
    return subprocess.run(
        command, env=env, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def by_stats(env: dict[str, str]) -> Counts:
    """The counts of papertrack."""
    stats = json.loads(papertrack(env, "stats", "--json"))
    months: Counter[str] = Counter()
    for day in stats["days"]:
        months[day["day"][:7]] += day["count"]
    return Counts(months, {tag["name"]: tag["count"] for tag in stats["tags"]})


def by_duckdb(folder: Path) -> Counts:
    """The counts of the README's lines for DuckDB."""
    found = re.search(r"<!-- duckdb -->\n```sql\n(.*?)```", README, re.DOTALL)
    assert found
    copy, months, tags = filter(str.strip, found[1].split(";"))
    os.chdir(folder)
    with duckdb.connect() as db:
        db.execute(copy)
        return Counts(
            dict(db.execute(months).fetchall()), dict(db.execute(tags).fetchall())
        )


def by_spark(folder: Path) -> Counts:
    """The counts of PySpark in an environment of its own."""
    place = folder / "spark"
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    python = str(place / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", "pyspark"], check=True)
    done = subprocess.run(
        [python, "-c", SPARK], cwd=folder, check=True, stdout=subprocess.PIPE
    )
    months, tags = json.loads(done.stdout.splitlines()[-1])
    return Counts(dict(months), dict(tags))


def main() -> None:
    """Print whether the counts are equal."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--papers", type=int, default=27_000)
    parser.add_argument("--from", dest="file", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        env = dict(os.environ)
        for name in ("LIBRARY", "CACHE", "STATE"):
            env[f"PAPERTRACK_{name}"] = str(folder / name.lower())
        made = [sys.executable, "-m", "tests.benchmarks.made", str(arguments.papers)]
        made.append(env["PAPERTRACK_LIBRARY"])
        if arguments.file:
            made += ["--from", str(arguments.file)]
        subprocess.run(made, check=True)
        papertrack(env, "export", "--partition", "month", "-o", str(folder / "papers"))
        expected = by_stats(env)
        engines = {"DuckDB": by_duckdb}
        if shutil.which("java"):
            engines["PySpark"] = by_spark
        else:
            print("PySpark: skipped, java is not installed")
        differs = False
        for name, counts in engines.items():
            is_equal = counts(folder) == expected
            differs = differs or not is_equal
            print(f"{name}: {'equal' if is_equal else 'DIFFERENT'}", flush=True)
    sys.exit(differs)


if __name__ == "__main__":
    main()
