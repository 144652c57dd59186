# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""When CAM access keys were last used (API 2019-01-16: GetSecurityLastUsed)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from threading import Lock
from typing import Any, NamedTuple

from ansible_collections.multicloud.iam.plugins.module_utils._errors import DENIED, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._key_report import (
    add_ages,
    iso_utc,
    unknown_last_use,
)
from ansible_collections.multicloud.iam.plugins.module_utils._parallel import Pace
from ansible_collections.multicloud.iam.plugins.module_utils._plan import State
from ansible_collections.multicloud.iam.plugins.module_utils._reply import bad_reply
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.account import CHINA, text_of
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.client import (
    READS_PER_SECOND,
    CamClient,
)

_IDS_PER_CALL = 10


class LastUse(NamedTuple):
    """When a key was last used; state is used, never or unknown."""

    moment: str | None
    state: str


class LastUses:
    """Asks for the last use of keys, ten at once, while others are still being listed: that limit is another one.

    Safe to share between threads. denied: why the last use of all is unknown.
    """

    def __init__(self, client: CamClient) -> None:
        self._client = client
        self._pace = Pace(READS_PER_SECOND)
        self._lock = Lock()
        self._pending: list[str] = []
        self._found: dict[str, LastUse] = {}
        self.denied: CloudError | None = None

    def ask_for(self, keys: list[State]) -> None:
        """Ask as soon as a call is full; the rest waits for those of other keys."""
        with self._lock:
            self._pending += [key["id"] for key in keys if key["id"]]
        while group := self._take(at_least=_IDS_PER_CALL):
            self._ask(group)

    def added_to(self, keys: list[State]) -> list[State]:
        """The keys, all of them asked for before, with last use and ages."""
        while group := self._take(at_least=1):
            self._ask(group)
        if self.denied:
            return unknown_last_use(keys)
        now = datetime.now(timezone.utc)
        return [add_ages(key, *self._found.get(key["id"], LastUse(None, "unknown")), now=now) for key in keys]

    def _take(self, at_least: int) -> list[str]:
        with self._lock:
            if len(self._pending) < at_least:
                return []
            group, self._pending = self._pending[:_IDS_PER_CALL], self._pending[_IDS_PER_CALL:]
        return group

    def _ask(self, ids: list[str]) -> None:
        """Rows are matched by id; the API promises no order."""
        if self.denied:
            return
        self._pace.wait()
        try:
            rows = self._client.call(
                "GetSecurityLastUsed",
                "read the last use of",
                "access keys",
                lambda reply: [self._read(row) for row in reply.SecretIdLastUsedRows or []],
                SecretIdList=ids,
            )
        except CloudError as error:
            if error.category != DENIED:
                raise
            self.denied = error
        else:
            self._found.update(rows)

    def _read(self, row: Any) -> tuple[str, LastUse]:
        odd = self._client.oddities
        key_id = odd.read("a last use", "access key", lambda: text_of(row, "SecretId"))
        use = odd.read(f"access key {key_id}", "last use", lambda: _last_use(row))
        return key_id, use or LastUse(None, "unknown")


def _last_use(row: Any) -> LastUse:
    """The last use of a row. A bare date stands for its last second, the latest it can mean."""
    try:
        if row.LastSecretUsedDate:
            moment = datetime.fromtimestamp(row.LastSecretUsedDate / 1000, timezone.utc)
        elif row.LastUsedDate:
            day = datetime.strptime(row.LastUsedDate, "%Y-%m-%d").replace(tzinfo=CHINA)
            moment = day + timedelta(days=1, seconds=-1)
        else:
            return LastUse(None, "never")
        return LastUse(iso_utc(moment), "used")
    except (TypeError, ValueError, OverflowError):
        raise bad_reply("a last use that cannot be read") from None
