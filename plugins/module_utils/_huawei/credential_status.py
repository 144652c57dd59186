# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Disable and enable permanent access keys whose owners are not known (API v3.0, OS-CREDENTIAL)."""

from __future__ import annotations

from .._api import Call, Request
from .._errors import NOT_FOUND, CloudError
from .._keys import new_key
from .._owners import Owner
from .._parallel import Pace
from .._plan import State
from .._search import OPTION, Search
from .._task import Task
from .account import proves_change, show_key
from .checks import check_access_key
from .client import CREDENTIALS_PATH, READS_PER_SECOND, WORKERS, IamClient
from .errors import explain_denied_change
from .find import find_keys


class Credentials:
    """Find keys of all users, and change their status."""

    id_field = "id"

    def __init__(self, task: Task) -> None:
        self._task = task
        self._client = IamClient(task, connections=WORKERS)
        self._pace = Pace(READS_PER_SECOND)

    def check(self, key_id: str) -> None:
        check_access_key(key_id, OPTION)

    def find(self, search: Search) -> None:
        find_keys(self._client, search, self._task.predictions, self._pace)

    def blank(self) -> State:
        return new_key(None, user_id=None, user_name=None)

    def signs(self, key: State) -> bool:
        return bool(key["id"] == self._client.own_key_id)

    def set_status(self, key: State, status: str) -> bool:
        call = Call("UpdatePermanentAccessKey", "change", f"access key {key['id']}")
        sent = {"status": status}
        request = Request("PUT", f"{CREDENTIALS_PATH}/{key['id']}", body={"credential": sent})
        self._pace.wait()
        try:
            return self._client.call(call, request, lambda body: proves_change(body, key["id"], sent))
        except CloudError as error:
            raise explain_denied_change(error, self.signs(key)) from None

    def reread(self, key: State) -> State | None:
        self._pace.wait()
        try:
            return show_key(self._client, key["id"], Owner())[0]
        except CloudError as error:
            if error.category != NOT_FOUND:
                raise
            return None

    def add_last_use(self, keys: list[State]) -> list[State]:
        return keys  # the reply to the search contains it
