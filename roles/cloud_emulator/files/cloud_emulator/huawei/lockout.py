# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lock a name after too many consecutive failures."""

from __future__ import annotations

from dataclasses import dataclass, field

_MOST_FAILURES = 5
_SECONDS = 300.0


@dataclass
class Lockout:
    """Count failures. More than five in a row lock a name for five minutes."""

    _failures: dict[str, int] = field(default_factory=dict)
    _until: dict[str, float] = field(default_factory=dict)

    def is_locked(self, name: str, now: float) -> bool:
        """Return whether the name is locked. After a lock, counting starts again."""
        until = self._until.get(name)
        if until is None:
            return False
        if now >= until:
            del self._until[name]
            return False
        return True

    def failed(self, name: str, now: float) -> None:
        """Count a failure."""
        count = self._failures.get(name, 0) + 1
        self._failures[name] = count
        if count > _MOST_FAILURES:
            self._until[name] = now + _SECONDS
            self.succeeded(name)

    def succeeded(self, name: str) -> None:
        """Reset the count after a success."""
        self._failures.pop(name, None)
