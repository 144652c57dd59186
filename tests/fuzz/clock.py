# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A clock that a sleeper puts forward, so that no case really waits for a repeat, a job or a change that spreads."""

from __future__ import annotations

import time
from threading import Lock

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._wait import CLOCK


class Clock:
    """Stands in for the module ``time``."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._lock = Lock()

    def monotonic(self) -> float:
        """Seconds that have passed, those slept through included."""
        return time.monotonic() + self._ahead

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        with self._lock:
            self._ahead += max(seconds, 0.0)

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Replace the clock of all our code; that of the libraries goes on."""
        patch.setattr(CLOCK, "monotonic", self.monotonic)
        patch.setattr(CLOCK, "sleep", self.sleep)
