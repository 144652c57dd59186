# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Provide a clock that sleeping advances, so that no case really waits for a retry, a job or a delayed change."""

from __future__ import annotations

import time
from threading import Lock

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._wait import CLOCK


class Clock:
    """Replace the module ``time``."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._lock = Lock()

    def monotonic(self) -> float:
        """Return the seconds that have passed, including sleep."""
        return time.monotonic() + self._ahead

    def sleep(self, seconds: float) -> None:
        """Advance the clock."""
        with self._lock:
            self._ahead += max(seconds, 0.0)

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Replace the clock of all our code, but not that of the libraries."""
        patch.setattr(CLOCK, "monotonic", self.monotonic)
        patch.setattr(CLOCK, "sleep", self.sleep)
