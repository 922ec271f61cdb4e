"""Short forms of targets, and what is none."""

import datetime as dt

import pytest

from papertrack.core.errors import FetchError, UsageError
from papertrack.sources import registry, short_targets
from papertrack.sources.base import Context
from papertrack.sources.short_targets import full

DAYS = (
    ("today", "hf:today"),
    ("Yesterday", "hf:yesterday"),
    ("trending", "hf:trending"),
    ("2025-11-07", "hf:2025-11-07"),
    ("2025-W45", "hf:2025-W45"),
    ("2025-w45", "hf:2025-W45"),
    ("2025-11", "hf:2025-11"),
)
IDS = (
    ("2511.04570", "arxiv:2511.04570"),
    ("2511.04570v2", "arxiv:2511.04570v2"),
    ("arXiv:2511.04570", "arxiv:2511.04570"),
    ("ARXIV: 2511.04570V3", "arxiv:2511.04570v3"),
    ("2511.04570,2511.03773", "arxiv:2511.04570,2511.03773"),
    ("0704.0001", "arxiv:0704.0001"),
    ("hep-th/9901001", "arxiv:hep-th/9901001"),
    ("math.GT/0309136v1", "arxiv:math/0309136v1"),
    ("10.48550/arXiv.2511.04570", "arxiv:2511.04570"),
    ("doi:10.48550/arXiv.2511.04570", "arxiv:2511.04570"),
    ("arxiv.org/abs/2511.04570", "arxiv:2511.04570"),
)
ADDRESSES = (
    "https://arxiv.org/abs/2511.04570",
    "http://arxiv.org/pdf/2511.04570v2",
    "https://arxiv.org/pdf/2511.04570v1.pdf",
    "https://arxiv.org/html/2511.04570v1",
    "https://export.arxiv.org/abs/2511.04570",
    "https://ar5iv.labs.arxiv.org/html/2511.04570",
    "https://ar5iv.org/abs/2511.04570",
    "https://www.alphaxiv.org/abs/2511.04570",
    "https://alphaxiv.org/overview/2511.04570v1",
    "https://www.scholar-inbox.com/paper/2511.04570",
    "https://www.semanticscholar.org/arxiv/2511.04570",
    "https://api.semanticscholar.org/arXiv:2511.04570",
    "https://www.emergentmind.com/papers/2511.04570",
    "https://papers.cool/arxiv/2511.04570",
    "https://scirate.com/arxiv/2511.04570",
    "https://www.connectedpapers.com/main/2511.04570/",
    "https://doi.org/10.48550/arXiv.2511.04570",
    "https://web.archive.org/web/2025/https://arxiv.org/abs/2511.04570",
    "https://x.com/intent/post?url=https%3A%2F%2Farxiv.org%2Fabs%2F2511.04570&via=a",
    "https://reader.example/?paper=2511.04570v3",
)
CATEGORIES = (
    ("cs.CL", "arxiv:cs.CL"),
    ("cs.CL,cs.LG", "arxiv:cs.CL,cs.LG"),
    ("cs.CL, stat.ML", "arxiv:cs.CL,stat.ML"),
    ("cond-mat.mtrl-sci", "arxiv:cond-mat.mtrl-sci"),
    ("astro-ph.CO", "arxiv:astro-ph.CO"),
    ("cs.cl", "arxiv:cs.CL"),
    ("CS.CL,cs.lg", "arxiv:cs.CL,cs.LG"),
    ("Stat.ml, Cond-Mat.MTRL-sci", "arxiv:stat.ML,cond-mat.mtrl-sci"),
    ("physics.optics", "arxiv:physics.optics"),
    ("q-BIO.nc", "arxiv:q-bio.NC"),
)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        *DAYS,
        *IDS,
        *((address, "arxiv:2511.04570") for address in ADDRESSES),
        ("https://example.org/p/hep-th/9901001", "arxiv:hep-th/9901001"),
        *CATEGORIES,
    ],
)
def test_a_short_form_stands_for_a_target(target: str, expected: str) -> None:
    assert full(target) == expected
    assert full(expected) == expected
    assert registry.find(expected).name == expected.partition(":")[0]


@pytest.mark.parametrize(
    "target",
    [
        "",
        "-",
        "hf",
        "sample",
        "hf:2025-11-07",
        "arxiv:abs:diffusion",
        "2025",
        "3",
        "1-5",
        "2025-11-07.json",
        "2511.04570.pdf",
        "2513.00001",
        "notes.md",
        "refs.bib",
        "cs.py",
        "math.md",
        "cs.cl.txt",
        "cs.cl,notes.md",
        "papers/1234567",
        "todays",
        "10.1145/3580305",
        "https://owls.example/feed.xml",
        "https://owls.example/2511.04570/feed.xml",
        "https://owls.example/p-2511.04570",
        "https://owls.example/2511.04570?next=2511.03773",
        "https://owls.example/2513.04570",
        "https://doi.org/10.1234/2511.04570",
        "https://arxiv.org/list/cs.CL/new",
        "https://rss.arxiv.org/rss/cs.CL",
        "https://huggingface.co/papers/2511.04570",
        "https://x.com/someone/status/1987654321098765432",
    ],
)
def test_anything_else_stays_as_it_is(target: str) -> None:
    assert full(target) == target


@pytest.mark.parametrize("target", ["2025-13", "2025-02-30", "2025-W54", "2025-00-01"])
def test_a_day_that_does_not_exist_is_reported(target: str) -> None:
    long = full(target)
    with pytest.raises((UsageError, FetchError), match=target):
        registry.find(long).start(long, _context())


def test_the_examples_in_the_help_are_short_forms() -> None:
    assert all(full(one.example) != one.example for one in short_targets.TARGETS)


def _context() -> Context:
    return Context(today=dt.date(2025, 11, 24))
