# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Count calls in windows of whole seconds."""

from __future__ import annotations

from collections.abc import Hashable


class RateCounter:
    """Count the calls of each bucket in the second in which they arrived."""

    def __init__(self) -> None:
        self._second = 0
        self._counts: dict[tuple[int, Hashable], int] = {}

    def count(self, bucket: Hashable, arrived: float) -> int:
        """Add a call, and return the number of calls in its second, including this one."""
        second = int(arrived)
        if second > self._second:
            self._second = second
            # A call may be counted late, so keep the previous second as well.
            self._counts = {key: n for key, n in self._counts.items() if key[0] >= second - 1}
        self._counts[second, bucket] = self._counts.get((second, bucket), 0) + 1
        return self._counts[second, bucket]
