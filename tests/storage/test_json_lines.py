"""Editing a file by lines gives what TinyDB would have written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.storage import edit, json_lines, reading
from papertrack.storage.layout import Document

KEYS = (
    "arxiv:2511.00001",
    "arxiv:2511.0000",
    'doi:10.1/a"},\n"2":{',
    "title:0123456789",
    "url:https://e.org/ö",
)
ABSENT = st.sampled_from(([], [f"arxiv:2512.{n:05}" for n in range(30)]))
"""Keys that no document has: of few keys and of many, documents are found otherwise."""
DOCUMENTS = st.dictionaries(st.sampled_from(KEYS), st.text(max_size=8), max_size=5)


def document(key: str, note: str) -> dict[str, Any]:
    return {"key": key, "note": note, "tags": ["}", "\n}", '"key":"x"']}


@settings(max_examples=100)
@given(DOCUMENTS, DOCUMENTS, st.sets(st.sampled_from(KEYS)), ABSENT)
def test_editing_by_lines_gives_what_tinydb_gives(
    before: dict[str, str], new: dict[str, str], removed: set[str], absent: list[str]
) -> None:
    path = Path("marks.json")
    old = {key: document(key, note) for key, note in before.items()}
    changes: dict[str, Document | None] = dict.fromkeys([*removed, *absent])
    changes.update({key: document(key, note) for key, note in new.items()})
    body = edit.edited(path, None, {"marks": old}, by_lines=False)
    whole = edit.edited(path, body, {"marks": changes}, by_lines=False)
    try:
        by_lines = json_lines.edited(body, "marks", changes)
    except json_lines.NotByLines:
        assert not before or removed >= before.keys(), "only for an empty table"
        return
    assert by_lines == whole
    expected = {key: one for key, one in {**old, **changes}.items() if one is not None}
    found = json_lines.documents(by_lines, "marks", [*KEYS, *absent])
    assert {one["key"]: one for one in found.values()} == expected


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
@pytest.mark.parametrize("others", [0, 30])
def test_another_layout_is_not_edited_by_lines(text: str, others: int) -> None:
    changes: dict[str, Document | None] = {"a": {"key": "a", "note": "new"}}
    changes.update(dict.fromkeys(f"other {number}" for number in range(others)))
    with pytest.raises(json_lines.NotByLines):
        json_lines.edited(text.encode(), "marks", changes)


@settings(max_examples=50)
@given(DOCUMENTS, DOCUMENTS)
def test_what_is_dumped_has_one_document_per_line(
    marks: dict[str, str], others: dict[str, str]
) -> None:
    tables: dict[str, Any] = {"format": {"1": {"version": 1}}}
    for name, notes in (("marks", marks), ("others", others)):
        if notes:
            documents = [document(key, note) for key, note in notes.items()]
            tables[name] = reading.numbered(documents)
    assert json_lines.is_by_lines(json_lines.dumped(tables), tables)


NESTED = '{"key":"b","x":{"key":"c"}}'


@pytest.mark.parametrize(
    "text",
    [
        '{"marks":{\n"1":{"key":"a"},"2":{"key":"b"}\n}}\n',
        '{"marks":{\n"1":{"key":"a"},\n\n"2":{"key":"b"}\n}}\n',
        '{"marks":{\n"1":{"key":"a"},\n"2": {"key":"b"}\n}}\n',
        '{"marks":{\n"1":{"x":1,"key":"a"}\n}}\n',
        '{"marks":{\n"1":{"key":"\\u00e9"}\n}}\n',
        '{"marks":{\n"1":{"key":"a"}\n}}',
        ' {"marks":{\n"1":{"key":"a"}\n}}\n',
        '{"marks":{"1":{"key":"a"}}}\n',
        '{"marks":{\n"1":{"key":"a","x":{"2":{}},\n"2":{"key":"b"}\n}}\n}\n',
        f'{{"marks":{{\n"1":{NESTED}\n}}}}\n',
        '{"marks":{\n"1":{"key":"a","x":{"y":{},\n"3":{"key":"b"}}},"3":{"key":"b"},\n'
        '"4":{"key":"d"}\n}}\n',
        '{"marks":{\n"1":{"key":"a","x":{}\n},\n"2":{"key":"b"}\n}}\n',
    ],
)
def test_other_layouts_are_not_taken_for_one_document_per_line(text: str) -> None:
    tables = json.loads(text)
    assert not json_lines.is_by_lines(text.encode(), tables)
