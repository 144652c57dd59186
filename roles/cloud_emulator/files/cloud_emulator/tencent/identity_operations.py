# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the operations that identify the caller: CAM API GetUserAppId and STS API GetCallerIdentity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .operation import Context, Operation


def _app_id(context: Context, _params: dict[str, Any]) -> dict[str, Any]:
    # Account numbers are strings in this reply only.
    return {
        "Uin": str(context.caller),
        "OwnerUin": str(context.account.owner_uin),
        "AppId": context.account.app_id,
    }


def _caller_identity(context: Context, _params: dict[str, Any]) -> dict[str, Any]:
    owner, uin = context.account.owner_uin, context.caller
    return {
        "Arn": f"qcs::cam:{owner}:uin/{uin}",
        "AccountId": str(owner),
        "UserId": str(uin),
        "PrincipalId": str(uin),
        "Type": "CAMUser",
    }


CAM_OPERATIONS: Mapping[str, Operation] = {"GetUserAppId": Operation(_app_id)}
STS_OPERATIONS: Mapping[str, Operation] = {"GetCallerIdentity": Operation(_caller_identity)}
