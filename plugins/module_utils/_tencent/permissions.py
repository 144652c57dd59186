# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Say which permission each operation of Tencent Cloud CAM requires."""

from __future__ import annotations

from typing import Any

from .._permissions import Operation, Permissions


def _policy(actions: list[str]) -> dict[str, Any]:
    return {"version": "2.0", "statement": [{"effect": "allow", "action": actions, "resource": ["*"]}]}


PERMISSIONS = Permissions(
    cloud="tencent",
    title="Tencent Cloud CAM",
    operations={
        "AddUser": Operation("cam:AddUser", writes=True),
        "CreateAccessKey": Operation("cam:CreateAccessKey", writes=True),
        "DeleteAccessKey": Operation("cam:DeleteAccessKey", writes=True),
        "DeleteUser": Operation("cam:DeleteUser", writes=True),
        "GetSecurityLastUsed": Operation("cam:GetSecurityLastUsed"),
        "GetUser": Operation("cam:GetUser"),
        "GetUserAppId": Operation("cam:GetUserAppId"),
        "ListAccessKeys": Operation("cam:ListAccessKeys"),
        "ListUsers": Operation("cam:ListUsers"),
        "UpdateAccessKey": Operation("cam:UpdateAccessKey", writes=True),
        "UpdateUser": Operation("cam:UpdateUser", writes=True),
    },
    policy=_policy,
    sources=(
        "https://www.tencentcloud.com/document/product/598/10603",
        "https://www.tencentcloud.com/document/product/598/10604",
    ),
    notes={"DeleteUser": "Deleting a user that still has keys (force: true) also requires cam:DeleteApiKey."},
)
