"""Work spread over other processes has the results that one process has, in order."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
from collections.abc import Callable, Generator, Iterable, Iterator
from multiprocessing import resource_tracker
from typing import TypeVar

import pytest

from papertrack.core.errors import StoreError
from papertrack.storage import waiting
from papertrack.storage.workers import MOST_WORKERS, Pool, worker_count
from tests.helpers import worker_functions as functions
from tests.helpers.worker_functions import FATAL

R = TypeVar("R")


def mapped(
    function: Callable[[int], R], items: Iterable[int], workers: int
) -> Generator[R, None, None]:
    with Pool(function, workers) as pool:
        yield from pool.mapped(items)


@pytest.fixture
def reports() -> Iterator[list[str]]:
    lines: list[str] = []
    waiting.report_to(lines.append)
    yield lines
    waiting.report_to(None)


@pytest.mark.parametrize(
    ("items", "workers"), [([], 2), ([3], 2), ([*range(9)], 0), ([*range(9)], 2)]
)
def test_results_are_in_the_order_of_the_items(items: list[int], workers: int) -> None:
    results = list(mapped(functions.square, items, workers))
    assert results == [one * one for one in items]


def test_results_may_be_larger_than_a_pipe() -> None:
    results = list(mapped(functions.large, range(4), 2))
    assert results == [functions.large(one) for one in range(4)]


def test_other_processes_work() -> None:
    used = set(mapped(functions.in_which_process, range(6), 2))
    assert len(used) == 2
    assert os.getpid() not in used


def test_an_error_is_raised_after_the_results_before_it() -> None:
    results = mapped(functions.refused, range(FATAL + 2), 2)
    assert [next(results) for _ in range(FATAL)] == [*range(FATAL)]
    with pytest.raises(StoreError, match=f"^{FATAL} is refused$"):
        next(results)
    assert not multiprocessing.active_children()


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (functions.killed, "SIGKILL"),
        (functions.terminated, "SIGTERM"),
        (functions.crashed, "SIGSEGV"),
        (functions.aborted, "SIGABRT"),
        (functions.left, "exit code 3"),
    ],
)
def test_a_worker_that_ends_is_reported_and_its_work_done(
    function: Callable[[int], int], reason: str, reports: list[str]
) -> None:
    results = list(mapped(function, range(FATAL + 4), 2))
    assert results == [one * one for one in range(FATAL + 4)]
    assert len(reports) == 1
    assert f"has ended ({reason}); going on without it" in reports[0]


def test_no_worker_is_left_where_the_results_are_not_read() -> None:
    results = mapped(functions.square, range(9), 2)
    assert next(results) == 0
    assert multiprocessing.active_children()
    results.close()
    assert not multiprocessing.active_children()


def test_processes_are_used_again() -> None:
    with Pool(functions.in_which_process, 2) as pool:
        used = [set(pool.mapped(range(4))) for _ in range(3)]
        assert used[0] == used[1] == used[2]
    assert not multiprocessing.active_children()


def test_after_results_that_were_not_read_the_next_ones_are_right() -> None:
    with Pool(functions.square, 2) as pool:
        for start in range(3):
            results = pool.mapped(range(start, start + 5))
            assert next(results) == start * start
            results.close()
        assert list(pool.mapped(range(5))) == [0, 1, 4, 9, 16]


def test_there_are_never_many_workers() -> None:
    assert 0 <= worker_count() <= MOST_WORKERS
    assert worker_count() != 1


def test_a_worker_that_can_not_be_started_is_reported_and_its_work_done(
    reports: list[str],
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    pool = Pool(functions.square, 2)
    resource_tracker.ensure_running()
    files = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
    try:
        with contextlib.suppress(OSError):
            while True:
                files.append(os.open(os.devnull, os.O_RDONLY))
        for _ in range(2):  # room for a pipe, none for a process
            os.close(files.pop())
        results = list(pool.mapped([3]))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for file in files:
            os.close(file)
        pool.close()
    assert results == [9]
    assert reports == [
        "a process that helped this one has ended (it could not be started); "
        "going on without it"
    ]
