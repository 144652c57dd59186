# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define operations and the calls that they receive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import errors, validation
from .account import Account, Entry, Principal
from .modes import AlibabaModes
from .parameters import Parameters
from .vendors import Catalogue


@dataclass(frozen=True)
class Context:
    """Hold an authenticated call for the business logic."""

    account: Account
    catalogue: Catalogue
    modes: AlibabaModes
    caller: Principal
    now: float

    def entries(self) -> list[Entry]:
        """Return the visible entries, oldest first, after due validations have finished."""
        entries = [entry for _unused, entry in sorted(self.account.entries.items()) if self.now >= entry.visible_at]
        for entry in entries:
            validation.settle(entry, self.modes, self.now)
        return entries

    def becomes_visible(self) -> float:
        """Return the time from when an object that is created now is visible."""
        delay = self.modes.visibility_delay_seconds
        return self.now + delay if delay else 0.0

    def entry(self, auth_id: int) -> Entry | None:
        """Return the entry with a number, or None if the service ignores an unknown number."""
        found = next((entry for entry in self.entries() if entry.auth_id == auth_id), None)
        if found is None and self.modes.unknown_auth_id == "server_error":
            raise errors.server_error()
        if found is None and self.modes.unknown_auth_id == "error_-101":
            raise errors.invalid_value(f"There is no AccessKey with the ID {auth_id}.")
        return found


@dataclass(frozen=True)
class Operation:
    """Describe one operation of an API. ``ram_service`` is the prefix of its permission, if it requires one."""

    run: Callable[[Context, dict[str, Any]], dict[str, Any]]
    parameters: Parameters = field(default_factory=dict)
    write: bool = False
    ram_service: str = "yundun-sas"


Operations = Mapping[str, Operation]
