# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the operation that identifies the caller: STS API GetCallerIdentity."""

from __future__ import annotations

from typing import Any

from .account import Principal
from .operation import Context, Operation, Operations


def _caller_identity(context: Context, _params: dict[str, Any]) -> dict[str, Any]:
    account, caller = context.account.account_id, context.caller
    return {"AccountId": account, "IdentityType": caller.kind, **_names(account, caller)}


def _names(account: str, caller: Principal) -> dict[str, str]:
    if caller.kind == "AssumedRoleUser":
        role, _unused, session = caller.name.partition("/")
        return {
            "Arn": f"acs:ram::{account}:assumed-role/{role}/{session}",
            "PrincipalId": f"{caller.id}:{session}",
            "RoleId": caller.id,
        }
    own = "root" if caller.kind == "Account" else f"user/{caller.name}"
    return {"Arn": f"acs:ram::{account}:{own}", "PrincipalId": caller.id, "UserId": caller.id}


OPERATIONS: Operations = {"GetCallerIdentity": Operation(_caller_identity, ram_service="")}
