"""Ids in any form that a reader types or a source gives, and the keys that they name."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from papertrack.core import identity
from papertrack.core.identity import (
    arxiv_id,
    best,
    normalise,
    show,
    title_alias,
    title_key,
)

KEYS = [
    # plain ids
    ("2511.04570", "arxiv:2511.04570"),
    ("  2511.04570\n", "arxiv:2511.04570"),
    ("2511.04570v2", "arxiv:2511.04570"),
    ("2511.04570V12", "arxiv:2511.04570"),
    ("arXiv:2511.04570", "arxiv:2511.04570"),
    ("arxiv:2511.04570v2", "arxiv:2511.04570"),
    ("ARXIV: 2511.04570", "arxiv:2511.04570"),
    ("0704.0001", "arxiv:0704.0001"),
    ("hep-th/9901001", "arxiv:hep-th/9901001"),
    ("HEP-TH/9901001v3", "arxiv:hep-th/9901001"),
    ("arxiv:hep-th/9901001", "arxiv:hep-th/9901001"),
    ("math.GT/0309136", "arxiv:math/0309136"),
    ("cond-mat.stat-mech/9901001", "arxiv:cond-mat/9901001"),
    ("cs/0001001", "arxiv:cs/0001001"),
    # URLs of arXiv, Hugging Face, alphaXiv
    ("https://arxiv.org/abs/2511.04570", "arxiv:2511.04570"),
    ("http://arxiv.org/abs/2511.04570v1", "arxiv:2511.04570"),
    ("HTTPS://ArXiv.org/abs/2511.04570", "arxiv:2511.04570"),
    ("https://www.arxiv.org/pdf/2511.04570", "arxiv:2511.04570"),
    ("https://arxiv.org/pdf/2511.04570v2.pdf", "arxiv:2511.04570"),
    ("https://arxiv.org/pdf/hep-th/9901001v1.pdf", "arxiv:hep-th/9901001"),
    ("https://arxiv.org/abs/math.GT/0309136", "arxiv:math/0309136"),
    ("https://arxiv.org/html/2511.04570v1", "arxiv:2511.04570"),
    ("https://arxiv.org/abs/2511.04570?context=cs.CL", "arxiv:2511.04570"),
    ("https://arxiv.org/abs/2511.04570#comments", "arxiv:2511.04570"),
    ("https://arxiv.org/abs/2511.04570/", "arxiv:2511.04570"),
    ("https://export.arxiv.org/abs/2511.04570", "arxiv:2511.04570"),
    ("https://huggingface.co/papers/2511.04570", "arxiv:2511.04570"),
    ("https://hf.co/papers/2511.04570#community", "arxiv:2511.04570"),
    ("https://www.alphaxiv.org/abs/2511.04570v1", "arxiv:2511.04570"),
    ("https://alphaxiv.org/overview/2511.04570", "arxiv:2511.04570"),
    # DOIs
    ("10.1234/Abc.5", "doi:10.1234/abc.5"),
    ("doi:10.1234/x", "doi:10.1234/x"),
    ("DOI: 10.1234/x", "doi:10.1234/x"),
    ("10.1234/x.", "doi:10.1234/x"),
    ("https://doi.org/10.1234/X", "doi:10.1234/x"),
    ("http://dx.doi.org/10.1234/x", "doi:10.1234/x"),
    ("https://doi.org/10.1002/%28SICI%291097", "doi:10.1002/(sici)1097"),
    ("10.48550/arXiv.2511.04570", "arxiv:2511.04570"),
    ("https://doi.org/10.48550/arXiv.2511.04570v3", "arxiv:2511.04570"),
    ("10.48550/arxiv.hep-th/9901001", "arxiv:hep-th/9901001"),
    # other URLs
    (
        "https://openreview.net/forum?id=abc&utm_source=x",
        "url:https://openreview.net/forum?id=abc",
    ),
    ("https://Example.org/Paper/", "url:https://example.org/Paper"),
    ("http://example.org:8080/a#b", "url:http://example.org:8080/a#b"),
    ("https://arxiv.org/list/cs.CL/recent", "url:https://arxiv.org/list/cs.CL/recent"),
    (
        "https://huggingface.co/papers/date/2025-11-07",
        "url:https://huggingface.co/papers/date/2025-11-07",
    ),
    ("https://notarxiv.org/abs/2511.04570", "url:https://notarxiv.org/abs/2511.04570"),
    (
        "https://arxiv.org.evil.example/abs/2511.04570",
        "url:https://arxiv.org.evil.example/abs/2511.04570",
    ),
    ("url:https://example.org/a", "url:https://example.org/a"),
    ("title:0123456789", "title:0123456789"),
    # no ids
    ("", None),
    ("attention", None),
    ("cs.CL", None),
    ("2025", None),
    ("2025-11-07", None),
    ("2511.0457", "arxiv:2511.0457"),
    ("2511.045", None),
    ("2511.045701", None),
    ("2513.04570", None),
    ("2500.04570", None),
    ("2511.04570v", None),
    ("2511.04570 and more", None),
    ("hep-th/990100", None),
    ("10.12/x", None),
    ("10.1234/", None),
    ("title:012345678", None),
    ("title:attention", None),
    ("https://", None),
    ("https:///abs/2511.04570", None),
    ("http://[::1", None),
    ("http://example.org:port/x", None),
    ("ftp://example.org/x", None),
    ("javascript:alert(1)", None),
    ("٢٥١١.٠٤٥٧٠", None),
    ("hep-th/９９０１００１", None),
]


@pytest.mark.parametrize(("text", "key"), KEYS)
def test_typed_ids_name_keys(text: str, key: str | None) -> None:
    assert normalise(text) == key


@pytest.mark.parametrize(
    "key", sorted({key for _, key in KEYS if key and not key.startswith("title:")})
)
def test_a_shown_key_can_be_typed(key: str) -> None:
    assert normalise(show(key)) == key
    assert normalise(key) == key


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2511.04570v2", ("2511.04570", 2)),
        ("2511.04570", ("2511.04570", None)),
        ("v2", None),
        ("10.1234/x", None),
    ],
)
def test_the_version_is_separated_from_the_id(
    text: str, found: tuple[str, int | None] | None
) -> None:
    assert arxiv_id(text) == found


arxiv = st.from_regex(
    r"[0-9]{2}(0[1-9]|1[0-2])\.[0-9]{4,5}(v[1-9])?", fullmatch=True
) | st.from_regex(r"(hep-th|cs|math\.GT|q-bio)/[0-9]{7}(v[1-9])?", fullmatch=True)
doi = st.from_regex(r"10\.[0-9]{4,9}/[!-~]{1,20}", fullmatch=True)
url = st.builds(
    "https://{}{}{}{}".format,
    st.sampled_from(
        [
            "example.org",
            "www.example.org",
            "www.www.org",
            "arxiv.org",
            "doi.org",
            "[::1]",
            "[::1]:80",
        ]
    ),
    st.from_regex(r"(/[!-.0-~]{0,8}){0,3}", fullmatch=True),
    st.from_regex(r"(\?[!-~]{0,12})?", fullmatch=True),
    st.sampled_from(["", "#top"]),
)


@given(arxiv | doi | url | st.text())
@example("10.1234/.")
@example("https://[::1]/x")
@example("https://www.www.org/x")
def test_showing_and_typing_is_a_round_trip(text: str) -> None:
    key = normalise(text)
    if key is not None and not key.startswith(("title:", "url:url:")):
        assert key.partition(":")[0] in ("arxiv", "doi", "url")
        assert normalise(show(key)) == key
        assert normalise(f" {show(key)} ") == key


def test_title_keys_depend_on_the_words_only() -> None:
    assert title_key("André's GPT-4", None) == title_key("andre s gpt 4!", None)
    assert title_key("A", "2024") != title_key("A", "2025")
    assert title_key("…", None) != title_key("?!", None), (
        "a title without words is known by its signs"
    )
    assert title_alias("Zoku: mibra") == title_alias("zoku MIBRA")
    assert title_alias("…") is None
    assert len(show(title_key("A", None))) == identity.HASH_LENGTH


def test_a_paper_is_stored_under_its_best_key() -> None:
    keys = [
        "title:0123456789",
        "url:https://a",
        "doi:10.1234/x",
        "arxiv:2511.2",
        "arxiv:2511.1",
    ]
    assert [best(keys[:n]) for n in range(1, 6)] == [*keys[:4], "arxiv:2511.1"]
