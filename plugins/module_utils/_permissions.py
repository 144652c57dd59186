# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Say which permission each API operation of a cloud requires, and write policies that grant them.

Each cloud describes itself in its file permissions.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Callable, NamedTuple


class Operation(NamedTuple):
    """Describe one API operation. action: the permission that it requires, or None if it requires none."""

    action: str | None
    writes: bool = False


class Permissions(NamedTuple):
    """Describe the permissions of a cloud.

    cloud: its name. title: the name of its policies for readers. operations: by name. policy: returns the document that
    allows some actions. sources: the pages of the vendor that say so. notes: by operation, what the policy does not say.
    """

    cloud: str
    title: str
    operations: Mapping[str, Operation]
    policy: Callable[[list[str]], dict[str, Any]]
    sources: tuple[str, ...]
    notes: Mapping[str, str] = {}

    def writes(self, operation: str) -> bool:
        """Return whether an operation changes something."""
        return self.operations[operation].writes

    def actions(self, operations: Iterable[str]) -> list[str]:
        """Return the actions that some operations require, without duplicates, in alphabetical order."""
        needed = {self.operations[operation].action for operation in operations}
        return sorted(action for action in needed if action)

    def notes_on(self, operations: Iterable[str]) -> list[str]:
        """Return what a policy for some operations does not say, each text once."""
        return list(dict.fromkeys(self.notes[operation] for operation in sorted(operations) if operation in self.notes))
