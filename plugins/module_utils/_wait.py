# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Waiting for something that the cloud does by itself: a job, a validation, a change that spreads."""

from __future__ import annotations

import time
from typing import Callable, TypeVar

T = TypeVar("T")

_LONGEST_PAUSE = 2.0  # seconds between two looks
_GROWTH = 1.6


def wait_until(
    look: Callable[[], T | None],
    timeout: float,
    first_pause: float = 0.05,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> T | None:
    """What look() gives as soon as it gives something, looking ever more rarely; None after the time.

    timeout, first_pause: seconds. It looks at least once, and a last time when the time is over.
    """
    deadline = clock() + timeout
    pause = first_pause
    while True:
        found = look()
        left = deadline - clock()
        if found is not None or left <= 0:
            return found
        sleep(min(pause, left))
        pause = min(pause * _GROWTH, _LONGEST_PAUSE)
