"""A new field takes one row in FIELDS and one line in Facts and Paper; all else
follows.

A subprocess adds a number, a text, a list and a date before any other module of
papertrack is imported, as an edit of the table would, and runs each through import,
export, a query, sorting, a refetch and a rebuilt index.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from papertrack.core.facts import Facts
from papertrack.core.field_names import FACT_NAMES, PAPER_NAMES
from papertrack.core.model import Paper

ADD_FIELDS = """
from collections import namedtuple
from dataclasses import field, make_dataclass

from papertrack.core import fields
from papertrack.core.fields import Field, Kind

NEW = (
    Field("mentions", "mentions", Kind.NUMBER, "times it was mentioned", "Mentions"),
    Field("teaser", "teaser", Kind.TEXT, "words of the teaser", "Teaser"),
    Field("datasets", "dataset", Kind.LABEL, "a data set it uses", "Data sets"),
    Field("retracted", "retracted", Kind.DATE, "day it was retracted", "Retracted"),
)
fields.FIELDS = (*fields.FIELDS, *NEW)

from papertrack.core import facts, model

def empty(row):
    return () if row.is_list else None

def with_fields(paper):
    names = [*paper._fields, *(row.name for row in NEW)]
    empties = {row.name: empty(row) for row in NEW}
    known = {**paper._field_defaults, **empties}
    defaults = [known[name] for name in names if name in known]
    base = namedtuple("Paper", names, defaults=defaults)
    methods = {"__slots__": (), "as_json": paper.as_json}
    methods |= {"date": paper.date, "sort_date": paper.sort_date}
    return type("Paper", (base,), methods)

model.Paper = with_fields(model.Paper)
facts.Facts = make_dataclass(
    "Facts",
    [(row.name, object, field(default=empty(row))) for row in NEW],
    bases=(facts.Facts,),
    frozen=True,
    kw_only=True,
)
"""

RUN = """
import json, sys
from pathlib import Path
from papertrack.__main__ import main

sys.argv = ["papertrack", *json.loads(sys.argv[1])]
sys.exit(main())
"""

OWL = (
    '{"id": "2511.00001", "added": null, "title": "Owls", "mentions": 12, "teaser": "Night birds",'
    ' "datasets": ["Barn", "Attic"], "retracted": "2025-11-20"}'
)
CROW = '{"id": "2511.00002", "added": null, "title": "Crows", "mentions": 3}'


class Reader:
    """Runs papertrack with the new fields on a library of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "PAPERTRACK_LIBRARY": str(folder / "library"),
            "PAPERTRACK_CACHE": str(folder / "cache"),
            "PAPERTRACK_STATE": str(folder / "state"),
            "PYTHONPATH": ":".join(sys.path),
            "HOME": str(folder),
        }

    def run(self, *args: str) -> str:
        import json

        ran = subprocess.run(
            [sys.executable, "-c", ADD_FIELDS + RUN, json.dumps(args)],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def titles(self, *query: str) -> list[str]:
        return self.run("list", "--columns", "title", *query).splitlines()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    reader = Reader(tmp_path_factory.mktemp("fields"))
    export = reader.folder / "birds.jsonl"
    export.write_text(f"{OWL}\n{CROW}\n", encoding="utf-8")
    reader.run("fetch", str(export))
    return reader


QUERIES = (
    ("mentions:10..", ["Owls"]),
    ("mentions:..10", ["Crows"]),
    ("teaser:birds", ["Owls"]),
    ("dataset:barn", ["Owls"]),
    ("dataset:/^att/", ["Owls"]),
    ("retracted:2025-11", ["Owls"]),
    ("not retracted:2000..", ["Crows"]),
)


@pytest.mark.parametrize(("query", "titles"), QUERIES)
def test_a_query_finds_it(reader: Reader, query: str, titles: list[str]) -> None:
    assert reader.titles(query) == titles


def test_it_is_exported_and_imported_again(reader: Reader, tmp_path: Path) -> None:
    exported = reader.run("export", "--format", "jsonl", "mentions:10..")
    for text in ('"mentions": 12', '"teaser": "Night birds"'):
        assert text in exported
    for text in ('"datasets": ["Barn", "Attic"]', '"retracted": "2025-11-20"'):
        assert text in exported
    (tmp_path / "again.jsonl").write_text(exported, encoding="utf-8")
    other = Reader(tmp_path)
    other.run("fetch", str(tmp_path / "again.jsonl"))
    again = other.run("list", "--json", "--fields", "mentions,teaser,datasets")
    first = reader.run(
        "list", "--json", "--fields", "mentions,teaser,datasets", "teaser:birds"
    )
    assert again == first


def test_it_is_a_column_and_sorts(reader: Reader) -> None:
    columns = "title,mentions,datasets,retracted"
    assert reader.run("list", "--columns", columns, "--sort", "mentions") == (
        "Owls\t12\tBarn; Attic\t2025-11-20\nCrows\t3\t\t\n"
    )
    assert reader.titles("--sort", "retracted") == ["Owls", "Crows"]
    table = reader.run("export", "--format", "csv", "--fields", "id,mentions,datasets")
    assert table.splitlines()[1:] == ["2511.00001,12,Barn; Attic", "2511.00002,3,"]


def test_help_and_completion_name_it(reader: Reader) -> None:
    names = ("mentions:", "teaser:", "dataset:", "retracted:")
    for text in (reader.run("help", "fields"), reader.run("completion", "bash")):
        assert [name for name in names if name not in text] == []


def test_a_rebuilt_index_has_it(reader: Reader) -> None:
    for path in (reader.folder / "cache").rglob("*"):
        if path.is_file():
            path.unlink()
    for query, titles in QUERIES:
        assert reader.titles(query) == titles


def test_a_mark_and_a_second_import_keep_it(reader: Reader, tmp_path: Path) -> None:
    export = tmp_path / "newer.jsonl"
    export.write_text(OWL.replace("12", "13"), encoding="utf-8")
    reader.run("star", "2511.00001")
    reader.run("fetch", str(export))
    columns = "title,mentions,datasets,retracted"
    assert reader.run("list", "--columns", columns, "is:starred") == (
        "Owls\t13\tBarn; Attic\t2025-11-20\n"
    )


def test_facts_and_paper_have_the_fields_of_the_table() -> None:
    assert Paper._fields == PAPER_NAMES
    assert tuple(Facts.__dataclass_fields__) == FACT_NAMES
    # The index stores a paper's values without its id, which comes first.
    assert PAPER_NAMES[0] == "id"
