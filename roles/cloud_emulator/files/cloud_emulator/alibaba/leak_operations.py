# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the operation that lists the keys of the account that Security Center has found in public places."""

from __future__ import annotations

from typing import Any

from .account import PENDING, PROCESSED, Leak
from .errors import invalid_value
from .list_operations import page_of
from .operation import Context, Operation, Operations
from .parameters import Parameter
from .presentation import listing, optional


def _list(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    number, size = page_of(context, params)
    if params.get("Status", PENDING) not in (PENDING, PROCESSED):
        raise invalid_value(f"Status must be {PENDING} or {PROCESSED}.")
    leaks = [leak for _unused, leak in sorted(context.account.leaks.items(), reverse=True)]
    found = [leak for leak in leaks if _matches(leak, params)]
    page = found[(number - 1) * size : number * size]
    return {
        "AkLeakCount": sum(leak.status == PENDING for leak in leaks),
        "CurrentPage": number,
        "PageSize": size,
        "TotalCount": len(found),
        **listing(context.modes, "AccessKeyLeakList", [_listed(context, leak) for leak in page]),
    }


def _matches(leak: Leak, params: dict[str, Any]) -> bool:
    return (
        params.get("Query", "") in ("", leak.access_key_id)
        and params.get("Status", leak.status) == leak.status
        and leak.discovered * 1000 >= params.get("StartTs", 0)
    )


def _listed(context: Context, leak: Leak) -> dict[str, Any]:
    return {
        "Id": leak.leak_id,
        "AccesskeyId": leak.access_key_id,
        "UserType": leak.user_type,
        "Status": leak.status,
        "DealType": "pending" if leak.status == PENDING else "manual",
        "GmtModified": int(leak.discovered * 1000),
        "Type": "AccessKey",
        "Asset": "Cloud Platform",
        **optional(context.modes, AliUserName=leak.user_name, Url=leak.url, DealTime=None),
    }


OPERATIONS: Operations = {
    "DescribeAccesskeyLeakList": Operation(
        _list,
        {
            **dict.fromkeys(("CurrentPage", "PageSize"), Parameter("integer", required=True)),
            **dict.fromkeys(("Query", "Status"), Parameter()),
            **dict.fromkeys(("StartTs", "ResourceDirectoryAccountId"), Parameter("integer")),
        },
    ),
}
