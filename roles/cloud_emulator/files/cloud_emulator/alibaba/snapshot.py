# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List all objects of an account for the control API, without secrets."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timezone
from typing import Any

from .account import Account, Entry, Leak, Principal


def of(account: Account) -> dict[str, Any]:
    """Return the objects with the names of the seed. Entries include attributes that the API never returns."""
    return {
        "account": {"account_id": account.account_id, "keys": _keys(account, account.account_id)},
        "users": [_user(account, each) for each in account.principals.values() if each.kind == "RAMUser"],
        "temporary_credentials": [
            {
                "access_key_id": credential.access_key_id,
                "role": account.principals[credential.owner].name.partition("/")[0],
                "session": account.principals[credential.owner].name.partition("/")[2],
                "deny": sorted(account.principals[credential.owner].deny),
                "expires": _moment(credential.expires),
            }
            for credential in account.temporary.values()
        ],
        "entries": [_entry(entry) for _unused, entry in sorted(account.entries.items())],
        "leaks": [_leak(leak) for _unused, leak in sorted(account.leaks.items())],
    }


def _user(account: Account, user: Principal) -> dict[str, Any]:
    return {
        "name": user.name,
        "user_id": user.id,
        "deny": sorted(user.deny),
        "keys": _keys(account, user.id),
    }


def _keys(account: Account, owner: str) -> list[dict[str, Any]]:
    return [
        {"access_key_id": key.access_key_id, "active": key.active}
        for key in account.keys.values()
        if key.owner == owner
    ]


def _entry(entry: Entry) -> dict[str, Any]:
    fields = asdict(entry)
    for name in ("validating_since", "visible_at"):
        del fields[name]
    fields["modules"] = [{"module": code, **module} for code, module in fields["modules"].items()]
    return fields


def _leak(leak: Leak) -> dict[str, Any]:
    fields = asdict(leak)
    return {"id": fields.pop("leak_id"), **fields, "discovered": _moment(leak.discovered)}


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
