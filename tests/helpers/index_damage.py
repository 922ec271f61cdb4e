"""Damage of an index: of its file, its tables and its full text."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from papertrack.core.model import Paper
from papertrack.index import counts
from papertrack.index.index import Index
from papertrack.query.language import parse
from papertrack.storage.folder import Folder

TODAY = dt.date(2025, 11, 24)

Damage = Callable[[Path, random.Random], object]

QUERIES = (
    "",
    "model",
    '"language model"',
    "learn*",
    "abstract:data -title:model",
    "upvotes:10.. tag:a",
    "added:today",
    "author:/^[A-L]/",
)


def answers(root: Path, cache: Path) -> dict[str, Any]:
    """What the index answers to all kinds of reads."""
    index = Index(Folder(root, cache / "state"), cache)
    try:
        found: dict[str, Any] = {}
        for query in QUERIES:
            result = index.search(parse(query, TODAY))
            found[query] = (
                result.total,
                [_without_score(one) for one in result.papers],
            )
            found[f"keys of {query}"] = index.keys(parse(query, TODAY))
        matching = index.matching(parse("", TODAY))
        found["tags"] = index.tags()
        found["summary"] = index.query(counts.summary, matching)
        found["days"] = index.query(counts.by_date, matching)
        found["sources"] = index.query(counts.by_label, matching, field="sources")
        found["marks"] = dict(index.marks())
        papers = found[""][1]
        found["files"] = index.locations(paper.key for paper in papers)
    finally:
        index.close()
    return found


def _without_score(paper: Paper) -> Paper:
    """The score depends on the order in which papers came, in the last digits."""
    return paper._replace(score=None)


# ------------------------------------------------------------------ of the file


def flip_bytes(path: Path, dice: random.Random) -> None:
    """Flip some bits."""
    with path.open("r+b") as file:
        for _ in range(dice.randint(1, 30)):
            place = dice.randrange(path.stat().st_size)
            file.seek(place)
            byte = file.read(1)[0]
            file.seek(place)
            file.write(bytes([byte ^ 1 << dice.randrange(8)]))


def zero_pages(path: Path, dice: random.Random) -> None:
    """Overwrite pages with zeros."""
    _overwrite(path, dice, lambda size: bytes(size))


def spoil_pages(path: Path, dice: random.Random) -> None:
    """Overwrite pages with garbage."""
    _overwrite(path, dice, dice.randbytes)


def _overwrite(path: Path, dice: random.Random, make: Callable[[int], bytes]) -> None:
    size = dice.choice((512, 4096, 8192))
    with path.open("r+b") as file:
        for _ in range(dice.randint(1, 3)):
            file.seek(size * dice.randrange(path.stat().st_size // size))
            file.write(make(size))


def truncate(path: Path, dice: random.Random) -> None:
    """Cut the file off."""
    os.truncate(path, dice.randrange(path.stat().st_size))


def append(path: Path, dice: random.Random) -> None:
    """Append garbage."""
    with path.open("ab") as file:
        file.write(dice.randbytes(dice.randint(1, 9000)))


def spoil_log(path: Path, dice: random.Random) -> None:
    """Put garbage where SQLite keeps what it wrote last."""
    log = path.with_name(f"{path.name}-wal")
    log.write_bytes(dice.randbytes(dice.randint(1, 9000)))


def forget(path: Path, dice: random.Random) -> None:
    """Remove, empty or fake what is noted beside the index."""
    seal = path.with_suffix(".seal")
    dice.choice((seal.unlink, lambda: seal.write_bytes(b""), seal.touch))()
    flip_bytes(path, dice)


# ------------------------------------------------------------------ of the tables


def _in_sql(path: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            db.execute(statement)


def _names(path: Path, kinds: str = "'table', 'index', 'view'") -> list[str]:
    query = (
        f"SELECT name FROM sqlite_master WHERE type IN ({kinds}) "
        "AND name NOT LIKE 'sqlite%' ORDER BY name"
    )
    with contextlib.closing(sqlite3.connect(path)) as db:
        return [name for (name,) in db.execute(query)]


def drop(path: Path, dice: random.Random) -> None:
    """Drop a table, an index or a view."""
    name = dice.choice(_names(path))
    _in_sql(path, f"DELETE FROM sqlite_master WHERE name = '{name}'")


def empty(path: Path, dice: random.Random) -> None:
    """Empty a table."""
    name = dice.choice([one for one in _names(path, "'table'") if one != "fts"])
    _in_sql(path, f"DELETE FROM {name}")


def delete_rows(path: Path, dice: random.Random) -> None:
    """Delete some rows of a table."""
    name = dice.choice(["paper", "doc", "fts_data", "fts_docsize", "name", "meta"])
    _in_sql(path, f"DELETE FROM {name} WHERE abs(random()) % 3 = 0")


def change_values(path: Path, dice: random.Random) -> None:
    """Change a column of a table."""
    table, column = dice.choice(
        [
            ("paper", "day"),
            ("paper", "key"),
            ("paper", "title"),
            ("paper", "status"),
            ("doc", "body"),
            ("alias", "rid"),
            ("has", "rid"),
            ("name", "value"),
            ("tally", "papers"),
            ("day", "papers"),
            ("moment", "added"),
            ("mark", "document"),
            ("meta", "value"),
            ("fts_data", "block"),
            ("fts_docsize", "sz"),
            ("fts_config", "v"),
        ]
    )
    value = dice.choice(["NULL", "0", "'x'", "x'00ff'", f"{column} || 'x'"])
    _in_sql(path, f"UPDATE OR IGNORE {table} SET {column} = {value}")


def change_schema(path: Path, dice: random.Random) -> None:
    """Change the definition of a table."""
    statement = dice.choice(
        [
            "ALTER TABLE paper ADD COLUMN more",
            "ALTER TABLE doc RENAME TO docs",
            "ALTER TABLE has RENAME COLUMN rid TO paper",
            "CREATE TABLE more (x)",
            "CREATE TRIGGER more AFTER INSERT ON paper BEGIN DELETE FROM doc; END",
            "UPDATE sqlite_master SET sql = 'CREATE TABLE x' WHERE name = 'paper'",
            "UPDATE sqlite_master SET rootpage = 3 WHERE name = 'alias'",
        ]
    )
    _in_sql(path, statement)


def spoil_names(path: Path, dice: random.Random) -> None:
    """Give a table a name that is no text, which SQLite's message then quotes."""
    name = dice.choice(_names(path))
    _in_sql(
        path,
        f"UPDATE sqlite_master SET name = CAST(x'61f0e1' AS TEXT) WHERE name = '{name}'",
        "PRAGMA schema_version = 7",
    )


def forget_words(path: Path, dice: random.Random) -> None:
    """Remove full text the way that FTS5 does."""
    statement = dice.choice(
        [
            "INSERT INTO fts (fts) VALUES ('delete-all')",
            "INSERT INTO fts (fts, rank) VALUES ('pgsz', 64)",
            "DELETE FROM fts_idx",
            "UPDATE fts_config SET v = 0 WHERE k = 'version'",
            "INSERT INTO fts (fts, rowid, title) SELECT 'delete', rid, title FROM paper",
            "DROP TABLE fts",
        ]
    )
    _in_sql(path, statement)


DAMAGES: tuple[Damage, ...] = (
    flip_bytes,
    zero_pages,
    spoil_pages,
    truncate,
    append,
    spoil_log,
    forget,
    drop,
    empty,
    delete_rows,
    change_values,
    change_schema,
    spoil_names,
    forget_words,
)
