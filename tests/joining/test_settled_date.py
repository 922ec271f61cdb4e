"""The date by which a paper finds its file is the one that is shown."""

from __future__ import annotations

from typing import Any

import pytest

from papertrack.core.model import Record
from papertrack.joining.settle import date_of, settle

Facts = dict[str, Any]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"text": {"title": "Owls"}},
        {"arxiv": {"published": "2025-11-03", "updated": "2025-12-01"}},
        {"hf": {"listed": "2025-11-07", "published": "2025-11-03"}},
        {"hf": {"listed": "2025-11-07"}, "arxiv": {"published": "2025-11-03"}},
        {"arxiv": {"published": "2025-11-03"}, "bibliography": {"published": "2024"}},
        {"arxiv": {"published": ""}, "import": {"published": "2025-11"}},
        {"crossref": {"published": "2026-01-02", "venue": "Nature", "doi": "10.1/a"}},
        {
            "semanticscholar": {"published": "2024-05-01", "venue": "ICML"},
            "openalex": {"published": "2025-05-01", "venue": "Nature", "doi": "10.1/b"},
        },
        {"arxiv": {"listed": "2025-11-08"}, "hf": {"listed": "2025-11-07"}},
    ],
)
def test_the_date_of_a_record_is_that_of_its_paper(said: dict[str, Facts]) -> None:
    for sources in (said, dict(reversed(said.items()))):
        record = Record(
            "arxiv:2511.00001", ("arxiv:2511.00001",), "2025-11-24", sources
        )
        assert date_of(record) == settle(record).date
