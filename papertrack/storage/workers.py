"""Work spread over other processes: a function of each of many items, in their order.

The processes are started anew, not copied: a copy would hold the locks and the threads
of this one in whatever state they were. That takes each 0.2 s, so it is for work of
several seconds. They end with this process, however it ends: then nothing is left to
read. Ctrl-C is for this process alone, which ends them.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from papertrack.storage import waiting

MOST_WORKERS = 3
"""More do not help: this process, which writes what they calculate, is busy then."""

START_SECONDS = 5
"""A process that has not started after this time, of 0.01 s that it takes, never will."""

T = TypeVar("T")
R = TypeVar("R")


def worker_count() -> int:
    """How many processes may work at once; 0 where there is one processor only."""
    try:
        processors = len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        processors = os.cpu_count() or 1
    if processors == 1:
        return 0
    return min(processors, MOST_WORKERS)


class Pool(Generic[T, R]):
    """So many processes that calculate one function, each started when it is first
    needed; with 0 workers this one does. The function, its arguments and its results are
    pickled. Call `close` at the end.
    """

    def __init__(self, function: Callable[[T], R], workers: int) -> None:
        self._function = function
        self._workers = [_Worker(function) for _ in range(workers)]

    def __enter__(self) -> Pool[T, R]:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes; they are started again if they are needed."""
        for worker in self._workers:
            worker.end()

    def mapped(self, items: Iterable[T]) -> Generator[R, None, None]:
        """What the function returns for each item, in their order.

        Of the items, one for each worker is read ahead. Raises what the function
        raises. What a worker leaves that is killed is reported, and calculated here.
        """
        if not self._workers:
            yield from map(self._function, items)
            return
        busy: deque[tuple[_Worker[T, R], T]] = deque()
        waiting_items = iter(items)
        try:
            for worker in self._workers:
                _give(worker, waiting_items, busy)
            while busy:
                worker, item = busy[0]
                result = worker.result(item)
                busy.popleft()
                # It starts another item while this result is used.
                _give(worker, waiting_items, busy)
                yield result()
        finally:
            for worker, _ in busy:
                worker.end()  # else its result would be taken for that of another item


def _give(
    worker: _Worker[T, R], items: Iterator[T], busy: deque[tuple[_Worker[T, R], T]]
) -> None:
    """Give the next item, if there is one, to a worker."""
    for item in items:
        busy.append((worker, item))
        worker.start(item)
        return


class _Worker(Generic[T, R]):
    """A process, started for its first item, that has one item at a time: it reads the
    next one when this process has read its result, so neither waits for the other.
    """

    def __init__(self, function: Callable[[T], R]) -> None:
        self._function = function
        self._context = get_context("spawn")
        self._process: BaseProcess | None = None
        self._started = threading.Event()
        self._connection: Connection[Any, Any] | None = None

    def start(self, item: T) -> None:
        """Have the function of an item calculated."""
        if self._process is None:
            self._connection, other = self._context.Pipe()
            self._started.clear()
            self._process = self._context.Process(
                target=_work, args=(other, self._function), daemon=True
            )
            # Ctrl-C is raised in the main thread, and must not stop this half-way.
            arguments = (self._process, self._started)
            threading.Thread(target=_start, args=arguments).start()
            # A thread whose `join` was interrupted counts as ended, an event does not.
            self._started.wait()
            other.close()
        if self._connection is not None:
            with contextlib.suppress(OSError):  # it has ended: `result` finds out
                self._connection.send(item)

    def result(self, item: T) -> Callable[[], R]:
        """A function that returns the result, or raises what the function raised."""
        if self._connection is not None:
            try:
                returned, error = self._connection.recv()
            except (EOFError, OSError):
                self._report_end()
            else:
                return lambda: _returned(returned, error)
        return lambda: self._function(item)

    def end(self) -> None:
        """End the process."""
        if self._process is None:
            return
        # Never set if Ctrl-C came before the thread that starts it.
        self._started.wait(START_SECONDS)
        if self._connection is not None:
            self._connection.close()
            if self._process.pid is not None:  # else it could not be started
                self._process.terminate()
                self._process.join()
        self._process = None
        self._connection = None

    def _report_end(self) -> None:
        assert self._process is not None
        assert self._connection is not None
        self._connection.close()
        self._connection = None
        reason = "it could not be started"
        if self._process.pid is not None:
            self._process.join()
            reason = _reason(self._process.exitcode or 0)
        waiting.report(
            f"a process that helped this one has ended ({reason}); going on without it"
        )


def _reason(code: int) -> str:
    """Why a process has ended: its exit code, or less than 0 the signal."""
    if code >= 0:
        return f"exit code {code}"
    return signal.Signals(-code).name


def _returned(value: R, error: Exception | None) -> R:
    if error is not None:
        raise error
    return value


def _start(process: BaseProcess, started: threading.Event) -> None:
    """Start a process that never gets Ctrl-C: it would print where that reached it.

    Where the system has no room for one, its end is noticed when its result is read.
    """
    try:
        resource_tracker.ensure_running()  # it ends the block of the signal
        if hasattr(signal, "pthread_sigmask"):  # not on Windows
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        with contextlib.suppress(OSError):
            process.start()
    finally:
        started.set()


def _work(connection: Connection[Any, Any], function: Callable[[Any], Any]) -> None:
    """Calculate results, until the other end is closed."""
    gc.disable()  # what is made is sent and dropped; 5 % of the time
    with contextlib.suppress(EOFError, OSError):
        while True:
            item = connection.recv()
            connection.send(_result(function, item))


def _result(function: Callable[[T], R], item: T) -> tuple[R | None, Exception | None]:
    try:
        return function(item), None
    except Exception as error:  # raised again in the other process
        return None, error
