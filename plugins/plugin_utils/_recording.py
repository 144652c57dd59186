# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin_util is private to multicloud.iam: its interface may change at any time.

"""Let the tasks of a run record their API calls, if the callback plugin api_calls asks for it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from ansible.utils.display import Display

from ..module_utils._recorder import MEMBER, RETURNED, VARIABLE, Recorder, append
from ._runtime_choice import is_local

display = Display()


class _Place(NamedTuple):
    """Say where a run records. audit_file: where its writes are recorded as well, or None."""

    directory: str
    audit_file: str | None


# Set by the callback plugin before the first worker is forked, so that all workers inherit it.
_place: list[_Place] = []


def switch_on(directory: str, audit_file: str | None) -> None:
    """Record the calls of all following tasks in a directory, one file for each task of a host."""
    os.makedirs(directory, 0o700, exist_ok=True)
    _place[:] = [_Place(directory, audit_file)]


class Recording:
    """Record the calls of one task of one host."""

    def __init__(self, place: _Place, module: str, task: Any, host: str) -> None:
        name = hashlib.sha256(f"{task._uuid} {host}".encode()).hexdigest()
        self._path = os.path.join(place.directory, name)
        self._task = task
        self._context = {
            "host": host,
            "task": _raw_name(task, module),
            "module": module,
            "audit_file": place.audit_file,
        }
        if not os.path.exists(self._path):
            self._append(self._context)

    def recorder(self) -> Recorder:
        """Return the recorder of a task that runs in this process."""
        return Recorder(self._path, self._context)

    @contextmanager
    def of_process(self, connection: Any, result: dict[str, Any]) -> Iterator[None]:
        """Let the module process of the body record. If it runs elsewhere, take its record out of the result."""
        is_near = is_local(connection) and connection.become is None
        if not is_near and self._task.async_val:
            # The result is fetched by another task, in which the record would be left.
            self._append({"unrecorded": "async on another machine, or as another user"})
            yield
            return
        before = self._task.environment
        given = before if isinstance(before, list) else [before] if before else []
        self._task.environment = [*given, {VARIABLE: self._path if is_near else RETURNED}]
        try:
            yield
        finally:
            self._task.environment = before
            self._save(result.pop(MEMBER, None))

    def _append(self, entry: Mapping[str, Any]) -> None:
        try:
            append(self._path, dict(entry))
        except OSError as error:
            display.warning(f"The API calls of this task cannot be recorded: {error}")

    def _save(self, entries: Any) -> None:
        """Save what a process on another machine has returned."""
        recorder = self.recorder()
        try:
            for entry in entries or []:
                recorder.save({name: entry[name] for name in ("cloud", "operation")}, entry["write"])
        except (OSError, KeyError, TypeError) as error:
            display.warning(f"The record of the API calls is incomplete: {type(error).__name__}: {error}")
        for problem in recorder.problems:
            display.warning(problem)


def recording_of(module: str, task: Any, variables: Mapping[str, Any]) -> Recording | None:
    """Return the recording of a task, or None if nothing is recorded."""
    if not _place:
        return None
    return Recording(_place[0], module, task, str(variables.get("inventory_hostname")))


def _raw_name(task: Any, module: str) -> str:
    """Return the name of a task as it is written, because a templated name may contain values."""
    written = task.get_ds()
    name = str((written.get("name") if isinstance(written, Mapping) else None) or module)
    return f"{task._role.get_name()} : {name}" if task._role else name
