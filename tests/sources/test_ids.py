"""Ids in plain text: valid ones, text that only looks like one, and where they end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.core.identity import normalise
from papertrack.sources.ids import find_ids
from tests.helpers.growth import grows_linearly


def found(text: str) -> list[str]:
    return [key for _, key in find_ids(text)]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("2511.04570", ["arxiv:2511.04570"]),
        (
            "2511.04570v2,2511.04571;2511.04572",
            ["arxiv:2511.04570", "arxiv:2511.04571", "arxiv:2511.04572"],
        ),
        ("see arXiv:1706.03762v7 [cs.CL].", ["arxiv:1706.03762"]),
        ("ARXIV: 0704.0001, arXiv 1412.9999", ["arxiv:0704.0001", "arxiv:1412.9999"]),
        (
            "(hep-th/9901001v2) and math.CA/0611800",
            ["arxiv:hep-th/9901001", "arxiv:math/0611800"],
        ),
        ("2511.04570.pdf and 2511.04571.", ["arxiv:2511.04570", "arxiv:2511.04571"]),
        (
            "https://arxiv.org/abs/2511.04570v2#S1, arxiv.org/pdf/2511.04571.",
            ["arxiv:2511.04570", "arxiv:2511.04571"],
        ),
        ("<https://huggingface.co/papers/2511.04570>", ["arxiv:2511.04570"]),
        ("[a](https://www.alphaxiv.org/abs/2511.04570).", ["arxiv:2511.04570"]),
        ("doi:10.1234/X.1, DOI: 10.1234/x.2.", ["doi:10.1234/x.1", "doi:10.1234/x.2"]),
        (
            "(10.1234/a(b)c) [10.1234/d]; “10.1234/e”",
            ["doi:10.1234/a(b)c", "doi:10.1234/d", "doi:10.1234/e"],
        ),
        (
            "https://doi.org/10.1234/x). doi.org/10.1234/y",
            ["doi:10.1234/x", "doi:10.1234/y"],
        ),
        ("10.48550/arXiv.2511.04570v1", ["arxiv:2511.04570"]),
        ("https://dl.acm.org/doi/abs/10.1145/1.2?x=y", ["doi:10.1145/1.2"]),
        (
            "https://link.springer.com/content/pdf/10.1007/s1-2.pdf",
            ["doi:10.1007/s1-2"],
        ),
        ("twice 2511.04570 and 2511.04570v3", ["arxiv:2511.04570"]),
    ],
)
def test_ids(text: str, keys: list[str]) -> None:
    assert found(text) == keys


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1234.5678",
        "1300.12345",
        "$1203.1234",
        "€ 1203.1234",
        "1203.1234 USD",
        "1203.1234%",
        "1501.1234",
        "1412.12345",
        "0703.1234",
        "1203.123456",
        "11203.1234",
        "192.1203.1234",
        "1203.1234.5",
        "v1203.1234",
        "-1203.1234",
        "and/0611800",
        "hep-th/9913001",
        "10.1234",
        "10.12/x",
        "https://example.org/2511.04570",
        "https://arxiv.org/list/cs.CL/new",
        "arxiv:2513.00001",
    ],
)
def test_text_that_only_looks_like_an_id_is_ignored(text: str) -> None:
    assert found(text) == []


def test_line_numbers_are_reported() -> None:
    assert find_ids("a\n2511.04570\n\n10.1234/x 2511.04570\n") == [
        (2, "arxiv:2511.04570"),
        (4, "doi:10.1234/x"),
    ]


@given(st.text(max_size=200) | st.text("0123456789.arxiv:/v-hdo,()$ \n", max_size=200))
def test_any_text_gives_distinct_keys_that_identity_knows(text: str) -> None:
    listed = find_ids(text)
    assert len({key for _, key in listed}) == len(listed)
    assert all(
        normalise(key.removeprefix("arxiv:").removeprefix("doi:")) == key
        for _, key in listed
    )
    assert all(1 <= line <= text.count("\n") + 1 for line, _ in listed)


@pytest.mark.parametrize(
    "piece",
    [")", "http://)", "10.1234/", "2511.", "arxiv:", "a-b.", "hep-th/", " ", "cs."],
)
def test_time_is_proportional_to_the_length(piece: str) -> None:
    count = 500_000 // len(piece)
    assert grows_linearly(lambda size: find_ids(piece * size), count)
