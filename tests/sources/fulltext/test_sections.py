"""The outline of a text, and the section that a number or some words mean."""

from __future__ import annotations

import pytest

from papertrack.sources.fulltext import sections
from tests.helpers.growth import grows_linearly

TEXT = """# Title 3

x

## Abstract

a

## 1 Introduction

```
## no heading
```

### 1.1 Related $x_i$ work

#### A remark.

## 2 Method

````
```
## no heading
````

### 2.1 Related *results*

## 3

## IV-A Ends

## References

## Appendix B More \\*nights\\*

### B.1 Related data
"""


def titles(text: str) -> list[tuple[int, str, str]]:
    return [(one.level, one.number, one.name) for one in sections.outline(text)]


def test_numbers_and_names() -> None:
    assert titles(TEXT) == [
        (2, "", "Abstract"),
        (2, "1", "Introduction"),
        (3, "1.1", "Related x_i work"),
        (4, "", "A remark."),
        (2, "2", "Method"),
        (3, "2.1", "Related results"),
        (2, "3", ""),
        (2, "IV-A", "Ends"),
        (2, "", "References"),
        (2, "B", "More *nights*"),
        (3, "B.1", "Related data"),
    ]


def test_a_text_without_numbers_has_places() -> None:
    expected = [(2, "1", "Aims"), (3, "2", "How")]
    assert titles("# T\n\n## Aims\n\n### How\n") == expected
    assert titles("") == titles("x\n\ny\n") == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("1", ["Introduction"]),
        ("1.", ["Introduction"]),
        ("§2", ["Method"]),
        ("section 2.1", ["Related results"]),
        ("b", ["More *nights*"]),
        ("Appendix B", ["More *nights*"]),
        ("iv-a", ["Ends"]),
        ("3", [""]),
        ("METHOD", ["Method"]),
        ("2 method", ["Method"]),
        ("intro", ["Introduction"]),
        ("nights", ["More *nights*"]),
        ("work related", ["Related x_i work"]),
        ("remark", ["A remark."]),
        ("related", ["Related x_i work", "Related results", "Related data"]),
        ("title", []),
        ("no heading", []),
        ("", []),
        ("*", []),
        ("4", []),
        ("9" * 5000, []),
    ],
)
def test_a_section_is_found(wanted: str, found: list[str]) -> None:
    known = sections.outline(TEXT)
    assert [one.name for one in sections.find(known, wanted)] == found


def test_of_equal_matches_the_one_above_the_others_is_meant() -> None:
    text = "## 1 Related work\n\n## 2 X\n\n### 2.1 Related data\n"
    known = sections.outline(text)
    assert [one.number for one in sections.find(known, "related")] == ["1"]


@pytest.mark.parametrize(
    ("number", "first", "last"),
    [
        ("1", "## 1 Introduction", "#### A remark."),
        ("1.1", "### 1.1 Related $x_i$ work", "#### A remark."),
        ("2", "## 2 Method", "### 2.1 Related *results*"),
        ("3", "## 3", "## 3"),
        ("B.1", "### B.1 Related data", "### B.1 Related data"),
    ],
)
def test_a_section_has_those_within_it(number: str, first: str, last: str) -> None:
    (section,) = sections.find(sections.outline(TEXT), number)
    lines = sections.text_of(TEXT, section).splitlines()
    assert (lines[0], lines[-1]) == (first, last)


def test_the_time_is_in_proportion_to_the_sections() -> None:
    assert grows_linearly(lambda count: sections.outline("# a\n## b\n" * count), 4000)
