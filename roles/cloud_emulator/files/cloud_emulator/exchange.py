# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define requests and replies of an emulated cloud, without any web framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from werkzeug.datastructures import Headers

Ending = Literal["whole", "cut", "reset"]

HEAD_INTERVAL = "cloud_emulator.head_interval"
"""Key in the environment of a request: the seconds that the server waits after each byte of the reply's head."""

ABSENT = "absent"
"""Value of a reply's header that is not sent."""


@dataclass(frozen=True)
class Request:
    """Hold one HTTP request, with path, query and body exactly as sent."""

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    arrived: float


@dataclass(frozen=True)
class Call:
    """Hold what a request claims to be, for journal and faults. None of it is verified."""

    action: str
    caller: str | None = None
    access_key_id: str | None = None
    params: Any = None
    write: bool = False


@dataclass(frozen=True)
class Reply:
    """Hold one HTTP reply, and how it is delivered.

    ``code`` is the API's error code and ``request_id`` the ID in the body, for the journal.
    ``pause`` is the wait before the first byte, ``byte_interval`` the wait after each byte of the
    body, and with ``drips_head`` of the head as well, in seconds. The ending ``cut`` closes the
    connection half-way, ``reset`` aborts it before the first byte.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    code: str | None = None
    request_id: str | None = None
    pause: float = 0.0
    byte_interval: float = 0.0
    drips_head: bool = False
    ending: Ending = "whole"
