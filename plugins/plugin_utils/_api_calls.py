# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin_util is private to multicloud.iam: its interface may change at any time.

"""Summarise the recorded API calls of a run, and derive policies from them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..module_utils._account import known_clouds, permissions_of


@dataclass
class Summary:
    """Hold the calls of a run. tasks: by name and module of a task, by cloud and operation, the number of calls.

    unrecorded: by the same, why calls are missing.
    """

    tasks: dict[tuple[str, str], Counter[tuple[str, str]]] = field(default_factory=dict)
    unrecorded: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, lines: Iterable[str]) -> None:
        """Add the record of one task of one host. Its first line is the context."""
        entries = [json.loads(line) for line in lines]
        if not entries:
            return
        task = (entries[0]["task"], entries[0]["module"])
        counts = self.tasks.setdefault(task, Counter())
        for entry in entries[1:]:
            if "unrecorded" in entry:
                self.unrecorded[task] = entry["unrecorded"]
            else:
                counts[entry["cloud"], entry["operation"]] += 1

    def operations(self, cloud: str) -> set[str]:
        """Return the operations of a cloud that were called."""
        return {operation for counts in self.tasks.values() for name, operation in counts if name == cloud}


def text_of_tasks(summary: Summary) -> list[str]:
    """Return a line for each task, with a line for each cloud below it."""
    lines: list[str] = []
    for task, counts in summary.tasks.items():
        name, module = task
        lines.append(name if name == module else f"{name} ({module})")
        for cloud in sorted({cloud for cloud, _operation in counts}):
            called = (f"{operation} {number}" for (of, operation), number in sorted(counts.items()) if of == cloud)
            lines.append(f"    {cloud}: {', '.join(called)}")
        if task in summary.unrecorded:
            lines.append(f"    not recorded: {summary.unrecorded[task]}")
        elif not counts:
            lines.append("    no call")
    return lines


def policies_of(summary: Summary) -> dict[str, list[str]]:
    """Return the least privileges for what was called, by the title of the cloud's policies, as lines."""
    found: dict[str, list[str]] = {}
    for cloud in known_clouds():
        operations = summary.operations(cloud)
        permissions = permissions_of(cloud)
        actions = permissions.actions(operations)
        if not operations:
            continue
        document: Mapping[str, Any] = permissions.policy(actions)
        lines = json.dumps(document, indent=2).splitlines() if actions else ["No permission is required."]
        found[permissions.title] = [*lines, *permissions.notes_on(operations)]
    return found
