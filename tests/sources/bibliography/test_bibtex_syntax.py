"""Random files of BibTeX: read as pybtex reads them, and no title is lost to a mistake."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.database.input.bibtex import LowLevelParser

from papertrack.sources.bibliography import bibtex
from papertrack.sources.bibliography.bibtex_syntax import blocks

words = st.text(alphabet="abc XY,.:;-~'\\é()[]/|+=#%", max_size=12)
values = st.recursive(
    words.map(lambda text: text.replace("\\", "")),
    lambda inner: st.lists(inner, max_size=3).map(
        lambda parts: "{" + "".join(parts) + "}"
    ),
    max_leaves=6,
)
names = st.sampled_from(["title", "author", "Note", "bdsk-url-1", "year", "x_y"])
keys = st.text(alphabet="abcXYZ019:-_./+", min_size=1, max_size=12)


@dataclass
class Written:
    """An entry: its key and fields, and how they are written."""

    key: str
    fields: dict[str, str]
    quoted: bool
    parentheses: bool
    trailing_comma: bool

    def text(self) -> str:
        """The entry in BibTeX."""
        written = [
            f'  {name} = "{value}"' if self.quoted else f"  {name} = {{{value}}}"
            for name, value in self.fields.items()
        ]
        inside = ",\n".join([self.key, *written]) + ("," if self.trailing_comma else "")
        if self.parentheses and not set("()") & set(inside):
            return f"@article({inside}\n)"
        return f"@article{{{inside}\n}}"


entries = st.builds(
    Written,
    keys,
    st.dictionaries(names, values, min_size=1, max_size=5),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(entries, max_size=5))
@settings(max_examples=80, deadline=None)
def test_a_correct_file_is_read_as_pybtex_reads_it(written: list[Written]) -> None:
    text = "\n\n".join(entry.text() for entry in written)
    theirs = [
        (key, [(name.lower(), "".join(value)) for name, value in fields])
        for _, (key, fields) in LowLevelParser(text)
    ]
    ours = list(blocks(text, {}))
    assert [(block.key, block.fields) for block in ours] == theirs
    assert not any(block.problem for block in ours)


def broken(mistake: str, number: int) -> str:
    """An entry with a mistake, whose title is known all the same."""
    title = f"Kettle {number}"
    start = f"@misc{{k{number},\n  title = {{{title}}},\n  note = "
    return {
        "none": f"@misc{{k{number}, title = {{{title}}}, year = 2020}}",
        "comma": f"@misc{{k{number},\n  title = {{{title}}}\n  year = 2020\n}}",
        "commas": f"@misc{{k{number},, title = {{{title}}},, year = 2020,}}",
        "key": f"@misc{{title = {{{title}}}, year = 2020}}",
        "end": f"@misc{{k{number}, title = {{{title}}}, year = 2020\n",
        "brace": f"{start}{{a {{b}},\n  year = 2020\n}}",
        "quote": f'{start}"a,\n  year = 2020\n}}',
        "brace too many": f"@misc{{k{number}, title = {{{title}}}}}, year = 2020}}",
    }[mistake]


mistakes = st.sampled_from(
    ["none", "comma", "commas", "key", "end", "brace", "quote", "brace too many"]
)


@given(st.lists(mistakes, min_size=1, max_size=8))
@settings(max_examples=80, deadline=None)
def test_no_title_is_lost_to_a_mistake(chosen: list[str]) -> None:
    text = "\n".join(broken(mistake, number) for number, mistake in enumerate(chosen))
    listing = bibtex.parse(text.encode(), name="a.bib")
    assert [facts.title for facts in listing.facts] == [
        f"Kettle {number}" for number in range(len(chosen))
    ]
    assert {facts.published for facts in listing.facts} == {"2020"}
    reported = ("end", "brace", "quote", "brace too many")
    assert len(listing.problems) == sum(mistake in reported for mistake in chosen)


@pytest.mark.parametrize(
    "rest",
    [
        "note =\nyear = {2020}",
        "note =\nyear = 2020",
        "note =\n\nyear =\nmonth = jan",
        'note =\nyear = "2020"',
        "note =   \nvolume =\nyear = {2020",
    ],
)
def test_a_field_without_a_value_in_an_entry_that_is_not_closed(rest: str) -> None:
    text = f"@article{{a,\n  title = {{Owls,\n  {rest}\n"
    listing = bibtex.parse(text.encode(), name="a.bib")
    assert [facts.title for facts in listing.facts] == ["Owls"]
    assert len(listing.problems) == 1
