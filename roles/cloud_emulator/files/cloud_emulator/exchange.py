# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes in and out of an emulated cloud, free of any web framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from werkzeug.datastructures import Headers

Ending = Literal["whole", "cut", "reset"]

HEAD_INTERVAL = "cloud_emulator.head_interval"
"""Where the environment of a request tells the server the seconds after each byte of the reply's head."""

ABSENT = "absent"
"""As the value of a reply's header: the header is not sent."""


@dataclass(frozen=True)
class Request:
    """One HTTP request, with path, query and body exactly as they were sent."""

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    arrived: float


@dataclass(frozen=True)
class Call:
    """What a request claims to be. Nothing of it is verified; it serves journal and faults."""

    action: str
    caller: str | None = None
    access_key_id: str | None = None
    params: Any = None
    write: bool = False


@dataclass(frozen=True)
class Reply:
    """One HTTP reply, with the way it is delivered.

    ``code`` is the API's error code and ``request_id`` the id in the body, for the journal.
    ``pause`` is waited before the first byte, ``byte_interval`` after each one, those of the head
    only with ``drips_head``; the ending ``cut`` closes the connection half-way, ``reset`` aborts it
    before the first byte.
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
