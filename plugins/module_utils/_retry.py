# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Repeat a call whose attempt failed, if that is safe and can help."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Callable, TypeVar

from ._endpoint import SHORTEST_ATTEMPT, Settings
from ._errors import THROTTLED, CloudError
from ._wait import CLOCK, Clock

T = TypeVar("T")

_SHORTEST_LAST_POLL = 1.0  # seconds; the last poll begins when the time is over
_SHORTEST_PART = 0.25  # of the time for an attempt; with less, a throttled call might become a lost one
# Seconds. The pause before a retry is a random part of a bound, which doubles from the first up to the longest.
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 4.0
_LONGEST_PAUSE_AFTER = 3  # retries; from then on the bound shrinks, so that those that have waited long come more often
_SHRINKING = 0.8


def _longest_pause(number: int) -> float:
    """Return the longest pause before a retry, in seconds. number: that of the retry, from 0.

    It grows and then shrinks. At a limit shared by many hosts, a pause that only grows would serve new hosts before
    those that have waited longest.
    """
    if number < _LONGEST_PAUSE_AFTER:
        return _FIRST_PAUSE * 2.0**number
    return max(_FIRST_PAUSE, _LONGEST_PAUSE * _SHRINKING ** (number - _LONGEST_PAUSE_AFTER))


class Retry:
    """Repeat a call, in the only retry loop.

    It repeats failures that cannot have had an effect (throttling by the gateway, no connection), and every transient
    failure of a call that is safe to repeat. The time between two attempts is random (full jitter), so that hosts do not all
    come back together.

    Throttling is repeated until the deadline, however many attempts that takes. With many hosts at one limit every call
    is rejected several times, and each gets its turn in time.
    """

    def __init__(
        self, settings: Settings, clock: Clock = CLOCK, jitter: Callable[[float, float], float] = random.uniform
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._jitter = jitter

    def run(
        self,
        attempt: Callable[[float], T],
        repeatable: bool,
        seconds: float | None = None,
        on_failure: Callable[[CloudError], None] = lambda error: None,  # noqa: ARG005
    ) -> T:
        """Call attempt(seconds) until it succeeds, or until attempts or time are used up.

        repeatable: the call may be sent again although it may have taken effect. seconds: the time for all attempts, if
        it is shorter than the settings allow; at least one second. on_failure: called with the error of each attempt.
        """
        timeout, retries, longest = self._settings.timeout, self._settings.retries, self._settings.longest
        start = self._clock.monotonic()
        if seconds is not None:
            longest = min(longest, max(seconds, _SHORTEST_LAST_POLL))
            timeout = min(timeout, longest)
        deadline = start + longest
        number = failures = 0
        was_lost = False
        while True:
            try:
                return attempt(min(timeout, max(deadline - self._clock.monotonic(), SHORTEST_ATTEMPT)))
            except CloudError as error:
                on_failure(error)
                pause = max(self._jitter(0, _longest_pause(number)), error.retry_after or 0)
                may_repeat = error.is_transient and (repeatable or not error.maybe_done)
                in_time = self._clock.monotonic() + pause + timeout * _SHORTEST_PART <= deadline
                failures += error.category != THROTTLED
                if not may_repeat or not retries or failures > retries or not in_time:
                    if number:
                        is_doubtful = was_lost and not error.maybe_done
                        doubt = "; an earlier one may have been carried out" if is_doubtful else ""
                        attempts = f"(attempt {number + 1}, after {self._clock.monotonic() - start:.0f} s{doubt})"
                        raise replace(error, reason=f"{error.reason} {attempts}") from None
                    raise
                was_lost = was_lost or error.maybe_done
            self._clock.sleep(pause)
            number += 1
