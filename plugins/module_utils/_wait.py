# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Provide the clock, and wait for the cloud: for a job, a validation, or a change to become visible."""

from __future__ import annotations

import time
from typing import Callable, TypeVar

T = TypeVar("T")

_LONGEST_PAUSE = 2.0  # seconds between two polls
_GROWTH = 1.6


class Clock:
    """Read the time and sleep. All code of the collection does so through this class, so that a test can replace it."""

    def time(self) -> float:
        """Return the time of day, in seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds since a moment that does not change."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Sleep for this number of seconds."""
        time.sleep(seconds)


CLOCK = Clock()


def wait_until(
    poll: Callable[[], T | None], timeout: float, first_pause: float = 0.05, clock: Clock = CLOCK
) -> T | None:
    """Call poll() until it returns something, and return that; None when the time is over.

    timeout, first_pause: in seconds. The pauses grow. It polls at least once, and a last time when the time is over.
    """
    deadline = clock.monotonic() + timeout
    pause = first_pause
    while True:
        found = poll()
        left = deadline - clock.monotonic()
        if found is not None or left <= 0:
            return found
        clock.sleep(min(pause, left))
        pause = min(pause * _GROWTH, _LONGEST_PAUSE)
