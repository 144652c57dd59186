# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the operations on the management node: its clock and its version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .modes import CLOUD, ZSPHERE
from .operation import Arguments, Context, Operation
from .times import offset_text, zone

_ACTIONS = "/v1/management-nodes/actions"
_PACKAGE = "org.zstack.header.managementnode"
_VERSIONS = {CLOUD: "5.3.0", ZSPHERE: "4.10.28"}


def _time_zone(context: Context, _arguments: Arguments) -> dict[str, Any]:
    name = context.modes.timezone
    offset = offset_text(context.now, zone(name))
    return {"timezone": f"GMT{name}" if name[0] in "+-" else name, "offset": offset}


def _time(context: Context, _arguments: Arguments) -> dict[str, Any]:
    milliseconds = int(context.now * 1000)
    return {"currentTime": {"MillionSeconds": milliseconds, "Seconds": milliseconds // 1000}}


def _version(context: Context, _arguments: Arguments) -> dict[str, Any]:
    return {"version": _VERSIONS[context.modes.product]}


OPERATIONS: Sequence[Operation] = (
    Operation(
        "GetPlatformTimeZone",
        "GET",
        "/v1/management-nodes/platform-timezone",
        f"{_PACKAGE}.APIGetPlatformTimeZoneMsg",
        _time_zone,
    ),
    Operation(
        "GetCurrentTime",
        "PUT",
        _ACTIONS,
        f"{_PACKAGE}.APIGetCurrentTimeMsg",
        _time,
        wrapper="getCurrentTime",
        public=True,
    ),
    Operation(
        "GetVersion", "PUT", _ACTIONS, f"{_PACKAGE}.APIGetVersionMsg", _version, wrapper="getVersion", public=True
    ),
)
