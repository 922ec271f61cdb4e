"""The HTTP cache: conditional requests, damaged entries, pruning."""

from __future__ import annotations

import time
from pathlib import Path

from papertrack.web.cache import Cache
from papertrack.web.http import Http
from tests.web.conftest import Service


def test_an_unchanged_body_is_transferred_once(
    service: Service, tmp_path: Path
) -> None:
    cache = Cache(tmp_path)
    with Http(cache=cache) as http:
        first, second = http.read(f"{service.url}/a"), http.read(f"{service.url}/a")
        assert [conditional for _, conditional in service.seen] == [False, True]
        assert (
            (first.body, first.status) == (second.body, second.status) == (b"old", 200)
        )
        assert second.headers["link"] == '<x>; rel="next"'
        service.body = b"new"
        assert http.read(f"{service.url}/a").body == b"new"
        assert http.read(f"{service.url}/b").body == b"new"
    assert [conditional for _, conditional in service.seen] == [
        False,
        True,
        True,
        False,
    ]


def test_a_damaged_entry_is_read_again(service: Service, tmp_path: Path) -> None:
    with Http(cache=Cache(tmp_path)) as http:
        http.read(service.url)
        for path in tmp_path.iterdir():
            path.write_bytes(path.read_bytes()[:-3])
        assert http.read(service.url).body == b"old"
    assert [conditional for _, conditional in service.seen] == [False, False]


def test_a_cache_that_can_not_be_written_is_skipped(
    service: Service, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with Http(cache=Cache(tmp_path / "file")) as http:
        assert http.read(service.url).body == b"old"
        assert http.read(service.url).body == b"old"


def test_the_oldest_entries_are_pruned_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for number in range(4):
        cache.store(f"http://e.org/{number}", {"etag": "x"}, bytes([number]) * 50)
        time.sleep(0.02)
    size = max(path.stat().st_size for path in tmp_path.iterdir())
    cache.prune(2 * size)
    assert [
        cache.find(f"http://e.org/{number}") is not None for number in range(4)
    ] == [False, False, True, True]
