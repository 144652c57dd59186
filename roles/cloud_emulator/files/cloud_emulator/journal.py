# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Record every call, in memory and optionally in a file of JSON lines."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from threading import Lock
from typing import Any

from .exchange import Call, Reply
from .own_file import open_to_append


@dataclass(frozen=True)
class Entry:
    """Describe one call as the journal shows it. ``status`` is null if no reply was sent."""

    n: int
    time: str
    cloud: str | None
    action: str
    caller: dict[str, str | None]
    params: Any
    write: bool
    committed: bool
    status: int | None
    code: str | None
    request_id: str | None
    fault: str | None


class Journal:
    """Hold the entries in the order in which the calls finished. A number is never used twice."""

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            open_to_append(path).close()
        self._path = path
        self._entries: list[Entry] = []
        self._last = 0
        self._lock = Lock()

    def record(
        self,
        *,
        arrived: float,
        cloud: str | None,
        call: Call,
        reply: Reply,
        committed: bool,
        fault: str | None,
    ) -> None:
        """Add a finished call, before its reply is sent."""
        unsent = reply.ending == "reset"
        with self._lock:
            self._last += 1
            entry = Entry(
                n=self._last,
                time=datetime.fromtimestamp(arrived, timezone.utc).isoformat(timespec="milliseconds"),
                cloud=cloud,
                action=call.action,
                caller={"id": call.caller, "access_key_id": call.access_key_id},
                params=call.params,
                write=call.write,
                committed=committed,
                status=None if unsent else reply.status,
                code=None if unsent else reply.code,
                request_id=None if unsent else reply.request_id,
                fault=fault,
            )
            self._entries.append(entry)
            if self._path is not None:
                with open_to_append(self._path) as file:
                    file.write(json.dumps(asdict(entry)) + "\n")

    def since(self, n: int) -> list[dict[str, Any]]:
        """Return the entries with a number above ``n``."""
        with self._lock:
            return [asdict(entry) for entry in self._entries if entry.n > n]

    def clear(self) -> None:
        """Clear the entries in memory. The file keeps them."""
        with self._lock:
            self._entries.clear()
