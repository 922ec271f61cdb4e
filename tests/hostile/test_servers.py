"""Truncated responses, and misbehaving servers: a listing is complete or reports that
it is not; each fault ends in time.

`python -m tests.soak.faults` truncates after each of the first 2,000 bytes and runs all
pairs of faults.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from papertrack.core.errors import PapertrackError
from papertrack.core.facts import Listing
from papertrack.web.http import Http
from tests.helpers.server_faults import (
    FAULTS,
    FRAMINGS,
    KINDS,
    Faulty,
    fair,
    impatient,
    read,
)


@pytest.fixture(scope="module")
def http() -> Iterator[Http]:
    with impatient() as one:
        yield one


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_truncated_response_is_never_accepted_as_complete(
    kind: str, framing: str, http: Http
) -> None:
    answer = FRAMINGS[framing](KINDS[kind])
    with Faulty(answer) as server:
        whole = read(http, server, KINDS[kind])
        assert isinstance(whole, Listing), whole
        assert (len(whole.facts), whole.problems) == (KINDS[kind].papers, ())
        body = answer.index(b"\r\n\r\n") + 4
        for cut in {
            body,
            body + 1,
            (body + len(answer)) // 2,
            len(answer) - 40,
            len(answer) - 8,
            len(answer) - 2,
        }:
            server.answer = answer[:cut]
            result = read(http, server, KINDS[kind])
            assert isinstance(result, PapertrackError) or fair(KINDS[kind], result), (
                cut,
                result,
            )


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_ends_in_papers_or_an_error(fault: str, http: Http) -> None:
    kind, (fail, again) = KINDS["hf"], FAULTS[fault]
    answer = FRAMINGS["length"](kind)
    with Faulty(answer, fail) as server:
        result = read(http, server, kind)
        assert (isinstance(result, Listing) and len(result.facts) == 2) == again, result
    with Faulty(answer, fail, ever=True) as server:
        error = read(http, server, kind)
        assert isinstance(error, PapertrackError)
        assert str(error).isprintable()
        assert server.requests <= 12
