"""Daily Papers are followed until the reader removes them."""

import json
from pathlib import Path

import pytest


def followed(inside):
    return [one["target"] for one in json.loads(inside("feed list --json").out)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], ["hf"]),
        (["feed add cs.CL"], ["hf", "arxiv:cs.CL"]),
        (["feed add hf"], ["hf"]),
        (["feed remove hf"], []),
        (["feed remove 1"], []),
        (["feed remove hf", "feed add cs.CL"], ["arxiv:cs.CL"]),
        (["feed remove hf", "feed add hf"], ["hf"]),
        (["feed remove hf", "undo"], ["hf"]),
        (["feed add cs.CL", "undo"], ["hf"]),
        (["feed add cs.CL", "feed remove hf"], ["arxiv:cs.CL"]),
        (["feed add cs.CL", "feed remove cs.CL"], ["hf"]),
        (["feed add cs.CL", "feed remove hf", "feed remove cs.CL"], []),
        (["feed add cs.CL", "feed remove hf", "undo"], ["hf", "arxiv:cs.CL"]),
        (["feed remove hf --dry-run"], ["hf"]),
    ],
)
def test_what_is_followed(inside, lines, expected):
    for line in lines:
        assert inside(line).code == 0
    assert sorted(followed(inside)) == sorted(expected)
    listed = json.loads(inside("status --json").out)
    shown = [one["target"] for one in listed if one["followed"]]
    assert sorted(shown) == sorted(expected)


def test_nothing_is_followed(inside):
    inside("feed remove hf")
    ran = inside("fetch")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("papertrack: nothing is followed; ")


def test_an_earlier_library_follows_what_it_followed(inside, home):
    """It named all its feeds: hf too, where it was wanted."""
    folder = Path(home["PAPERTRACK_LIBRARY"])
    folder.mkdir()
    feed = {"key": "arxiv:cs.CL", "name": "cs", "at": "2025-01-01T00:00:00Z"}
    (folder / "desk.json").write_text(json.dumps({"feeds": {"1": feed}}))
    assert followed(inside) == ["arxiv:cs.CL"]
    inside("feed add cs.LG")
    assert followed(inside) == ["arxiv:cs.CL", "arxiv:cs.LG"]
