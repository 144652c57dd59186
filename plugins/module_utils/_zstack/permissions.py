# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Say which permission each operation of ZStack requires."""

from __future__ import annotations

from typing import Any

from .._permissions import Operation, Permissions

_KEYS = "org.zstack.accessKey.API{}Msg"


def _policy(actions: list[str]) -> dict[str, Any]:
    return {"statements": [{"name": "multicloud.iam", "effect": "Allow", "actions": actions}]}


PERMISSIONS = Permissions(
    cloud="zstack",
    title="ZStack role",
    operations={
        "ChangeAccessKeyState": Operation(_KEYS.format("ChangeAccessKeyState"), writes=True),
        "CreateAccessKey": Operation(_KEYS.format("CreateAccessKey"), writes=True),
        "DeleteAccessKey": Operation(_KEYS.format("DeleteAccessKey"), writes=True),
        "LogInByAccount": Operation(None),
        "LogOut": Operation(None),
        "QueryAccessKey": Operation(_KEYS.format("QueryAccessKey")),
        "QueryAccount": Operation("org.zstack.header.identity.APIQueryAccountMsg"),
        "QueryJob": Operation(None),
    },
    policy=_policy,
    sources=(
        "https://www.zstack.io/docs/4.3.6/html5-en/ZStack_Dev_Guide/topic/ZStack_2.1_Dev_Guide_0558_51.html",
        "https://github.com/ZSvirt/zsvirt",
    ),
    notes={
        "QueryAccessKey": "Only an administrator sees and changes the keys of other accounts, whatever a role allows."
    },
)
