# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the operations that read accounts and, on ZStack Cloud, their users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import queries
from .installation import Account
from .modes import CLOUD, ZSPHERE
from .operation import Arguments, Context, Field, Operation
from .queries import Queryable

_PACKAGE = "org.zstack.header.identity"
_COMMON = frozenset(("uuid", "name", "description", "createDate", "lastOpDate"))
_ACCOUNTS: Mapping[str, Queryable] = {
    CLOUD: Queryable(f"{_PACKAGE}.AccountInventory", _COMMON | {"type"}),
    ZSPHERE: Queryable(f"{_PACKAGE}.AccountInventory", _COMMON | {"type", "state"}),
}
_USERS = Queryable(f"{_PACKAGE}.UserInventory", _COMMON | {"accountUuid"})


def _query_accounts(context: Context, arguments: Arguments) -> dict[str, Any]:
    rows = (
        {
            "uuid": account.uuid,
            "name": account.name,
            "description": account.description,
            "type": account.type,
            "state": account.state if context.newest else None,
            "createDate": account.create_time,
            "lastOpDate": account.create_time,
        }
        for account in _seen(context)
    )
    return queries.run(context, arguments, _ACCOUNTS[context.modes.product], rows)


def _query_users(context: Context, arguments: Arguments) -> dict[str, Any]:
    rows = (
        {
            "uuid": user.uuid,
            "accountUuid": account.uuid,
            "name": user.name,
            "description": user.description,
            "createDate": user.create_time,
            "lastOpDate": user.create_time,
        }
        for account in _seen(context)
        for user in account.users.values()
    )
    return queries.run(context, arguments, _USERS, rows)


def _seen(context: Context) -> list[Account]:
    """Return the accounts that the caller can see: all, or only itself."""
    return list(context.installation.accounts.values()) if context.account.admin else [context.account]


def _operation(name: str, path: str, run: Any, products: tuple[str, ...]) -> tuple[Operation, Operation]:
    message = f"{_PACKAGE}.API{name}Msg"
    one = Operation(name, "GET", f"{path}/{{uuid}}", message, run, fields={"uuid": Field()}, products=products)
    return Operation(name, "GET", path, message, run, products=products), one


OPERATIONS: Sequence[Operation] = (
    *_operation("QueryAccount", "/v1/accounts", _query_accounts, (CLOUD, ZSPHERE)),
    *_operation("QueryUser", "/v1/accounts/users", _query_users, (CLOUD,)),
)
