# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Disable and enable CAM access keys whose owners are not known (API 2019-01-16: UpdateAccessKey)."""

from __future__ import annotations

from .._api import Call, nothing
from .._keys import new_key
from .._owners import Owner
from .._parallel import Pace
from .._plan import State
from .._search import Search
from .._task import Task
from .account import WIRE_STATUSES, LastUses, list_keys, target_uin
from .client import READS_PER_SECOND, WORKERS, WRITES_PER_SECOND, CamClient
from .find import find_keys


class AccessKeys:
    """Find the keys of all users and of the root account, and change their status."""

    id_field = "id"

    def __init__(self, task: Task) -> None:
        self._task = task
        self._client = CamClient(task, connections=WORKERS)
        self._reads, self._writes = Pace(READS_PER_SECOND), Pace(WRITES_PER_SECOND)

    def check(self, key_id: str) -> None:
        """Accept every text: no call contains it unless it was listed."""

    def find(self, search: Search) -> None:
        find_keys(self._client, search, pace=self._reads)

    def blank(self) -> State:
        return new_key(None, user_name=None)

    def signs(self, key: State) -> bool:
        return bool(key["id"] == self._client.own_key_id)

    def set_status(self, key: State, status: str) -> bool:
        call = Call("UpdateAccessKey", "change the status of", f"access key {key['id']} of {_owner(key).label}")
        target = target_uin(_owner(key))
        self._writes.wait()
        self._client.call(
            call, {"TargetUin": target, "AccessKeyId": key["id"], "Status": WIRE_STATUSES[status]}, nothing
        )
        return False

    def reread(self, key: State) -> State | None:
        self._reads.wait()
        return next((each for each in list_keys(self._client, _owner(key)) if each["id"] == key["id"]), None)

    def add_last_use(self, keys: list[State]) -> list[State]:
        uses = LastUses(self._client)
        uses.look_up(keys)
        keys = uses.added_to(keys)
        if uses.denied:
            self._task.warnings.append(f"The last use of the keys is unknown: {uses.denied}")
        return keys


def _owner(key: State) -> Owner:
    return Owner(key["owner"], key["user_name"])
