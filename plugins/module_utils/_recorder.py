# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Record the calls of a task for the callback plugin api_calls: names of operations, and for writes what they changed.

A record contains no value of an argument, except in what it says about a write, which is for the audit trail only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime, timezone
from threading import local
from typing import Any, NamedTuple

from ._wait import CLOCK

VARIABLE = "MULTICLOUD_IAM_CALLS"
"""The environment variable of a module process: the path of its record, or RETURNED."""
RETURNED = "returned"
"""Stands for a process on another machine or of another user, which returns its record in its result."""
MEMBER = "multicloud_iam_calls"
"""The member of such a result. The action plugin removes it."""

Entry = dict[str, Any]


class Change(NamedTuple):
    """Describe the change that a thread is about to send. key_id: of the object. before, after: as in a diff."""

    key_id: Any = None
    owner: Any = None
    before: Mapping[str, Any] = {}
    after: Mapping[str, Any] = {}


def append(path: str, entry: Entry) -> None:
    """Append a line to a file that only its owner can read. Several processes may do so. Raises OSError."""
    data = (json.dumps(entry, default=str) + "\n").encode()
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        if os.write(file, data) != len(data):
            raise OSError(f"only a part of a line was written to {path}")
    finally:
        os.close(file)


class Recorder:
    """Record the calls of one task. Threads may share it.

    path: the file of the task, whose first line is the context; None to keep the entries for the result. problems: what
    could not be written, for the warnings of the task.
    """

    def __init__(self, path: str | None, context: Mapping[str, Any] | None = None) -> None:
        self._path = path
        self._context = context
        self._change = local()
        self.entries: list[Entry] = []
        self.problems: list[str] = []

    @property
    def context(self) -> Mapping[str, Any]:
        """Return what the action plugin says about the task: host, task, module and the path of the audit trail."""
        if self._context is None and self._path:
            with open(self._path, encoding="utf-8") as file:
                self._context = json.loads(file.readline())
        return self._context or {}

    def about(self, change: Change) -> None:
        """Say what the following writes of this thread change."""
        self._change.now = change

    def add(self, entry: Entry, write: Entry | None) -> None:
        """Record a call. write: further facts about a write, for the audit trail. A failure never breaks the task."""
        if write is not None:
            change: Change = getattr(self._change, "now", Change())
            write = {**write, "key_id": write.get("key_id") or change.key_id, "owner": change.owner}
            write.update(before=dict(change.before), after=dict(change.after))
        if self._path is None:
            self.entries.append({**entry, "write": write})
            return
        try:
            self.save(entry, write)
        except Exception as error:
            # The call has been sent, and no failure here may lose its result.
            self._report(f"The record of the API calls is incomplete: {error}")

    def save(self, entry: Entry, write: Entry | None) -> None:
        """Write an entry to the record of the run, and a write to the audit trail."""
        append(self._path or os.devnull, entry)
        audit_file = self.context.get("audit_file")
        if write is None or not audit_file:
            return
        facts = {name: self.context.get(name) for name in ("host", "task", "module")}
        try:
            append(audit_file, {**facts, **entry, **write})
        except OSError as error:
            self._report(f"The audit trail misses {entry['operation']}, because it cannot be written: {error}")

    def _report(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def recorder_of_process() -> Recorder | None:
    """Return the recorder of a module process, or None if nothing is recorded."""
    path = os.environ.get(VARIABLE)
    return Recorder(None if path == RETURNED else path) if path else None


def now_text() -> str:
    """Return the time as results show it."""
    return datetime.fromtimestamp(CLOCK.time(), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
