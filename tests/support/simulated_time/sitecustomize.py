# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let Python programs live SIMULATED_SECONDS in the future, if this directory is in PYTHONPATH.

The mode clock_skew_seconds of the emulator does the same for a cloud.
"""

from __future__ import annotations

import datetime
import os
import time
from typing import Any

AHEAD = float(os.environ.get("SIMULATED_SECONDS", "0"))
_time = time.time


class SimulatedDatetime(datetime.datetime):
    """Replace the class for all modules that are imported later."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        """Return the simulated time."""
        return cls.fromtimestamp(_time() + AHEAD, tz)

    @classmethod
    def utcnow(cls) -> Any:
        """Return the simulated time in UTC, without a time zone."""
        return cls.now(datetime.timezone.utc).replace(tzinfo=None)

    def __repr__(self) -> str:
        """Return what the real class returns, because ansible-core writes it into programs."""
        return super().__repr__().replace(type(self).__name__, "datetime.datetime", 1)


def simulated_time() -> float:
    """Return the simulated time in seconds since the epoch."""
    return _time() + AHEAD


def _gmtime(seconds: Any = None) -> time.struct_time:
    return _real_gmtime(simulated_time() if seconds is None else seconds)


_real_gmtime = time.gmtime
if AHEAD:
    time.time = simulated_time
    time.gmtime = _gmtime
    datetime.datetime = SimulatedDatetime  # type: ignore[misc]
