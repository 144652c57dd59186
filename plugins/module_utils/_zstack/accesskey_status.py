# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Disable and enable access keys of all accounts by their AccessKeyID (operation ChangeAccessKeyState)."""

from __future__ import annotations

from .._key_report import unknown_last_use
from .._keys import new_key
from .._plan import State
from .._search import Search
from .._task import Task
from .account import find_key, status_change, unless_changed
from .client import ZStackClient
from .find import find_keys

_WORKERS = 8


class AccessKeys:
    """Find the keys that the caller sees, and change their status."""

    id_field = "access_key_id"

    def __init__(self, task: Task) -> None:
        self._task = task
        self._client = ZStackClient(task, connections=_WORKERS)

    def check(self, key_id: str) -> None:
        """Accept every text: a query finds it, or does not contain it."""

    def find(self, search: Search) -> None:
        # A session that has expired is renewed, which only one thread can do.
        find_keys(self._client, search, self._task.predictions, _WORKERS if self._client.own_key_id else 1)

    def blank(self) -> State:
        return new_key(None, access_key_id=None, user_uuid=None)

    def signs(self, key: State) -> bool:
        return self._client.signs_with(key["access_key_id"])

    def set_status(self, key: State, status: str) -> bool:
        with unless_changed(self._client, key["id"], status):
            self._client.run_job(*status_change(key["id"], status, f"access key {key['access_key_id']}"))
        return True

    def reread(self, key: State) -> State | None:
        found = find_key(self._client, key["id"])
        return found and found[0]

    def add_last_use(self, keys: list[State]) -> list[State]:
        return unknown_last_use(keys)
