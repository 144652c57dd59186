# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Read many things in parallel, within the rate limit of an API."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from threading import Lock, Thread
from typing import Callable, TypeVar

from ._wait import CLOCK, Clock

T = TypeVar("T")
R = TypeVar("R")


class Pace:
    """Limit how many calls begin per second, evenly, over all threads that share it."""

    def __init__(self, per_second: float, clock: Clock = CLOCK) -> None:
        self._interval = 1.0 / per_second
        self._clock = clock
        self._lock = Lock()
        self._next = 0.0

    def wait(self) -> None:
        """Wait until the next call may begin."""
        with self._lock:
            now = self._clock.monotonic()
            begin = max(now, self._next)
            self._next = begin + self._interval
        if begin > now:
            self._clock.sleep(begin - now)


def in_parallel(function: Callable[[T], R], items: Iterable[T], workers: int) -> list[R]:
    """Call the function for each item in threads, and return the results in the order of the items.

    Raises the first failure in that order. Calls that have not begun by then do not begin.
    """
    pending = deque(enumerate(items))
    results: dict[int, R] = {}
    failures: dict[int, BaseException] = {}

    def work() -> None:
        while pending and not failures:
            try:
                number, item = pending.popleft()
            except IndexError:
                return  # another thread was faster
            try:
                results[number] = function(item)
            except BaseException as error:
                failures[number] = error

    # Daemons, because neither an interrupt nor the end of the process should wait for a reply.
    threads = [Thread(target=work, daemon=True) for _unused in range(min(workers, len(pending)))]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        pending.clear()
    if failures:
        raise failures[min(failures)]
    return [results[number] for number in sorted(results)]


def for_each(function: Callable[[T], R], items: Iterable[T], per_second: float, workers: int) -> list[R]:
    """Call the function for each item, at most per_second times a second, and return the results in order.

    The first item goes alone: rejected credentials must not be tried by many at once, which can lock a key.
    """
    pace = Pace(per_second)

    def paced(item: T) -> R:
        pace.wait()
        return function(item)

    everything = list(items)
    first = [paced(item) for item in everything[:1]]
    return first + in_parallel(paced, everything[1:], workers)
