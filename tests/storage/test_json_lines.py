"""Editing a file line by line gives what TinyDB would have written; what is laid out otherwise is left to TinyDB."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.storage import json_lines as lines
from papertrack.storage import reading as files
from papertrack.storage import writing as store

KEYS = (
    "arxiv:2511.00001",
    "arxiv:2511.0000",
    'doi:10.1/a"},\n"2":{',
    "title:0123456789",
    "url:https://e.org/ö",
)
DOCUMENTS = st.dictionaries(st.sampled_from(KEYS), st.text(max_size=8), max_size=5)


def document(key: str, note: str) -> dict[str, Any]:
    return {"key": key, "note": note, "tags": ["}", "\n}", '"key":"x"']}


@settings(max_examples=50)
@given(DOCUMENTS, DOCUMENTS, st.sets(st.sampled_from(KEYS)))
def test_lines_are_edited_as_tinydb_does(
    before: dict[str, str], puts: dict[str, str], gone: set[str]
) -> None:
    written = {key: document(key, note) for key, note in puts.items()}
    gone -= puts.keys()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "marks.json"
        store.change(
            path,
            "marks",
            {key: document(key, note) for key, note in before.items()},
            frozenset(),
            known=None,
            lined=False,
        )
        body = path.read_bytes()
        store.change(path, "marks", written, frozenset(gone), known=None, lined=False)
        try:
            edited = lines.edited(body, "marks", written, gone)
        except lines.Unlined:
            assert not before or gone >= before.keys(), (
                "an empty table is left to TinyDB"
            )
            return
        made, stock = (
            tables["marks"].values()
            for tables in (files.tables_of(path, edited), files.read_tables(path))
        )
        assert sorted(made, key=str) == sorted(stock, key=str)
        kept = {
            **{key: note for key, note in before.items() if key not in gone},
            **puts,
        }
        found = lines.documents(edited, "marks", KEYS)
        assert {one["key"]: one for one in found.values()} == {
            key: document(key, note) for key, note in kept.items()
        }


@pytest.mark.parametrize(
    "text",
    [
        '{"marks": {"1": {"key": "a"}}}',
        json.dumps({"marks": {"1": {"key": "a"}}}, indent=1),
        '{"marks":{}}\n',
        '{"marks":{\n"1":{"note":"x","key":"a"}\n}}\n',
        '{"marks":{\n"1":{"key":"a"},\n"2":{"key":"a"}\n}}\n',
        '{"marks":{\n"1":{"x":{"key":"a"},"key":"b"}\n}}\n',
    ],
)
def test_another_layout_is_left_alone(text: str) -> None:
    with pytest.raises(lines.Unlined):
        lines.edited(text.encode(), "marks", {"a": {"key": "a", "note": "new"}}, ())


def test_a_file_that_changed_since_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "marks.json"
    stamp = store.change(
        path, "marks", {"a": {"key": "a"}}, frozenset(), known=None, lined=False
    )
    assert stamp == files.stamp_of(path.stat())
    path.write_text('{"marks":{\n"7":{"key":"b"}\n}}\n', encoding="utf-8")
    assert (
        store.change(
            path, "marks", {"c": {"key": "c"}}, frozenset(), known=stamp, lined=True
        )
        is None
    )
    assert [one["key"] for one in files.read_tables(path)["marks"].values()] == [
        "b",
        "c",
    ]
